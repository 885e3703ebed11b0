"""A log that somebody bent is found: five hundred tries of six kinds, by one who may do everything to the database."""

from collections import Counter
from datetime import timedelta
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from manypaths.audit.sealing.anchor import last_line
from manypaths.audit.sealing.connection import NotSetUp
from manypaths.audit.sealing.writer import seal
from manypaths.audit.tests.attacks import ATTACKS, cut_to, roll_back
from manypaths.audit.tests.sealed_world import SealedWorld, add_look, superuser
from manypaths.config.testing import role_url

TRIES = 500


@pytest.fixture
def world(committed_db, tmp_path):
    made = SealedWorld(tmp_path)
    made.fill(blocks=6, rows=5)
    yield made
    made.close()


def bend(raw, attack, seed: int, depth: int, key: bytes) -> None:
    raw.execute("set local session_replication_role = replica")  # the triggers that let a log only grow stand aside
    attack(raw, Random(seed), depth, key)


def test_every_one_of_five_hundred_bent_logs_is_found(world, capsys):
    tried, found, missed = Counter(), Counter(), []

    @settings(
        max_examples=TRIES, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(ATTACKS), st.integers(0, 2**32), st.integers(0, 3))
    def one_try(attack, seed, depth):
        with raw.transaction(force_rollback=True):
            bend(raw, attack, seed, depth, world.sealer.key)
            tried[attack.__name__] += 1
            if world.check(raw):
                found[attack.__name__] += 1
            else:
                missed.append((attack.__name__, seed, depth))

    with superuser() as raw:
        assert world.check(raw) == []
        one_try()
        assert world.check(raw) == []  # nothing of it was kept
    with capsys.disabled():
        print(f" bent logs found: {sum(found.values())} of {sum(tried.values())}", dict(tried))
    assert missed == []
    assert (sum(tried.values()), sum(found.values())) == (TRIES, TRIES)
    assert len(tried) == len(ATTACKS)


def words(world, statements: list[str]) -> str:
    with superuser() as raw, raw.transaction(force_rollback=True):
        raw.execute("set local session_replication_role = replica")
        for statement in statements:
            raw.execute(statement)
        return "\n".join(one.words for one in world.check(raw))


A_LOOK = "(select access_seq from audit_leaf where block = 3 and access_seq is not null order by place limit 1)"
SAID = [
    (["update audit_access set purpose = 'own' where seq = " + A_LOOK], "Block 3: look 11 is not what it was"),
    (["delete from audit_access where seq = " + A_LOOK], "Block 3: look 11 was taken out"),
    (
        ["insert into audit_access select 999, at, 1, nonce, account_id, hat, membership_id, organisation_id, opened, "
         "bases, denied, classes, purpose, subjects from audit_access limit 1"],
        "The look 999 was added behind the seal",
    ),
    (
        ["update audit_access set seq = -1 where seq = 11", "update audit_access set seq = 11 where seq = 12",
         "update audit_access set seq = 12 where seq = -1"],
        "look 11 (block 3) and look 12 (block 3) changed places.",
    ),
    (["delete from audit_leaf where block > 4", "delete from audit_block where number > 4"], "Now it ends at block 4:"),
    (["delete from audit_block where number = 2"], "block 2 was taken out of the chain"),
    (["update audit_block set mac = head where number = 2"], "Block 2 was not sealed with the key"),
    (["drop trigger audit_access_only_grows on audit_access"], "lets the table audit_access only grow was taken off"),
    (["alter table audit_act rename to bent", "create view public.audit_act as table bent"], "Something else stands"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "said"), SAID, ids=[said for _statements, said in SAID])
def test_what_is_wrong_is_said_in_words(world, statements, said):
    assert said in words(world, statements)


def test_a_log_that_was_put_back_and_went_on_is_told_by_the_anchor(world):
    with superuser() as raw, raw.transaction(force_rollback=True):
        bend(raw, roll_back, 7, 3, world.sealer.key)
        assert {one.kind for one in world.check(raw)} <= {"cut", "rolled_back"}


def test_without_the_anchor_a_log_that_was_cut_off_looks_whole(world):
    """Why there is one: the same cut is seen with it and not seen without it, but for the anchor that is missing."""
    with superuser() as raw, raw.transaction(force_rollback=True):
        raw.execute("set local session_replication_role = replica")
        cut_to(raw, 3, 2)
        assert "cut" in world.kinds(raw)
        world.anchor.unlink()
        assert world.kinds(raw) == {"anchor_missing"}


def test_a_cut_within_the_minute_is_noticed_by_the_one_who_seals(world):
    """Block 8 is sealed and not yet anchored when it is cut off; the next round writes down that it was there."""
    for _number in range(2):
        with superuser() as raw:
            add_look(raw)
        world.at += timedelta(seconds=1)
        world.sealer.round(world.at)
    assert last_line(world.anchor).number < 8
    with superuser() as raw, raw.transaction():
        raw.execute("set local session_replication_role = replica")
        cut_to(raw, 7, 2)
    world.sealer.round(world.at + timedelta(seconds=1))
    assert "cut" in world.kinds()


@pytest.mark.parametrize("change", ["first", "middle", "bent"])
def test_an_anchor_that_was_bent_is_found(world, change):
    lines = world.anchor.read_text().splitlines(keepends=True)
    kept = {"first": lines[1:], "middle": lines[:2] + lines[3:], "bent": [lines[0].replace("0", "1", 1), *lines[1:]]}
    world.anchor.write_text("".join(kept[change]))
    assert "anchor_bent" in world.kinds()


def test_an_anchor_whose_end_is_missing_is_found_when_the_log_went_on(world):
    lines = world.anchor.read_text().splitlines(keepends=True)
    world.anchor.write_text("".join(lines[:1]))
    world.at += timedelta(hours=1)
    with superuser() as raw, raw.transaction(force_rollback=True):
        add_look(raw)
        seal(raw, world.sealer.key, world.at)
        assert "anchor_late" in world.kinds(raw)


def test_a_torn_last_line_does_not_spoil_the_next(world):
    with world.anchor.open("a") as file:
        file.write("2026-11-22T12:0")
    with superuser() as raw:
        add_look(raw)
    world.seal()
    assert [one.words for one in world.check()] == ["Line 7 of the anchor cannot be read."]


def test_a_chain_sealed_with_another_key_is_found(world):
    world.sealer.key = b"x" * 32
    assert "forged" in world.kinds()


def test_a_key_that_is_gone_is_asked_for_and_not_made_anew(world):
    world.close()
    (world.folder / "audit_key").unlink()
    with pytest.raises(NotSetUp, match="put it there again"):
        world.new_sealer().round(world.at)


def test_a_row_that_was_added_while_another_transaction_ran_for_long_is_found(world):
    """The oldest that runs holds the horizon back; what had ended beyond it is known all the same."""
    with psycopg.connect(role_url("superuser")) as slow:
        add_look(slow)
        with superuser() as raw:
            honest = add_look(raw)
            world.seal()
            forged = add_look(raw)
            raw.execute("set session_replication_role = replica")
            raw.execute(
                "update audit_access set xid = (select xid from audit_access where seq = %s) where seq = %s",
                [honest, forged],
            )
        assert [one.kind for one in world.check()] == ["added"]
        world.seal()  # and it is not taken in later
        assert [one.kind for one in world.check()] == ["added"]
    world.seal()
    assert [one.kind for one in world.check()] == ["added"]
