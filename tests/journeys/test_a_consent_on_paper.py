"""A consent on paper, walked by three: who writes it down, who checks it, and the person. And the pages of each."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent.models import PaperConsent
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.referrals.tests.factories import Scene
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader, officer_of
from tests.journeys.test_an_emergency import TWO, kept

ELEMENTS = 9


def clinic_beside(made: Scene) -> Reader:
    with as_owner():
        clinic = organisation("Northside Clinic", kind="clinic")
        participation(made.place, clinic)
        return reader_for(membership(clinic, "clinician", answers_requests=True), made.place)


def tick(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name='{name}'][value='{value}']").check(force=True)


def press(page: Page) -> None:
    go(page.locator("main form button.btn").first)


def write_down(page: Page, site: LiveSite, record: UUID) -> None:
    page.goto(f"{site.url}/work/people/{record}/consents")
    go(page.locator(f"a[href^='/work/people/{record}/consents/paper']").first)
    for name, value in {
        "kind": "named", "parts": "sud_treatment_record", "purpose": "TREAT", "signer": "person", "language": "en",
    }.items():  # fmt: skip
        tick(page, name, value)
    page.locator("select[name='recipient']").select_option(label="Northside Clinic")
    for name, words in {
        "until": f"{day_there() + timedelta(days=20)}", "name": "Maria K.", "witness": "Ben", "place": "Blue folder 12",
        "signed_on": f"{day_there() - timedelta(days=2)}",
    }.items():  # fmt: skip
        page.locator(f"input[name='{name}']").fill(words)
    for box in page.locator("input[name='read']").all()[:ELEMENTS]:
        box.check(force=True)
    press(page)


def find(page: Page, finding: str, count: int = ELEMENTS) -> None:
    for number, box in enumerate(page.locator("input[name='found']").all()):
        box.set_checked(number < count, force=True)
    tick(page, "finding", finding)
    press(page)


@pytest.mark.parametrize("visit", TWO, ids=str)
def test_a_paper_is_written_down_checked_by_another_and_denied(browser: Browser, live_site: LiveSite, visit: Visit):
    made, record, _medic = kept()
    officer, outside, said = officer_of(made), clinic_beside(made), visit.language
    with as_reader(browser, live_site, made.colleague, visit) as page:
        write_down(page, live_site, record)
        expect(page.get_by_text("Northside Clinic")).to_be_visible()
        check(page, said)
    with as_owner():
        paper = PaperConsent.objects.get().id
    with as_reader(browser, live_site, outside, visit) as page:
        page.goto(f"{live_site.url}/work/shared")
        expect(page.get_by_text("Maria K.")).to_have_count(0)
    with as_reader(browser, live_site, officer, visit) as page:
        page.goto(f"{live_site.url}/work/privacy/consents/paper")
        check(page, said)
        go(page.locator(f"a[href$='{paper}']"))
        check(page, said)
        find(page, "complete", ELEMENTS - 1)
        check(page, said, expected_errors=("422",))
        find(page, "complete")
        expect(page.locator("input[name='found']")).to_have_count(0)
        check(page, said, expected_errors=("422",))
    with as_reader(browser, live_site, outside, visit) as page:
        page.goto(f"{live_site.url}/work/shared")
        go(page.get_by_role("link", name="Maria K."))
        expect(page.get_by_text("Methadone 60 mg, taken here").first).to_be_visible()
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.locator(f"a[href*='/my/sharing/signed#paper-{paper}']").first)
        check(page, said)
        go(page.locator(f"a[href$='{paper}/deny']"))
        check(page, said)
        press(page)
        expect(page.locator(f"a[href$='{paper}/deny']")).to_have_count(0)
        check(page, said)
    with as_reader(browser, live_site, outside, visit) as page:
        page.goto(f"{live_site.url}/work/shared")
        expect(page.get_by_text("Maria K.")).to_have_count(0)


def test_the_pages_of_papers_stand_empty_and_wrong(browser: Browser, live_site: LiveSite):
    made, record, _medic = kept()
    officer = officer_of(made)
    for visit in TWO:
        with as_reader(browser, live_site, officer, visit) as page:
            page.goto(f"{live_site.url}/work/privacy/consents/paper")
            check(page, visit.language)
            page.goto(f"{live_site.url}/work/people/{record}/consents/paper?for=privacy")
            check(page, visit.language)
            press(page)
            check(page, visit.language, expected_errors=("422",))
        with as_reader(browser, live_site, made.person, visit) as page:
            page.goto(f"{live_site.url}/my/sharing/signed")
            check(page, visit.language)
