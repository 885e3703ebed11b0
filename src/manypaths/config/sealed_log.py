"""`./manypaths check audit`: checks the sealed log of looks and acts, and says in words where somebody bent it."""

import os
import time
from itertools import islice
from pathlib import Path

from manypaths.config.home import ClusterError
from manypaths.config.installation import Installation
from manypaths.config.runner import give_up_root
from manypaths.config.steps import fail, say
from manypaths.config.supervise import run_in_child

SHOWN = 50
NOTHING_YET = "There is no log to check: no community was set up here yet. For the demo: ./manypaths check audit --demo"
GONE = "The tables of the log are gone, and the anchor says that there was one."


def check_audit(installation: Installation) -> int:
    """Print every finding, then what was checked; 0 when nothing is wrong."""
    try:
        with installation.database_for_one_command():
            environment = installation.environment()
            return run_in_child(lambda: _check(installation, environment))
    except ClusterError as error:
        fail(str(error))
        return 1


def _check(installation: Installation, environment: dict[str, str]) -> int:
    os.environ.update(environment)
    give_up_root(installation.account, installation.files)
    import django

    django.setup()
    from manypaths.audit.sealing.connection import NotSetUp

    try:
        return _check_all()
    except NotSetUp as fault:
        fail(str(fault))
        return 1


def _check_all() -> int:
    from django.conf import settings
    from psycopg.errors import UndefinedTable
    from tqdm import tqdm

    from manypaths.audit.rules.checking import Tally
    from manypaths.audit.sealing.checker import check_log, rows_sealed
    from manypaths.audit.sealing.connection import NotSetUp, connect, seal_key

    anchor, tally, started, count = Path(settings.AUDIT_ANCHOR_FILE), Tally(), time.monotonic(), 0
    with connect() as raw:
        try:
            total = rows_sealed(raw)
        except UndefinedTable:
            raise NotSetUp(GONE if anchor.exists() else NOTHING_YET) from None
        key = seal_key(Path(settings.AUDIT_KEY_FILE)) if total or anchor.exists() else b""
        with tqdm(total=total, unit=" rows", disable=None, leave=False) as bar:
            findings = check_log(raw, key, anchor, tally, bar.update)
            for one in islice(findings, SHOWN):
                bar.write(f"  {one.words}")
                count += 1
            count += sum(1 for _one in findings)
    if count > SHOWN:
        say(f"  and {count - SHOWN} more.")
    took = time.monotonic() - started
    say(
        f"{tally.rows} rows in {tally.blocks} blocks and {tally.lines} lines of the anchor checked in {took:.1f} s; "
        f"{tally.waiting} rows wait for their seal; {count} wrong."
    )
    return 1 if count else 0
