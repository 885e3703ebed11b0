"""`./manypaths test`: everything that must hold, on a real database and in a real browser."""

import os
import shutil
import subprocess
import sys

from manypaths.config.home import ROOT
from manypaths.config.steps import fail, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """The browser for page tests: CHROMIUM, else the first one on this machine, else nothing."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return named if os.access(named, os.X_OK) else ""
    return next((found for found in map(shutil.which, BROWSERS) if found), "")


def run_tests(arguments: list[str]) -> int:
    """Run pytest on all cores; it includes the checks of style, floors, types and templates. Its line is the last."""
    from manypaths.config.messages import compile_all

    compile_all()
    chromium = find_chromium()
    skip = os.environ.get("MANYPATHS_NO_BROWSER") == "1"
    if not chromium and not skip:
        fail(
            "No Chromium for the browser tests. On Debian: sudo apt install chromium   "
            "(or set CHROMIUM to its path; or MANYPATHS_NO_BROWSER=1 to leave those tests out)"
        )
        return 1
    if skip:
        say("BROWSER TESTS ARE LEFT OUT (MANYPATHS_NO_BROWSER=1): the pages are not tested in this run.")
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src")) | ({"CHROMIUM": chromium} if chromium else {})
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-n", "2", "--dist", "loadgroup", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
