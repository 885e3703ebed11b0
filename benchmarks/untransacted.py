"""The same site with the log written outside the request's transaction: the control of `kill` that must fail."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.config.settings")

from importlib import import_module
from typing import Any

import psycopg

application = import_module("manypaths.config.wsgi").application  # loads Django before any table is named
commands: Any = import_module("manypaths.audit.commands")

_apart: list[psycopg.Connection[Any]] = []


class _Apart:
    """A connection that commits each statement at once, whatever becomes of the request."""

    def cursor(self) -> Any:
        if not _apart:
            _apart.append(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True))
        return _apart[0].cursor()


_record = commands.record


def _record_apart(**facts: Any) -> None:
    """Write the act on a connection of its own."""
    inside, commands.connection = commands.connection, _Apart()
    try:
        _record(**facts)
    finally:
        commands.connection = inside


commands.record = _record_apart

__all__ = ["application"]
