"""Whom a person keeps away is kept away in a database put back from a copy of before: a list outside tells it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from manypaths.audit.sealing.writer import Sealer
from manypaths.config import prepare
from manypaths.config.database import connect_django_to
from manypaths.config.testing import as_owner, role_url
from manypaths.consent import kept_away, sharing
from manypaths.consent import queries as consent
from manypaths.consent.models import Restriction, Share
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.test_shares_made_less import Less
from manypaths.network.tests.factories import NOW
from manypaths.people import commands as people
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import scene, sent


@pytest.fixture(autouse=True)
def own_list(tmp_path: Path, settings) -> Path:
    settings.KEPT_AWAY_FILE = tmp_path / "kept-away.log"
    settings.ERASURES_FILE = tmp_path / "erasures.log"
    settings.STOPPED_FILE = tmp_path / "stopped.log"
    return tmp_path / "kept-away.log"


class Kept:
    """A request that a coach took up, and the person who keeps that coach away now."""

    def __init__(self) -> None:
        self.stage = scene()
        with transaction.atomic():
            request = sent(self.stage)
        with transaction.atomic():
            self.record = commands.accept_request(
                referral_id=request, seen=Status.REQUESTED, by=self.stage.coach, at=NOW
            )

    def block(self):
        with transaction.atomic():
            consent.open_own(reader=self.stage.person, classes={DataClass.SAFE_CONTACT})
            people.block(membership_id=self.stage.coach_member.id, by=self.stage.person, at=NOW)
        return self

    def is_let_in(self) -> bool:
        new_request()
        with transaction.atomic():
            found = consent.open_records(
                reader=self.stage.coach, records=[self.record], classes={DataClass.PRESENCE}, purpose=Purpose.CARE
            )
        return bool(found.ids)


@pytest.fixture
def kept(committed_db) -> Kept:
    return Kept().block()


def sealed(own_list: Path, at: datetime | None = None) -> Sealer:
    """One round of who seals."""
    places = {"anchor": own_list.parent / "anchor", "key_file": own_list.parent / "key", "outside": own_list}
    sealer = Sealer(**places, url=role_url("sealer"))
    sealer.round(at or datetime.now(UTC))
    sealer.let_go()
    return sealer


def copy_of_before(model: type) -> None:
    with psycopg.connect(role_url("superuser"), autocommit=True) as raw:
        raw.execute(f"delete from {model._meta.db_table}")


def again() -> int:
    with as_owner():
        return kept_away.keep_away_again()


def test_who_was_blocked_is_let_in_by_a_copy_of_before_and_kept_away_once_more_by_the_list(kept, own_list):
    sealed(own_list)
    copy_of_before(Block)
    assert kept.is_let_in()
    assert (again(), again()) == (1, 0)
    assert not kept.is_let_in()


def test_a_start_puts_the_list_to_work_and_says_so(kept, own_list, capsys):
    sealed(own_list)
    copy_of_before(Block)
    prepare.erase_again(role_url("owner"))
    connect_django_to(role_url("app"))
    assert "1 times somebody is kept away once more" in capsys.readouterr().out
    assert not kept.is_let_in()


def test_what_the_person_ended_is_not_begun_again(kept, own_list):
    sealed(own_list)
    with as_owner():
        Block.objects.update(until=datetime.now(UTC))
    sealed(own_list)
    copy_of_before(Block)
    assert kept_away.listed(own_list) == []
    assert again() == 0
    assert kept.is_let_in()


def test_what_was_kept_from_a_place_is_kept_from_it_once_more(committed_db, own_list):
    stage = Less()
    with as_owner():
        place = Share.objects.get(id=stage.share).recipient_organisation_id
    with transaction.atomic():
        sharing.keep_from(held_record_id=stage.held, organisation_id=place, by=stage.person, at=stage.at)
    with as_owner():
        before = list(Restriction.objects.values())
    sealed(own_list)
    copy_of_before(Restriction)
    assert (again(), again()) == (1, 0)
    with as_owner():
        assert list(Restriction.objects.values()) == before


def test_the_list_holds_what_the_person_wrote_once_each_and_no_word(kept, own_list):
    sealed(own_list)
    sealed(own_list)
    (line,) = own_list.read_text().splitlines()
    at, *rest = line.split(" ")
    with as_owner():
        own = Block.objects.get(record_id=kept.stage.person.record_id)
    assert datetime.fromisoformat(at) == own.since
    assert rest == ["block", str(own.id), str(own.record_id), str(own.account_id), "-"]
    assert own_list.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_says_nothing(kept, own_list):
    sealed(own_list)
    whole = own_list.read_text()
    own_list.write_text(whole[: len(whole) // 2])
    assert kept_away.listed(own_list) == []
    sealed(own_list)
    assert len(kept_away.listed(own_list)) == 1


def test_each_minute_adds_what_is_new_and_a_full_disk_stops_no_sealing(kept, own_list, caplog):
    (own_list.parent / "taken").mkdir()
    at = datetime.now(UTC)
    blind = sealed(own_list.parent / "taken", at)
    assert (blind.kept is not None, blind.listed_at) == (True, None)
    assert "cannot be listed" in caplog.text
    blind.outside = own_list
    blind.round(at + timedelta(seconds=1))
    assert blind.listed_at == at + timedelta(seconds=1)
    blind.round(at + timedelta(seconds=30))
    assert blind.listed_at == at + timedelta(seconds=1)
    blind.let_go()
    assert len(kept_away.listed(own_list)) == 1


def test_nobody_but_who_seals_is_told_who_keeps_whom_away(kept):
    for role in ("app", "measures"):
        with psycopg.connect(role_url(role)) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("select * from kept_outside('2000-01-01')")
