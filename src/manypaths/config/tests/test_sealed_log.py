"""`./manypaths check audit` says what is wrong in words, and ends with 1 when anything is."""

import pytest
from django.conf import settings

from manypaths.audit.sealing.connection import NotSetUp
from manypaths.audit.tests.sealed_world import SealedWorld, superuser
from manypaths.config import sealed_log
from manypaths.config.testing import role_url


@pytest.fixture
def world(committed_db, tmp_path, monkeypatch):
    made = SealedWorld(tmp_path)
    made.fill(blocks=2, rows=3)
    monkeypatch.setattr(settings, "SEALER_URL", role_url("sealer"))
    monkeypatch.setattr(settings, "AUDIT_KEY_FILE", tmp_path / "audit_key")
    monkeypatch.setattr(settings, "AUDIT_ANCHOR_FILE", made.anchor)
    yield made
    made.close()


def test_a_log_that_nobody_touched_is_told_in_one_line(world, capsys):
    assert sealed_log._check_all() == 0
    assert capsys.readouterr().out.startswith("12 rows in 2 blocks and 2 lines of the anchor checked in ")


def test_a_bent_log_is_told_row_by_row_and_ends_with_1(world, capsys, monkeypatch):
    monkeypatch.setattr(sealed_log, "SHOWN", 2)
    with superuser() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute("update audit_access set purpose = 'own'")
    assert sealed_log._check_all() == 1
    said = capsys.readouterr().out
    assert "  Block 1: look 1 is not what it was when it was sealed.\n" in said
    assert "  and 4 more.\n" in said
    assert said.endswith("6 wrong.\n")


def test_a_key_that_is_gone_is_said(world):
    (world.folder / "audit_key").unlink()
    with pytest.raises(Exception, match="put it there again from its copy"):
        sealed_log._check_all()


def test_a_log_that_was_emptied_is_told_by_the_anchor(world, capsys):
    with superuser() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute("truncate audit_access, audit_act, audit_leaf, audit_block")
    assert sealed_log._check_all() == 1
    assert "Now it ends at block 0: its end was cut off" in capsys.readouterr().out


def test_an_installation_that_never_sealed_anything_is_well(world, capsys):
    with superuser() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute("truncate audit_access, audit_act, audit_leaf, audit_block")
    world.anchor.unlink()
    (world.folder / "audit_key").unlink()
    assert sealed_log._check_all() == 0
    assert capsys.readouterr().out.startswith("0 rows in 0 blocks")


def test_without_a_community_there_is_nothing_to_check_and_tables_that_are_gone_are_told(world):
    with superuser() as raw:
        raw.execute("drop table audit_leaf, audit_block cascade")
    with pytest.raises(NotSetUp, match="The tables of the log are gone"):
        sealed_log._check_all()
    world.anchor.unlink()
    with pytest.raises(NotSetUp, match="no community was set up here yet"):
        sealed_log._check_all()
