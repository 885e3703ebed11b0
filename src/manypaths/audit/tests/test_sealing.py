"""The log is sealed as it grows, and a log that nobody touched verifies."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from manypaths.audit.rules.chain import read_line
from manypaths.audit.sealing import reading
from manypaths.audit.sealing.connection import connect
from manypaths.audit.sealing.reading import SEALED_COLUMNS
from manypaths.audit.sealing.writer import ROWS_IN_A_BLOCK, seal
from manypaths.audit.tests.sealed_world import NOON, SealedWorld, add_act, add_look, superuser
from manypaths.config.testing import role_url


@pytest.fixture
def world(committed_db, tmp_path):
    made = SealedWorld(tmp_path)
    yield made
    made.close()


def count(table: str) -> int:
    with superuser() as raw:
        return raw.execute(f"select count(*) from {table}").fetchone()[0]


def test_a_log_that_nobody_touched_verifies(world):
    world.fill(blocks=3, rows=5)
    assert world.check() == []
    assert (count("audit_block"), count("audit_leaf")) == (3, 30)


def test_an_empty_log_verifies(world):
    world.seal()
    assert world.check() == []
    assert count("audit_block") == 0


def test_a_round_with_nothing_new_makes_no_block(world):
    world.fill(blocks=1, rows=2)
    world.seal()
    assert count("audit_block") == 1


def test_many_rows_at_once_are_sealed_in_blocks_of_bounded_size(world):
    with superuser() as raw, raw.transaction():
        for _number in range(ROWS_IN_A_BLOCK + 1):
            add_act(raw)
    world.seal()
    assert count("audit_block") == 2
    assert world.check() == []


def test_rows_that_wait_for_the_next_second_are_nothing_wrong(world):
    world.fill(blocks=1, rows=2)
    with superuser() as raw:
        add_look(raw)
    assert world.check() == []


def test_looks_that_go_on_for_long_without_a_seal_are_told(world):
    world.fill(blocks=1, rows=2)
    with superuser() as raw:
        first, _last = add_look(raw), add_look(raw)
        assert world.check() == []
        raw.execute("set session_replication_role = replica")
        raw.execute("update audit_access set at = at - interval '6 minutes' where seq = %s", [first])
    assert world.kinds() == {"not_sealing"}


def test_the_chain_holds_while_requests_commit_out_of_order(world):
    """The first to write is the last to commit: its rows have lower numbers than rows that are long sealed."""
    with psycopg.connect(role_url("superuser")) as slow, psycopg.connect(role_url("superuser")) as fast:
        early, _act = add_look(slow), add_act(slow)
        late, _act = add_look(fast), add_act(fast)
        assert early < late
        fast.commit()
        world.seal()
        assert count("audit_leaf") == 2  # the fast one is sealed without waiting for the slow one
        assert world.check() == []
        add_look(fast)
        fast.commit()
        world.seal()
        slow.commit()
    world.seal()
    assert count("audit_leaf") == 5
    assert world.check() == []


def test_a_row_of_a_transaction_that_was_taken_back_is_never_missed(world):
    with psycopg.connect(role_url("superuser")) as raw:
        add_look(raw)
        raw.rollback()
    world.fill(blocks=1, rows=1)
    assert world.check() == []


def test_two_who_seal_at_once_do_no_harm(world):
    world.fill(blocks=1, rows=3)
    other = world.new_sealer()
    for number in range(4):
        with superuser() as raw:
            add_look(raw)
        (other if number % 2 else world.sealer).round(NOON + timedelta(hours=number))
    assert world.check() == []


def test_of_two_who_reach_for_the_same_block_one_steps_back(world):
    world.fill(blocks=1, rows=1)
    with superuser() as raw:
        add_look(raw)
    with connect(role_url("sealer")) as first, ThreadPoolExecutor() as pool:
        with first.transaction():
            seal(first, world.sealer.key, NOON)
            second = pool.submit(world.sealer.round, NOON)
            wait_for_a_lock()
        assert second.result(timeout=30).number == 2
    assert count("audit_leaf") == 3
    assert world.check() == []


def wait_for_a_lock() -> None:
    with superuser() as raw:
        while not raw.execute("select 1 from pg_stat_activity where wait_event_type = 'Lock'").fetchone():
            pass


def test_the_seal_goes_on_when_the_database_came_back(world):
    world.fill(blocks=1, rows=1)
    with superuser() as raw:
        raw.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sealer'")
        add_look(raw)
    stops = iter([False, False, True])
    world.sealer.follow(stop=lambda: next(stops), clock=lambda: world.at + timedelta(minutes=2))
    assert count("audit_leaf") == 3
    assert world.check() == []


def test_the_anchor_gets_a_line_a_minute_and_one_at_the_end(world):
    with superuser() as raw:
        for seconds in (0, 20, 40, 60):
            add_look(raw)
            world.sealer.round(NOON + timedelta(seconds=seconds))
        add_look(raw)
    world.sealer.round(NOON + timedelta(seconds=61))
    numbers = [read_line(text)[0].number for text in world.anchor.read_text().splitlines()]
    assert numbers == [1, 4]
    world.sealer.follow(stop=lambda: True, clock=lambda: NOON + timedelta(seconds=62))
    assert read_line(world.anchor.read_text().splitlines()[-1])[0].number == 5
    assert world.check() == []


def test_every_column_of_the_logs_is_sealed(committed_db):
    with superuser() as raw:
        for table, columns in SEALED_COLUMNS.items():
            found = raw.execute("select column_name from information_schema.columns where table_name = %s", [table])
            assert {row[0] for row in found.fetchall()} == columns, "a new column needs a new form of the seal"


def test_a_log_that_was_carried_to_a_server_that_counts_anew_is_sealed_on(world, monkeypatch):
    with monkeypatch.context() as there:
        there.setattr(reading, "HORIZON", "select 1000000000000000, 1000000000000001, array[]::bigint[]")
        world.fill(blocks=1, rows=1)
    with superuser() as raw:
        add_look(raw)
    world.seal()
    assert count("audit_leaf") == 3
    assert world.check() == []


@pytest.mark.parametrize("role", ["app", "owner", "sealer"])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_block set root = head",
        "delete from audit_block",
        "truncate audit_block",
        "update audit_leaf set secret = hash",
        "delete from audit_leaf",
        "truncate audit_leaf",
        "update audit_access set purpose = 'own'",
        "delete from audit_access",
        "update audit_act set what = 'x'",
        "delete from audit_act",
    ],
)
def test_nobody_who_signs_in_bends_the_chain_or_what_it_seals(world, role, statement):
    world.fill(blocks=1, rows=1)
    with psycopg.connect(role_url(role), autocommit=True) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(statement)


@pytest.mark.parametrize("role", ["app", "gate"])
def test_the_application_and_the_gate_add_nothing_to_the_chain(world, role):
    world.fill(blocks=1, rows=1)
    adds = [
        "insert into audit_leaf (block, place, act_id, secret, hash) values (9, 9, gen_random_uuid(), 'x', 'x')",
        "insert into audit_block select number + 1, at, 1, horizon, accesses, acts, root, head, mac from audit_block",
    ]
    with superuser() as raw:
        raw.execute(f"set role {role}")
        for statement in adds:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(statement)


def test_the_application_cannot_say_in_which_transaction_it_acts(world):
    with psycopg.connect(role_url("app"), autocommit=True) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("insert into audit_act (id, at, what, hat, xid) values (%s, now(), 'x', '', 1)", [uuid.uuid4()])


def test_the_application_reads_nothing_of_the_chain(world):
    world.fill(blocks=1, rows=1)
    with psycopg.connect(role_url("app"), autocommit=True) as raw:
        for table in ("audit_leaf", "audit_block"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(f"select * from {table}")


def test_the_one_who_seals_reads_the_logs_and_the_chain_writes_the_chain_and_stops_and_nothing_else(committed_db):
    reads = (
        "select relname from pg_class where relkind in ('r', 'v', 'm', 'p') and relnamespace = 'public'::regnamespace"
        " and has_any_column_privilege('sealer', oid, %s)"
    )
    with superuser() as raw:
        found = {right: {row[0] for row in raw.execute(reads, [right])} for right in ("select", "insert", "update")}
    chain, stop = {"audit_block", "audit_leaf"}, {"audit_stop"}
    assert found == {"select": chain | stop | {"audit_access", "audit_act"}, "insert": chain | stop, "update": stop}


def test_the_one_who_seals_adds_no_row_to_the_logs(world):
    with psycopg.connect(role_url("sealer"), autocommit=True) as raw:
        for add in (add_look, add_act):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                add(raw)


def test_a_part_of_a_row_is_json_as_python_writes_it(world):
    """What the database puts together can be read and written again to the same text, whatever stands in the row.

    Except a time of a whole hundred thousandth of a second: the database keeps the last nought, a number of Python
    does not. What checks the record reads digits as they stand; here the time is one that both write alike.
    """
    strange = 'a"b\\c\n\t\x01é€ ' + "{[,]}"
    with superuser() as raw:
        seq = add_look(raw, [uuid.uuid4(), uuid.uuid4()])
        raw.execute("set session_replication_role = replica")
        raw.execute(
            "update audit_access set purpose = %s, bases = array[%s, null], at = %s where seq = %s",
            [strange, strange, "2026-11-20 10:00:00.123456+00", seq],
        )
        ((_seq, _act, parts, _xid),) = raw.execute(reading.UNSEALED, {"low": 0}).fetchall()
    assert len(parts) == 4
    for text in parts:
        assert json.dumps(json.loads(text), ensure_ascii=False) == text
    assert json.loads(parts[0])[-1] == json.loads(parts[2])[3] == strange
