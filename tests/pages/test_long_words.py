"""One very long word, as nobody foresees it: no page scrolls sideways, and nothing stands outside its card."""

from django.db import transaction
from playwright.sync_api import Browser, Page

from manypaths.config.testing import LiveSite
from manypaths.directory.search.writer import Writer
from manypaths.network.tests.factories import community
from manypaths.plans import commands, queries
from manypaths.plans.tests.factories import goal, step
from manypaths.web.my.tests.test_asking import Stage
from manypaths.web.public.tests.listed import listed
from manypaths.web.ui.clock import now
from tests.journeys.browser import Visit, context, go
from tests.pages.test_asking_pages import signed_in

LONG = "Supercalifragilistic" * 5
PHONES = (320, 390)


def fits(page: Page) -> None:
    """The page is as wide as the window, at every width of a phone and of a desk."""
    for width in (*PHONES, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} at {width}"


def test_a_very_long_word_of_a_person_stays_on_their_pages(browser: Browser, live_site: LiveSite):
    stage = Stage()
    by = stage.person
    commands.write_own_words(text=LONG, by=by, at=now())
    commands.write_hard_day(text=LONG, by=by, at=now())
    commands.add_strength(statement=LONG, fact=LONG, sign="sprout", by=by, at=now())
    step(by, goal(by, LONG), LONG)
    stage.write()
    stage.client.post(f"{stage.ask}/name", {"name": LONG})
    with transaction.atomic():
        parts = [part.key for part in queries.parts_to_share(reader=by)]
    stage.client.post(f"{stage.ask}/words", {"words": LONG, "parts": parts})
    with context(browser, Visit()) as made:
        signed_in(made, live_site, stage, "en")
        page = made.new_page()
        for address in ("/my/", "/my/print", f"{stage.ask}/words", f"{stage.ask}/check", f"{stage.ask}/agree"):
            page.goto(live_site.url + address)
            fits(page)
        go(page.locator("main button.btn").first)
        assert "/my/requests/" in page.url
        fits(page)


def test_a_very_long_word_that_finds_nothing_stays_on_the_page(
    committed_db: str, browser: Browser, live_site: LiveSite
):
    with transaction.atomic():
        community()
        listed("Lantern House")
    Writer().rebuild()
    with context(browser, Visit()) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        page.fill("#q", LONG)
        page.locator(".searchbar button").click()
        page.locator("button.chip").wait_for()
        fits(page)
