"""Keys of records are wrapped by their holder's own key, replaced while all goes on, and never bent by the app."""

import os
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings as chosen
from django.db import connection, connections, transaction

from manypaths.config.database import connect_django_to
from manypaths.config.home import ROOT
from manypaths.config.testing import as_owner, role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import Refused
from manypaths.network.models import Organisation
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people import commands as people
from manypaths.people import queries as names
from manypaths.people.tests.factories import person, record_held_by
from manypaths.vault import commands, keyfolder, queries, rules
from manypaths.vault.keyfolder import KeyUnavailable
from manypaths.vault.keyring import keyring
from manypaths.vault.rules import HOUSE

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEMOGRAPHICS = frozenset({DataClass.DEMOGRAPHICS})


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings, monkeypatch):
    settings.KEY_FOLDER = tmp_path / "holders"
    keyfolder.forget_all()
    yield settings.KEY_FOLDER
    keyfolder.forget_all()


@pytest.fixture
def world(committed_db):
    """A person, and two workers of two houses with a few named records each, all committed."""
    with transaction.atomic():
        mine = person()
        opened = consent.open_records(reader=mine, records=[mine.record_id], classes=DEMOGRAPHICS, purpose=Purpose.OWN)
        write(mine.record_id, "Maria", opened.sealer, mine)
    workers = []
    for place in ("Ana", "Bo"):
        with transaction.atomic():
            worker = membership(organisation(), "peer")
        workers.append((worker, [named_record(worker, f"{place} {number}") for number in range(4)]))
    return {"mine": mine, "workers": workers}


def named_record(worker, name: str):
    with transaction.atomic():
        record = record_held_by(worker)
        opened = consent.open_records(
            reader=reader_for(worker), records=[record], classes=DEMOGRAPHICS, purpose=Purpose.CARE
        )
        write(record, name, opened.sealer, reader_for(worker))
    return record


def write(record, name, sealer, by):
    people.write_profile(record_id=record, name=name, pronouns="", language="en", sealer=sealer, by=by, at=NOW)


@transaction.atomic
def read(worker, records):
    opened = consent.open_records(
        reader=reader_for(worker), records=records, classes=DEMOGRAPHICS, purpose=Purpose.CARE
    )
    return [names.names_of(records=records, sealer=opened.sealer)[one] for one in records]


def owner_rows(sql: str, *values):
    with psycopg.connect(role_url("owner")) as raw:
        return raw.execute(sql, values or None).fetchall()


def rotate(holder, **more):
    """As the role owner, as the command line does it."""
    before = connection.settings_dict["USER"]
    connect_django_to(role_url("owner"))
    try:
        places = list(Organisation.objects.values_list("id", flat=True))
        return commands.rotate_key(holder=holder, places=places, at=AT, **more)
    finally:
        connect_django_to(role_url(before))


def retire(name):
    connect_django_to(role_url("owner"))
    try:
        commands.retire_key(name=name, at=AT)
    finally:
        connect_django_to(role_url("app"))


def wrapped_by() -> dict[str, int]:
    return dict(owner_rows("select ring_key, count(*) from vault_recordkey group by 1"))


def test_each_holder_has_a_key_of_its_own_in_a_file_of_its_own(world, own_folder):
    (one, _), (two, _) = world["workers"]
    expected = {
        "house.s1": 1,
        rules.key_name(one.organisation_id, "s", 1): 4,
        rules.key_name(two.organisation_id, "s", 1): 4,
    }
    assert wrapped_by() == expected
    assert {one.name for one in own_folder.iterdir() if ".s" in one.name} == set(expected)


def test_the_key_of_one_house_opens_nothing_of_another(world, own_folder):
    (one, records), (two, others) = world["workers"]
    (own_folder / rules.key_name(two.organisation_id, "s", 1)).unlink()
    keyfolder.forget_all()
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
    with pytest.raises(KeyUnavailable, match="is lost"):
        read(two, others)


def test_a_wrapped_key_that_was_moved_to_another_record_does_not_open(world):
    (one, records), _ = world["workers"]
    with psycopg.connect(role_url("owner")) as raw:
        raw.execute(
            "update vault_recordkey set wrapped = (select wrapped from vault_recordkey where record_id = %s)"
            " where record_id = %s",
            [records[0], records[1]],
        )
    with pytest.raises(rules.BrokenSeal):
        read(one, records[1:2])


def test_a_rotation_wraps_everything_anew_and_everything_is_still_read(world):
    (one, records), (two, others) = world["workers"]
    before = {row[0]: bytes(row[1]) for row in owner_rows("select record_id, wrapped from vault_recordkey")}
    done = rotate(one.organisation_id)
    assert (done.name, done.records, done.carried_on) == (rules.key_name(one.organisation_id, "s", 2), 4, False)
    assert wrapped_by()[done.name] == 4
    assert rules.key_name(one.organisation_id, "s", 1) not in wrapped_by()
    after = {row[0]: bytes(row[1]) for row in owner_rows("select record_id, wrapped from vault_recordkey")}
    assert {one for one in before if before[one] != after[one]} == set(records)
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
    assert read(two, others) == ["Bo 0", "Bo 1", "Bo 2", "Bo 3"]


