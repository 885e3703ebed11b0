"""The register of what went wrong, walked by a privacy officer and the person it concerns. And its pages."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.network.rules import Reader
from manypaths.referrals.tests.test_petitioning import officer_at
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.test_breaches import LETTER, WEIGHED, Register, seen_on, text
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import answered, as_reader, looked_at, said

PICTURES = os.environ.get("PICTURES", "")
TWO = [Visit(), Visit(1280, "dark", "es")]


def stands(page: Page, visit: Visit, name: str, *expected: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"wrong-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=expected)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str]) -> None:
    for visit in TWO:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_incident_to_a_letter_that_the_person_reads(browser: Browser, live_site: LiveSite, scripts: bool):
    made, visit = Register(), Visit(scripts=scripts)
    day = (now() - timedelta(days=2)).date().isoformat()
    with as_reader(browser, live_site, made.officer, visit) as page:
        page.goto(f"{live_site.url}/work/privacy")
        go(page.get_by_role("link", name="What went wrong"))
        go(page.get_by_role("link", name="Write an incident down"))
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_text("Choose who got it.").first).to_be_visible()
        page.get_by_label("What happened?").fill("A list with names lay open.")
        page.get_by_label("Found on").fill(day)
        page.get_by_label("Happened on").fill(day)
        page.get_by_label("Everybody of whom we keep a page").check(force=True)
        page.get_by_label("The name they use").check(force=True)
        page.get_by_label("We do not know who").check(force=True)
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_text("Not weighed: it counts as a breach")).to_be_visible()
        for one in page.get_by_label("Speaks for a risk").all():
            one.check(force=True)
        for one in page.get_by_label("In words").all():
            one.fill("Seen by many.")
        page.get_by_label("It is a breach").check(force=True)
        page.get_by_label("Why do you decide so?").fill("Nobody can say who saw it.")
        go(page.get_by_role("button", name="Decide"))
        expect(page.get_by_text("Decided: a breach")).to_be_visible()
        section = page.locator("section", has=page.get_by_role("heading", name="Tell the people concerned"))
        for label, name in (("What happened", "what"), ("What you do about it", "done"), ("What they can do", "you"),
                            ("Whom they can ask, and how", "ask")):  # fmt: skip
            section.get_by_label(label).fill(LETTER[name])
        go(page.get_by_role("button", name="Tell them"))
        expect(page.get_by_text("It is on the page of each person who has one here.")).to_be_visible()
    with as_reader(browser, live_site, made.made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.get_by_role("link", name="Read it"))
        expect(page.get_by_text(LETTER["what"])).to_be_visible()
        go(page.get_by_role("button", name="I have read it"))
        expect(page.get_by_text("There is something new here.")).to_have_count(0)


def test_the_pages_of_the_register_and_of_the_person_stand(browser: Browser, live_site: LiveSite):
    made = Register()
    empty = {"register-empty": "/work/privacy/breaches", "new": "/work/privacy/breaches/new"}
    look_at(browser, live_site, made.officer, empty)
    look_at(browser, live_site, made.made.person, {"own-empty": "/my/sharing/wrong"})
    review = said(made.made, looked_at(made.made, "Recovery home"))
    answered(review, made.officer)
    waits, told = made.write(), made.write()
    for form in (WEIGHED, {**WEIGHED, "reason": "Later we knew more. " + "w" * 200}):
        made.desk.post(made.at(told, "/weigh"), form)
    made.desk.post(made.at(told, "/tell"), LETTER)
    pages = {"register": "/work/privacy/breaches", "waits": made.at(waits), "told": made.at(told)}
    look_at(browser, live_site, made.officer, pages | {"review": f"/work/privacy/{review}", "desk": "/work/privacy"})
    look_at(browser, live_site, made.made.person, {"own": "/my/sharing/wrong", "sharing": "/my/sharing"})
    for visit in TWO:
        with as_reader(browser, live_site, made.officer, visit) as page:
            page.goto(live_site.url + made.at(waits))
            go(page.locator("form[action$='/weigh'] button.btn"))
            stands(page, visit, "refused", "422")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_letter_is_read_and_agreed_to_by_a_second_officer(browser: Browser, live_site: LiveSite, scripts: bool):
    made = Register()
    second, incident = officer_at(made.made, "Ida P."), made.write()
    made.desk.post(made.at(incident, "/tell"), LETTER)
    look_at(browser, live_site, made.officer, {"mine-waits": made.at(incident)})
    look_at(browser, live_site, second, {"theirs-waits": made.at(incident), "register-waits": "/work/privacy/breaches"})
    with as_reader(browser, live_site, second, Visit(scripts=scripts)) as page:
        page.goto(f"{live_site.url}/work/privacy/breaches")
        expect(page.get_by_text("A letter waits for a second yes")).to_be_visible()
        go(page.get_by_role("link", name="Found"))
        expect(page.get_by_text(LETTER["done"]).first).to_be_visible()
        seen = seen_on(text(made.desk.get(made.at(incident))))
        made.desk.post(made.at(incident, "/tell"), {**LETTER, "what": "Another list.", "seen": seen})
        go(page.get_by_role("button", name="I agree. Tell them"))
        expect(page.get_by_text("The letter has changed since you read it.")).to_be_visible()
        if scripts:
            stands(page, Visit(), "changed", "422")
        go(page.get_by_role("button", name="I agree. Tell them"))
        expect(page.get_by_text("Agreed by Ida P.")).to_be_visible()
    look_at(browser, live_site, second, {"agreed": made.at(incident)})
