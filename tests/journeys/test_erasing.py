"""A person erases what they keep here: with scripts and without, on a phone and wide, in both languages."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.web.my.tests.factories import somebody
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_what_is_shown_outside import as_reader

PICTURES = os.environ.get("PICTURES", "")
VISITS = [Visit(), Visit(1280, "dark", "es"), Visit(scripts=False)]
WORDS = {
    "en": ("Erase my page", "I know that nobody can bring it back", "Your page is erased"),
    "es": ("Borrar mi página", "Sé que nadie puede recuperarlo", "Su página está borrada"),
}


def stands(page: Page, visit: Visit, name: str, *errors: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"erase-{name}-{visit}.png", full_page=True)
    if visit.scripts:  # what looks a page over is a script itself
        check(page, visit.language, expected_errors=errors)


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_person_erases_their_page_after_a_second_yes(browser: Browser, live_site: LiveSite, visit: Visit):
    with transaction.atomic():
        maria = somebody("Maria")
    button, sure, erased = WORDS[visit.language]
    with as_reader(browser, live_site, maria, visit) as page:
        page.goto(f"{live_site.url}/my/about")
        go(page.get_by_role("link", name=button))
        stands(page, visit, "asked")
        go(page.get_by_role("button", name=button))
        stands(page, visit, "not-sure", "422")
        page.get_by_label(sure).check(force=True)
        go(page.get_by_role("button", name=button))
        expect(page.get_by_role("heading", name=erased)).to_be_visible()
        expect(page.get_by_text("Maria")).to_have_count(0)
        stands(page, visit, "erased", "422", "410")
