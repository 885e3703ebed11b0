"""A look that was not right, walked as two people: who says so, and the privacy officer who answers. And their pages.

Every page on the way stands axe and the other checks; the walk goes without scripts too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent import reviewing
from manypaths.consent.models import Review
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import PickedPart, Status
from manypaths.referrals.tests.factories import Scene, asked_of
from manypaths.web.my.tests.factories import session_of as session_of_person
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, session_of, stage
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")
ZONE = "America/New_York"
PARTS = [
    PickedPart("goal", "Keep a steady home", "Done: call Harbor Row\nNow: visit on Thursday"),
    PickedPart("strength", "I show up", "14 meetings this season"),
]
WORDS = "I have never met her.\nWhy did she open this?"


def officer_of(made: Scene) -> Reader:
    with as_owner():
        hugo = membership(made.body, "privacy_officer", display_name="Hugo L.", title="Answers privacy questions")
    return reader_for(hugo, made.place)


def looked_at(made: Scene, name: str = "Peer coaching", *, taken_up: bool = False) -> UUID:
    """A request that a coach read, and perhaps took up: the newest line of who looked."""
    referral = ask(replace(made, asked=asked_of(made.body, made.place, name)), "Mari")
    with transaction.atomic():
        queries.received_request(reader=made.coach, referral_id=referral)
    if taken_up:
        commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    with transaction.atomic():
        return queries.who_looked(reader=made.person, zone=ZONE).lines[0].look


def said(made: Scene, look: UUID, words: str = WORDS) -> UUID:
    return reviewing.ask_for_review(
        look=look, organisation_id=made.body.id, membership_id=made.coach_member.id, zone=ZONE, wish="explain",
        words=words, by=made.person, at=now(),
    )  # fmt: skip


def answered(review: UUID, by: Reader, finding: str = "should_not") -> None:
    reviewing.answer_review(
        review_id=review, finding=finding, deed="talked", by=by, at=now(),
        answer="Dee opened the wrong request on the list. She saw it at once and closed it. We talked about it.",
    )  # fmt: skip


@contextmanager
def as_reader(browser: Browser, site: LiveSite, by: Reader, visit: Visit) -> Iterator[Page]:
    key = session_of_person(by) if by.is_person else session_of(by)
    with context(browser, visit) as made:
        cookies = {settings.SESSION_COOKIE_NAME: key, settings.LANGUAGE_COOKIE_NAME: visit.language}
        made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
        yield made.new_page()


def stands(page: Page, visit: Visit, name: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"review-{name}-{visit}.png", full_page=True)
    check(page, visit.language)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str], visits: list[Visit]) -> None:
    for visit in visits:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_saying_so_to_reading_the_answer(browser: Browser, live_site: LiveSite, scripts: bool):
    made = stage()
    officer = officer_of(made)
    looked_at(made)
    visit = Visit(scripts=scripts)
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing/looked")
        go(page.get_by_role("link", name="This was not right"))
        expect(page.get_by_role("heading", level=1)).to_have_text("This was not right")
        go(page.get_by_role("button", name="Ask about this look"))
        expect(page.get_by_text("Choose what you want.").first).to_be_visible()
        page.get_by_label("I want to know why they looked").check(force=True)
        page.get_by_label("In your own words").fill(WORDS)
        go(page.get_by_role("button", name="Ask about this look"))
        expect(page.get_by_text("Waits for an answer")).to_be_visible()
    with as_reader(browser, live_site, officer, visit) as page:
        page.goto(f"{live_site.url}/work/")
        go(page.locator("main").get_by_role("link", name="Asked"))
        expect(page.get_by_text("I have never met her.")).to_be_visible()
        page.get_by_label("It should not have happened").check(force=True)
        page.get_by_label("We talked with the one who looked").check(force=True)
        page.get_by_label("Your answer, in plain words").fill("She opened the wrong one. We are sorry.")
        go(page.get_by_role("button", name="Send the answer"))
        expect(page.get_by_text("Your answer is sent.")).to_be_visible()
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.get_by_role("link", name="Read it"))
        expect(page.get_by_text("She opened the wrong one. We are sorry.")).to_be_visible()
        go(page.get_by_role("button", name="I have read it"))
        expect(page.get_by_text("to answer a privacy question", exact=False).first).to_be_visible()


def test_the_pages_of_the_person_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    officer = officer_of(made)
    answered(said(made, looked_at(made)), officer)
    taken = looked_at(made, "Recovery home", taken_up=True)
    with transaction.atomic():
        lines = queries.who_looked(reader=made.person, zone=ZONE).lines
    fresh = next(one.look for one in lines if one.basis == "review")
    said(made, taken, "")
    pages = {
        "looked": "/my/sharing/looked",
        "form": f"/my/sharing/looked/{fresh}",
        "sharing": "/my/sharing",
        "requests": "/my/requests",
    }
    look_at(browser, live_site, made.person, pages, VISITS)


def test_the_pages_where_nobody_can_judge_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    look = looked_at(made)
    visits = [Visit(), Visit(1280, "dark", "es")]
    look_at(browser, live_site, made.person, {"form-nobody": f"/my/sharing/looked/{look}"}, visits)
    said(made, look)
    look_at(browser, live_site, made.person, {"looked-nobody": "/my/sharing/looked"}, visits)


def test_the_desk_stands_full_and_empty(browser: Browser, live_site: LiveSite):
    made = stage()
    officer = officer_of(made)
    pages = {"home": "/work/", "desk": "/work/privacy"}
    visits = [Visit(), Visit(1280, "dark", "es")]
    look_at(browser, live_site, officer, {f"{name}-empty": page for name, page in pages.items()}, visits)
    done, late = said(made, looked_at(made)), said(replace(made, person=(other := person())), _of(made, other))
    answered(done, officer)
    with as_owner():
        Review.objects.filter(id=late).update(asked_at=now() - timedelta(days=20), due_at=now() - timedelta(days=6))
    third = person()
    named = replace(made, person=third)
    waits = said(named, looked_at(named, taken_up=True), "")
    full = {"waits": f"/work/privacy/{waits}", "late": f"/work/privacy/{late}", "done": f"/work/privacy/{done}"}
    look_at(browser, live_site, officer, pages | full | {"messages": "/work/messages"}, VISITS)


def _of(made: Scene, other: Reader) -> UUID:
    return looked_at(replace(made, person=other))


def test_an_answer_that_misses_something_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    officer = officer_of(made)
    review = said(made, looked_at(made))
    for visit in (Visit(), Visit(1280, "dark", "es")):
        with as_reader(browser, live_site, officer, visit) as page:
            page.goto(f"{live_site.url}/work/privacy/{review}")
            go(page.locator("main button.btn"))
            page.wait_for_load_state("networkidle")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"review-wrong-{visit}.png", full_page=True)
            check(page, visit.language, expected_errors=("422",))


def test_the_account_of_what_was_passed_on_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    pages = {"given": "/my/sharing/given"}
    look_at(browser, live_site, made.person, {"given-empty": pages["given"]}, [Visit(), Visit(1280, "dark", "es")])
    looked_at(made, taken_up=True)
    for number in range(24):
        looked_at(made, f"Group {number}")
    look_at(browser, live_site, made.person, pages | {"given-older": "/my/sharing/given?page=2"}, VISITS)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/sharing/given")
        with page.expect_download() as kept:
            page.get_by_role("button", name="A table (CSV)").click()
        rows = Path(kept.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 52


def test_a_pause_and_who_can_see_what_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    looked_at(made, taken_up=True)
    with transaction.atomic():
        request = queries.own_requests(reader=made.person)[0].id
    looked_at(made, "Recovery home")
    commands.stop_sharing(referral_id=request, by=made.person, at=now())
    look_at(browser, live_site, made.person, {"paused": "/my/sharing"}, VISITS)
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Go on sharing"))
        go(page.locator("main button.btn").first)
        page.goto(f"{live_site.url}/my/sharing")
        expect(page.get_by_role("heading", name="Paused")).to_have_count(0)


def test_sharing_less_stands_and_goes_without_scripts(browser: Browser, live_site: LiveSite):
    made = stage()
    request = ask(made, "Mari", parts=PARTS)
    less = f"/my/requests/{request}/less"
    pages = {"less": less, "less-words": f"{less}?chosen=1", "request": f"/my/requests/{request}"}
    look_at(browser, live_site, made.person, pages, [Visit(), Visit(1280, "dark", "es")])
    with as_reader(browser, live_site, made.person, Visit(scripts=False)) as page:
        page.goto(f"{live_site.url}/my/requests/{request}")
        go(page.get_by_role("link", name="Share less"))
        page.get_by_label("I show up").check(force=True)
        go(page.get_by_role("button", name="Next: read the words"))
        go(page.get_by_role("button", name="Yes, share only this"))
        expect(page.get_by_text("They can open only what is left.")).to_be_visible()
        expect(page.get_by_text("Held back")).to_be_visible()
    with as_reader(browser, live_site, made.coach, Visit()) as page:
        page.goto(f"{live_site.url}/work/requests/{request}")
        expect(page.get_by_text("14 meetings this season")).to_be_visible()
        expect(page.get_by_text("Keep a steady home")).to_have_count(0)
