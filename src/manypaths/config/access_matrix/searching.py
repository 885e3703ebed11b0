"""Drives a search over persons: words of what a record holds are typed at the front desk, and must find nobody."""

from collections.abc import Iterator

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import WORK
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import told_apart
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.words import NotBuilt

BY_CONTENT = "search by diagnosis text : row absent, total unchanged"
FIND, TOKEN_FROM = "/work/desk/find", "/devices"  # the list itself is a look at everybody on it
MADE_UP = "zwxqvnobody"


def at_desk(ground: Ground, cell: Cell) -> Verdict:
    """Type each planted word of the class where people are searched for; a made-up word must be answered the same."""
    if (cell.context, cell.role, cell.expect) != (BY_CONTENT, "frontdesk", "neutral"):
        raise NotBuilt(f"a way to search as {cell.role}: {cell.context}")
    someone, visitor = ground.target(cell), ground.world.signed_in_worker(ground.world.worker(cell.role))
    words = _words(cell, someone)
    faults = [] if _found_by_name(visitor, someone) else ["the person is not found by their name either"]
    before = ground.before(cell, someone)
    absent = _search(visitor, MADE_UP)
    answers = [_search(visitor, word) for word in words]
    for word, answer in zip(words, answers, strict=True):
        faults += _told(cell, someone, answer)
        faults += told_apart(FIND, answer.without(word), absent.without(MADE_UP))
    faults += ground.beside(cell, someone, before, [absent, *answers], set())
    return judged(faults, pages_only=True)


def _words(cell: Cell, someone: Someone) -> list[str]:
    """What stands in the record under this class: each whole, and each of its words."""
    planted = [someone.planted[name] for place in WORK.get(cell.data_class, ()) for name in place.planted]
    if not planted:
        raise NotBuilt(f"something of the class {cell.data_class} to search for")
    return sorted({*planted, *(word for one in planted for word in one.split())})


def _found_by_name(visitor: Visitor, someone: Someone) -> bool:
    """The search works: else nothing that it leaves out tells anything."""
    return _search(visitor, someone.planted["packet"]).holds(someone.planted["packet"])


def _search(visitor: Visitor, word: str) -> Answer:
    return visitor.post(FIND, {"words": word}, page=TOKEN_FROM)


def _told(cell: Cell, someone: Someone, answer: Answer) -> Iterator[str]:
    if answer.status != cell.http:
        yield f"the search is answered with {answer.status}, the file says {cell.http}"
    if answer.holds(someone.planted["packet"]):
        yield "the person is found by what their record says"
