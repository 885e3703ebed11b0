"""Who runs the machine: from the first passphrase to its pages, and the pages as they look."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from manypaths.accounts.commands.operating import add_operator
from manypaths.config.testing import LiveSite, as_owner
from manypaths.indicators.models import NightStep
from manypaths.network.rules import SYSTEM, Hat, Reader
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import stage
from tests.journeys.browser import Visit, check
from tests.journeys.test_a_look_that_was_not_right import as_reader

PICTURES = os.environ.get("PICTURES", "")
VISITS = [Visit(), Visit(1280, "dark", "es"), Visit(390, "dark", "es"), Visit(1280)]
PAGES = {"health": "/machine/", "settings": "/machine/settings"}


def look(page: Page, visit: Visit, name: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"machine-{name}-{visit}.png", full_page=True)
    check(page, visit.language)


@pytest.mark.parametrize("failed", [False, True])
def test_the_pages_stand_in_every_width_theme_and_language(browser: Browser, live_site: LiveSite, failed: bool):
    made, at = stage(), now()
    with as_owner():
        account = add_operator(email="op@example.org", language="en", by=SYSTEM, at=at).account_id
        for place, step in ((None, "flag_looks"), (made.place, "publish_figures")):
            NightStep.objects.create(
                community=place, night=(at - timedelta(days=1)).date(), step=step, begun_at=at, ended_at=at,
                fault="DiskFull" if failed and place else "",
            )  # fmt: skip
    operator = Reader(account_id=account, hat=Hat.OPERATOR, factor_at=at)
    for visit in VISITS:
        with as_reader(browser, live_site, operator, visit) as page:
            for name, address in PAGES.items():
                page.goto(live_site.url + address)
                look(page, visit, f"{name}-{failed}")