def test_the_house_wraps_what_persons_hold_and_nothing_of_a_place(world):
    done = rotate(HOUSE)
    assert (done.name, done.records) == ("house.s2", 1)


def test_keys_of_the_first_versions_move_to_the_key_of_who_holds(world):
    (one, records), _ = world["workers"]
    ring = keyring()
    wrapping = rules.holder_key(ring.keys["k1"], one.organisation_id)
    with psycopg.connect(role_url("owner")) as raw:
        rows = raw.execute(
            "select record_id, holder_id, ring_key, wrapped from vault_recordkey where record_id = any(%s)", [records]
        ).fetchall()
        for record, holder, name, wrapped in rows:
            key = queries.data_key(record, holder, name, bytes(wrapped))
            raw.execute(
                "update vault_recordkey set ring_key = 'k1', wrapped = %s where record_id = %s",
                [rules.wrap_under_ring(wrapping, key, record), record],
            )
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
    done = rotate(one.organisation_id)
    assert (done.name, done.records, done.carried_on) == (rules.key_name(one.organisation_id, "s", 1), 4, True)
    assert "k1" not in wrapped_by()
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]


def test_stopped_in_the_middle_it_is_read_under_both_keys_and_carried_on(world, monkeypatch):
    (one, records), _ = world["workers"]
    monkeypatch.setattr(commands, "SOME", commands.SOME.replace(f"limit {commands.AT_ONCE}", "limit 1"))

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(one.organisation_id, told=stop)
    old, new = (rules.key_name(one.organisation_id, "s", number) for number in (1, 2))
    assert (wrapped_by()[old], wrapped_by()[new]) == (2, 2)
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
    with pytest.raises(Refused, match="wraps"):
        retire(old)
    done = rotate(one.organisation_id)
    assert (done.name, done.records, done.carried_on) == (new, 2, True)
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]


def test_a_writer_and_a_reader_go_on_while_keys_are_replaced(world, monkeypatch):
    (one, records), _ = world["workers"]
    monkeypatch.setattr(commands, "SOME", commands.SOME.replace(f"limit {commands.AT_ONCE}", "limit 1"))
    began, enough, made, faults = threading.Event(), threading.Event(), [], []

    def work():
        try:
            while not enough.is_set() or len(made) < 3:
                made.append(named_record(one, f"new {len(made)}"))
                assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
                began.set()
        except Exception as fault:
            faults.append(fault)
            began.set()
        finally:
            connections.close_all()

    with psycopg.connect(role_url("owner")):
        writer = threading.Thread(target=work)
        writer.start()
        assert began.wait(30)
        numbers = [_rotate_beside(one.organisation_id) for _time in range(3)]
        enough.set()
        writer.join(60)
    assert faults == []
    assert numbers == ["2", "3", "4"]
    assert wrapped_by().keys() == {"house.s1", *(rules.key_name(w.organisation_id, "s", n) for w, n in _last(world))}
    found = [name for first in range(0, len(made), 500) for name in read(one, made[first : first + 500])]
    assert found == [f"new {number}" for number in range(len(made))]


def _last(world):
    (one, _), (two, _) = world["workers"]
    return [(one, 4), (two, 1)]


def _rotate_beside(holder) -> str:
    """In a process of its own, as the command line is: the writer keeps its own sign-in."""
    program = (
        "import sys, uuid, datetime, django; django.setup()\n"
        "from manypaths.vault import commands\n"
        "from manypaths.network.models import Organisation\n"
        "commands.SOME = commands.SOME.replace(f'limit {commands.AT_ONCE}', 'limit 1')\n"
        "places = list(Organisation.objects.values_list('id', flat=True))\n"
        "at = datetime.datetime.now(datetime.UTC)\n"
        "print(commands.rotate_key(holder=uuid.UUID(sys.argv[1]), places=places, at=at).name.partition('.s')[2])\n"
    )
    environment = {**os.environ, "DATABASE_URL": role_url("owner"), "MANYPATHS_KEY_FOLDER": str(chosen.KEY_FOLDER)}
    environment["PYTHONPATH"] = str(ROOT / "src")
    done = subprocess.run(
        [sys.executable, "-c", program, str(holder)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_key_is_retired_only_when_nothing_needs_it(world, own_folder):
    (one, records), _ = world["workers"]
    old = rules.key_name(one.organisation_id, "s", 1)
    with pytest.raises(Refused, match="in_use"):
        retire(old)
    with pytest.raises(Refused, match="no_such_key"):
        retire(rules.key_name(uuid.uuid4(), "s", 1))
    rotate(one.organisation_id)
    retire(old)
    retire(old)
    assert not (own_folder / old).exists()
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]


def test_a_lost_key_stops_a_rotation_with_a_plain_word_and_destroys_nothing(world, own_folder):
    (one, records), _ = world["workers"]
    old = own_folder / rules.key_name(one.organisation_id, "s", 1)
    kept = old.read_text()
    old.unlink()
    keyfolder.forget_all()
    with pytest.raises(KeyUnavailable, match=f"The key {old.name} is lost"):
        rotate(one.organisation_id)
    old.write_text(kept)
    old.chmod(0o600)
    assert rotate(one.organisation_id).records == 4
    assert read(one, records) == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]


