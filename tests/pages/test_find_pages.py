"""The find pages in a real browser: every width, theme and language, found and not found, with and without scripts."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite
from manypaths.directory.search.writer import Writer
from manypaths.network.tests.factories import community, membership, participation
from manypaths.web.public.tests.listed import listed, open_all_week, place, said
from tests.journeys.browser import VISITS, Visit, check, context, go, nothing_covered, weigh

PICTURES = os.environ.get("PICTURES", "")
FOUND = {"en": "places can help", "es": "lugares pueden ayudar"}
BUDGET_BYTES, BUDGET_ELEMENTS = 80_000, 700


@pytest.fixture
def valley(committed_db: str) -> str:
    """A community with a dozen services of many kinds; the id of one that can be asked."""
    here = community()
    lantern = listed(
        "Lantern House Recovery Center", "recovery_center", ("talk", "meetings", "family"),
        description="Drop in for coffee, meetings, a peer recovery coach, or help with forms.",
        languages=["en", "es"], costs=["free"], features=["coach", "walk_in"], room="open", room_as_of=said(),
        verified_at=said(2), verified_by="Dee R., Lantern House", medication="yes",
    )  # fmt: skip
    open_all_week(lantern)
    participation(here, lantern.organisation)
    membership(lantern.organisation, "peer", answers_requests=True)
    listed("Northside Health", "moud", ("medication",), costs=["medicaid", "sliding"], room="waitlist",
           room_wait_days=3, room_as_of=said(1))  # fmt: skip
    home = listed("Harbor Row", "recovery_residence", ("housing",), room="open", room_places=2, room_as_of=said())
    home.location.visibility = "town"
    home.location.save()
    for number in range(9):
        body = listed(f"Valley Support {number}", "outpatient", ("treatment",))
        body.location = place(body.organisation, "Barre", at=(44.2 + number / 100, -72.5 - number / 50))
        body.save()
    Writer().rebuild()
    return str(lantern.id)


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_the_find_pages_stand_every_check(valley: str, live_site: LiveSite, browser: Browser, visit: Visit):
    with context(browser, visit) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        picture(page, visit, "find")
        assert check(page, visit.language) <= BUDGET_ELEMENTS
        page.fill("#place", "Montpelier")
        go(page.locator(".searchbar button"))
        expect(page.locator("#rh")).to_contain_text(FOUND[visit.language])
        page.goto(live_site.url + f"/service/{valley}")
        picture(page, visit, "service")
        check(page, visit.language)
        page.goto(live_site.url + "/")
        page.fill("#place", "zzqqxx")
        go(page.locator(".searchbar button"))
        page.locator("#place-e, #results .err, #rh").first.wait_for()
        picture(page, visit, "wrong")
        page.goto(live_site.url + "/f/old", wait_until="networkidle")
        check(page, visit.language, expected_errors=("410",))


def picture(page, visit: Visit, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{visit}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_search_is_found_again_by_back_and_reload_and_leaves_no_words(
    valley: str, live_site: LiveSite, browser: Browser, scripts: bool
):
    with context(browser, Visit(scripts=scripts)) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        page.fill("#q", "medication")
        page.fill("#place", "Montpelier")
        go(page.locator(".searchbar button"))
        expect(page.locator("article.res")).to_have_count(1)
        assert "/f/" in page.url
        assert "medication" not in page.url
        go(page.locator("article.res h3 a"))
        expect(page.locator("h1")).to_have_text("Northside Health")
        page.go_back()
        expect(page.locator("article.res")).to_have_count(1)
        page.reload()
        expect(page.locator("article.res")).to_have_count(1)
        assert made.cookies() == []


def test_a_filter_answers_at_once_with_scripts_and_says_the_count(valley: str, live_site: LiveSite, browser: Browser):
    with context(browser, Visit(width=1280)) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        page.locator(".quick .pick", has_text="Housing").click()
        expect(page.locator("article.res")).to_have_count(1)
        expect(page.locator("[data-live]")).to_contain_text("1 place can help")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_box_among_the_filters_answers_at_once_and_its_button_leads_to_the_list(
    valley: str, live_site: LiveSite, browser: Browser, width: int
):
    with context(browser, Visit(width=width)) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        if width < 960:
            page.locator("details.filters > summary").click()
        page.locator(".filters .option", has_text="Open now").click()
        expect(page.locator("article.res")).to_have_count(1)
        expect(page.locator("[data-live]")).to_contain_text("1 place can help")
        if width < 960:
            go(page.get_by_role("button", name="Show results"))
            expect(page.locator("details.filters")).not_to_have_attribute("open", "")
            expect(page.locator("#rh")).to_be_in_viewport()


def test_a_wrong_place_is_told_at_its_field_with_scripts_and_nothing_typed_is_lost(
    valley: str, live_site: LiveSite, browser: Browser
):
    with context(browser, Visit()) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        page.fill("#place", "0560")
        go(page.locator(".searchbar button"))
        expect(page.locator("#place-e")).to_contain_text("Enter a ZIP code with 5 numbers")
        expect(page.locator("#place")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#place")).to_be_focused()
        expect(page.locator("[data-live]")).to_contain_text("Tell us where to look")
        page.fill("#place", "05602")
        page.keyboard.press("Enter")
        expect(page.locator("#rh")).to_contain_text("places can help")
        expect(page.locator("#place-e")).to_be_empty()
        expect(page.locator("#place")).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_stands_with_the_list_starts_a_search_of_its_own(
    valley: str, live_site: LiveSite, browser: Browser, scripts: bool
):
    with context(browser, Visit(scripts=scripts)) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        page.fill("#q", "methadone")
        go(page.locator(".searchbar button"))
        expect(page.locator("article.res")).to_have_count(1)
        go(page.get_by_role("button", name="Make a link to this search"))
        expect(page.locator("main input[readonly]")).to_have_value(re.compile("q=methadone"))
        page.go_back()
        go(page.get_by_role("button", name="Where to get it"))
        expect(page.locator("#q")).to_have_value("")
        expect(page.locator(".list")).to_contain_text("Try it without one of these")
        go(page.get_by_role("button", name="Naloxone"))
        expect(page.locator("#rh")).to_contain_text("places can help")


def test_the_page_can_be_walked_with_the_keyboard_alone(valley: str, live_site: LiveSite, browser: Browser):
    with context(browser, Visit()) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        assert nothing_covered(page) > 20
        page.focus("#q")
        page.keyboard.type("methadone")
        page.keyboard.press("Enter")
        expect(page.locator("article.res")).to_have_count(1)


def test_the_position_leaves_the_device_rounded(valley: str, live_site: LiveSite, browser: Browser):
    spot = {"latitude": 44.263912, "longitude": -72.581234}
    with context(browser, Visit(), geolocation=spot, permissions=["geolocation"]) as made:
        page = made.new_page()
        page.goto(live_site.url + "/")
        with page.expect_request(lambda request: request.method == "POST") as posted:
            page.locator("[data-locate]").click()
        sent = posted.value.post_data or ""
        assert "lat=44.26&" in sent
        assert "44.263" not in sent
        expect(page.locator("#rh")).to_contain_text("places can help")


def test_the_first_load_keeps_to_its_budget(valley: str, installed_site: LiveSite, browser: Browser):
    for path in ("/", f"/service/{valley}"):
        weight, parts = weigh(browser, installed_site.url + path)
        assert weight <= BUDGET_BYTES, parts
