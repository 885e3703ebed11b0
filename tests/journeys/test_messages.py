"""A person writes, the peer who walks with them reads and answers, the person reads. And the pages on the way.

Every page on the way stands axe and the other checks; the walk goes without scripts too.
"""

import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people import commands as people
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import messages
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from tests.journeys.browser import VISITS, Visit, go
from tests.journeys.test_a_look_that_was_not_right import as_reader, look_at

LONG = "I went to see the room on Thursday. It is small and it is quiet, and there is a door that locks. " * 12


def taken_up(made: Scene) -> UUID:
    """A request that the coach took up: the organisation's own record."""
    return commands.accept_request(referral_id=ask(made, "Mari"), seen=Status.REQUESTED, by=made.coach, at=now())


def written(made: Scene, words: str, *, ago: int = 0) -> UUID:
    return commands.write_to_worker(
        membership_id=made.coach_member.id, words=words, by=made.person, at=now() - timedelta(minutes=ago)
    )


def follows(made: Scene) -> Reader:
    """Everyone is given from the coach to another peer."""
    with as_owner():
        lead = reader_for(membership(made.body, "org_admin", display_name="Lee O."), made.place)
        other = membership(made.body, "peer", display_name="Ana P.", title="Peer recovery coach")
    commands.hand_over_people(
        from_membership=made.coach_member.id, to_membership=other.id,
        by=dataclasses.replace(lead, factor_at=now()), at=now(),
    )  # fmt: skip
    return reader_for(other, made.place)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_writing_to_reading_the_answer(browser: Browser, live_site: LiveSite, scripts: bool):
    made = stage()
    taken_up(made)
    visit = Visit(scripts=scripts)
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/messages")
        go(page.get_by_role("link", name="Write to Dee R."))
        go(page.get_by_role("button", name="Send it"))
        expect(page.get_by_text("Write a few words first.").first).to_be_visible()
        page.get_by_label("Your message").fill("Can we talk on Friday?")
        go(page.get_by_role("button", name="Send it"))
        expect(page.get_by_text("You can take it back until it was read.")).to_be_visible()
        expect(page.get_by_text("Not read yet")).to_be_visible()
        page.get_by_label("Your message").fill("Oh, not that.")
        go(page.get_by_role("button", name="Send it"))
        go(page.get_by_role("button", name="Take back").first)
        expect(page.get_by_text("Oh, not that.")).to_have_count(0)
    with as_reader(browser, live_site, made.coach, visit) as page:
        page.goto(f"{live_site.url}/work/messages")
        go(page.get_by_role("link", name="Someone wrote to you."))
        expect(page.get_by_text("Can we talk on Friday?")).to_be_visible()
        expect(page.get_by_text("Oh, not that.")).to_have_count(0)
        page.get_by_label("Your message").fill("Yes. At ten.")
        go(page.get_by_role("button", name="Send it"))
        expect(page.get_by_text("They find it on their own page.")).to_be_visible()
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/")
        go(page.get_by_role("link", name="Read it"))
        go(page.locator("main").get_by_role("link", name="Dee R."))
        expect(page.get_by_text("Yes. At ten.")).to_be_visible()
        expect(page.get_by_role("button", name="Take back")).to_have_count(0)
        page.goto(f"{live_site.url}/my/sharing/looked")
        expect(page.get_by_text("What you write to each other")).to_have_count(1)


def test_the_pages_stand_empty_and_full(browser: Browser, live_site: LiveSite):
    made = stage()
    look_at(browser, live_site, made.person, {"messages-nobody": "/my/messages"}, [Visit(), Visit(1280, "dark", "es")])
    record = taken_up(made)
    first = {"messages-first": f"/my/messages/to/{made.coach_member.id}"}
    look_at(browser, live_site, made.person, first, [Visit(), Visit(1280, "dark", "es")])
    look_at(browser, live_site, made.coach, {"thread-empty": f"/work/people/{record}/messages"}, [Visit()])
    thread = written(made, LONG, ago=200)
    commands.write_to_person(record_id=record, words="I would like to hear more.", by=made.coach, at=now())
    written(made, "Friday, then?")
    own = {"messages": "/my/messages", "messages-one": f"/my/messages/{thread}", "messages-home": "/my/"}
    look_at(browser, live_site, made.person, own, VISITS)
    work = {"thread": f"/work/people/{record}/messages", "thread-person": f"/work/people/{record}"}
    look_at(browser, live_site, made.coach, work, VISITS)


