"""Nights begin in each place's own time, go on where they stopped, and one fault does not end them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from manypaths.config.testing import role_url
from manypaths.indicators import queries as indicators
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.tests.factories import community
from manypaths.nightly.due import due_nights
from manypaths.nightly.management.commands.run_nights import Command
from manypaths.nightly.schedule import STEPS, Ended, Night, Step, run_night

NIGHT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 3 in the morning in New York, midnight in Los Angeles


@pytest.fixture
def place(db: None) -> Iterator[Community]:
    network.forget_communities()
    yield community()
    network.forget_communities()


def night(of: Community) -> Night:
    return Night(of, date(2026, 11, 20), NIGHT)


def done(name: str, log: list[str], *, fails: bool = False, **fields: Any) -> Step:
    def run(_night: Night) -> int:
        log.append(name)
        if fails:
            raise RuntimeError("a person's words must never reach the diary")
        return 1

    return Step(name, run, **fields)


def test_the_night_begins_at_two_in_the_communitys_own_time(place: Community) -> None:
    western = community("west")
    western.zone = "America/Los_Angeles"
    western.save()
    network.forget_communities()
    assert list(due_nights(NIGHT)) == [(place.id, date(2026, 11, 20))]


def test_steps_run_in_order_once_a_night(place: Community) -> None:
    log: list[str] = []
    steps = (done("one", log), done("two", log, for_all=True))
    assert [ended.said for ended in run_night(night(place), steps)] == [1, 1]
    assert [ended.skipped for ended in run_night(night(place), steps)] == [True, True]
    assert log == ["one", "two"]
    assert list(due_nights(NIGHT)) == []


def test_a_step_for_all_is_not_done_again_for_another_community(place: Community) -> None:
    log: list[str] = []
    steps = (done("all", log, for_all=True), done("own", log))
    list(run_night(night(place), steps))
    list(run_night(night(community("second")), steps))
    assert log == ["all", "own", "own"]


def test_a_fault_is_kept_by_kind_and_what_needs_it_waits(place: Community) -> None:
    log: list[str] = []
    steps = (done("facts", log, fails=True), done("other", log), done("count", log, needs=("facts",)))
    assert list(run_night(night(place), steps)) == [
        Ended("facts", fault="RuntimeError"),
        Ended("other", said=1),
        Ended("count", skipped=True),
    ]
    assert indicators.last_night(community_id=place.id) is None
    assert [one[1] for one in due_nights(NIGHT)] == [date(2026, 11, 20)]


def test_the_next_round_goes_on_where_the_night_stopped(place: Community) -> None:
    log: list[str] = []
    list(run_night(night(place), (done("facts", log, fails=True), done("other", log))))
    list(run_night(night(place), (done("facts", log), done("other", log))))
    assert log == ["facts", "other", "facts"]
    assert indicators.last_night(community_id=place.id) == (date(2026, 11, 20), NIGHT)


def test_a_step_for_all_that_failed_is_tried_again_in_the_next_round(place: Community) -> None:
    log: list[str] = []
    list(run_night(night(place), (done("remind", log, fails=True, for_all=True), done("publish", log))))
    assert [one[1] for one in due_nights(NIGHT)] == [date(2026, 11, 20)]
    list(run_night(night(place), (done("remind", log, for_all=True), done("publish", log))))
    assert log == ["remind", "publish", "remind"]
    assert list(due_nights(NIGHT)) == []


def test_a_night_cut_short_between_two_steps_goes_on_with_the_next(place: Community) -> None:
    log: list[str] = []
    steps = (done("one", log), done("two", log, for_all=True), done("three", log))
    next(run_night(night(place), steps))
    assert [one[1] for one in due_nights(NIGHT)] == [date(2026, 11, 20)]
    list(run_night(night(place), steps))
    assert log == ["one", "two", "three"]
    assert list(due_nights(NIGHT)) == []


def test_every_step_has_its_own_name_and_needs_only_earlier_ones() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    for index, step in enumerate(STEPS):
        assert set(step.needs) <= set(names[:index])


def test_a_step_that_does_not_exist_is_named_with_those_that_do(place: Community) -> None:
    with pytest.raises(CommandError, match="take_facts_out"):
        call_command("run_nights", step="dance")


def test_a_whole_night_runs_on_a_real_database(
    committed_db: str,
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.MEASURES_URL, settings.FACTS_DIR = role_url("measures"), tmp_path
    network.forget_communities()
    place = community()
    ended = list(run_night(night(place)))
    assert [one.fault for one in ended] == [""] * len(STEPS)
    assert (tmp_path / "ready" / "referrals_facts" / "empty.parquet").exists()
    assert indicators.last_night(community_id=place.id) is not None
    network.forget_communities()


def test_once_runs_what_is_due_and_a_second_time_nothing(
    committed_db: str,
    tmp_path: Path,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.MEASURES_URL, settings.FACTS_DIR = role_url("measures"), tmp_path
    network.forget_communities()
    place = community()
    network.forget_communities()
    Command().once(NIGHT)
    assert indicators.last_night(community_id=place.id) == (date(2026, 11, 20), NIGHT)
    written = (tmp_path / "ready").stat().st_mtime_ns
    Command().once(NIGHT)
    assert (tmp_path / "ready").stat().st_mtime_ns == written
    assert "did not end" not in capsys.readouterr().err
    network.forget_communities()
