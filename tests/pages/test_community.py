"""The community's page in a real browser: with figures, without, in every width, theme and language."""

import os
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite
from manypaths.indicators import commands
from manypaths.indicators.tests import facts as made
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.tests.factories import community
from tests.journeys.browser import MOST_BYTES, VISITS, Visit, check, context, go, nothing_covered, weigh

PICTURES = os.environ.get("PICTURES", "")
COUNTIES = ["50001", "50005", "50007", "50013", "50015", "50017", "50019", "50023"]
KINDS = {
    "peer_support": (0.34, 2, 0.9),
    "moud": (0.2, 3, 0.85),
    "outpatient": (0.16, 8, 0.75),
    "detox": (0.12, 4, 0.7),
    "recovery_residence": (0.16, 14, 0.45),
    "transport": (0.02, 2, 0.9),
}
ANSWERS = {"yes": 0.45, "partly": 0.2, "no": 0.13}
REASONS = {"no_open_place": 0.55, "does_not_fit": 0.2, "cost": 0.15, "outside_area": 0.1}


def pick(chance: random.Random, weights: dict[str, Any]) -> str:
    return chance.choices(list(weights), [w[0] if isinstance(w, tuple) else w for w in weights.values()])[0]


def request(place: Community, chance: random.Random, month: date) -> dict[str, Any]:
    """One made-up request of a lively community."""
    kind = pick(chance, KINDS)
    _share, days, luck = KINDS[kind]
    reached = chance.random() < luck
    status = pick(chance, {"completed": 0.7, "in_progress": 0.25, "cancelled": 0.05} if reached
                  else {"rejected": 0.55, "requested": 0.25, "cancelled": 0.15, "failed": 0.05})  # fmt: skip
    done = status == "completed"
    return {
        **made.request_fact(place.id, chance, month),
        "kind": kind,
        "area": pick(chance, dict(zip(COUNTIES, (9, 2, 14, 1, 3, 5, 4, 22), strict=True))),
        "status": status,
        "reason": pick(chance, REASONS) if status == "rejected" else None,
        "silent": status == "requested" and chance.random() < 0.7,
        "days_to_first_contact": int(chance.gammavariate(2, days / 2)) if reached else None,
        "worker_outcome": pick(chance, {"given": 0.6, "began": 0.25, "partly_given": 0.15}) if done else None,
        "person_answer": pick(chance, ANSWERS) if done and chance.random() < 0.7 else None,
    }  # fmt: skip


def lively(folder: Path) -> Community:
    """A community with two published periods."""
    with transaction.atomic():
        place = community()
        place.county_fips, place.founded_at = COUNTIES, datetime(2026, 5, 3, tzinfo=UTC)
        place.save()
    network.forget_communities()
    chance = random.Random(20)
    requests = [
        request(place, chance, date(2026, month, 1)) for month, count in ((5, 560), (6, 612)) for _ in range(count)
    ]
    searches = [
        {"community": str(place.id), "month": month, "need": need, "area": area, "reason": "no_room", "times": times}
        for month in (date(2026, 5, 1), date(2026, 6, 1))
        for need, area, times in (
            ("housing", "50023", 61), ("housing", "50007", 22), ("housing", "50005", 3), ("ride", "50023", 34),
            ("detox", "50007", 19), ("detox", "50023", 15), ("legal", "50023", 4), ("work", "50007", 12),
        )
    ]  # fmt: skip
    made.write_all(folder, requests, searches)
    commands.publish_due(community=place, folder=folder, at=datetime(2026, 8, 1, 9, tzinfo=UTC))
    return place


def walk(browser: Browser, site: LiveSite, name: str) -> None:
    for visit in VISITS:
        with context(browser, visit) as opened:
            page = opened.new_page()
            page.goto(f"{site.url}/community/")
            page.wait_for_load_state("networkidle")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"community-{name}-{visit}.png", full_page=True)
            check(page, visit.language)


def test_the_page_with_figures_stands_and_weighs_little(browser: Browser, live_site: LiveSite, tmp_path: Path):
    lively(tmp_path)
    walk(browser, live_site, "full")
    assert weigh(browser, f"{live_site.url}/community/")[0] <= MOST_BYTES
    with context(browser, Visit()) as opened:
        page = opened.new_page()
        page.goto(f"{live_site.url}/community/")
        nothing_covered(page)
    with context(browser, Visit(scripts=False)) as opened:
        page = opened.new_page()
        page.goto(f"{live_site.url}/community/")
        page.get_by_label("Time").select_option("May 2026")
        go(page.get_by_role("button", name="Show", exact=True))
        expect(page.get_by_text("People here made 560 requests for support")).to_be_visible()


def test_the_page_of_a_young_community_stands(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        community()
    network.forget_communities()
    walk(browser, live_site, "young")