def test_the_pages_stand_when_somebody_else_walks_on_and_when_it_ended(browser: Browser, live_site: LiveSite):
    made = stage()
    record = taken_up(made)
    before = written(made, "Only for you, Dee.", ago=90)
    ana = follows(made)
    with transaction.atomic():
        thread = commands.write_to_worker(membership_id=ana.membership_id, words="Hi.", by=made.person, at=now())
    visits = [Visit(), Visit(1280, "dark", "es")]
    own = {"messages-follows": f"/my/messages/{thread}", "messages-ended": f"/my/messages/{before}"}
    look_at(browser, live_site, made.person, own | {"messages-two": "/my/messages"}, visits)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/messages/{thread}")
        go(page.get_by_role("button", name="Let Ana P. read it"))
        expect(page.get_by_text("You let Ana P. read what you and Dee R. wrote.")).to_be_visible()
    look_at(browser, live_site, ana, {"thread-before": f"/work/people/{record}/messages"}, visits)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/messages/{thread}")
        go(page.get_by_role("button", name="Stop that"))
        expect(page.get_by_role("button", name="Let Ana P. read it")).to_be_visible()
    with transaction.atomic():
        consent.open_own(reader=made.person, classes={DataClass.SAFE_CONTACT})
        people.block(membership_id=ana.membership_id, by=made.person, at=now())
    with as_reader(browser, live_site, ana, Visit()) as page:
        answer = page.goto(f"{live_site.url}/work/people/{record}/messages")
        assert answer is not None and answer.status == 404
    with transaction.atomic():
        assert [one.is_heard for one in messages.own_threads(reader=made.person)] == [False, False]


def checked_in(made: Scene, note: str = "A hard week, and I got through it.") -> UUID:
    items = instruments.definition(instruments.instrument_version(instrument="barc-10")).items
    answers = {**dict.fromkeys(items, 4), items[0]: "rather_not_say"}
    return outcomes.answer_instrument(
        instrument="barc-10", answers=answers, language="en", on=day_there(), by=made.person, at=now(), note=note
    )


def test_one_check_in_is_shown_read_and_closed_again(browser: Browser, live_site: LiveSite):
    made = stage()
    record, sitting = taken_up(made), checked_in(made)
    visits = [Visit(), Visit(1280, "dark", "es")]
    words = {"check-in-words": f"/my/check-ins/{sitting}/show/{made.coach_member.id}"}
    look_at(browser, live_site, made.person, words | {"check-in": f"/my/check-ins/{sitting}"}, visits)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/check-ins/{sitting}")
        go(page.get_by_role("link", name="Show this to Dee R."))
        go(page.get_by_role("button", name="Yes, show it to Dee R."))
        expect(page.get_by_text("They can open this one check-in now.")).to_be_visible()
    seen = {"check-in-shown": f"/my/check-ins/{sitting}", "check-in-sharing": "/my/sharing"}
    look_at(browser, live_site, made.person, seen, visits)
    with as_reader(browser, live_site, made.coach, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/work/messages")
        go(page.get_by_role("link", name="Someone shows you something."))
        go(page.get_by_role("link", name="Open one check-in"))
        expect(page.get_by_text("A hard week, and I got through it.")).to_be_visible()
    work = {"shown": f"/work/people/{record}/check-ins", "shown-person": f"/work/people/{record}"}
    look_at(browser, live_site, made.coach, work, visits)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/check-ins/{sitting}")
        go(page.get_by_role("button", name="Stop showing it"))
        expect(page.get_by_text("They can no longer open this check-in.")).to_be_visible()
    with as_reader(browser, live_site, made.coach, Visit()) as page:
        answer = page.goto(f"{live_site.url}/work/people/{record}/check-ins")
        assert answer is not None and answer.status == 404
