"""Drives what a worker writes down for a person: a consent that they signed on paper, with their own name on it."""

from datetime import UTC, datetime, timedelta

from manypaths.config.access_matrix.bodies import RECEIVER
from manypaths.config.access_matrix.breaking import proved
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.visitor import Answer
from manypaths.config.access_matrix.words import PLAIN_CONTEXTS, NotBuilt
from manypaths.config.access_matrix.world import World

CONFIRMED = "person present; person's own confirmation recorded"
WRITTEN = "select count(*) from consent_paperconsent where held_record_id = %s"
OLD, NEW = timedelta(minutes=6), timedelta(0)


def create_on_behalf(ground: Ground, cell: Cell) -> Verdict:
    """Send the form of a consent on paper. Who has to prove themselves first sends it again with a proof, and it is
    written: so that what stopped it was the proof, and nothing else."""
    if cell.data_class != "consent_record" or cell.context not in {CONFIRMED, *PLAIN_CONTEXTS}:
        raise NotBuilt(f"a way to write {cell.data_class} for a person: {cell.context}")
    if cell.expect not in {"stepup", "hide", "forbid"} or cell.role not in ground.world.bodies.workers:
        raise NotBuilt(f"a consent that {cell.role} writes for a person and that is answered with {cell.expect}")
    someone = ground.target(cell)
    record, before = ground.world.record_beside(cell.role, someone), ground.before(cell, someone)
    answer, written = _send(ground, cell, record, OLD if cell.expect == "stepup" else NEW)
    faults = [] if answer.status == cell.http else [f"it is answered with {answer.status}, the file says {cell.http}"]
    faults += ["a consent was written down"] if written else []
    faults += ground.beside(cell, someone, before, [answer], {record})
    if cell.expect == "stepup" and not _send(ground, cell, record, NEW)[1]:
        faults.append("with a proof it is not written down either")
    return judged(faults, pages_only=True)


def _send(ground: Ground, cell: Cell, record: str, ago: timedelta) -> tuple[Answer, bool]:
    """The answer to the form, and whether something was written down. The second factor was proved so long ago."""
    visitor, stood = ground.world.browser(cell.role, "none"), ground.log.one(WRITTEN, record)
    token = visitor.token("/devices")
    proved(visitor, ago)
    answer = visitor.post(f"/work/people/{record}/consents/paper", {**paper_form(ground.world), **token})
    proved(visitor, NEW)
    return answer, ground.log.one(WRITTEN, record) != stood


def paper_form(world: World) -> dict[str, str]:
    """A form that says what stands on a paper, as far as it has to be filled in."""
    today = datetime.now(UTC).date()
    return {
        "kind": "named", "recipient": f"place.{world.bodies.ids[RECEIVER]}", "parts": "sud_treatment_record",
        "purpose": "TREAT", "until": f"{today + timedelta(days=30)}", "name": "Zqpaper", "signer": "person",
        "signed_on": f"{today - timedelta(days=2)}", "place": "Zqfolder", "language": "en", "read": "name",
    }  # fmt: skip
