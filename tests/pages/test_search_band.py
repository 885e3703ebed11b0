"""The band at the top of the find page: what stands over its picture, and beside its fields, can be read."""

from django.db import transaction
from playwright.sync_api import Browser

from manypaths.config.testing import LiveSite
from manypaths.network.tests.factories import community
from tests.journeys.browser import Visit, context

RING = 6  # pixels that the ring of a focused field takes around it


def test_what_can_be_picked_has_a_ground_of_its_own_over_the_picture(
    committed_db: str, browser: Browser, live_site: LiveSite
):
    with transaction.atomic():
        community()
    with context(browser, Visit(1280, "light", "es")) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        grounds = page.eval_on_selector_all(
            ".hero .pick span", "all => all.map(one => getComputedStyle(one).backgroundColor)"
        )
        assert grounds
        assert "rgba(0, 0, 0, 0)" not in grounds


def test_the_edge_of_a_field_is_seen_in_the_dark(committed_db: str, browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        community()
    with context(browser, Visit(390, "dark")) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        edge = page.eval_on_selector("#place", "one => getComputedStyle(one).borderTopColor")
        assert edge == page.eval_on_selector(".hero .lede", "one => getComputedStyle(one).color")


def test_what_is_wrong_with_the_place_stands_clear_of_the_field_in_focus(
    committed_db: str, browser: Browser, live_site: LiveSite
):
    with transaction.atomic():
        community()
    for width in (390, 1280):
        with context(browser, Visit(width)) as made:
            page = made.new_page()
            page.goto(live_site.url + "/")
            page.fill("#place", "99999")
            page.locator(".searchbar button").click()
            page.locator("#place-e:not(:empty)").wait_for()
            below = page.evaluate(
                "document.querySelector('#place-e').getBoundingClientRect().top"
                " - document.querySelector('#place').getBoundingClientRect().bottom"
            )
            assert below > RING
