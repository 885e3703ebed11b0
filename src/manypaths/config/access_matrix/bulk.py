"""Drives an edit of many at once: forms that carry every field and the records of several people."""

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.words import NotBuilt

BULK = "via bulk edit form"
DESK = "frontdesk"
FORMS = ("words", "goals", "strengths")
OVER = "Zqwritten over"
FIELDS = ("title", "words", "vision", "text", "name", "why", "area")
STOOD = "select string_agg(t::text, '|' order by t::text) from {table} t where record_id = %s"
TABLES = ("plans_goal", "plans_strength", "plans_ownwords")


def edit_plans(ground: Ground, cell: Cell) -> Verdict:
    """The desk sends each form of a plan, with the records of others along."""
    if (cell.role, cell.expect) != (DESK, "forbid"):
        raise NotBuilt(f"a way to edit {cell.data_class} as {cell.role}")
    someone, others = ground.target(cell), ground.world.someone("private")
    record = ground.world.record_beside(cell.role, someone)
    stood = [ground.log.one(STOOD.format(table=table), record) for table in TABLES]
    visitor, before = ground.world.browser(cell.role, "none"), ground.before(cell, someone)
    form = {**dict.fromkeys(FIELDS, OVER), "records": record, "record_id": str(others.record), "id": record}
    answers = [visitor.post(f"/work/people/{record}/plan/{one}", form, page="/devices") for one in FORMS]
    faults = [f"it is answered with {one.status}" for one in answers if one.status != cell.http]
    if [ground.log.one(STOOD.format(table=table), record) for table in TABLES] != stood or stood[0] is None:
        faults.append("the plan is changed, or there was none")
    return judged([*faults, *ground.beside(cell, someone, before, answers, {record})], pages_only=True)
