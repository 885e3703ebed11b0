"""Which driver a cell goes to, and what is said of one that cannot be driven."""

from collections.abc import Callable, Mapping

from manypaths.config.access_matrix import acts, contexts, jobs, operating, searching, taking_out, words
from manypaths.config.access_matrix.breaking import MEDIC, break_glass, view_in_emergency
from manypaths.config.access_matrix.entering import unknown_name
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.on_behalf import create_on_behalf
from manypaths.config.access_matrix.papers import legal_release
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.sessions import session
from manypaths.config.access_matrix.verdict import NOT_BUILT, WRONG, Verdict
from manypaths.config.access_matrix.viewing import view
from manypaths.config.access_matrix.words import NotBuilt

JOB, QUEUE = "worker", "queue_payload"  # of a file: background work, and what stands in its queue
LOGS = "logs"  # of a file: what the programs write down
SEARCH = "search"  # of a file: where persons are searched for
Driver = Callable[[Ground, Cell], Verdict]
DRIVERS: dict[str, Driver] = {
    "view": view,
    "session": session,
    "break_glass": break_glass,
    "legal_release": legal_release,
    "login_failure": unknown_name,
    "password_reset": unknown_name,
    "derive": taking_out.as_file,
    "export": taking_out.long_list,
    "impersonate": operating.impersonate,
    "delete": operating.delete,
    "create_on_behalf": create_on_behalf,
    **acts.DRIVERS,
}


def drive(ground: Ground, cell: Cell) -> Verdict:
    """Drive one cell. A part that is missing is named; what breaks off in the middle is wrong, never right."""
    try:
        refuse_missing(cell)
        return driver_of(cell)(ground, cell)
    except NotBuilt as missing:
        return Verdict(NOT_BUILT, str(missing))
    except Exception as fault:  # a cell that cannot be driven to its end must not end the run
        return Verdict(WRONG, f"it broke off: {type(fault).__name__}: {fault}".splitlines()[0])


def driver_of(cell: Cell) -> Driver:
    """What drives a cell: background work goes its own way, for it opens no page; and who does emergency work sees a
    record in an emergency only. Some circumstances are staged first."""
    if cell.action == "view" and cell.context in contexts.VIEWS:
        return contexts.VIEWS[cell.context]
    return view_in_emergency if (cell.action, cell.role) == ("view", MEDIC) else _drivers(cell)[cell.action]


def _drivers(cell: Cell) -> Mapping[str, Driver]:
    """Drivers by action: those of background work, of logs, of a search over persons, or everybody else's."""
    if cell.surface == LOGS:
        return {"derive": operating.logs}
    if cell.surface == SEARCH and cell.role != JOB:
        return {"derive": searching.at_desk}
    return jobs.DRIVERS if cell.role == JOB else DRIVERS


def refuse_missing(cell: Cell) -> None:
    """Name the part of the house that a cell needs and that is not there.

    Refuses: NotBuilt.
    """
    for name, known in words.KNOWN.items():
        missing = known[getattr(cell, name)]
        if missing:
            raise NotBuilt(f"{missing} ({name} {getattr(cell, name)})")
    if cell.action not in _drivers(cell):
        raise NotBuilt(f"a way to try {cell.action}")
    if cell.surface == QUEUE and cell.role != JOB:
        raise NotBuilt(f"a queue that {cell.role} reads")
    if driver_of(cell) is view and cell.context not in words.PLAIN_CONTEXTS:
        raise NotBuilt(f"a way to stage: {cell.context}")
