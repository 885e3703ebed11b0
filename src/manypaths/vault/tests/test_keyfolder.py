"""Keys of holders: a file each that nobody else can read, or locked by a command that can say no."""

import os
import shlex
import stat
import sys
import uuid
from pathlib import Path

import pytest

from manypaths.vault import keyfolder, rules
from manypaths.vault.keyfolder import KeyUnavailable

HOLDER = uuid.uuid4()
NAME = rules.key_name(HOLDER, "s", 1)
# A command as an operator may write one: it keeps its own secret beside it, and notes what it was asked.
LOCK = """
import hashlib, os, pathlib, sys, time
way, name = sys.argv[-2:]
here = pathlib.Path(__file__).parent
with (here / "asked").open("a") as out:
    print(way, name, *sorted(os.environ), file=out)
if (here / "away").exists():
    print("no way", file=sys.stderr)
    sys.exit(3)
if (here / "slow").exists():
    time.sleep(30)
pad = hashlib.sha256(b"a secret of its own" + name.encode()).digest()
given = sys.stdin.buffer.read()
sys.stdout.buffer.write(bytes(a ^ b for a, b in zip(given, pad)))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.KEY_FOLDER, settings.KEY_COMMAND = tmp_path / "holders", ""
    keyfolder.forget_all()
    yield tmp_path / "holders"
    keyfolder.forget_all()


@pytest.fixture
def command(tmp_path, settings) -> Path:
    program = tmp_path / "lock.py"
    program.write_text(LOCK, encoding="utf-8")
    settings.KEY_COMMAND = shlex.join([sys.executable, str(program)])
    return tmp_path


def works() -> bool:
    wrapping, place = keyfolder.wrapping_key(NAME, HOLDER), dict(record_id=HOLDER, holder_id=HOLDER, name=NAME)
    key = rules.new_data_key()
    return rules.unwrap(wrapping, rules.wrap(wrapping, key, **place), **place) == key


def test_a_key_is_made_once_in_a_file_that_nobody_else_reads(folder):
    keyfolder.make(NAME)
    first = (folder / NAME).read_text()
    keyfolder.make(NAME)
    assert (folder / NAME).read_text() == first
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == [NAME]
    assert works()


def test_a_key_file_that_others_can_read_is_not_used(folder):
    keyfolder.make(NAME)
    (folder / NAME).chmod(0o640)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        works()


def test_a_key_that_somebody_else_has_put_there_locks_nothing(folder, monkeypatch):
    """In a folder into which others can write, a key could be waiting before the first one is made."""
    keyfolder.make(NAME)
    real = os.fstat

    def of_another(number: int) -> os.stat_result:
        found = list(real(number))
        found[stat.ST_UID] = os.geteuid() + 4711
        return os.stat_result(found)

    monkeypatch.setattr(keyfolder.os, "fstat", of_another)
    with pytest.raises(KeyUnavailable, match="somebody else's"):
        works()
    monkeypatch.setattr(keyfolder.os, "fstat", real)
    assert works()


def test_a_lost_key_says_so_plainly_and_no_other_is_made_in_its_place(folder):
    with pytest.raises(KeyUnavailable, match=f"The key {NAME} is lost"):
        works()
    assert not keyfolder.is_there(NAME)


@pytest.mark.parametrize("text", ["", "plain", "plain AAAA", "plain !!!", "other AAAA"])
def test_a_file_that_holds_no_key_is_said_to(folder, text):
    folder.mkdir()
    (folder / NAME).write_text(text)
    (folder / NAME).chmod(0o600)
    with pytest.raises(KeyUnavailable):
        works()


@pytest.mark.parametrize("name", ["../../etc/passwd", "house.s1/..", "k1"])
def test_a_row_cannot_name_a_file_elsewhere(name):
    for act in (keyfolder.secret_of, keyfolder.make, keyfolder.destroy, keyfolder.is_there):
        with pytest.raises(KeyUnavailable, match="cannot be"):
            act(name)


def test_a_command_locks_what_lies_on_the_disk(folder, command):
    keyfolder.make(NAME)
    form, _, held = (folder / NAME).read_text().partition(" ")
    import base64

    assert form == "command"
    assert base64.b64decode(held) != keyfolder.secret_of(NAME)
    assert works()


def test_the_command_is_asked_once_and_never_learns_how_to_reach_the_database(folder, command, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:secret@localhost/x")
    keyfolder.make(NAME)
    assert works()
    assert works()
    asked = (command / "asked").read_text()
    assert [line.split()[:2] for line in asked.splitlines()] == [["wrap", NAME], ["unwrap", NAME]]
    assert "DATABASE_" not in asked
    assert "MANYPATHS_" not in asked


def test_a_command_that_says_no_closes_and_the_sentence_names_the_key(folder, command):
    keyfolder.make(NAME)
    (command / "away").touch()
    with pytest.raises(KeyUnavailable, match=f"did not unwrap {NAME}: it ended with 3"):
        works()
    with pytest.raises(KeyUnavailable, match="did not wrap"):
        keyfolder.make(rules.key_name(HOLDER, "s", 2))
    assert [one.name for one in folder.iterdir()] == [NAME]


def test_what_was_read_is_forgotten_after_a_while_so_that_a_command_can_close_it(folder, command, monkeypatch):
    keyfolder.make(NAME)
    assert works()
    (command / "away").touch()
    assert works()
    monkeypatch.setattr(keyfolder, "KEPT_SECONDS", -1.0)
    keyfolder.forget_all()
    with pytest.raises(KeyUnavailable):
        works()
    (command / "away").unlink()
    assert works()


def test_a_command_that_hangs_is_given_up(folder, command, monkeypatch):
    keyfolder.make(NAME)
    (command / "slow").touch()
    monkeypatch.setattr(keyfolder, "COMMAND_SECONDS", 0.3)
    with pytest.raises(KeyUnavailable, match="within"):
        works()


def test_a_command_that_is_not_there_or_no_longer_set_is_said(folder, command, settings):
    keyfolder.make(NAME)
    settings.KEY_COMMAND = "/nowhere/lock"
    with pytest.raises(KeyUnavailable, match="cannot be started"):
        works()
    settings.KEY_COMMAND = ""
    with pytest.raises(KeyUnavailable, match="MANYPATHS_KEY_COMMAND"):
        works()


def test_a_destroyed_key_is_forgotten_here_too(folder):
    keyfolder.make(NAME)
    assert works()
    keyfolder.destroy(NAME)
    keyfolder.destroy(NAME)
    with pytest.raises(KeyUnavailable, match="lost"):
        works()
