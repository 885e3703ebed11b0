"""Drives the cells of lists that are taken out: a caseload as a file, and a long one that two must agree to."""

from collections.abc import Iterator

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.visitor import Answer
from manypaths.config.access_matrix.words import NotBuilt

NO_FREE_TEXT = "export of caseload holds no private check-ins and no free text"
LONG = "caseload over 50 persons: second person approves, watermark, expires in 24 h"
COVERED = "covered fields only"
NEWEST = "select id from support_export where membership_id = %s order by asked_at desc limit 1"
LASTS = "select expires_at - asked_at = interval '24 hours' from support_export where id = %s"
# Fifty more whom the same worker walks with: records alone, which nobody opens here.
MANY = """
    with made as (
        insert into people_record (id, holder, organisation_id, origin_law, opened_at)
        select gen_random_uuid(), 'organisation', m.organisation_id, 'neither', now()
          from network_membership m, generate_series(1, 50) where m.id = %s
        returning id)
    insert into people_assignment (id, record_id, membership_id, since)
    select gen_random_uuid(), made.id, %s, now() from made returning record_id
"""
AS_BEFORE = """
    with gone as (
        delete from people_record r using people_assignment a
         where a.record_id = r.id and a.membership_id = %s
           and not exists (select from vault_recordkey k where k.record_id = r.id) returning r.id)
    delete from people_assignment a using gone where a.record_id = gone.id
"""


def as_file(ground: Ground, cell: Cell) -> Verdict:
    """Take the caseload out as a file, with every word of it looked at."""
    if cell.context != NO_FREE_TEXT or cell.role != "supervisor" or COVERED not in cell.fields:
        raise NotBuilt(f"a way to take out {cell.data_class} as {cell.role}: {cell.context}")
    someone = ground.target(cell)
    before, page = ground.before(cell, someone), "/work/exports"
    visitor = ground.world.signed_in_worker(ground.world.worker(cell.role))
    asked = visitor.post(page, {"why": "planning"}, page=page)
    export = str(ground.log.one(NEWEST, _membership(ground, cell)))
    answer = visitor.post(f"{page}/{export}/file", {}, page=page)
    faults = [*_wrong_file(cell, someone, answer)]
    faults += ground.beside(cell, someone, before, [asked, answer], {export})
    return judged(faults, pages_only=True)


def _wrong_file(cell: Cell, someone: Someone, answer: Answer) -> Iterator[str]:
    if answer.status != cell.http:
        yield f"the file is answered with {answer.status}, the file of cells says {cell.http}"
    if not answer.holds(someone.planted["packet"]):
        yield "the person is not on the list"
    for part, word in someone.planted.items():
        if part not in ("packet", "name") and answer.holds(word):
            yield f"the list holds the planted word of {part}"


def long_list(ground: Ground, cell: Cell) -> Verdict:
    """Ask for a list of more than fifty people and try to fetch it, on the page and as a program."""
    if cell.context != LONG or cell.role != "supervisor" or cell.expect != "stepup":
        raise NotBuilt(f"a way to take out {cell.data_class} as {cell.role}: {cell.context}")
    someone = ground.target(cell)
    before = ground.before(cell, someone)
    peer = str(ground.world.worker("peer_assigned").reader.membership_id)
    ground.log.link.execute(MANY.encode(), [peer, peer])
    try:
        answers, export = _ask_and_fetch(ground, cell)
    finally:
        ground.log.link.execute(AS_BEFORE.encode(), [peer])
    strange = {one.status for one in answers} - {cell.http}
    faults = [f"it is answered with {status}, the file says {cell.http}" for status in sorted(strange)]
    if ground.log.one(LASTS, export) is not True:
        faults.append("it does not expire in 24 hours")
    faults += ground.beside(cell, someone, before, answers, {export})
    return judged(faults)


def _ask_and_fetch(ground: Ground, cell: Cell) -> tuple[list[Answer], str]:
    page, visitor = "/work/exports", ground.world.signed_in_worker(ground.world.worker(cell.role))
    asked = visitor.post("/work/api/exports", {"why": "planning"}, page=page)
    export = str(ground.log.one(NEWEST, _membership(ground, cell)))
    tried = [visitor.post(f"{at}/{export}/file", {}, page=page) for at in (page, "/work/api/exports")]
    return [asked, *tried], export


def _membership(ground: Ground, cell: Cell) -> str:
    return str(ground.world.worker(cell.role).reader.membership_id)