def test_the_application_can_change_no_key_and_say_of_none_that_it_is_replaced(world):
    (one, _), (two, _) = world["workers"]
    mine, theirs = (rules.key_name(worker.organisation_id, "s", 1) for worker in (one, two))
    tries = [
        "update vault_recordkey set wrapped = wrapped",
        "delete from vault_recordkey",
        "insert into vault_recordkey select * from vault_recordkey",
        f"update vault_holderkey set replaced_at = now() where name = '{mine}'",
        f"delete from vault_holderkey where name = '{mine}'",
        f"insert into vault_holderkey values ('{mine[:-1]}2', '{one.organisation_id}', 's', now())",
    ]
    with psycopg.connect(role_url("app"), autocommit=True) as raw:
        for sql in tries:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(sql)
        found = raw.execute("select name from holder_key_now(%s, 's')", [two.organisation_id]).fetchall()
    assert found == [(theirs,)]


def test_a_key_carries_the_name_of_its_holder_whoever_writes_it(world):
    (one, _), (two, _) = world["workers"]
    with psycopg.connect(role_url("owner")) as raw, pytest.raises(psycopg.errors.CheckViolation):
        raw.execute(
            "insert into vault_holderkey (name, holder_id, use, made_at) values (%s, %s, 'i', now())",
            [rules.key_name(two.organisation_id, "i", 1), one.organisation_id],
        )


@pytest.mark.django_db
def test_what_is_listed_names_each_key_and_what_is_wrong_with_it(own_folder):
    worker = membership(organisation(), "peer")
    record_held_by(worker)
    name = rules.key_name(worker.organisation_id, "s", 1)
    with as_owner():
        [line] = [one for one in queries.keys_known() if one.name == name]
        assert (line.records, line.in_use, line.fault) == (1, True, "")
        (own_folder / name).unlink()
        keyfolder.forget_all()
        [line] = [one for one in queries.keys_known() if one.name == name]
    assert "is lost" in line.fault


def killed_while_a_key_is_made(holder: uuid.UUID, use: str) -> int:
    """Another process asks for the first key of this holder, and is killed where it would write its file."""
    program = (
        "import django, os, signal, sys, uuid\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'manypaths.config.settings'\n"
        "django.setup()\n"
        "from manypaths.vault import keyfolder, queries\n"
        "keyfolder._write = lambda path, text: os.kill(os.getpid(), signal.SIGKILL)\n"
        "queries.current_key(uuid.UUID(sys.argv[1]), sys.argv[2])\n"
    )
    environment = {**os.environ, "DATABASE_URL": role_url("app"), "MANYPATHS_KEY_FOLDER": str(chosen.KEY_FOLDER)}
    environment["PYTHONPATH"] = str(ROOT / "src")
    return subprocess.run([sys.executable, "-c", program, str(holder), use], env=environment, check=False).returncode


@pytest.mark.parametrize("use", ["s", "i"])
def test_killed_while_a_key_is_made_the_next_one_makes_it(committed_db, own_folder, use):
    with transaction.atomic():
        worker = membership(organisation(), "peer")
    name = rules.key_name(worker.organisation_id, use, 1)
    assert killed_while_a_key_is_made(worker.organisation_id, use) == -9
    assert not (own_folder / name).exists()
    record = named_record(worker, "Ana")
    assert read(worker, [record]) == ["Ana"]


def test_a_name_without_a_file_is_given_one_while_nothing_is_locked_with_it(world, own_folder):
    with transaction.atomic():
        other = membership(organisation(), "peer")
    with psycopg.connect(role_url("app")) as raw:
        raw.execute("select holder_key_now(%s, 's')", [other.organisation_id])
    record = named_record(other, "Ana")
    assert read(other, [record]) == ["Ana"]
    lost = own_folder / rules.key_name(other.organisation_id, "s", 1)
    lost.unlink()
    keyfolder.forget_all()
    with pytest.raises(KeyUnavailable, match="is lost"):
        named_record(other, "Bo")
    assert not lost.exists()
