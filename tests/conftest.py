"""The browser that page tests share, and the site as an operator installs it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from manypaths.config import testing
from manypaths.config.home import ROOT
from tests.journeys.browser import chromium

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@pytest.fixture(autouse=True)
def own_index(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search index for this test alone, here and in the web server it starts."""
    folder = tmp_path_factory.mktemp("index") / "index"
    monkeypatch.setenv("MANYPATHS_INDEX_DIR", str(folder))
    monkeypatch.setattr(settings, "INDEX_DIR", folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; each test opens its own contexts in it."""
    with chromium() as started:
        yield started


@pytest.fixture
def installed_site(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[testing.LiveSite]:
    """The web server with collected, named and compressed static files, as people get them: for weight and speed."""
    monkeypatch.setenv("MANYPATHS_TESTING", "0")
    collect = [sys.executable, "-m", "django", "collectstatic", "--noinput", "-v0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": testing.role_url("app")}
    subprocess.run(collect, env=environment, check=True)
    site = testing.LiveSite(committed_db, testing.role_url("app"))
    try:
        site.start()
        yield site
    finally:
        site.stop()
