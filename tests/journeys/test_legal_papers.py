"""Legal papers, walked by a privacy officer and the person: what opens nothing, what an order opens; and the pages."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.consent.rules.papers import Order
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there
from manypaths.referrals.commands import filing
from manypaths.web.ui.clock import now
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader, officer_of
from tests.journeys.test_an_emergency import TWO, kept

PICTURES = os.environ.get("PICTURES", "")


def stands(page: Page, visit: Visit, name: str, *expected: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"papers-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=expected)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str], *errors: str) -> None:
    for visit in TWO:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name, *errors)


def recorded(record: UUID, officer: Reader, kind: str = "order") -> UUID | None:
    by, at = replace(officer, factor_at=now()), now()
    classes = frozenset({"demographics", "safe_contact", "sud_treatment_record", "attendance"})
    order = Order(
        "Superior Court of Washington County", "22-CR-1", "2.65", "subpoena", date(2026, 11, 2), classes,
        at + timedelta(days=30), at + timedelta(days=9) if kind == "silent" else None,
    )  # fmt: skip
    kind = "order" if kind == "silent" else kind
    return filing.record_paper(kind=kind, held=record, order=order, by=by, at=at)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_subpoena_opens_nothing_and_an_order_what_it_names(browser: Browser, live_site: LiveSite, scripts: bool):
    made, record, _medic = kept()
    officer, visit = officer_of(made), Visit(scripts=scripts)
    with as_reader(browser, live_site, officer, visit) as page:
        page.goto(f"{live_site.url}/work/privacy")
        go(page.get_by_role("link", name="Legal papers"))
        page.get_by_label("A subpoena", exact=True).check(force=True)
        page.get_by_label("The number of their page").fill(str(record))
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_role("heading", name="This opens nothing")).to_be_visible()
        expect(page.get_by_text("Send it to your lawyer today.")).to_be_visible()
        go(page.get_by_role("link", name="Legal papers"))
        page.get_by_label("A court order under 42 CFR part 2, subpart E").check(force=True)
        page.get_by_label("The number of their page").fill(str(record))
        page.get_by_label("2.64: not a criminal case").check(force=True)
        page.get_by_label("A subpoena came with it").check(force=True)
        page.get_by_label("Which court?").fill("Superior Court")
        page.get_by_label("Number of the case").fill("22-CR-1")
        page.get_by_label("Given on").fill(f"{day_there() - timedelta(days=2)}")
        page.get_by_label("What treatment they get").check(force=True)
        page.get_by_label("Open until the end of").fill(f"{day_there() + timedelta(days=9)}")
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_text("Methadone 60 mg, taken here").first).to_be_visible()
        expect(page.get_by_text("Mari", exact=True)).to_have_count(0)
    with as_reader(browser, live_site, made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.get_by_role("link", name="Read it").first)
        expect(page.get_by_text("22-CR-1")).to_be_visible()
        expect(page.get_by_text("It opened nothing here.")).to_be_visible()
        go(page.get_by_role("button", name="I have read it"))
        expect(page.get_by_role("button", name="I have read it")).to_have_count(0)


def test_the_pages_of_papers_stand(browser: Browser, live_site: LiveSite):
    made, record, _medic = kept()
    officer = officer_of(made)
    look_at(browser, live_site, officer, {"empty": "/work/papers"})
    look_at(browser, live_site, made.person, {"mine-empty": "/my/sharing/papers"})
    letter, paper, silent = (recorded(record, officer, kind) for kind in ("letter", "order", "silent"))
    look_at(
        browser,
        live_site,
        officer,
        {"desk": f"/work/papers?of={record}", "open": f"/work/papers/{paper}/people/{record}"},
    )
    look_at(browser, live_site, officer, {"nothing": f"/work/papers/{letter}/people/{record}"}, "403")
    look_at(browser, live_site, officer, {"second": f"/work/papers/{silent}/people/{paper}"}, "403")
    look_at(browser, live_site, made.person, {"mine": "/my/sharing/papers", "news": "/my/requests"})
    for visit in TWO:
        with as_reader(browser, live_site, officer, visit) as page:
            page.goto(f"{live_site.url}/work/papers")
            page.locator("input[name='kind'][value='order']").check(force=True)
            go(page.locator("main form button.btn").first)
            stands(page, visit, "wrong", "422")
