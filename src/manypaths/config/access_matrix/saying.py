"""Drives what a person does beside what a place wrote of them: says how they see it, or tries to write it over."""

import secrets

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.words import NotBuilt

OVERWRITE = "overwrite the coach's text"
BESIDE = "own comment or disagreement beside the note"
PEER, CLINICIAN = "peer_assigned", "clinician_assigned"
# Class of the file: the kind in the address, our word for the item, its table, and the role that reads it where it was
# written.
KEPT = {
    "peer_notes": ("contacts", "contact", "support_contact", PEER),
    "sud_treatment_record": ("treatment", "treated", "support_treatment", CLINICIAN),
    "drug_screen_result": ("screens", "screened", "support_screen", CLINICIAN),
    "attendance": ("attendance", "attended", "support_attendance", PEER),
}


def _there(ground: Ground, cell: Cell, expect: str) -> tuple[Someone, str, str, str]:
    """The person, the record, the item, and its address on the person's pages."""
    if cell.role != "person" or cell.data_class not in KEPT or cell.expect != expect:
        raise NotBuilt(f"a way to {cell.action} {cell.data_class} as {cell.role}: {cell.context}")
    someone, (kind, item, _table, walker) = ground.target(cell), KEPT[cell.data_class]
    record, one = str(someone.held[walker]), str(someone.items[f"{item} {walker}"])
    return someone, record, one, f"/my/places/{record}/{kind}/{one}"


def overwrite(ground: Ground, cell: Cell) -> Verdict:
    """Send other words to what a worker wrote."""
    someone, record, one, there = _there(ground, cell, "forbid")
    table = KEPT[cell.data_class][2]
    row = f"select t::text from {table} t where id = %s"  # noqa: S608  our own words
    visitor, before = ground.world.browser(cell.role, ground.target_state(cell)), ground.before(cell, someone)
    stood = ground.log.one(row, one)
    form = {"note": "Zqwritten over", "words": "Zqwritten over", "id": one}
    answer = visitor.post(there, form, page=there)
    faults = [] if answer.status == cell.http else [f"it is answered with {answer.status}, the file says {cell.http}"]
    if ground.log.one(row, one) != stood:
        faults.append("what was written is changed")
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {record})], pages_only=True)


def say(ground: Ground, cell: Cell) -> Verdict:
    """Say something beside it; a worker who may open it reads it there."""
    someone, record, one, there = _there(ground, cell, "allow")
    visitor, before = ground.world.browser(cell.role, ground.target_state(cell)), ground.before(cell, someone)
    words = f"Zqbeside{secrets.token_hex(5)}"
    answer = visitor.follow(visitor.post(f"{there}/say", {"stance": "differently", "words": words}, page=there))
    faults = [] if answer.status == cell.http else [f"it is answered with {answer.status}, the file says {cell.http}"]
    if not answer.holds(words):
        faults.append("what was said is not shown")
    faults += ground.beside(cell, someone, before, [answer], {record, one})
    if not ground.world.browser(KEPT[cell.data_class][3], "none").get(f"/work/people/{record}").holds(words):
        faults.append("who may read the thing there does not read what was said")
    return judged(faults, pages_only=True)
