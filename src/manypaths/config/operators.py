"""`./manypaths operator`: who may look after this installation through pages. Made and ended on the machine alone."""

import argparse
from collections.abc import Callable

from manypaths.config.installation import Installation
from manypaths.config.owning import as_owner
from manypaths.config.steps import fail, say

NO_OWNER = "Set DATABASE_OWNER_URL (the role owner): only that role makes an operator."
NOBODY = "No operator here signs in with {email}."
NONE = "Nobody looks after this installation through pages. To let somebody: ./manypaths operator add name@example.org"


def operators(installation: Installation, words: list[str]) -> int:
    """Do what the words say; 0 when it is done."""
    asked = _understood(words)
    if asked is None:
        fail(f"Not understood: {' '.join(words)}. See: ./manypaths operator --help")
        return 2
    return as_owner(installation, lambda: _act(asked), no_owner=NO_OWNER)


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


def _act(asked: argparse.Namespace) -> int:
    from manypaths.lib.refusals import NotThere

    try:
        return ACTS[asked.what](asked)
    except NotThere:
        fail(NOBODY.format(email=asked.email))
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
