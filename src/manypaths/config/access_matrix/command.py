"""`./manypaths check access-matrix FILE [...] [--require CLASS,...]`: the way in."""

import contextlib
import functools
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from manypaths.config.access_matrix import words
from manypaths.config.access_matrix.place import in_a_throwaway_place, web_server
from manypaths.config.access_matrix.telling import File, check_cells, read_file, tell
from manypaths.config.steps import fail, step

OWN_CELLS = sorted((Path(__file__).resolve().parents[1] / "data").glob("access-cells-*.json"))
REQUIRE = "--require"


def check_files(arguments: Sequence[str]) -> int:
    """Check each file on a world of its own making; 1 where any row of any file is wrong."""
    try:
        paths, required = _read(list(arguments))
    except ValueError as fault:
        fail(str(fault))
        return 2
    files = [read_file(path) for path in paths or OWN_CELLS]
    found = [one for one in files if one is not None]
    code = in_a_throwaway_place(lambda owner: _check(found, owner, required)) if found else 0
    return max(code, 0 if len(found) == len(files) else 1)


def _read(arguments: list[str]) -> tuple[list[Path], frozenset[str]]:
    """Files, and the names of classes and surfaces that must be there.

    Refuses: ValueError for a name that is neither.
    """
    required: set[str] = set()
    while REQUIRE in arguments:
        at = arguments.index(REQUIRE)
        if at + 1 == len(arguments):
            raise ValueError("Say which classes or surfaces must be there: --require recovery_plan,fhir")
        required |= {one.strip() for one in arguments[at + 1].split(",") if one.strip()}
        del arguments[at : at + 2]
    strange = sorted(required - set(words.CLASSES) - set(words.SURFACES))
    if strange:
        raise ValueError(f"No class and no surface is called: {', '.join(strange)}")
    return [Path(one).absolute() for one in arguments], frozenset(required)


def _check(files: Collection[File], owner: str, required: Collection[str]) -> int:
    from django.conf import settings

    from manypaths.config.access_matrix.driving import drive
    from manypaths.config.access_matrix.stage import staged

    with contextlib.ExitStack() as stack:
        log = stack.enter_context(tempfile.NamedTemporaryFile())
        site = stack.enter_context(web_server(log.file))
        with step("Making the world"):
            ground = stack.enter_context(staged(site, owner, settings.SEALER_URL, Path(log.name)))
        return max(tell(check_cells(file, functools.partial(drive, ground), required)) for file in files)
