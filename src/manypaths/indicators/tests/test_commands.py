"""What is published, when, and that it stays."""

import random
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.indicators import commands, engine, queries
from manypaths.indicators.models import Figure, Release
from manypaths.indicators.rules.tables import ALL
from manypaths.indicators.tests import facts as made
from manypaths.network.models import Community
from manypaths.network.tests.factories import community

SEPTEMBER = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
CLOSED = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


def founded(at: datetime = datetime(2026, 6, 3, tzinfo=UTC)) -> Community:
    place = community()
    place.founded_at, place.county_fips = at, ["50023", "50001"]
    return place


def write_requests(folder: Path, place: Community, counts: dict[date, int], searches: Any = ()) -> None:
    chance = random.Random(11)
    rows = [made.request_fact(place.id, chance, month) for month, count in counts.items() for _ in range(count)]
    made.write_all(folder, rows, list(searches))


@pytest.mark.django_db
class TestPublishing:
    def test_a_large_closed_month_is_published_with_its_total(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        assert commands.publish_due(community=place, folder=tmp_path, at=CLOSED) == 1
        found = queries.latest(community_id=place.id, topic="requests")
        assert found is not None
        assert found.value("results", ALL, ALL) == 400
        assert (found.period.first, found.period.months) == (date(2026, 6, 1), 1)
        assert queries.latest(community_id=place.id, topic="searches") is None

    def test_nothing_is_published_before_thirty_days_after_the_month(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        assert commands.publish_due(community=place, folder=tmp_path, at=datetime(2026, 7, 30, tzinfo=UTC)) == 0

    def test_a_second_night_publishes_nothing_twice(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        assert commands.publish_due(community=place, folder=tmp_path, at=SEPTEMBER) == 0

    def test_a_fact_that_changes_later_does_not_change_what_was_published(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        before = queries.latest(community_id=place.id, topic="requests")
        write_requests(tmp_path, place, {date(2026, 6, 1): 401})
        commands.publish_due(community=place, folder=tmp_path, at=SEPTEMBER)
        assert queries.latest(community_id=place.id, topic="requests") == before

    def test_small_months_are_published_together_and_never_alone(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, month, 1): 50 for month in (6, 7, 8)})
        assert commands.publish_due(community=place, folder=tmp_path, at=SEPTEMBER) == 0
        assert commands.publish_due(community=place, folder=tmp_path, at=datetime(2026, 10, 1, 9, tzinfo=UTC)) == 1
        assert [period.months for period in queries.periods(community_id=place.id, topic="requests")] == [3]

    def test_a_figure_that_is_kept_back_is_not_in_the_database(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 120})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        values = list(Figure.objects.values_list("value", flat=True))
        assert None in values
        assert not [value for value in values if value is not None and 1 <= value <= 10]

    def test_many_requests_of_a_few_people_show_nothing_about_them(self, tmp_path: Path) -> None:
        place, chance = founded(), random.Random(2)
        rows = [made.request_fact(place.id, chance, date(2026, 6, 1), people=4) for _ in range(300)]
        made.write_all(tmp_path, rows, [])
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        found = queries.latest(community_id=place.id, topic="requests")
        assert found is not None
        assert {value for value in found.figures.values()} <= {None, 0}
        assert {(wait.typical_days, wait.nine_in_ten_days) for wait in found.waits} == {(None, None)}

    def test_the_database_refuses_to_change_or_remove_what_was_published(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        for act in (
            lambda: Figure.objects.update(value=1),
            lambda: Release.objects.update(months=2),
            Figure.objects.all().delete,
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()

    def test_publishing_is_in_the_log(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 400})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("select count(*) from audit_act where what = 'indicators.release_published'")
            assert cursor.fetchone() == (1,)

    def test_searches_have_their_own_periods(self, tmp_path: Path) -> None:
        place = founded()
        row = {"community": str(place.id), "month": date(2026, 6, 1), "need": "peer_coach", "area": "50023"}
        write_requests(tmp_path, place, {}, [{**row, "times": 130}])
        assert commands.publish_due(community=place, folder=tmp_path, at=CLOSED) == 1
        found = queries.latest(community_id=place.id, topic="searches")
        assert found is not None
        assert found.value("searches", "peer_coach", "50023") == 130

    def test_a_year_without_any_request_is_published_as_nothing(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {})
        late = datetime(2027, 7, 2, 9, tzinfo=UTC)
        assert commands.publish_due(community=place, folder=tmp_path, at=late) == 2
        found = queries.latest(community_id=place.id, topic="requests")
        assert found is not None
        assert set(found.figures.values()) == {0}

    def test_a_young_community_learns_when_its_first_figures_can_come(self) -> None:
        assert queries.earliest_first_figures(community=founded()) == date(2026, 7, 31)

    def test_a_hidden_figure_offers_the_next_coarser_true_one(self, tmp_path: Path) -> None:
        place = founded()
        write_requests(tmp_path, place, {date(2026, 6, 1): 120})
        commands.publish_due(community=place, folder=tmp_path, at=CLOSED)
        found = queries.latest(community_id=place.id, topic="requests")
        assert found is not None
        hidden = [cell for cell, value in found.figures.items() if value is None and cell.table == "results"]
        offered = [found.nearest_coarser(cell) for cell in hidden]
        assert all(one is not None and (one[1] == 0 or one[1] > 10) for one in offered)


@pytest.mark.django_db
class TestNights:
    def test_a_step_that_ended_is_not_begun_again_and_one_that_failed_is(self) -> None:
        place, night = founded(), date(2026, 9, 1)
        step = {"community_id": place.id, "night": night, "step": "count"}
        assert commands.begin_step(**step, at=SEPTEMBER)
        commands.end_step(**step, fault="OperationalError", at=SEPTEMBER)
        assert queries.last_night(community_id=place.id) is None
        assert commands.begin_step(**step, at=SEPTEMBER)
        commands.end_step(**step, at=SEPTEMBER)
        assert not commands.begin_step(**step, at=SEPTEMBER)
        assert queries.last_night(community_id=place.id) == (night, SEPTEMBER)


class TestTakingFactsOut:
    def test_the_night_writes_every_view_and_only_as_the_role_that_sees_nothing_else(
        self,
        committed_db: str,
        tmp_path: Path,
    ) -> None:
        rows = engine.export_facts(role_url("measures"), tmp_path)
        assert set(rows) == set(engine.VIEWS)
        assert engine.open_facts(tmp_path, uuid.uuid4(), []).months("referrals_facts") == {}
        assert (tmp_path / "ready").exists()
        assert not (tmp_path / "draft").exists()

    def test_a_view_with_one_column_more_stops_the_night_and_the_old_files_stay(
        self,
        committed_db: str,
        tmp_path: Path,
    ) -> None:
        engine.export_facts(role_url("measures"), tmp_path)
        with psycopg.connect(role_url("superuser"), autocommit=True) as owner:
            owner.execute("alter view directory_gap_facts rename column area to name")
        with pytest.raises(engine.ViewsDiffer):
            engine.export_facts(role_url("measures"), tmp_path)
        assert (tmp_path / "ready" / "referrals_facts" / "empty.parquet").exists()
