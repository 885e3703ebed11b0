"""Drives the cells in which somebody would write what nobody writes: a consent after it was given."""

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import WORK
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.words import NotBuilt

BACKDATE = "backdate a signature: consents are append-only"
AS_IT_WAS = "select md5(string_agg(g::text, '|' order by g.id)) from consent_grant g where g.record_id = %s"
FORM = {"given_at": "2020-01-01", "starts_at": "2020-01-01T00:00:00Z", "text_version": "1"}


def backdate(ground: Ground, cell: Cell) -> Verdict:
    """Send a form that would move the day of a consent, to each address that shows it."""
    if cell.context != BACKDATE or cell.expect not in ("reject", "forbid"):
        raise NotBuilt(f"a way to edit {cell.data_class} as {cell.role}: {cell.context}")
    someone = ground.target(cell)
    visitor, before = ground.world.browser(cell.role, "none"), ground.before(cell, someone)
    record, given = ground.world.record_beside(cell.role, someone), ground.log.one(AS_IT_WAS, str(someone.record))
    faults, answers = [], []
    for place in WORK["consent_record"]:
        answers.append(visitor.post(place.path.replace("{record}", record), FORM, page="/devices"))
        if answers[-1].status != cell.http:
            faults.append(f"{place.path} answers {answers[-1].status}, the file says {cell.http}")
    if ground.log.one(AS_IT_WAS, str(someone.record)) != given:
        faults.append("a consent was changed")
    faults += ground.beside(cell, someone, before, answers, {record}, listed=False)
    return judged(faults)
