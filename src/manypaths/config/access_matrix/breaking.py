"""Drives the cells of a medical emergency: what is written down first, what opens for an hour, and to whom nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from manypaths.config.access_matrix.bodies import fresh
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import SHOWN_BY
from manypaths.config.access_matrix.verdict import RIGHT, Verdict, judged
from manypaths.config.access_matrix.viewing import must_sign_in, told_from_nothing, view
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.consent import rescuing
from manypaths.people.sessions import SessionStore

MEDIC, COMPLETE, INCOMPLETE = "ed_physician", "emergency_complete", "emergency_incomplete"
FORM = {
    "nature": "Zqemergency of the check", "recipient": "Zqrecipient Q.", "affiliation": "Zqhospital of the check",
    "discloser": "Zqdiscloser Q.", "cannot_agree": "on",
}  # fmt: skip
BEGIN, OF_RECORD = "/work/emergency", "/work/people/{record}/emergency"
KINDS = {
    "sud_treatment_record": "treatment", "drug_screen_result": "screens", "attendance": "attendance",
    "sud_counseling_notes": "notes",
}  # fmt: skip
LATER = re.compile(r"same session (\d+) minutes? later")
# Words of a context by which something would have to be set up; others tell why, and are no part of the cell.
STAGED = re.compile(r"\b(minutes?|hours?|later|factor|again|second|session)\b")
CRISIS_STEPS = ("911", "988", "naloxone")
TOLD = "select count(*) from notices_personnotice where record_id = %s and template = 'emergency_opened'"
REVIEWS = "select count(*) from consent_emergency where record_id = %s and finding = '' and due_at > opened_at"
AGED = "update consent_emergency set opened_at = opened_at - make_interval(mins => %s) where record_id = %s returning 1"
SESSION = "sid"


def break_glass(ground: Ground, cell: Cell) -> Verdict:
    """Try to open a class in an emergency."""
    if cell.surface == "api":
        raise NotBuilt("an API for opening in an emergency")
    if cell.data_class not in SHOWN_BY:
        raise NotBuilt(f"a page that shows {cell.data_class}")
    if STAGED.search(cell.context) and cell.expect != "stepup":
        raise NotBuilt(f"a way to stage: {cell.context}")
    if cell.role != MEDIC:
        return _without_the_role(ground, cell)
    ways = {
        ("allow", COMPLETE): _opens, ("hide", COMPLETE): _stays_closed, ("reject", INCOMPLETE): _incomplete,
        ("stepup", COMPLETE): _old_proof,
    }  # fmt: skip
    if (cell.expect, cell.consent_state) not in ways:
        raise NotBuilt(f"an emergency that is answered with {cell.expect} in the state {cell.consent_state}")
    return ways[cell.expect, cell.consent_state](ground, cell)


def _old_proof(ground: Ground, cell: Cell) -> Verdict:
    """The second factor was proved six minutes ago."""
    someone = ground.target(cell)
    before, told, form = ground.before(cell, someone), _counted(ground, someone), {**FORM, "key": _code(someone)}
    visitor = _medic(ground)
    token = visitor.token(BEGIN)
    proved(visitor, timedelta(minutes=6))
    answer = visitor.post(BEGIN, {**form, **token})
    faults = [] if answer.status == cell.http else [f"it is answered with {answer.status}, the file says {cell.http}"]
    faults += [] if _counted(ground, someone) == told else ["an emergency was written down"]
    return judged([*faults, *ground.beside(cell, someone, before, [answer], ())], pages_only=True)


def view_in_emergency(ground: Ground, cell: Cell) -> Verdict:
    """Look once more, in the session in which an emergency was written down, so many minutes later."""
    found = LATER.fullmatch(cell.context)
    if cell.consent_state != COMPLETE or cell.surface == "api" or (cell.context and not found):
        return view(ground, cell)
    return _stays_closed(ground, cell, int(found[1]) if found else 0) if cell.expect == "hide" else _opens(ground, cell)


def _medic(ground: Ground) -> Visitor:
    """The browser of the emergency worker, who proved a moment ago that it is them."""
    visitor = ground.world.browser(MEDIC, "none")
    proved(visitor, timedelta(0))
    return visitor


def proved(visitor: Visitor, ago: timedelta) -> None:
    """Note that the second factor of a browser was proved so long ago."""
    kept = SessionStore(visitor.cookies[SESSION])
    kept["factor_at"] = (datetime.now(UTC) - ago).isoformat()
    kept.save()


def _code(someone: Someone) -> str:
    return rescuing.make_card(by=fresh(someone.reader), at=datetime.now(UTC))


def _write_down(ground: Ground, someone: Someone, **changes: str) -> Answer:
    """Send the form with the code of the person's card."""
    form = {name: value for name, value in {**FORM, "key": _code(someone), **changes}.items() if value}
    return _medic(ground).post(BEGIN, form, page=BEGIN)


def _opens(ground: Ground, cell: Cell) -> Verdict:
    someone = ground.target(cell)
    before, told = ground.before(cell, someone), _counted(ground, someone)
    pressed = _write_down(ground, someone)
    page = _medic(ground).follow(pressed)
    faults = [] if page.status == cell.http else [f"it is answered with {page.status}, the file says {cell.http}"]
    for word in ground.planted(SHOWN_BY[cell.data_class][:1], someone):
        faults += [] if page.holds(word) else ["the page does not show what it should"]
    beside = ground.beside(cell, someone, before, [page], {str(one) for one in someone.records})
    more = [now > then for now, then in zip(_counted(ground, someone), told, strict=True)]
    faults += [] if more[0] else ["the person is not told"]
    faults += [] if more[1] else ["no review is open"]
    return judged([*faults, *beside], pages_only=True)


