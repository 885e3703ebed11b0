"""`./manypaths keys`: which keys there are, and giving the house and organisations new ones while all goes on."""

import argparse
from collections.abc import Callable, Iterator
from uuid import UUID

from manypaths.config.home import ClusterError
from manypaths.config.installation import Installation
from manypaths.config.owning import as_owner
from manypaths.config.steps import fail, say

NO_OWNER = "Set DATABASE_OWNER_URL (the role owner): only that role may change keys."
NOBODY = "No organisation here has the id {word}."
HALF = "Stopped. What is done stays done; the same command carries on from there."


def keys(installation: Installation, words: list[str]) -> int:
    """Do what the words say; 0 when it is done and every key can be used."""
    asked = _understood(words)
    if asked is None:
        fail(f"Not understood: {' '.join(words)}. See: ./manypaths keys --help")
        return 2
    return as_owner(installation, lambda: _act(asked), no_owner=NO_OWNER)


def _understood(words: list[str]) -> argparse.Namespace | None:
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("what", nargs="?", choices=sorted(ACTS), default="list")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--organisation", default="")
    parser.add_argument("--house", action="store_true")
    try:
        asked, rest = parser.parse_known_args(words)
    except argparse.ArgumentError:
        return None
    wrong = rest or bool(asked.name) != (asked.what == "retire") or (asked.house and asked.organisation)
    return None if wrong else asked


def _act(asked: argparse.Namespace) -> int:
    from manypaths.vault.keyfolder import KeyUnavailable
    from manypaths.vault.rules import BrokenSeal

    try:
        return ACTS[asked.what](asked)
    except (KeyUnavailable, BrokenSeal) as fault:
        fail(str(fault))
    except KeyboardInterrupt:
        fail(HALF)
    return 1


def _list(_: argparse.Namespace) -> int:
    """A line for each key: what it is, how many records it wraps, and what is wrong with it."""
    from manypaths.vault.queries import keys_known

    lost = 0
    for line in keys_known():
        state = "in use" if line.in_use else "replaced" if line.holder_id is not None else "of the first versions"
        say(
            f"  {'MEND' if line.fault else 'ok  '}  {line.name}: {line.records} records, {state}. {line.fault}".rstrip()
        )
        lost += bool(line.fault)
    return 1 if lost else 0


def _rotate(asked: argparse.Namespace) -> int:
    """A new key for the house and every organisation, or for one of them."""
    from django.utils.timezone import now  # noqa: TID251  the command line may read the clock

    from manypaths.network.models import Organisation
    from manypaths.vault.commands import rotate_key

    places = list(Organisation.objects.order_by("sort_name").values_list("id", flat=True))
    for holder in _holders(asked, places):
        done = rotate_key(holder=holder, places=places, at=now(), told=_progress())
        earlier = " This finished an earlier rotation; run it again for one more key." if done.carried_on else ""
        say(f"  {done.name} wraps {done.records} records more, all of this holder.{earlier}")
    return 0


def _holders(asked: argparse.Namespace, places: list[UUID]) -> Iterator[UUID]:
    from manypaths.vault.queries import holders_with_keys
    from manypaths.vault.rules import HOUSE

    if asked.organisation:
        found = [one for one in places if str(one) == asked.organisation]
        if not found:
            raise ClusterError(NOBODY.format(word=asked.organisation))
        yield found[0]
        return
    yield HOUSE
    if not asked.house:
        known = holders_with_keys()
        yield from (one for one in places if one in known)


def _progress() -> Callable[[int, int], None]:
    return lambda done, total: say(f"  {done} of {total} records")


def _erasures(_: argparse.Namespace) -> int:
    """Erase what the list of erasures names and this database still holds, and stop what persons stopped."""
    from manypaths.people.commands import erase_again
    from manypaths.referrals.commands.night import stop_again

    say(f"  {erase_again()} records erased once more.")
    say(f"  {stop_again()} things that people stopped are stopped once more.")
    return 0


def _retire(asked: argparse.Namespace) -> int:
    from django.utils.timezone import now  # noqa: TID251  the command line may read the clock

    from manypaths.vault.commands import retire_key

    retire_key(name=asked.name, at=now())
    say(f"  {asked.name} is gone. A copy of the database from before needs a copy of it to be read.")
    return 0


ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "rotate": _rotate,
    "retire": _retire,
    "erasures": _erasures,
}
