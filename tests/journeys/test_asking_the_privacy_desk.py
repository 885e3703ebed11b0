"""Corrections and complaints, walked as two people: who asks, and the privacy officer who answers. And their pages."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.network.rules import Reader
from manypaths.web.work.tests.test_petitions import AGREED, DENIED, Desk
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader

PICTURES = os.environ.get("PICTURES", "")
TWO = [Visit(), Visit(1280, "dark", "es")]


def stands(page: Page, visit: Visit, name: str, *expected: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"asked-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=expected)


def look_at(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str]) -> None:
    for visit in TWO:
        with as_reader(browser, site, by, visit) as page:
            for name, address in pages.items():
                page.goto(site.url + address)
                stands(page, visit, name)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_asking_to_a_no_to_ones_own_words_beside_it(browser: Browser, live_site: LiveSite, scripts: bool):
    desk, visit = Desk(), Visit(scripts=scripts)
    with as_reader(browser, live_site, desk.made.person, visit) as page:
        page.goto(live_site.url + desk.item)
        go(page.get_by_role("link", name="Ask them to correct this"))
        go(page.get_by_role("button", name="Ask them"))
        expect(page.get_by_text("Write a few words.").first).to_be_visible()
        page.get_by_label("What should it say?").fill("We spoke about work.")
        page.get_by_label("Why is it not right?").fill("I sleep well.")
        go(page.get_by_role("button", name="Ask them"))
        expect(page.get_by_text("Waits for an answer")).to_be_visible()
    with as_reader(browser, live_site, desk.officer, visit) as page:
        page.goto(f"{live_site.url}/work/")
        go(page.locator("main").get_by_role("link", name="A correction"))
        expect(page.get_by_text("We spoke about work.")).to_be_visible()
        page.get_by_label("No: it stays as it is").check(force=True)
        page.get_by_label("It is right and complete as it is").check(force=True)
        page.get_by_label("Your answer, in plain words").fill("It was about sleep. I asked.")
        go(page.get_by_role("button", name="Send the answer"))
        expect(page.get_by_text("Your answer is sent.")).to_be_visible()
    with as_reader(browser, live_site, desk.made.person, visit) as page:
        page.goto(f"{live_site.url}/my/requests")
        go(page.get_by_role("link", name="Read it"))
        go(page.get_by_role("link", name="Read it"))
        expect(page.get_by_text("It was about sleep. I asked.")).to_be_visible()
        page.get_by_text("Say how you see it").click()
        page.get_by_label("How I see it").fill("We spoke about work, and I said so.")
        go(page.get_by_role("button", name="Put it beside for good"))
        expect(page.get_by_text("We spoke about work, and I said so.")).to_be_visible()
        go(page.get_by_role("button", name="I have read it"))
    with as_reader(browser, live_site, desk.made.colleague, visit) as page:
        page.goto(f"{live_site.url}/work/people/{desk.record}/treatment")
        expect(page.get_by_text("They disagree with what is written here")).to_be_visible()
        expect(page.get_by_text("We spoke about work, and I said so.")).to_be_visible()


def test_the_pages_of_the_person_stand_empty_and_full(browser: Browser, live_site: LiveSite):
    desk = Desk()
    there = f"{desk.there}/asked"
    forms = {"missing": f"{there}/missing", "complain": f"{there}/complain", "correct": f"{desk.item}/correct"}
    look_at(browser, live_site, desk.made.person, {"empty": there, "place": desk.there} | forms)
    desk.answer(desk.ask(f"{desk.there}/contacts/{desk.contact}/correct"))
    desk.answer(desk.ask(), DENIED)
    desk.answer(desk.ask(f"{there}/missing", kind="attendance", tell_others="on"), AGREED)
    desk.complain()
    pages = {"full": there, "places": "/my/places", "one": desk.item, "requests": "/my/requests"}
    look_at(browser, live_site, desk.made.person, pages)


def test_the_pages_of_the_desk_stand(browser: Browser, live_site: LiveSite):
    desk = Desk()
    agreed = desk.ask(tell_others="on", words="A long word: " + "w" * 300)
    desk.answer(agreed)
    waits, complaint = desk.ask(), desk.complain()
    addresses = {"waits": waits, "agreed": agreed, "complaint": complaint}
    pages = {name: f"/work/privacy/asked/{one}" for name, one in addresses.items()}
    look_at(browser, live_site, desk.officer, pages | {"desk": "/work/privacy", "home": "/work/"})
    for visit in TWO:
        with as_reader(browser, live_site, desk.officer, visit) as page:
            page.goto(f"{live_site.url}/work/privacy/asked/{waits}")
            go(page.locator("main button.btn").first)
            stands(page, visit, "wrong", "422")
