"""`./manypaths operator`: who may look after this installation through pages. Made and ended on the machine alone."""

import argparse
import os
from collections.abc import Callable

from manypaths.config.home import ClusterError
from manypaths.config.installation import Installation
from manypaths.config.runner import give_up_root
from manypaths.config.steps import fail, say
from manypaths.config.supervise import run_in_child

NO_OWNER = "Set DATABASE_OWNER_URL (the role owner): only that role makes an operator."
NOBODY = "No operator here signs in with {email}."
NONE = "Nobody looks after this installation through pages. To let somebody: ./manypaths operator add name@example.org"


def operators(installation: Installation, words: list[str]) -> int:
    """Do what the words say; 0 when it is done."""
    asked = _understood(words)
    if asked is None:
        fail(f"Not understood: {' '.join(words)}. See: ./manypaths operator --help")
        return 2
    try:
        with installation.database_for_one_command():
            environment = installation.environment(as_owner_too=True)
            return run_in_child(lambda: _as_owner(installation, environment, asked))
    except ClusterError as error:
        fail(str(error))
        return 1


def _understood(words: list[str]) -> argparse.Namespace | None:
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("what", nargs="?", choices=sorted(ACTS), default="list")
    parser.add_argument("email", nargs="?", default="")
    parser.add_argument("--language", choices=("en", "es"), default="en")
    try:
        asked, rest = parser.parse_known_args(words)
    except argparse.ArgumentError:
        return None
    return None if rest or bool(asked.email) != (asked.what != "list") else asked


def _as_owner(installation: Installation, environment: dict[str, str], asked: argparse.Namespace) -> int:
    os.environ.update(environment)
    owner_url = os.environ.pop("DATABASE_OWNER_URL", "")
    if not owner_url:
        fail(NO_OWNER)
        return 1
    give_up_root(installation.account, installation.files)
    import django

    django.setup()
    from django.db import ProgrammingError

    from manypaths.config.database import connect_django_to
    from manypaths.lib.refusals import NotThere, Refused

    connect_django_to(owner_url)
    try:
        return ACTS[asked.what](asked)
    except Refused as refused:
        fail(" ".join(str(one.message) for one in refused.reasons))
    except NotThere:
        fail(NOBODY.format(email=asked.email))
    except ProgrammingError:
        fail("The tables are not up to date: start Manypaths once.")
    return 1


def _list(_: argparse.Namespace) -> int:
    from manypaths.accounts.queries import operators as known

    found = known()
    for one in found:
        say(f"  {one.username}, since {one.date_joined:%Y-%m-%d}")
    if not found:
        say(NONE)
    return 0


def _add(asked: argparse.Namespace) -> int:
    from django.utils.timezone import now  # noqa: TID251  the command line may read the clock

    from manypaths.accounts.commands.operating import add_operator
    from manypaths.network.rules import SYSTEM

    made = add_operator(email=asked.email, language=asked.language, by=SYSTEM, at=now())
    say(f"  {asked.email} can sign in now. The first passphrase, which is told this once: {made.passphrase}")
    return 0


def _end(asked: argparse.Namespace) -> int:
    from django.utils.timezone import now  # noqa: TID251  the command line may read the clock

    from manypaths.accounts.commands.operating import end_operator
    from manypaths.network.rules import SYSTEM

    end_operator(email=asked.email, by=SYSTEM, at=now())
    say(f"  {asked.email} cannot sign in any more, and is signed out everywhere.")
    return 0


ACTS: dict[str, Callable[[argparse.Namespace], int]] = {"list": _list, "add": _add, "end": _end}
