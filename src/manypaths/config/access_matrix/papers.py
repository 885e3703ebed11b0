"""Drives the cells of legal papers: what a subpoena, a warrant, a letter or an order opens, to whom, and of whom."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from manypaths.config.access_matrix.breaking import proved
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import SHOWN_BY
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import must_sign_in, told_from_nothing
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.words import NotBuilt

OFFICER, DESK = "privacy_officer", "/work/papers"
OF_ORDERS = ("demographics", "safe_contact", "attendance", "sud_treatment_record", "drug_screen_result")
ANOTHER_CLASS = {"attendance": "drug_screen_result"}
NEXT = "What to do next"
PAPERS = "select count(*) from consent_legalpaper where record_id = %s"
OPENINGS = "select count(*) from audit_access where purpose = 'legal' and cardinality(opened) > 0"


def legal_release(ground: Ground, cell: Cell) -> Verdict:
    """Try to get at a class with a legal paper."""
    if cell.surface == "api":
        raise NotBuilt("an API for legal papers")
    if cell.data_class not in SHOWN_BY:
        raise NotBuilt(f"a page that shows {cell.data_class}")
    if cell.role != OFFICER:
        return _without_the_desk(ground, cell)
    way = next((way for pattern, way in WAYS if re.search(pattern, cell.context)), None)
    if way is None:
        raise NotBuilt(f"a way to stage: {cell.context}")
    return way(ground, cell)


def _officer(ground: Ground) -> Visitor:
    visitor = ground.world.browser(OFFICER, "none")
    proved(visitor, timedelta(0))
    return visitor


def _order(record: str, *classes: str, mandate: str = "subpoena") -> dict[str, str]:
    """The form of an order; it may name one class."""
    today = datetime.now(UTC).date()
    return {
        "kind": "order", "held": record, "section": "2.64", "mandate": mandate, "court": "Zqcourt of the check",
        "case_number": "Zqcase 1", "ordered_on": f"{today - timedelta(days=2)}", "classes": classes[0],
        "until": f"{today + timedelta(days=30)}",
    }  # fmt: skip


def _ordered_class(cell: Cell) -> str:
    return cell.data_class if cell.data_class in OF_ORDERS else "sud_treatment_record"


def _record(ground: Ground, someone: Someone) -> str:
    return ground.world.record_beside(OFFICER, someone)


def _no_order(ground: Ground, cell: Cell) -> Verdict:
    """A paper of another kind: it is written down, and the answer and its own address say why nothing opens."""
    someone = ground.target(cell)
    before, record, visitor = ground.before(cell, someone), _record(ground, someone), _officer(ground)
    counted = _counted(ground, someone)
    kind = next(kind for kind in ("subpoena", "warrant", "letter") if re.search(NO_ORDERS[kind], cell.context))
    answers = [visitor.post(DESK, {"kind": kind, "held": record}, page=DESK)]
    answers.append(visitor.get(f"{DESK}/{_last_paper(ground, someone)}/people/{record}"))
    faults = list(_refused(ground, cell, someone, answers))
    faults += [] if _counted(ground, someone) == (counted[0] + 1, counted[1]) else ["it is not written down, or opened"]
    return judged([*faults, *ground.beside(cell, someone, before, answers, {record})], pages_only=True)


def _second_person(ground: Ground, cell: Cell) -> Verdict:
    """An order names one person; the reader asks for another."""
    named, someone = ground.world.another("named by an order"), ground.target(cell)
    visitor, record = _officer(ground), _record(ground, someone)
    made = visitor.post(DESK, _order(_record(ground, named), _ordered_class(cell)), page=DESK)
    paper = made.location.split("/")[3] if made.location else ""
    if visitor.get(made.location).status != 200:
        raise AssertionError(f"the order opens nothing of the person it names: {made.status}")
    before = ground.before(cell, someone)
    answers = [visitor.get(f"{DESK}/{paper}/people/{one}") for one in (record, *someone.held.values())]
    faults = _refused(ground, cell, someone, answers)
    return judged([*faults, *ground.beside(cell, someone, before, answers, {paper})], pages_only=True)


def _within(ground: Ground, cell: Cell) -> Verdict:
    """An order with its mandate names this person and this class."""
    someone, visitor = ground.target(cell), _officer(ground)
    before, record = ground.before(cell, someone), _record(ground, someone)
    if cell.data_class not in OF_ORDERS:
        return _outside(ground, cell)
    answer = visitor.follow(visitor.post(DESK, _order(record, cell.data_class), page=DESK))
    faults = [] if answer.status == cell.http else [f"it is answered with {answer.status}, the file says {cell.http}"]
    words = ground.planted(SHOWN_BY[cell.data_class][:1], someone) if cell.data_class != "attendance" else []
    faults += [] if all(answer.holds(word) for word in words) else ["the page does not show what it should"]
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {record})], pages_only=True)


def _outside(ground: Ground, cell: Cell) -> Verdict:
    """An order names this person, and another class than the one that is sought: nothing of that is on the page."""
    someone, visitor = ground.target(cell), _officer(ground)
    record = _record(ground, someone)
    if cell.data_class in OF_ORDERS:
        raise NotBuilt("an address of one class that an order opens")
    before = ground.before(cell, someone)
    answers = [visitor.post(DESK, _order(record, cell.data_class), page=DESK)]
    faults = _refused(ground, cell, someone, answers)
    return judged([*faults, *ground.beside(cell, someone, before, answers, {record})], pages_only=True)


def _no_mandate(ground: Ground, cell: Cell) -> Verdict:
    """An order without a mandate is not written down, and opens nothing."""
    someone, visitor = ground.target(cell), _officer(ground)
    before, record, counted = ground.before(cell, someone), _record(ground, someone), _counted(ground, someone)
    answers = [visitor.post(DESK, _order(record, _ordered_class(cell), mandate=""), page=DESK)]
    faults = list(_refused(ground, cell, someone, answers, steps=False))
    faults += [] if _counted(ground, someone) == counted else ["it is written down, or opened"]
    return judged([*faults, *ground.beside(cell, someone, before, answers, {record})], pages_only=True)


def _without_the_desk(ground: Ground, cell: Cell) -> Verdict:
    """Whoever does not answer legal papers finds no desk, whatever they hold in their hands."""
    someone = ground.target(cell)
    record = ground.world.record_beside(cell.role, someone)
    visitor = ground.world.browser(cell.role, ground.target_state(cell))
    before, paper = ground.before(cell, someone), str(uuid4())
    answers = [visitor.get(DESK), visitor.get(f"{DESK}/{paper}/people/{record}")]
    if cell.role != "anon":  # a form from nowhere is refused before anybody asks who sent it
        forms = ({"kind": "subpoena", "held": record}, _order(record, _ordered_class(cell)))
        answers += [visitor.post(DESK, form, page="/devices") for form in forms]
    faults = list(_answered(cell, answers))
    faults += _nothing_shown(ground, cell, someone, answers)
    faults += told_from_nothing(visitor, f"{DESK}/{paper}/people/{{record}}", "record", record)
    return judged([*faults, *ground.beside(cell, someone, before, answers, {paper})], pages_only=True)


def _answered(cell: Cell, answers: list[Answer]) -> Iterator[str]:
    for one in answers:
        if cell.expect == "login":
            yield from must_sign_in(DESK, one, api=False, http=cell.http)
        elif one.status != cell.http:
            yield f"it is answered with {one.status}, the file says {cell.http}"


def _refused(
    ground: Ground, cell: Cell, someone: Someone, answers: list[Answer], *, steps: bool = True
) -> Iterator[str]:
    yield from _answered(cell, answers)
    yield from _nothing_shown(ground, cell, someone, answers)
    if steps and cell.expect == "forbid" and not all(one.holds(NEXT) for one in answers):
        yield "it does not say what to do next"


def _nothing_shown(ground: Ground, cell: Cell, someone: Someone, answers: list[Answer]) -> Iterator[str]:
    if any(one.holds(word) for one in answers for word in ground.planted(SHOWN_BY[cell.data_class], someone)):
        yield "an answer holds a word of what is closed"


def _counted(ground: Ground, someone: Someone) -> tuple[int, int]:
    """The papers about somebody, and what was opened by any."""
    return int(str(ground.log.one(PAPERS, str(someone.record)))), int(str(ground.log.one(OPENINGS)))


def _last_paper(ground: Ground, someone: Someone) -> str:
    last = "select id from consent_legalpaper where record_id = %s order by recorded_at desc limit 1"
    return str(ground.log.one(last, str(someone.record)))


NO_ORDERS = {"subpoena": r"\bsubpoena\b", "warrant": r"\bwarrant\b", "letter": r"\b(letter|request|call)\b"}
WAYS = (
    (r"\border\b.*\b(second|another) person\b", _second_person),
    (r"\border\b.*\b(no|without)( a)? (mandate|subpoena)\b", _no_mandate),
    (r"\border\b.*\b(outside|out of)\b.*\bscope\b", _outside),
    (r"\b(without|no)\b.*\border\b", _no_order),
    (r"\bsubpart E order\b|\bcourt order\b", _within),
    ("|".join(NO_ORDERS.values()), _no_order),
)
