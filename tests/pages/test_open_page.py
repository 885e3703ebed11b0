"""A signed-in page that lies open: it warns, stays while somebody writes, and closes."""

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.web.my.tests.factories import session_of, somebody
from tests.journeys.browser import Visit, context, go, violations

WARNED = "[data-idle] [role=status]"


def open_page(made, site: LiveSite) -> Page:
    with transaction.atomic():
        by = somebody("Maria")
    made.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(by, "shared"), "url": site.url}])
    page = made.new_page()
    page.clock.install()
    page.goto(site.url + "/my/words")
    seconds = int(page.locator("[data-idle]").get_attribute("data-idle"))
    page.clock.run_for((seconds - 170) * 1000)
    return page


def test_an_open_page_warns_in_words_and_then_closes(browser: Browser, live_site: LiveSite):
    with context(browser, Visit()) as made:
        page = open_page(made, live_site)
        expect(page.locator(WARNED)).to_have_text("This page closes in 2 minutes. What you saved is safe.")
        expect(page.get_by_role("button", name="Stay here")).to_be_in_viewport()
        assert violations(page) == []
        made.clear_cookies()  # by then the session has ended on the server
        page.clock.run_for(180_000)
        page.wait_for_url("**/enter*")


def test_a_person_who_answers_or_writes_stays(browser: Browser, live_site: LiveSite):
    with context(browser, Visit()) as made:
        page = open_page(made, live_site)
        page.get_by_role("button", name="Stay here").click()
        expect(page.locator(WARNED)).to_have_text("")
        for _ in range(5):
            page.clock.run_for(90_000)
            page.locator("textarea").first.press_sequentially("a")
            expect(page.locator(WARNED)).to_have_text("")
        assert page.url.endswith("/my/words")


@pytest.mark.parametrize("visit", [Visit(), Visit(1280, "dark", "es"), Visit(scripts=False)], ids=str)
def test_words_that_were_written_for_too_long_are_still_there_to_copy(
    browser: Browser, live_site: LiveSite, visit: Visit
):
    words = "What helps me most is to walk in the morning, before the phone rings."
    with context(browser, visit) as made:
        with transaction.atomic():
            by = somebody("Maria")
        made.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(by, "shared"), "url": live_site.url}]
        )
        page = made.new_page()
        page.goto(live_site.url + "/my/words")
        page.locator("textarea").first.fill(words)
        made.clear_cookies()  # by then the session has ended on the server
        go(page.locator("main form button").first)
        expect(page.locator("textarea[readonly]")).to_have_value(words)
        assert page.locator("main a[target=_blank]").get_attribute("href") == "/my/words"
        if visit.scripts:
            assert violations(page) == []
