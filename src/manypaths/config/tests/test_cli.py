"""The command line: what it says before it starts anything."""

import pytest

from manypaths.config import cli
from manypaths.config.ports import told_busy, told_place


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[cli.Choices]:
    """What would be started. Nothing is."""
    kept: list[cli.Choices] = []
    monkeypatch.delenv("MANYPATHS_HOSTS", raising=False)
    monkeypatch.setenv("MANYPATHS_LOOPBACK_HTTP", "")
    monkeypatch.setattr(cli, "_ready_to_run", lambda: None)
    monkeypatch.setattr(cli, "Installation", lambda kind: kind)
    monkeypatch.setattr(cli, "keep_running", lambda _, choices: kept.append(choices) or 0)
    return kept


def test_a_host_for_others_without_names_is_said_and_not_started(started, capsys):
    assert cli.main(["serve", "--host", "0.0.0.0"]) == 2
    assert "MANYPATHS_HOSTS=example.org ./manypaths serve --host 0.0.0.0" in capsys.readouterr().err
    assert started == []


def test_a_host_for_others_with_names_is_started(started, monkeypatch):
    monkeypatch.setenv("MANYPATHS_HOSTS", "example.org")
    assert cli.main(["serve", "--host", "0.0.0.0"]) == 0
    assert [one.host for one in started] == ["0.0.0.0"]


@pytest.mark.parametrize("words", [[], ["--host", "localhost"]])
def test_this_machine_alone_needs_no_names(started, capsys, words):
    assert cli.main(["serve", *words]) == 0
    assert [one.host for one in started] == (words[1:] or ["127.0.0.1"])
    assert "MANYPATHS_HOSTS" in capsys.readouterr().out


@pytest.mark.parametrize("port", ["abc", "0", "-5", "99999"])
def test_a_port_that_is_none_is_said_in_one_sentence_and_nothing_starts(started, capsys, port):
    with pytest.raises(SystemExit) as left:
        cli.main(["serve", f"--port={port}"])
    said = capsys.readouterr().err
    assert left.value.code == 2
    assert "a number from 1 to 65535" in said
    assert len(said.strip().splitlines()) == 1
    assert started == []


@pytest.mark.parametrize("words", [["samhsa"], ["csv", "there.csv"], ["--year", "2022"]])
def test_an_import_without_a_directory_and_a_file_is_said_before_anything_starts(started, capsys, words):
    assert cli.main(["import", *words]) == 2
    assert "./manypaths import samhsa FILE" in capsys.readouterr().err


def test_behind_a_proxy_the_address_that_people_type_is_told(monkeypatch):
    here = "http://127.0.0.1:8011/"
    monkeypatch.delenv("MANYPATHS_HOSTS", raising=False)
    assert told_place("Your community", here) == f"Your community is at {here}"
    monkeypatch.setenv("MANYPATHS_HOSTS", "example.org, www.example.org")
    told = told_place("Your community", here)
    assert told == f"Your community is at https://example.org/ when your proxy with https sends it on to {here}"


@pytest.mark.parametrize(
    ("busy", "words"),
    [
        ([8000], "Port 8000 is"),
        ([8000, 8001], "Ports 8000 and 8001 are"),
        ([8000, 8001, 8002], "Ports 8000 to 8002 are"),
    ],
)
def test_busy_ports_are_told_as_many_as_they_are(busy, words):
    assert told_busy(busy) == words
