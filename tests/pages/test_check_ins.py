"""Check-ins in a real browser: answered on a phone, without scripts too, and every page in every variant."""

import os
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import transaction
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite
from manypaths.network.rules import Reader
from manypaths.outcomes import commands, queries
from manypaths.outcomes.instruments import shipped
from manypaths.web.my.tests.factories import somebody
from manypaths.web.ui.clock import now
from tests.journeys.browser import VISITS, Visit, check, context, go, nothing_covered
from tests.pages.test_my_pages import signed_in

BARC = shipped("barc-10", "2017")
PICTURES = os.environ.get("PICTURES", "")
TOTALS = (
    (date(2026, 2, 3), (4, 3, 3, 3, 3, 4, 3, 4, 3, 4), ""),
    (date(2026, 3, 17), (4, 3, 3, 3, 3, 3, 3, 4, 3, 4), ""),
    (date(2026, 5, 5), (4, 4, 4, 3, 4, 4, 4, 4, 3, 4), "Moved into Harbor Row"),
    (date(2026, 7, 7), (4, 4, 4, 4, 4, 4, 5, 4, 4, 4), ""),
    (date(2026, 9, 1), (4, 4, 4, 4, 4, 4, 4, 4, 4, 4), ""),
    (date(2026, 11, 10), (5, 5, 4, 4, 4, 5, 6, 5, 4, 5), "Started work"),
)


def answer_all(by: Reader) -> list[UUID]:
    """Six check-ins over ten months."""
    made = []
    for on, values, note in TOTALS:
        with transaction.atomic():
            given = dict(zip(BARC.items, values, strict=True))
            made.append(
                commands.answer_instrument(
                    instrument="barc-10", answers=given, language="en", on=on, by=by, at=now(), note=note
                )
            )
    return made


def walk(browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str]) -> None:
    """Look at every page in every variant."""
    for visit in VISITS:
        with context(browser, visit) as made:
            signed_in(made, site, by)
            made.add_cookies([{"name": "lang", "value": visit.language, "url": site.url}])
            page = made.new_page()
            for name, address in pages.items():
                page.goto(site.url + address)
                page.wait_for_load_state("networkidle")
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"checkin-{name}-{visit}.png", full_page=True)
                check(page, visit.language)


def test_every_page_of_check_ins_stands(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Maria")
    sittings = answer_all(by)
    pages = {"all": "/my/check-ins", "one": f"/my/check-ins/{sittings[-1]}", "line": "/my/check-ins/line"}
    walk(browser, live_site, by, pages)
    with transaction.atomic():
        commands.save_answers(instrument="barc-10", answers={"barc1": 5}, language="en", by=by, at=now())
    walk(browser, live_site, by, {"ask": "/my/check-ins/now/3", "end": "/my/check-ins/now/end"})


def test_the_first_page_without_any_check_in_stands(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Ana")
    walk(browser, live_site, by, {"first": "/my/check-ins", "ask1": "/my/check-ins/now/1"})


def test_ten_answers_on_a_phone_without_scripts_lead_to_the_picture_of_them(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Dana")
    with context(browser, Visit(scripts=False)) as made:
        signed_in(made, live_site, by)
        page = made.new_page()
        page.goto(f"{live_site.url}/my/check-ins")
        go(page.get_by_role("link", name="Start"))
        for number in range(1, 11):
            expect(page.get_by_text(f"{number} of 10", exact=True)).to_be_visible()
            page.get_by_label("5 Agree").check()
            go(page.get_by_role("button", name="Look over my answers" if number == 10 else "Next"))
        page.get_by_label("What was going on?").fill("Slept well")
        go(page.get_by_role("button", name="Finish"))
        expect(page.get_by_role("heading", level=1)).to_have_text("You agree with 10 of the 10 statements")
        expect(page.get_by_text("50 on the scale from 10 to 60.")).to_be_visible()
    with transaction.atomic():
        assert [one.total for one in queries.own_sittings(reader=by, instrument="barc-10")] == [50]


def test_a_keyboard_alone_answers_a_statement_and_nothing_is_covered(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Lee")
    with context(browser, Visit()) as made:
        signed_in(made, live_site, by)
        page = made.new_page()
        page.goto(f"{live_site.url}/my/check-ins/now/1")
        page.get_by_label("1 Strongly disagree").focus()
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/now/2")
        nothing_covered(page)
        check(page, "en")
    with transaction.atomic():
        waiting = queries.own_unfinished(reader=by, instrument="barc-10")
    assert waiting is not None
    assert waiting.answers == {"barc1": 4}
