"""Nobody looks while the chain is broken; only who seals and the owner can set a stop or lift it."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from manypaths.audit.sealing import stopping
from manypaths.audit.sealing.connection import connect
from manypaths.audit.tests.sealed_world import NOON, SealedWorld, superuser
from manypaths.config.testing import role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.people.tests.factories import person

CUT = "delete from audit_block where number = (select max(number) from audit_block)"
SET = "insert into audit_stop (number, head, since) values (1, 'x', now())"


@pytest.fixture
def world(committed_db, tmp_path):
    made = SealedWorld(tmp_path)
    yield made
    made.close()


def lose_the_head() -> None:
    with superuser() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute(CUT)


def stands() -> bool:
    with connect(role_url("sealer")) as raw:
        return stopping.stands_since(raw) is not None


def look(reader):
    return consent.open_own(reader=reader, classes={DataClass.PRESENCE})


def test_when_the_head_is_lost_nobody_looks_until_somebody_answered_for_it(world, settings, capsys):
    reader = person()
    look(reader)
    world.fill(blocks=2, rows=2)
    assert not stands()
    lose_the_head()
    world.seal()
    assert stands()
    with pytest.raises(DatabaseError, match="the log is stopped"):
        look(reader)
    settings.SEALER_URL = role_url("sealer")
    call_command("seal_audit", go_on="put back from the copy of Sunday")
    assert not stands()
    look(reader)


def test_the_same_loss_stops_people_once_and_another_one_again(world, settings):
    world.fill(blocks=3, rows=2)
    lose_the_head()
    world.new_sealer().round(NOON + timedelta(hours=1))
    assert stands()
    with connect(role_url("sealer")) as raw:
        assert stopping.lift(raw, "on purpose", NOON) == 1
    world.new_sealer().round(NOON + timedelta(hours=2))
    assert not stands()
    world.fill(blocks=1, rows=2)
    lose_the_head()
    world.seal()
    assert stands()


def test_a_head_that_was_lost_while_nobody_sealed_is_noticed_at_the_start(world):
    world.fill(blocks=2, rows=2)
    world.close()
    lose_the_head()
    world.new_sealer().round(NOON + timedelta(hours=1))
    assert stands()


def test_a_chain_that_only_grows_stops_nobody(world):
    world.fill(blocks=3, rows=3)
    world.new_sealer().round(NOON + timedelta(hours=1))
    world.fill(blocks=1, rows=3)
    assert not stands()


def test_the_application_sees_a_stop_and_can_neither_set_nor_lift_it(world):
    with psycopg.connect(role_url("app"), autocommit=True) as raw:
        assert raw.execute("select count(*) from audit_stop").fetchone() == (0,)
        for sql in (SET, "update audit_stop set lifted_at = now()", "delete from audit_stop", "truncate audit_stop",
                    "alter table audit_access disable trigger audit_access_stopped"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(sql)


def test_a_stop_is_lifted_and_never_taken_out(world):
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        raw.execute(SET)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            raw.execute("delete from audit_stop")


def test_whoever_lifts_it_says_why(world, settings):
    settings.SEALER_URL = role_url("sealer")
    with pytest.raises(CommandError, match="Say why"):
        call_command("seal_audit", go_on="  ")
