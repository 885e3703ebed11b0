"""What a place keeps of a person, in a real browser: the person's pages and the worker's, and what is said beside."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there
from manypaths.people.models import Assignment
from manypaths.plans import commands as plans
from manypaths.plans.rules import GoalState, SafetyWords, StepState
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import AttendanceFacts, ContactFacts, Kind, ScreenFacts, TreatmentFacts
from manypaths.web.my.tests.factories import session_of as session_of_person
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, session_of, stage
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")


def kept() -> tuple[Scene, UUID, UUID]:
    """A place that keeps contacts, care, a test and attendance; one entry was struck, one corrected."""
    made = stage()
    record = referrals.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.coach, at=now())
    contact = referrals.record_contact(
        record_id=record,
        facts=ContactFacts(now(), "call", "talked", "Wants a ride on Thursday."),
        by=made.coach,
        at=now(),
    )
    with as_owner():
        Assignment.objects.create(record_id=record, membership=made.colleague_member, since=now())
    on = day_there() - timedelta(days=1)
    first = TreatmentFacts(on, "individual", "Spoke about sleep, and about the noise in the house at night.")
    entries = [
        support.write_entry(record_id=record, facts=one, by=made.colleague, at=now())
        for one in (
            first,
            ScreenFacts(on, "urine_5", "found", ("opioids",), words="Prescribed."),
            AttendanceFacts(on, "group", "came"),
            AttendanceFacts(on - timedelta(days=7), "group", "came"),
        )
    ]
    mended = TreatmentFacts(on, "group", "It was the group.")
    support.write_entry(record_id=record, facts=mended, replaces=entries[0], by=made.colleague, at=now())
    support.strike_entry(
        record_id=record, kind=Kind.ATTENDANCE, entry_id=entries[3], reason="twice", by=made.colleague, at=now()
    )
    return made, record, contact


def signed_in(made: BrowserContext, site: LiveSite, key: str, language: str = "en") -> None:
    """Put a session and a language into this browser."""
    cookies = {settings.SESSION_COOKIE_NAME: key, settings.LANGUAGE_COOKIE_NAME: language}
    made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


def walk(browser: Browser, site: LiveSite, session: str, pages: dict[str, str], visits: list[Visit] = VISITS) -> None:
    """Look at every page in every variant."""
    for visit in visits:
        with context(browser, visit) as made:
            signed_in(made, site, session, visit.language)
            page = made.new_page()
            for name, address in pages.items():
                page.goto(site.url + address)
                page.wait_for_load_state("networkidle")
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"kept-{name}-{visit}.png", full_page=True)
                check(page, visit.language)


def say(by: Reader, record: UUID, contact: UUID) -> None:
    """The person sees one thing differently."""
    referrals.say_beside(
        record_id=record, data_class=DataClass.CONTACT_LOG, item_id=contact, stance="differently",
        words="I asked for Wednesday, not Thursday.", by=by, at=now(),
    )  # fmt: skip


def test_what_a_place_keeps_stands(browser: Browser, live_site: LiveSite):
    made, record, contact = kept()
    say(made.person, record, contact)
    there = f"/my/places/{record}"
    pages = {
        "places": "/my/places", "place": there, "care": f"{there}/treatment", "attendance": f"{there}/attendance",
        "contact": f"{there}/contacts/{contact}",
    }  # fmt: skip
    walk(browser, live_site, session_of_person(made.person), pages)
    walk(browser, live_site, session_of(made.coach), {"at-work": f"/work/people/{record}"}, [Visit(), VISITS[-1]])


def write_plans(made: Scene, record: UUID) -> None:
    """A plan with a goal in two states, and one for a bad day."""
    by, at = made.colleague, now()
    plans.write_held_words(record_id=record, text="A quiet home, and work with my hands.", by=by, at=at)
    plans.add_held_strength(record_id=record, statement="I show up", by=by, at=at)
    goal = plans.add_held_goal(record_id=record, title="Sleep through the night", area="health", by=by, at=at)
    for text in ("No coffee after noon", "Ask about a room at the back"):
        step = plans.add_held_step(
            record_id=record, goal_id=goal, text=text, by_day=None, today=at.date(), by=by, at=at
        )
    plans.mark_held_step(record_id=record, step_id=step, state=StepState.DONE, today=at.date(), by=by, at=at)
    done = plans.add_held_goal(record_id=record, title="A winter coat", area="home", by=by, at=at)
    plans.set_held_goal(record_id=record, goal_id=done, state=GoalState.REACHED, by=by, at=at)
    bad_day = SafetyWords("I stop sleeping.\nI do not pick up.", "A walk to the river.", "Ana, 802-555-0142")
    plans.write_safety_plan(record_id=record, words=bad_day, by=by, at=at)


def test_plans_that_are_kept_together_stand(browser: Browser, live_site: LiveSite):
    made, record, _contact = kept()
    two = [Visit(), Visit(1280, "dark", "es")]
    empty = {"plan-empty": f"/work/people/{record}/plan", "safety-empty": f"/work/people/{record}/safety"}
    walk(browser, live_site, session_of(made.colleague), empty, two)
    walk(browser, live_site, session_of_person(made.person), {"my-plan-empty": f"/my/places/{record}/plan"}, two)
    write_plans(made, record)
    pages = {"plan": f"/work/people/{record}/plan", "safety": f"/work/people/{record}/safety"}
    walk(browser, live_site, session_of(made.colleague), pages)
    mine = {"my-plan": f"/my/places/{record}/plan", "my-safety": f"/my/places/{record}/safety"}
    walk(browser, live_site, session_of_person(made.person), mine)


def test_a_plan_is_written_without_scripts(browser: Browser, live_site: LiveSite):
    made, record, _contact = kept()
    with context(browser, Visit(scripts=False)) as visitor:
        signed_in(visitor, live_site, session_of(made.coach))
        page = visitor.new_page()
        page.goto(f"{live_site.url}/work/people/{record}")
        go(page.get_by_role("link", name="Their plan with you"))
        page.get_by_label("What do they want?").fill("Sleep through the night")
        page.get_by_label("Health").check()
        go(page.get_by_role("button", name="Add this goal"))
        page.get_by_text("Add a step").click()
        page.get_by_label("One step").fill("No coffee after noon")
        go(page.get_by_role("button", name="Add this step"))
        expect(page.get_by_role("listitem").filter(has_text="No coffee after noon")).to_be_visible()
    with context(browser, Visit(scripts=False)) as visitor:
        signed_in(visitor, live_site, session_of_person(made.person))
        page = visitor.new_page()
        page.goto(f"{live_site.url}/my/places/{record}")
        go(page.get_by_role("link", name="A plan you share"))
        expect(page.get_by_text("No coffee after noon")).to_be_visible()


def test_a_worker_writes_and_the_person_says_how_they_see_it(browser: Browser, live_site: LiveSite):
    made, record, _contact = kept()
    with context(browser, Visit()) as visitor:
        signed_in(visitor, live_site, session_of_person(made.person))
        page = visitor.new_page()
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Read what they keep of you"))
        go(page.get_by_role("link", name=made.body.name))
        expect(page.get_by_text("Wants a ride on Thursday.")).to_be_visible()
        go(page.get_by_role("link", name="Talked"))
        page.get_by_label("Say that I see this differently").check()
        page.get_by_label("Your words").fill("I asked for Wednesday.")
        go(page.get_by_role("button", name="Put it beside"))
        expect(page.get_by_role("status")).to_contain_text("It stands beside it now.")
    with context(browser, Visit()) as visitor:
        signed_in(visitor, live_site, session_of(made.coach))
        page = visitor.new_page()
        page.goto(f"{live_site.url}/work/people/{record}")
        expect(page.get_by_text("They see this differently")).to_be_visible()
        expect(page.get_by_text("I asked for Wednesday.")).to_be_visible()
