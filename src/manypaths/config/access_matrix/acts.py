"""Drives the cells of acting: forms that skip a step, come second, or carry what only the server sets."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from manypaths.config.access_matrix import bulk, persons, restoring, rewriting, saying
from manypaths.config.access_matrix.bodies import WORKERS
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone, ask
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.sharing import SHAREABLE
from manypaths.config.access_matrix.surfaces import ANSWERING, SHOWN_BY
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.visitor import Answer
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.consent import sharing
from manypaths.referrals import commands as referrals

STATUS = "select status from referrals_referral where id = %s"
ROLES = "select roles from network_membership where id = %s"
ARRIVED = "select count(*) from support_attendance where record_id = %s and session = 'class'"
SKIP = re.compile(r"requested -> (\w+)(?: \(skips\))?")
SECOND_OF_TWO = "second of two simultaneous accepts"
WITH_AN_ID = "POST with id of an existing note"
REFUSALS = frozenset({"reject", "conflict", "forbid", "stepup"})


def _differs(answer: Answer, cell: Cell) -> Iterator[str]:
    if answer.status != cell.http:
        yield f"it is answered with {answer.status}, the file says {cell.http}"


def _asking(ground: Ground, cell: Cell) -> tuple[Someone, str, Cell]:
    """A new person whose request waits at the reader's organisation, and the cell as it is about them."""
    if cell.role not in ANSWERING or cell.consent_state != "named_covering":
        raise NotBuilt(f"a request that {cell.role} moves in the state {cell.consent_state}")
    someone = persons.join()
    request = str(ask(someone, ground.world.bodies, WORKERS[cell.role][0], datetime.now(UTC)))
    key = f"asking {request}"
    ground.world.known[key] = someone
    return someone, request, replace(cell, consent_state=key)


def transition(ground: Ground, cell: Cell) -> Verdict:
    """Move a request as the context says."""
    if cell.context == SECOND_OF_TWO:
        return _two_at_once(ground, cell)
    found = SKIP.fullmatch(cell.context)
    if not found or cell.expect not in REFUSALS:
        raise NotBuilt(f"a way to stage: {cell.context}")
    someone, request, about = _asking(ground, cell)
    visitor, before = ground.world.browser(cell.role, "none"), ground.before(about, someone)
    form = {"to": found[1], "seen": "requested", "outcome": "given", "reason": "no_open_place"}
    answer = visitor.post(f"/work/requests/{request}/move", form, page="/devices")
    faults = [*_differs(answer, cell)]
    if ground.log.one(STATUS, request) != "requested":
        faults.append("the request was moved")
    return judged([*faults, *ground.beside(about, someone, before, [answer], {request})])


def _two_at_once(ground: Ground, cell: Cell) -> Verdict:
    someone, request, about = _asking(ground, cell)
    worker = ground.world.worker(cell.role)
    browsers = [ground.world.signed_in_worker(worker) for _number in range(2)]
    tokens = [one.token("/devices") for one in browsers]
    before, form = ground.before(about, someone), {"to": "accepted", "seen": "requested"}
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(
                lambda one: one[0].post(f"/work/requests/{request}/move", {**form, **one[1]}),
                zip(browsers, tokens, strict=True),
            )
        )
    quick, late = sorted(answers, key=lambda one: one.status)
    faults = [] if quick.status in (302, 303) else [f"the first is answered with {quick.status}"]
    faults += _differs(late, cell)
    if ground.log.one(STATUS, request) != "accepted":
        faults.append("the request is not accepted")
    return judged([*faults, *ground.beside(about, someone, before, [late], {request}, listed=False)])


def grant_role(ground: Ground, cell: Cell) -> Verdict:
    """Send the form that gives one's own membership a role."""
    if cell.context not in ("gives own account a clinical role: needs a second admin", "self-grant by crafted POST"):
        raise NotBuilt(f"a way to stage: {cell.context}")
    if cell.role not in ground.world.bodies.workers:
        raise NotBuilt(f"roles that {cell.role} could give")
    worker, someone = ground.world.worker(cell.role), ground.target(cell)
    visitor = ground.world.signed_in_worker(worker)
    own, before = str(worker.reader.membership_id), ground.before(cell, someone)
    had = ground.log.one(ROLES, own)
    answer = visitor.post(f"/workers/{own}/roles", {"roles": "clinician"}, page="/devices")
    faults = [*_differs(answer, cell)]
    if ground.log.one(ROLES, own) != had:
        faults.append("the roles were changed")
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {own})], pages_only=True)


def create(ground: Ground, cell: Cell) -> Verdict:
    """Write something down as the context says."""
    if cell.context == saying.BESIDE:
        return saying.say(ground, cell)
    if (cell.role, cell.data_class, cell.context) != (
        "peer_assigned",
        "peer_notes",
        "POST with id of an existing note",
    ):
        raise NotBuilt(f"a way to create {cell.data_class} as {cell.role}: {cell.context}")
    someone, role = ground.target(cell), cell.role
    visitor, before = ground.world.browser(role, "none"), ground.before(cell, someone)
    path, note = f"/work/people/{someone.held[role]}", str(someone.items[f"contact {role}"])
    form = {"way": "call", "when": "now", "deed": "talked", "note": "Zqwritten over", "id": note}
    answer = visitor.post(path, form, page="/devices")
    faults = [*_differs(answer, cell)]
    count = "select count(*) from support_contact where record_id = %s"
    if ground.log.one(count, str(someone.held[role])) != 1:
        faults.append("something was written")
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {str(someone.held[role])})])


