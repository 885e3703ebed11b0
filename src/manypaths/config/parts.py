"""The parts of a running installation, forked from one process that has loaded everything."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from manypaths.config.installation import Installation
from manypaths.config.ports import told_place
from manypaths.config.steps import say
from manypaths.config.supervise import Part
from manypaths.config.webserver import Site

SEALS = "audit seal"
# The name people read, and the management command with its arguments. What this version does not have is not started.
BACKGROUND = (
    ("job worker", "procrastinate", ("worker", "--concurrency", "2", "--wait")),
    ("search indexer", "index_directory", ("--follow",)),
    ("night clock", "run_nights", ()),
    (SEALS, "seal_audit", ("--follow",)),
)


def load_everything() -> Any:
    """Django, all rooms and doors, every address and its page: read once, shared by all parts."""
    import django
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    django.setup()
    application = get_wsgi_application()
    _walk(get_resolver())
    close_connections()
    return application


def _walk(resolver: Any) -> None:
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            _walk(one)


def close_connections() -> None:
    """No part may share a connection with another."""
    from django.db import connections

    connections.close_all()


def web_part(application: Any, listener: socket.socket, log: Path) -> Part:
    """The web server."""
    return Part("web server", lambda: _serve(application, listener, log))


def _serve(application: Any, listener: socket.socket, log: Path) -> int:
    _forget_who_seals()
    _write_to(log)
    sys.argv = ["manypaths"]
    Site(application, listener, str(log)).run()
    return 0


def background_parts(log: Path) -> list[Part]:
    """Those parts that this version has."""
    from django.conf import settings
    from django.core.management import get_commands

    known = get_commands()
    wanted = [one for one in BACKGROUND if one[1] in known and (one[0] != SEALS or settings.SEALER_URL)]
    return [Part(name, _runs(name, command, arguments, log)) for name, command, arguments in wanted]


def _forget_who_seals() -> None:
    """No part but the one that seals knows how to sign in as the one who seals."""
    from django.conf import settings

    os.environ.pop("DATABASE_SEALER_URL", None)
    settings.SEALER_URL = ""


def _runs(name: str, command: str, arguments: tuple[str, ...], log: Path) -> Callable[[], int]:
    def work() -> int:
        from django.core.management import call_command

        if name != SEALS:
            _forget_who_seals()
        _write_to(log)
        close_connections()
        call_command(command, *arguments)
        return 0

    return work


def _write_to(log: Path) -> None:
    """What a part says goes to the log, so that the terminal stays readable."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def tell(installation: Installation, address: str) -> int:
    """The address, who can sign in, what to look at."""
    from manypaths.config.prepare import run_if_there

    name = "The made-up community" if installation.kind == "demo" else "Your community"
    say(f"\n  {told_place(name, address)}\n")
    if installation.kind == "demo":
        run_if_there("demo_sign_ins")
    say("\n  Ctrl-C stops everything, the database too.\n")
    return 0
