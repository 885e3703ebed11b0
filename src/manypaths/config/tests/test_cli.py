"""The command line: what it says before it starts anything."""

import pytest

from manypaths.config import cli


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
