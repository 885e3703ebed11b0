"""The community's page: counts that were published, and what it says where there are none."""

import csv
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from manypaths.config.home import ROOT
from manypaths.config.testing import role_url
from manypaths.indicators import commands, queries
from manypaths.indicators.rules.tables import Cell
from manypaths.indicators.tests import facts as made
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.tests.factories import community

pytestmark = pytest.mark.django_db
CLOSED = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
COUNTIES = ["50023", "50001", "50027"]


@pytest.fixture
def place() -> Iterator[Community]:
    network.forget_communities()
    founded = community()
    founded.founded_at, founded.county_fips = datetime(2026, 6, 3, tzinfo=UTC), COUNTIES
    founded.save()
    network.forget_communities()
    yield founded
    network.forget_communities()


def publish(place: Community, folder: Path, count: int = 700, at: datetime = CLOSED) -> None:
    chance = random.Random(5)
    rows = [made.request_fact(place.id, chance, date(2026, 6, 1)) for _ in range(count)]
    searches = [
        {"community": str(place.id), "month": date(2026, 6, 1), "need": need, "area": area, "reason": "no_room",
         "times": times}
        for need, area, times in (("housing", "50023", 60), ("housing", "50001", 4), ("detox", "50023", 41))
    ]  # fmt: skip
    made.write_all(folder, rows, searches)
    commands.publish_due(community=place, folder=folder, at=at)


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_a_young_community_says_when_the_first_figures_can_come(place: Community) -> None:
    page = Client().get("/community/").content.decode()
    assert "No closed month yet" in page
    assert "The first figures come on July 31, 2026" in page


def test_the_page_answers_its_question_in_two_sentences(place: Community, tmp_path: Path) -> None:
    publish(place, tmp_path)
    page = Client().get("/community/").content.decode()
    assert "People here made 700 requests for support" in page
    assert "in 10 requests led to a contact" in page
    assert "June 2026" in page


def test_every_figure_says_its_base_the_missing_the_never_reached_the_day_and_the_rule(
    place: Community, tmp_path: Path
) -> None:
    publish(place, tmp_path)
    page = Client().get("/community/").content.decode()
    assert page.count("Counted on August 1, 2026, rule 2026-11.") == 6
    assert "never reached by the day of counting" in page
    assert "without a day of first contact" in page
    assert page.count("Show as a table") == 6


def test_no_figure_from_one_to_ten_is_on_the_page_or_in_the_file(place: Community, tmp_path: Path) -> None:
    publish(place, tmp_path, count=160)
    rows = lines(Client().get("/community/figures.csv").content.decode())
    counted = [row for row in rows if row["table"] != "waits" and row["value"]]
    assert counted
    assert not [row for row in counted if 1 <= int(row["value"]) <= 10]
    assert [row for row in rows if row["kept_back"] == "yes"]


def test_the_file_holds_exactly_what_was_published_with_shares(place: Community, tmp_path: Path) -> None:
    publish(place, tmp_path)
    rows = lines(Client().get("/community/figures.csv").content.decode())
    published = queries.latest(community_id=place.id, topic="requests")
    assert published is not None
    told = {(row["table"], row["row_code"], row["column_code"]): row for row in rows if row["topic"] == "requests"}
    for cell, value in published.figures.items():
        assert told[tuple(cell)]["value"] == ("" if value is None else str(value))
    reached = told[("results", "*", "reached")]
    assert reached["of"] == "700"
    assert told[("days", "*", "within_7")]["of"] == reached["value"]
    assert float(reached["share_low"]) < float(reached["share"]) < float(reached["share_high"])


def test_no_cell_of_the_file_can_act_as_a_formula(place: Community, tmp_path: Path) -> None:
    chance = random.Random(1)
    rows = [made.request_fact(place.id, chance, date(2026, 6, 1)) | {"kind": "=1+1"} for _ in range(300)]
    made.write_all(tmp_path, rows, [])
    commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
    text = Client().get("/community/figures.csv").content.decode()
    assert "=1+1" in text
    assert not [cell for row in csv.reader(StringIO(text)) for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_period_that_was_not_published_is_not_there_and_there_is_no_free_filter(
    place: Community, tmp_path: Path
) -> None:
    publish(place, tmp_path)
    assert Client().get("/community/?since=2026-06-01").status_code == 200
    assert Client().get("/community/?since=2025-06-01").status_code == 404
    plain = Client().get("/community/figures.csv").content
    assert Client().get("/community/figures.csv?kind=peer_coach&row=x").content == plain


def test_a_hidden_figure_offers_the_next_larger_true_one(place: Community, tmp_path: Path) -> None:
    publish(place, tmp_path, count=160)
    assert "Too few (of " in Client().get("/community/").content.decode()


def test_the_page_speaks_spanish(place: Community, tmp_path: Path) -> None:
    publish(place, tmp_path)
    browser = Client()
    browser.cookies["lang"] = "es"
    page = browser.get("/community/").content.decode()
    assert "¿Cómo va nuestra comunidad?" in page
    assert "Requests" not in page


def test_the_page_asks_the_database_only_for_what_was_published(
    place: Community, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    publish(place, tmp_path)
    Client().get("/community/")
    with django_assert_max_num_queries(16) as asked:  # type: ignore[operator]
        Client().get("/community/")
    tables = " ".join(query["sql"] for query in asked.captured_queries)
    for word in ("referrals_", "people_", "plans_", "outcomes_", "consent_"):
        assert word not in tables


def test_a_year_without_requests_still_has_a_page(place: Community, tmp_path: Path) -> None:
    made.write_all(tmp_path, [], [])
    commands.publish_due(community=place, folder=tmp_path, at=datetime(2027, 7, 2, 9, tzinfo=UTC))
    page = Client().get("/community/")
    assert page.status_code == 200
    assert "People here made 0 requests for support." in page.content.decode()


def test_a_hidden_word_points_to_all_finished_requests(place: Community, tmp_path: Path) -> None:
    chance = random.Random(8)
    fact = {"status": "completed", "days_to_first_contact": 2, "worker_outcome": "began"}
    words = {0: "partly", 1: "partly", 2: "no"}
    rows = [
        made.request_fact(place.id, chance, date(2026, 6, 1)) | fact | {"person_answer": words.get(number, "yes")}
        for number in range(150)
    ]
    made.write_all(tmp_path, rows, [])
    commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
    found = queries.latest(community_id=place.id, topic="requests")
    assert found is not None
    hidden = Cell("words", "*", "partly")
    assert found.value(*hidden) is None
    assert found.nearest_coarser(hidden) == (Cell("results", "*", "done"), 150)


def test_pages_load_neither_the_solver_nor_the_engine() -> None:
    look = (
        "import django, sys; django.setup(); import manypaths.config.urls, manypaths.web.public.community;"
        "print([name for name in ('highspy', 'ibis', 'duckdb', 'pyarrow', 'numpy') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": role_url("app")}
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.strip() == "[]"