def edit(ground: Ground, cell: Cell) -> Verdict:
    """Change one's own plan; or, at the front desk, note that somebody came."""
    if (cell.role, cell.data_class, cell.context) == ("frontdesk", "attendance", "mark arrived"):
        return _mark_arrived(ground, cell)
    if cell.context == bulk.BULK:
        return bulk.edit_plans(ground, cell)
    if cell.context == saying.OVERWRITE:
        return saying.overwrite(ground, cell)
    if cell.data_class == "consent_record":
        return rewriting.backdate(ground, cell)
    own = cell.role == "person" or (cell.role, cell.data_class) == ("family", "family_own_record")
    if cell.expect != "allow" or not own or cell.data_class not in ("recovery_plan", "family_own_record"):
        raise NotBuilt(f"a way to edit {cell.data_class} as {cell.role}")
    someone = ground.target(cell)
    visitor, before = ground.world.browser(cell.role, ground.target_state(cell)), ground.before(cell, someone)
    goal, title = someone.items["goal"], f"{someone.planted['goal']} anew"
    pressed = visitor.post(f"/my/goals/{goal}/words", {"title": title, "area": "family"}, page=f"/my/goals/{goal}")
    answer = visitor.follow(pressed)
    faults = [*_differs(answer, cell)]
    if not answer.holds(title):
        faults.append("the change is not shown")
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {str(goal)})], pages_only=True)


def _mark_arrived(ground: Ground, cell: Cell) -> Verdict:
    someone = ground.target(cell)
    visitor, before = ground.world.browser(cell.role, "none"), ground.before(cell, someone)
    record = ground.world.record_beside(cell.role, someone)
    there = f"/work/people/{record}/attendance"
    form = {"happened_on": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}", "session": "class", "presence": "came"}
    answer = visitor.follow(visitor.post(there, form, page="/devices"))
    faults = [*_differs(answer, cell)]
    if ground.log.one(ARRIVED, record) != 1:
        faults.append("nothing was written")
    return judged([*faults, *ground.beside(cell, someone, before, [answer], {record})], pages_only=True)


NEXT_CLICK = "page open, person revokes, staff clicks next"
LATE_FORM = "unsaved form on the receiving side posts after revocation"


def in_flight(ground: Ground, cell: Cell) -> Verdict:
    """The page is open, the person stops sharing, the worker goes on."""
    if cell.context == restoring.PUT_BACK:
        return restoring.put_back(ground, cell)
    if cell.data_class in SHAREABLE and cell.context == NEXT_CLICK and cell.role == "recv_staff":
        return _next_click_on_what_is_shown(ground, cell)
    if cell.data_class != "referral_task" or cell.context not in (NEXT_CLICK, LATE_FORM) or cell.expect != "hide":
        raise NotBuilt(f"a way to stage {cell.context} with {cell.data_class}")
    someone, request, about = _asking(ground, replace(cell, consent_state="named_covering"))
    visitor = ground.world.browser(cell.role, "none")
    opened = visitor.get(f"/work/requests/{request}")
    if not opened.holds(someone.planted["packet"]):
        raise AssertionError(f"the request is closed before it is revoked: {opened.status}")
    referrals.stop_sharing(referral_id=someone.asked[WORKERS[cell.role][0]], by=someone.reader, at=datetime.now(UTC))
    before = ground.before(about, someone)
    answer = visitor.get(f"/work/requests/{request}")
    if cell.context == LATE_FORM:
        form = {"to": "rejected", "seen": "requested", "reason": "no_open_place"}
        answer = visitor.follow(visitor.post(f"/work/requests/{request}/move", form, page="/devices"))
    shown = ["an answer holds a word of what is closed"] if answer.holds(someone.planted["packet"]) else []
    faults = [*shown, *([] if cell.context == LATE_FORM else _differs(answer, cell))]
    return judged([*faults, *ground.beside(about, someone, before, [answer], {request})], pages_only=True)


def _next_click_on_what_is_shown(ground: Ground, cell: Cell) -> Verdict:
    key, someone = ground.world.one_more("named_covering")
    share, about = someone.shares[cell.role], replace(cell, consent_state=key)
    visitor = ground.world.browser(cell.role, "none")
    (word,) = ground.planted(SHOWN_BY[cell.data_class], someone)[:1]
    if not visitor.get(f"/work/shared/{share}").holds(word):
        raise AssertionError("what is shown is closed before it is revoked")
    sharing.stop_share(share_id=share, by=someone.reader, at=datetime.now(UTC))
    before = ground.before(about, someone)
    answers = [visitor.get(path) for path in (f"/work/shared/{share}", f"/work/api/shared/{share}")]
    faults = [fault for answer in answers for fault in _differs(answer, cell)]
    if any(answer.holds(word) for answer in answers):
        faults.append("an answer holds a word of what is closed")
    return judged([*faults, *ground.beside(about, someone, before, answers, {str(share)})])


DRIVERS: dict[str, Callable[[Ground, Cell], Verdict]] = {
    "transition": transition, "grant_role": grant_role, "create": create, "edit": edit, "in_flight": in_flight,
}  # fmt: skip