def _counted(ground: Ground, someone: Someone) -> tuple[int, int]:
    """What the person was told of emergencies, and the reviews that are open."""
    told, reviews = (ground.log.one(sql, str(someone.record)) for sql in (TOLD, REVIEWS))
    return int(str(told)), int(str(reviews))


def _stays_closed(ground: Ground, cell: Cell, minutes: int = 0) -> Verdict:
    """An emergency is written down, time goes by, and what is not open answers like nothing at all."""
    key = f"emergency {minutes} minutes ago"
    someone, about = ground.world.another(key), replace(cell, consent_state=key, context="")
    there = _write_down(ground, someone).location
    if not there.startswith(f"{BEGIN}/"):
        raise AssertionError(f"the emergency could not be written down: {there}")
    if minutes:
        ground.log.one(AGED, minutes, str(someone.record))
    before = ground.before(about, someone)
    faults = list(_closed_under(ground, about, someone, there, over=minutes >= 60))
    faults += ground.beside(about, someone, before, [], {there.rpartition("/")[2], *map(str, someone.records)})
    seen = view(ground, replace(about, action="view"))
    return judged([*faults, *([] if seen.kind == RIGHT else [seen.why])], pages_only=True)


def _closed_under(ground: Ground, cell: Cell, someone: Someone, there: str, *, over: bool) -> Iterator[str]:
    """The addresses that belong to the emergency: the page itself when its hour is over, and the class below it."""
    visitor, opening = _medic(ground), there.rpartition("/")[2]
    kind = KINDS.get(cell.data_class, cell.data_class)
    below = [f"{BEGIN}/{{opening}}/{one}/{kind}" for one in someone.held.values()]
    for path in [*([f"{BEGIN}/{{opening}}"] if over else []), *below]:
        answer = visitor.get(path.replace("{opening}", opening))
        if answer.status != cell.http:
            yield f"{path} answers {answer.status}, the file says {cell.http}"
        if any(answer.holds(word) for word in ground.planted(SHOWN_BY[cell.data_class], someone)):
            yield "an answer holds a word of what is closed"
        yield from told_from_nothing(visitor, path, "opening", opening)


def _incomplete(ground: Ground, cell: Cell) -> Verdict:
    """Each field left out in turn: refused beside it, what was typed is kept, nothing opens."""
    someone = ground.target(cell)
    before, told = ground.before(cell, someone), _counted(ground, someone)
    answers = [_write_down(ground, someone, **{name: ""}) for name in FORM]
    faults = [f"it is answered with {one.status}" for one in answers if one.status != cell.http]
    for name, answer in zip(FORM, answers, strict=True):
        kept = [word for other, word in FORM.items() if other not in (name, "cannot_agree")]
        faults += [] if all(answer.holds(word) for word in kept) else [f"without {name}, what was typed is lost"]
        faults += [] if answer.holds(f"id_{name}_error") else [f"nothing stands beside {name}"]
    planted = ground.planted([one for one in someone.planted], someone)
    faults += [
        "an answer holds a word of what is closed" for one in answers if any(one.holds(word) for word in planted)
    ]
    faults += [] if _counted(ground, someone) == told else ["an emergency was written down"]
    ids = {str(one) for one in someone.records}
    return judged([*faults, *ground.beside(cell, someone, before, answers, ids)], pages_only=True)


def _without_the_role(ground: Ground, cell: Cell) -> Verdict:
    """Who does no emergency work: the same for everybody's record and for none, and nothing is written down."""
    someone = ground.target(cell)
    record = ground.world.record_beside(cell.role, someone)
    visitor = ground.world.browser(cell.role, ground.target_state(cell))
    before, told = ground.before(cell, someone), _counted(ground, someone)
    path, form = OF_RECORD.replace("{record}", record), {**FORM, "key": record}
    answers = [visitor.get(one) for one in (path, BEGIN)]
    if cell.role != "anon":  # a form from nowhere is refused before anybody asks who sent it
        answers += [visitor.post(one, form, page="/devices") for one in (path, BEGIN)]
    faults = list(_answered(cell, path, answers))
    faults += told_from_nothing(visitor, OF_RECORD, "record", record)
    if "crisis steps" in cell.context and not all(one.holds(word) for one in answers for word in CRISIS_STEPS):
        faults.append("the steps for a crisis are not shown")
    if any(one.holds(word) for one in answers for word in ground.planted(SHOWN_BY[cell.data_class], someone)):
        faults.append("an answer holds a word of what is closed")
    faults += [] if _counted(ground, someone) == told else ["an emergency was written down"]
    return judged([*faults, *ground.beside(cell, someone, before, answers, {record})], pages_only=True)


def _answered(cell: Cell, path: str, answers: list[Answer]) -> Iterator[str]:
    for one in answers:
        if cell.expect == "login":
            yield from must_sign_in(path, one, api=False, http=cell.http)
        elif one.status != cell.http:
            yield f"{path} answers {one.status}, the file says {cell.http}"
