"""Drives the cells of who runs the machine: acting as somebody else, taking a line out of the log, reading what the
programs wrote down."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from manypaths.config.access_matrix import unlogged
from manypaths.config.access_matrix.bodies import OPERATOR
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import OF_RECORDS, WORK
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import told_apart, told_from_nothing
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.words import NotBuilt

AS_A_USER = "act as a user: not offered; support uses a synthetic organisation"
ANY_ROW = "any row"
IN_THE_LOG = "person data in application log"
# What other programs call it, and what of ours says for whom or as whom one works.
DISGUISES = ("/machine/as/{id}", "/impersonate/{id}", "/workers/{id}/roles", "/workers/{id}/end")
OWN_PAGE = "/machine/"
LINE = "/machine/log/{id}"
NEWEST_ACT = "select id::text from audit_act order by xid desc limit 1"
NEWEST_LOOK = "select max(seq)::text from audit_access"
STANDS = """
    select (select count(*) from audit_act where id::text = %s)
         + (select count(*) from audit_access where seq::text = %s)
"""
WALKING = ("peer_assigned", "clinician_assigned")


def impersonate(ground: Ground, cell: Cell) -> Verdict:
    """Seek a way to be somebody else: a worker, and a person."""
    if (cell.role, cell.context, cell.expect) != (OPERATOR, AS_A_USER, "hide"):
        raise NotBuilt(f"a way to act as somebody else as {cell.role}: {cell.context}")
    someone, worker = ground.target(cell), ground.world.worker("peer_assigned").reader
    visitor, before = ground.world.browser(cell.role, "none"), ground.before(cell, someone)
    ids = [str(one) for one in (worker.account_id, worker.membership_id, someone.reader.account_id)]
    faults = [fault for path in DISGUISES for one in ids for fault in _no_way(visitor, path, one, cell)]
    chosen = visitor.post("/places-of-work", {"place": str(worker.membership_id)}, page=OWN_PAGE)
    faults += [] if chosen.status == cell.http else [f"/places-of-work answers {chosen.status}"]
    if visitor.get("/here").location != OWN_PAGE:
        faults.append("the session is somebody else's now")
    return judged([*faults, *ground.beside(cell, someone, before, [chosen], set(ids))], pages_only=True)


def _no_way(visitor: Visitor, path: str, one: str, cell: Cell) -> Iterator[str]:
    """Opened and pressed, an address answers as one for a made-up id."""
    yield from told_from_nothing(visitor, path, "id", one)
    made_up = str(uuid4())
    real, nothing = (visitor.post(path.replace("{id}", tried), {}, page=OWN_PAGE) for tried in (one, made_up))
    yield from told_apart(path, real.without(one), nothing.without(made_up))
    if real.status != cell.http:
        yield f"{path} answers {real.status}, the file says {cell.http}"


def delete(ground: Ground, cell: Cell) -> Verdict:
    """Send the form that would take a line out: the newest act, the newest look, and lines that were made up."""
    if (cell.role, cell.data_class, cell.context) != (OPERATOR, "audit_log", ANY_ROW):
        raise NotBuilt(f"a way to delete {cell.data_class} as {cell.role}: {cell.context}")
    someone, visitor = ground.target(cell), ground.world.browser(cell.role, "none")
    before = ground.before(cell, someone)  # the person reads their own list: a look stands in the log
    act, look = str(ground.log.one(NEWEST_ACT)), str(ground.log.one(NEWEST_LOOK))
    answers, faults = [], []
    for one, made_up in ((act, str(uuid4())), (look, "9" * len(look))):
        answer, nothing = (
            visitor.post(LINE.replace("{id}", tried), {"delete": "yes"}, page=OWN_PAGE) for tried in (one, made_up)
        )
        faults += [] if answer.status == cell.http else [f"it is answered with {answer.status}"]
        faults += told_apart(LINE, answer.without(one), nothing.without(made_up))
        faults += [] if ground.log.one(STANDS, one, one) == 1 else ["the line is gone"]
        answers.append(answer)
    return judged([*faults, *ground.beside(cell, someone, before, answers, {act})], pages_only=True)


def logs(ground: Ground, cell: Cell) -> Verdict:
    """Let people work, be refused and meet faults; then read every log of the installation."""
    if (cell.role, cell.context, cell.expect) != (OPERATOR, IN_THE_LOG, "neutral"):
        raise NotBuilt(f"a way to stage: {cell.context}")
    if ground.written is None:
        raise NotBuilt("the file to which the web server writes")
    key, someone = ground.world.one_more("none")
    about, stood = replace(cell, consent_state=key), ground.written.stat().st_size
    before = ground.before(about, someone)
    _work(ground, someone)
    answer = ground.world.browser(cell.role, "none").get(OWN_PAGE)
    faults = [] if answer.status == cell.http else [f"{OWN_PAGE} answers {answer.status}"]
    if ground.written.stat().st_size == stood:
        faults.append("nothing was written down, which proves nothing")
    files = [ground.written, *Path(settings.VAR).rglob("*.log")]
    faults += _told(someone, [*(one.read_bytes() for one in files), answer.body])
    return judged([*faults, *ground.beside(about, someone, before, [answer], set(), listed=False)], pages_only=True)


def _work(ground: Ground, someone: Someone) -> None:
    """Everything that workers open of somebody; the same while the log cannot be written; forms with their words; and
    a stranger who has the ids."""
    places = {place.path for of_class in WORK.values() for place in of_class} | {place.path for place in OF_RECORDS}
    named = sorted(path for path in places if "{record}" in path)
    paths = [path.replace("{record}", str(record)) for record in someone.held.values() for path in named]
    for role in (*WALKING, "other_org"):
        _open_all(ground.world.browser(role, "none"), paths)
    with unlogged.not_writable(ground):
        _open_all(ground.world.browser(WALKING[0], "none"), paths)
    desk, peer = ground.world.browser("frontdesk", "none"), ground.world.browser(WALKING[0], "none")
    for word in someone.planted.values():
        desk.get(f"/work/desk?words={word.replace(' ', '+')}")
        desk.post("/work/desk/find", {"words": word}, page="/devices")
        peer.post(f"/work/people/{someone.held[WALKING[0]]}", {"note": word, "way": "no such way"}, page="/devices")


def _open_all(visitor: Visitor, paths: list[str]) -> None:
    for path in paths:
        visitor.get(path)


def _told(someone: Someone, written: list[bytes]) -> Iterator[str]:
    """Which planted word, id or name of the person stands anywhere."""
    words = {**someone.planted, "sign-in name": someone.username}
    words |= {f"id {number}": str(one) for number, one in enumerate(sorted(someone.records))}
    for name, word in words.items():
        if any(word.encode() in text for text in written):
            yield f"what was written down holds their {name}"
