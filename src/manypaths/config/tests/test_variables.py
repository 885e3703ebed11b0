"""Every variable the program reads is told to the operator."""

import re

from manypaths.config.home import ROOT
from manypaths.config.variables import OWN, VARIABLES, told

NAME = re.compile(r"[\"']((?:MANYPATHS|DATABASE)_[A-Z0-9_]+)[\"']")


def test_every_variable_that_is_read_is_told() -> None:
    source = [path for path in (ROOT / "src" / "manypaths").rglob("*.py") if "tests" not in path.parts]
    read = {name for path in source for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert read - set(VARIABLES) - OWN == set()
    assert set(VARIABLES) - read == {"CHROMIUM", "MANYPATHS_SECRET_KEY_FILE"} - read
    assert all(name in told() for name in VARIABLES)
