"""An agreement for a service, walked by both sides; and the pages of the register."""

import pytest
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite
from manypaths.network.tests.factories import day_there
from manypaths.web.work.tests.test_agreements import LIST, Both
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader

TWO = [Visit(), Visit(1280, "dark", "es")]


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_signed_paper_to_the_yes_of_the_other_side(browser: Browser, live_site: LiveSite, scripts: bool):
    both, visit = Both(), Visit(scripts=scripts)
    with as_reader(browser, live_site, both.officer, visit) as page:
        page.goto(f"{live_site.url}/work/privacy")
        go(page.get_by_role("link", name="Agreements"))
        go(page.get_by_role("link", name="Write an agreement down"))
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_text("Choose what they do for you.").first).to_be_visible()
        page.get_by_label("Who does something for you?").select_option("Harbor Row")
        page.get_by_label("Privacy questions that the place cannot answer itself").check(force=True)
        for words in ("this law binds them fully", "resist in court", "in writing, and both sides"):
            page.get_by_label(words).check(force=True)
        page.get_by_label("It begins on").fill(day_there().isoformat())
        page.get_by_label("Who signed for you?").fill("Ana Ruiz, director")
        page.get_by_label("Who signed for them?").fill("Tom Hale, director")
        page.get_by_label("Where is the signed paper kept?").fill("Safe, folder 12")
        go(page.get_by_role("button", name="Write it down"))
        expect(page.get_by_text("Waits for the other side")).to_be_visible()
    with as_reader(browser, live_site, both.lead, visit) as page:
        page.goto(f"{live_site.url}/work/messages")
        go(page.get_by_role("link", name="An agreement with another organization waits for your yes."))
        go(page.get_by_role("button", name="Yes, this is our agreement"))
        expect(page.get_by_text("It holds")).to_be_visible()


def test_the_pages_of_agreements_stand(browser: Browser, live_site: LiveSite):
    both = Both()
    for visit in TWO:
        with as_reader(browser, live_site, both.officer, visit) as page:
            for address in (LIST, f"{LIST}/new"):
                page.goto(live_site.url + address)
                check(page, visit.language)
    held, waits = both.write(elements=["signed"]), both.write()
    both.write(server="", server_name="North Laboratory " + "w" * 100, service="laboratory")
    ended = both.write()
    both.desk.post(f"{LIST}/{ended}/end", {"ending": "no_longer"})
    for visit in TWO:
        with as_reader(browser, live_site, both.lead, visit) as page:
            for address in (LIST, f"{LIST}/{waits}"):
                page.goto(live_site.url + address)
                check(page, visit.language)
        with as_reader(browser, live_site, both.officer, visit) as page:
            for address in (LIST, f"{LIST}/{held}", f"{LIST}/{ended}", "/work/privacy"):
                page.goto(live_site.url + address)
                check(page, visit.language)
