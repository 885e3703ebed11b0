"""Looks while the log cannot be written: nothing leaves, and a line in a file outside the database says so.

Each is brought about for real in the world's own database, and put back.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from manypaths.audit.sealing.connection import connect
from manypaths.audit.sealing.stopping import lift
from manypaths.audit.sealing.writer import Sealer
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import OF_RECORDS, WORK, Place
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import SHOWN, Looking
from manypaths.config.access_matrix.words import NotBuilt

Stage = Callable[[Ground], contextlib.AbstractContextManager[None]]
FULL = """
create function check_disk_is_full() returns trigger language plpgsql as $$
begin
    raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
end $$;
grant execute on function check_disk_is_full() to gate;
create trigger check_disk_is_full before insert on audit_access
for each statement execute function check_disk_is_full()
"""
ROOM_AGAIN = "drop trigger check_disk_is_full on audit_access; drop function check_disk_is_full()"
CHAIN = ("audit_leaf", "audit_block")
LOSE_HEAD = "delete from audit_block where number = (select max(number) from audit_block)"


@contextlib.contextmanager
def not_writable(ground: Ground) -> Iterator[None]:
    """Take from the gate what lets it write a look."""
    ground.log.link.execute("revoke insert on audit_access from gate")
    try:
        yield
    finally:
        ground.log.link.execute("grant insert on audit_access to gate")


@contextlib.contextmanager
def disk_full(ground: Ground) -> Iterator[None]:
    """The database answers a look as it does when its disk has no more room."""
    ground.log.link.execute(FULL)
    try:
        yield
    finally:
        ground.log.link.execute(ROOM_AGAIN)


@contextlib.contextmanager
def head_lost(ground: Ground) -> Iterator[None]:
    """Somebody takes out the newest block, and the one who seals notices. Put back: a chain that begins anew."""
    with tempfile.TemporaryDirectory() as folder:
        sealer = Sealer(anchor=Path(folder, "anchor"), key_file=Path(folder, "key"), url=ground.sealer)
        try:
            sealer.round(datetime.now(UTC))
            _bend(ground, LOSE_HEAD)
            sealer.round(datetime.now(UTC))
            yield
        finally:
            sealer.let_go()
            for table in CHAIN:
                _bend(ground, f"delete from {table}")  # noqa: S608  our own words
            with contextlib.closing(connect(ground.sealer)) as raw:
                lift(raw, "put back by the check", datetime.now(UTC))


def _bend(ground: Ground, sql: str) -> None:
    """What only the owner of the tables can do, by taking the lock off them."""
    link = ground.log.link
    with link.transaction():
        for table in CHAIN:
            link.execute(f"alter table {table} disable trigger {table}_only_grows".encode())
        link.execute(sql.encode())
        for table in CHAIN:
            link.execute(f"alter table {table} enable trigger {table}_only_grows".encode())


def unlogged(stage: Stage) -> Callable[[Ground, Cell], Verdict]:
    """A look at everything that this role reads of the person, while no look can be written down."""

    def drive(ground: Ground, cell: Cell) -> Verdict:
        if (cell.expect, cell.audit) != ("drop", "fallback"):
            raise NotBuilt(f"a look without a log that is answered with {cell.expect}")
        look = Looking(ground, cell, ground.target(cell))
        places = _open_to(look)
        before, lines = ground.before(cell, look.target), _lines()
        with stage(ground):
            faults = [fault for place, one in places for fault in _nothing_leaves(look, place, one)]
        if _lines() < lines + len(places):
            faults.append("the emergency log has no line for each")
        faults += ground.beside(cell, look.target, before, [], look.ids, listed=False)
        faults += [f"{place.path} stays closed" for place, one in places if look.ask(place, one).status != SHOWN]
        return judged(faults)

    return drive


def _open_to(look: Looking) -> list[tuple[Place, str]]:
    """Where this role reads anything of the person, while the log can be written."""
    of_class = WORK.get(look.cell.data_class, ())
    tried = [(place, one) for place in (*of_class, *OF_RECORDS, *WORK["referral_task"]) for one in look.ids_for(place)]
    found = [(place, one) for place, one in dict.fromkeys(tried) if look.ask(place, one).status == SHOWN]
    look.answers.clear()
    if not found:
        raise NotBuilt(f"anything of a person that {look.cell.role} reads")
    return found


def _nothing_leaves(look: Looking, place: Place, one: str) -> Iterator[str]:
    answer = look.ask(place, one)
    if answer.status != look.cell.http:
        yield f"{place.path} answers {answer.status}, the file says {look.cell.http}"
    if any(answer.holds(word) for word in look.target.planted.values()):
        yield "an answer holds a word of what is closed"


def _lines() -> int:
    """How many lines the emergency log has."""
    path = Path(settings.EMERGENCY_LOG_FILE)
    return len(path.read_bytes().splitlines()) if path.exists() else 0
