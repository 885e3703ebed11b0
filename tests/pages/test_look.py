"""The shared look in a real browser: the gallery in every variant, the way out, choices, offline, budgets."""

import re

import pytest
from playwright.sync_api import Browser, FloatRect, Route, expect

from manypaths.config.testing import LiveSite
from tests.journeys.browser import (
    MOST_BYTES,
    MOST_ELEMENTS,
    VISITS,
    Visit,
    check,
    context,
    go,
    nothing_covered,
    violations,
    weigh,
)

GALLERY = "/ui/"
PLAIN = ("/about", "/privacy", "/right-now", "/nothing-here")


def test_the_gallery_stands_in_every_width_theme_and_language(browser: Browser, live_site: LiveSite):
    for visit in VISITS:
        with context(browser, visit) as made:
            page = made.new_page()
            page.goto(live_site.url + GALLERY)
            page.wait_for_load_state("networkidle")
            check(page, visit.language)


def test_plain_pages_stand_in_every_width_theme_and_language(browser: Browser, live_site: LiveSite):
    for visit in VISITS:
        with context(browser, visit) as made:
            page = made.new_page()
            for path in PLAIN:
                page.goto(live_site.url + path)
                page.wait_for_load_state("networkidle")
                assert check(page, visit.language, expected_errors=("404",)) <= MOST_ELEMENTS


def test_pages_fit_a_narrow_screen_large_text_and_clear_letters(browser: Browser, live_site: LiveSite):
    chosen = {"name": "display", "value": "dark.l.clear", "url": live_site.url}
    with context(browser, Visit(), viewport={"width": 320, "height": 256}) as made:
        page = made.new_page()
        for cookies in ([], [chosen]):
            made.add_cookies(cookies)
            page.goto(live_site.url + GALLERY)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with context(browser, Visit()) as made:
        made.add_cookies([chosen])
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        page.wait_for_load_state("networkidle")
        check(page, "en")


@pytest.mark.parametrize("width", [320, 390])
def test_at_twice_the_text_nothing_is_covered_and_no_page_scrolls_sideways(
    browser: Browser, live_site: LiveSite, width: int
):
    with context(browser, Visit(), viewport={"width": width, "height": 844}) as made:
        page = made.new_page()
        for path in ("/", "/about", "/right-now"):
            page.goto(live_site.url + path)
            page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            parts = [page.locator(one).bounding_box() for one in (".safety-now", ".exit", ".brand span", ".tools")]
            assert not [(a, b) for i, a in enumerate(parts) for b in parts[:i] if overlap(a, b)], path


def overlap(a: FloatRect | None, b: FloatRect | None) -> bool:
    assert a is not None
    assert b is not None
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across > 1 and down > 1


@pytest.mark.parametrize("width", [390, 1280])
def test_the_way_out_stays_in_reach_and_covers_no_focus(browser: Browser, live_site: LiveSite, width: int):
    with context(browser, Visit(width)) as made:
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        page.evaluate("scrollTo(0, 3000)")
        expect(page.locator("[data-exit]")).to_be_in_viewport()
        page.evaluate("scrollTo(0, 0)")
        assert nothing_covered(page, 70) > 60


def _stand_in(route: Route, told: list[str]) -> None:
    """Answers in place of our leave address and of the site people are sent to."""
    if route.request.url.endswith("/leave"):
        told.append(route.request.method)
        route.fulfill(status=204)
    else:
        route.fulfill(body="weather", content_type="text/html")


@pytest.mark.parametrize("way", ["click", "shift"])
def test_leaving_hides_first_tells_the_server_and_replaces_the_page(browser: Browser, live_site: LiveSite, way: str):
    told: list[str] = []
    with context(browser, Visit()) as made:
        made.route(re.compile("weather.gov|/leave$"), lambda route: _stand_in(route, told))
        page = made.new_page()
        page.goto(live_site.url + "/offline")
        page.goto(live_site.url + GALLERY)
        if way == "click":
            page.locator("[data-exit]").click()
        for _ in range(0 if way == "click" else 3):
            page.keyboard.press("Shift")
        page.wait_for_url("https://www.weather.gov/")
        assert told == ["POST"]
        page.go_back()
        assert page.url.endswith("/offline")


def test_without_script_the_way_out_is_a_link_to_our_server(browser: Browser, live_site: LiveSite):
    with context(browser, Visit(scripts=False)) as made:
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        exit_link = page.locator("[data-exit]")
        assert exit_link.get_attribute("href") == "/leave"
        assert exit_link.get_attribute("rel") == "noreferrer"


def test_language_and_display_are_chosen_without_script_and_kept(browser: Browser, live_site: LiveSite):
    with context(browser, Visit(1280, scripts=False)) as made:
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        assert made.cookies() == []
        go(page.get_by_role("button", name="Español"))
        expect(page.locator("html")).to_have_attribute("lang", "es")
        page.locator(".pop > summary").click()
        page.locator("input[name=theme][value=dark]").check()
        page.locator("input[name=letters][value=clear]").check()
        go(page.locator(".pop-box button"))
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("html")).to_have_attribute("data-letters", "clear")
        assert {cookie["name"] for cookie in made.cookies()} == {"lang", "display"}


def test_without_a_network_the_crisis_numbers_are_still_there(browser: Browser, live_site: LiveSite):
    with context(browser, Visit(), service_workers="allow") as made:
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        made.set_offline(True)
        page.goto(live_site.url + "/nowhere-yet")
        expect(page.locator("h1")).to_have_text("You are offline")
        assert page.locator('a[href="tel:988"]').count() >= 2
        kept = page.evaluate(
            "caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))"
            ".then(lists => lists.flat().map(r => r.url))"
        )
        assert [url for url in kept if not re.search(r"/static/|/offline$", url)] == []


def test_colors_chosen_by_the_device_keep_every_word(browser: Browser, live_site: LiveSite):
    with context(browser, Visit(1280), forced_colors="active") as made:
        page = made.new_page()
        page.goto(live_site.url + GALLERY)
        page.wait_for_load_state("networkidle")
        assert violations(page, without=("color-contrast",)) == []  # the device chooses the colors


def test_paper_is_light_and_keeps_the_phone_numbers_whatever_the_theme(browser: Browser, live_site: LiveSite):
    with context(browser, Visit(1280, "dark")) as made:
        made.add_cookies([{"name": "display", "value": "dark.m.std", "url": live_site.url}])
        page = made.new_page()
        for path in (GALLERY, "/right-now"):
            page.goto(live_site.url + path)
            page.emulate_media(media="print")
            assert violations(page) == []
            assert (
                page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
                == "rgb(255, 255, 255)"
            )
            assert page.locator(".exit").is_hidden()
            assert page.locator('.acts a[href^="tel:"]').first.is_visible()
            assert len(page.pdf(format="Letter")) > 10_000


def test_a_first_load_is_small_and_waits_for_one_style_sheet(browser: Browser, installed_site: LiveSite):
    """How soon it is painted is measured in `benchmarks/first_paint.py`: a busy machine would fail a test of time."""
    for path in (GALLERY, "/privacy", "/right-now"):
        total, parts = weigh(browser, installed_site.url + path)
        assert total <= MOST_BYTES, parts
        with context(browser, Visit()) as made:
            page = made.new_page()
            page.goto(installed_site.url + path)
            assert page.locator("link[rel=stylesheet]").count() == 1
            assert page.locator("script:not([defer])").count() == 0
