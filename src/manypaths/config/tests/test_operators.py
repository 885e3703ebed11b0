"""The command that lets somebody look after the machine: what it understands, and which version is told."""

import tomllib

import pytest

import manypaths
from manypaths.config import cli
from manypaths.config.home import ROOT
from manypaths.config.operators import _understood


@pytest.mark.parametrize("words", [["add"], ["end"], ["list", "a@example.org"], ["add", "a@b.org", "more"], ["become"]])
def test_what_is_not_understood_changes_nothing(words: list[str]):
    assert _understood(words) is None


def test_what_is_understood():
    asked = _understood(["add", "a@example.org", "--language", "es"])
    assert asked is not None
    assert (asked.what, asked.email, asked.language) == ("add", "a@example.org", "es")
    assert _understood([]) is not None


def test_the_launcher_knows_the_command_and_its_help():
    assert "operator" in cli.COMMANDS
    said = (ROOT / "manypaths").read_text(encoding="utf-8")
    assert "./manypaths operator add E-MAIL" in said


def test_the_version_that_is_told_is_the_version_that_is_made():
    made = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert made == manypaths.__version__
