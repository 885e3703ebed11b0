"""A medical emergency, walked from the code on a card to the person reading that it happened. And its pages."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent import rescuing
from manypaths.consent.models import Emergency
from manypaths.consent.rules.emergencies import Said
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import ScreenFacts, TreatmentFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from tests.journeys.browser import VISITS, Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader, officer_of

PICTURES = os.environ.get("PICTURES", "")
TWO = [Visit(), Visit(1280, "dark", "es")]
SAID = Said("Dr. Ito", "County Hospital", "Ana P.", "Overdose, not awake when we came", cannot_agree=True)


def kept() -> tuple[Scene, UUID, Reader]:
    """A place keeps a page of Mari; an emergency medical worker of another place."""
    made = stage()
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.colleague, at=now())
    for number in range(12):
        day = day_there() - timedelta(days=number)
        facts = TreatmentFacts(day, "individual", "Methadone 60 mg, taken here")
        support.write_entry(record_id=record, facts=facts, by=made.colleague, at=now())
    screen = ScreenFacts(day_there(), "urine_5", "none_found", words="Before the visit")
    support.write_entry(record_id=record, facts=screen, by=made.colleague, at=now())
    with as_owner():
        house = organisation("County Hospital")
        participation(made.place, house)
        medic = reader_for(membership(house, "medic", display_name="Ana P."), made.place)
    return made, record, medic


def stands(page: Page, visit: Visit, name: str, *expected: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"emergency-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=expected)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str], visits: list[Visit], *errors: str):
    for visit in visits:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name, *errors)


def opened(made: Scene, medic: Reader) -> UUID:
    code = rescuing.make_card(by=replace(made.person, factor_at=now()), at=now())
    return commands.open_in_emergency(key=code, said=SAID, by=replace(medic, factor_at=now()), at=now())


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_card_to_reading_that_it_happened(browser: Browser, live_site: LiveSite, scripts: bool):
    made, _record, medic = kept()
    officer, visit = officer_of(made), Visit(scripts=scripts)
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="In a medical emergency"))
        go(page.get_by_role("button", name="Make my card"))
        code = page.locator("main .code").inner_text()
        go(page.get_by_role("link", name="I have kept it"))
        expect(page.get_by_text("You have a card since")).to_be_visible()
    with as_reader(browser, live_site, medic, visit) as page:
        page.goto(f"{live_site.url}/work/")
        go(page.get_by_role("link", name="Open in an emergency"))
        page.get_by_label("The code on their card").fill(code.upper())
        go(page.get_by_role("button", name="Open for one hour"))
        expect(page.get_by_text("Write what kind of emergency it is.").first).to_be_visible()
        page.get_by_label("What kind of emergency is it?").fill("Overdose")
        page.get_by_label("This is a medical emergency now").check()
        go(page.get_by_role("button", name="Open for one hour"))
        expect(page.get_by_role("heading", name="Mari")).to_be_visible()
        expect(page.get_by_text("Methadone 60 mg, taken here").first).to_be_visible()
    with as_reader(browser, live_site, officer, visit) as page:
        page.goto(f"{live_site.url}/work/")
        go(page.locator("main").get_by_role("link", name="Opened"))
        page.get_by_label("It was part of the work").check(force=True)
        page.get_by_label("Nothing had to change").check(force=True)
        page.get_by_label("Your answer, in plain words").fill("You were not awake. It helped to treat you.")
        go(page.get_by_role("button", name="Send the review"))
        expect(page.get_by_text("Your review is sent.")).to_be_visible()
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.get_by_role("link", name="Read it").first)
        expect(page.get_by_text("You were not awake. It helped to treat you.")).to_be_visible()
        expect(page.get_by_text("Overdose", exact=True)).to_be_visible()
        go(page.get_by_role("button", name="I have read it"))
        expect(page.get_by_role("button", name="I have read it")).to_have_count(0)


def test_the_pages_of_the_emergency_worker_stand(browser: Browser, live_site: LiveSite):
    made, record, medic = kept()
    there = f"/work/emergency/{opened(made, medic)}"
    pages = {"home": "/work/", "form": "/work/emergency", "open": there, "all": f"{there}/{record}/treatment"}
    look_at(browser, live_site, medic, pages, VISITS)
    for visit in TWO:
        with as_reader(browser, live_site, medic, visit) as page:
            page.goto(f"{live_site.url}/work/emergency")
            page.locator("#id_recipient").fill("")
            go(page.locator("main button.btn"))
            stands(page, visit, "wrong", "422")
    with as_owner():
        Emergency.objects.update(opened_at=now() - timedelta(minutes=61), due_at=now())
    look_at(browser, live_site, medic, {"over": there}, TWO, "404")


def test_the_pages_of_who_may_not_stand(browser: Browser, live_site: LiveSite):
    made, _record, _medic = kept()
    look_at(browser, live_site, made.colleague, {"not-now": "/work/emergency"}, TWO, "403")
    look_at(browser, live_site, made.coach, {"crisis": "/work/emergency"}, TWO, "404")


def test_the_pages_of_the_person_and_of_the_reviewer_stand(browser: Browser, live_site: LiveSite):
    made, record, medic = kept()
    look_at(browser, live_site, made.person, {"mine-empty": "/my/sharing/emergency"}, TWO)
    opened(made, medic)
    officer = officer_of(made)
    with as_owner():
        one = Emergency.objects.get().id
    look_at(browser, live_site, officer, {"desk": "/work/privacy", "review": f"/work/privacy/emergencies/{one}"}, TWO)
    look_at(browser, live_site, made.person, {"mine-waits": "/my/sharing/emergency", "sharing": "/my/sharing"}, TWO)
    answer = "It was no emergency. We are sorry. We talked about it with the hospital."
    rescuing.review_emergency(
        emergency_id=one, finding="should_not", deed="talked", answer=answer, by=officer, at=now()
    )
    look_at(browser, live_site, officer, {"reviewed": f"/work/privacy/emergencies/{one}"}, TWO)
    look_at(browser, live_site, made.person, {"mine": "/my/sharing/emergency", "news": "/my/requests"}, VISITS)
    look_at(browser, live_site, made.colleague, {"number": f"/work/people/{record}"}, TWO)
    for visit in TWO:
        with as_reader(browser, live_site, made.person, visit) as page:
            page.goto(f"{live_site.url}/my/sharing/emergency")
            go(page.locator("form[action$='/card'] button"))
            stands(page, visit, "card")
