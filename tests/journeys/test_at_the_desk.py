"""A person at a desk: from the code on their page to the desk reading it, and closing it again. And the pages."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import AttendanceFacts, ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from tests.journeys.browser import VISITS, Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader

PICTURES = os.environ.get("PICTURES", "")
TWO = [Visit(), Visit(1280, "dark", "es")]
LONG = "Maria de los Angeles Fernandez-Quintanilla y Rodriguez de la Vega"


def kept(name: str = "Mari") -> tuple[Scene, UUID, Reader]:
    """A place keeps a page of Mari; a worker of its desk whom nobody told of her."""
    made = stage()
    record = commands.accept_request(referral_id=ask(made, name), seen=Status.REQUESTED, by=made.colleague, at=now())
    support.write_entry(
        record_id=record, facts=AttendanceFacts(day_there(), "group", "came"), by=made.colleague, at=now()
    )
    called = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday.")
    commands.record_contact(record_id=record, facts=called, by=made.colleague, at=now())
    with as_owner():
        return made, record, reader_for(membership(made.body, "peer", display_name="Jo D."), made.place)


def stands(page: Page, visit: Visit, name: str, *expected: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"desk-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=expected)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str], visits: list[Visit]) -> None:
    for visit in visits:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_code_to_closing_it_again(browser: Browser, live_site: LiveSite, scripts: bool):
    made, _record, worker = kept()
    visit = Visit(scripts=scripts)
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Open my page at a desk"))
        go(page.get_by_role("button", name="Show me a code"))
        code = page.locator("main .code").inner_text()
    with as_reader(browser, live_site, worker, visit) as page:
        page.goto(f"{live_site.url}/work/")
        go(page.get_by_role("link", name="Type their code"))
        page.get_by_label("The code on their page").fill(code.upper())
        go(page.get_by_role("button", name="Open their page"))
        expect(page.get_by_role("heading", name="Mari")).to_be_visible()
        expect(page.get_by_text("Came", exact=True)).to_be_visible()
        expect(page.get_by_text("Wants a ride on Thursday.")).to_have_count(0)
        there = page.url
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing/desk")
        expect(page.get_by_text("Opened with your code at")).to_be_visible()
        go(page.get_by_role("button", name="Close it now"))
        expect(page.get_by_text("It is closed at the desk.")).to_be_visible()
        page.goto(f"{live_site.url}/my/sharing/looked")
        expect(page.get_by_text("You stood at the desk and opened it to them.")).to_be_visible()
    with as_reader(browser, live_site, worker, visit) as page:
        answer = page.goto(there)
        assert answer is not None
        assert answer.status == 404


def test_the_pages_of_the_person_stand(browser: Browser, live_site: LiveSite):
    made, _record, _worker = kept()
    look_at(browser, live_site, stage().person, {"mine-none": "/my/sharing/desk"}, TWO)
    look_at(browser, live_site, made.person, {"mine": "/my/sharing/desk", "sharing": "/my/sharing"}, TWO)
    for visit in VISITS:
        with as_reader(browser, live_site, made.person, visit) as page:
            page.goto(f"{live_site.url}/my/sharing/desk")
            go(page.locator("form[action$='/code'] button"))
            stands(page, visit, "code")
            page.goto(f"{live_site.url}/my/sharing/desk")
            stands(page, visit, "mine-waits")
    opened_to_desk(browser, live_site, made)
    look_at(browser, live_site, made.person, {"mine-open": "/my/sharing/desk", "looked": "/my/sharing/looked"}, TWO)
    with as_reader(browser, live_site, made.person, Visit()) as page:
        page.goto(f"{live_site.url}/my/sharing/looked")
        go(page.get_by_role("button", name="Tell me"))
        stands(page, Visit(), "told")


def opened_to_desk(browser: Browser, site: LiveSite, made: Scene) -> None:
    with as_reader(browser, site, made.person, Visit()) as page:
        page.goto(f"{site.url}/my/sharing/desk")
        go(page.locator("form[action$='/open'] button"))


def test_the_pages_of_the_desk_stand(browser: Browser, live_site: LiveSite):
    made, _record, worker = kept(LONG)
    look_at(browser, live_site, worker, {"empty": "/work/desk/open", "home": "/work/"}, TWO)
    opened_to_desk(browser, live_site, made)
    for visit in VISITS:
        with as_reader(browser, live_site, worker, visit) as page:
            page.goto(f"{live_site.url}/work/desk/open")
            stands(page, visit, "list")
            go(page.locator("main a.ask-name"))
            stands(page, visit, "one")
    for visit in TWO:
        with as_reader(browser, live_site, made.desk, visit) as page:
            page.goto(f"{live_site.url}/work/desk/open")
            page.locator("#id_code").fill("abcd-efgh")
            go(page.locator("main button.btn"))
            stands(page, visit, "wrong", "422")
