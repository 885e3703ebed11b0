"""Drives the cells of sessions: time that passed, a role, passphrase or device that is gone, a code used twice."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from manypaths.accounts import factors
from manypaths.config.access_matrix import persons
from manypaths.config.access_matrix.bodies import HOME, WORKERS
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone, be_taken_up
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import must_sign_in, told_from_nothing
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.config.access_matrix.world import PERSONS
from manypaths.network import commands as network
from manypaths.network.rules import Role
from manypaths.people.sessions import SessionStore

AGED = (
    (re.compile(r"(?:(shared-device mode|own device), )?idle (\d+) (minute|hour|day)s?"), "seen_at"),
    (re.compile(r"()session older than (\d+) (minute|hour|day)s?"), "started_at"),
)
A_MOMENT = timedelta(seconds=5)
SESSION = "sid"
NEW_WORDS = "seven lanterns over the bridge"
WALKING = frozenset({"peer_assigned", "peer_unassigned", "clinician_assigned", "clinician_colleague", "recv_staff",
                     "other_org", "housing"})  # fmt: skip
SECOND = "/second"


@dataclass
class Staged:
    """A browser for which something has just changed, the cell as it was staged, and whom it may see."""

    visitor: Visitor
    cell: Cell
    target: Someone
    second_step: bool = False  # the sign-in was left at its second step


def session(ground: Ground, cell: Cell) -> Verdict:
    """Do what the context says, then press on: the next request must be answered as the cell says."""
    if cell.role not in WALKING | PERSONS | {"supervisor", "frontdesk"}:
        raise NotBuilt(f"a session of {cell.role} to try")
    staged = _stage(ground, cell)
    before = ground.before(staged.cell, staged.target)
    answered = list(_press_on(ground, staged))
    ids = {str(one) for one in staged.target.records}
    return judged([*answered, *ground.beside(staged.cell, staged.target, before, [], ids)])


def _stage(ground: Ground, cell: Cell) -> Staged:
    for pattern, mark in AGED:
        found = pattern.fullmatch(cell.context)
        if found:
            return _aged(ground, cell, mark, timedelta(**{f"{found[3]}s": int(found[2])}), found[1] or "")
    if cell.context not in STAGES:
        raise NotBuilt(f"a way to stage: {cell.context}")
    return STAGES[cell.context](ground, cell)


def _press_on(ground: Ground, staged: Staged) -> Iterator[str]:
    ways = {"login": _closed, "stepup": _asks_for_factor, "hide": _absent, "allow": _open}
    if staged.cell.expect not in ways:
        raise NotBuilt(f"a session that is answered with {staged.cell.expect}")
    for path, api in _addresses(staged, str(_beside(staged))):
        yield from ways[staged.cell.expect](ground, staged, path, api)


def _beside(staged: Staged) -> object:
    return staged.target.held.get(staged.cell.role, next(iter(staged.target.held.values())))


def _addresses(staged: Staged, record: str) -> list[tuple[str, bool]]:
    if staged.cell.role in PERSONS:
        return [(f"/my/goals/{staged.target.items['goal']}", False)]
    if staged.cell.role in {"supervisor", "frontdesk"}:
        return [("/work/requests", False)]
    return [(f"/work/people/{record}", False), (f"/work/api/people/{record}", True)]


def _open(_ground: Ground, staged: Staged, path: str, _api: bool) -> Iterator[str]:
    answer = staged.visitor.get(path)
    if answer.status != staged.cell.http:
        yield f"{path} answers {answer.status}, the file says {staged.cell.http}"


def _closed(_ground: Ground, staged: Staged, path: str, api: bool) -> Iterator[str]:
    answer = staged.visitor.get(path)
    if staged.second_step and not api and answer.status in (302, 303) and answer.location == SECOND:
        return
    yield from must_sign_in(path, answer, api=api, http=staged.cell.http)


def _asks_for_factor(_ground: Ground, staged: Staged, path: str, api: bool) -> Iterator[str]:
    answer = staged.visitor.get(path)
    leads = answer.status in (302, 303) and answer.location == SECOND
    if answer.status != staged.cell.http and not (leads and not api):
        yield f"{path} answers {answer.status} and asks for no factor"


def _absent(_ground: Ground, staged: Staged, path: str, _api: bool) -> Iterator[str]:
    one, answer = path.rpartition("/")[2], staged.visitor.get(path)
    if answer.status != staged.cell.http:
        yield f"{path} answers {answer.status}, the file says {staged.cell.http}"
    yield from told_from_nothing(staged.visitor, path.replace(one, "{record}"), "record", one)


def _fresh_browser(ground: Ground, cell: Cell, device: str = "own") -> Staged:
    """One more session of the role, which nothing else uses."""
    target = ground.target(cell)
    if cell.role in PERSONS:
        reader = ground.reader_person(cell)
        return Staged(ground.world.signed_in_person(reader, device), cell, target)
    return Staged(ground.world.signed_in_worker(ground.world.worker(cell.role)), cell, target)


def _aged(ground: Ground, cell: Cell, mark: str, age: timedelta, device: str) -> Staged:
    """Let time pass for a session: its own mark of when it began or was last seen is set back."""
    staged = _fresh_browser(ground, cell, "shared" if device == "shared-device mode" else "own")
    kept = SessionStore(staged.visitor.cookies[SESSION])
    kept[mark] = (datetime.now(UTC) - age - A_MOMENT).isoformat()
    kept.save()
    return staged


def _new_worker(ground: Ground, cell: Cell, *, factor: bool = True) -> Cell:
    """Hire one more worker for the role, to whom something may happen. Gives the cell under their own name."""
    if cell.role not in WORKERS or WORKERS[cell.role][0] != HOME:
        raise NotBuilt(f"one more worker as {cell.role}")
    key = f"{cell.role}_{uuid4().hex[:6]}"
    where, roles, _answers = WORKERS[cell.role]
    ground.world.bodies.workers[key] = ground.world.bodies.hire(key, where, roles, answers=True, factor=factor)
    return replace(cell, role=key)


def _no_factor(ground: Ground, cell: Cell) -> Staged:
    named = _new_worker(ground, cell, factor=False)
    visitor = ground.world.signed_in_worker(ground.world.worker(named.role), prove=False)
    return Staged(visitor, named, ground.target(cell))


def _role_removed(ground: Ground, cell: Cell) -> Staged:
    """The worker walks with somebody, and reads their page; then the lead takes the role away."""
    named, world = _new_worker(ground, cell), ground.world
    target = world.known[named.role] = persons.join()
    be_taken_up(target, world.bodies, named.role)
    visitor, worker = world.signed_in_worker(world.worker(named.role)), world.worker(named.role)
    seen = visitor.get(f"/work/people/{target.held[named.role]}")
    if seen.status != 200:
        raise AssertionError(f"the page is closed before the role is removed: {seen.status}")
    assert worker.reader.membership_id is not None
    lead = replace(world.bodies.leads[HOME].reader, factor_at=datetime.now(UTC))
    roles = [Role.FACILITATOR.value]
    network.change_roles(membership_id=worker.reader.membership_id, roles=roles, by=lead, at=datetime.now(UTC))
    return Staged(visitor, replace(named, consent_state=named.role), target)


def _passphrase_changed(ground: Ground, cell: Cell) -> Staged:
    named = _new_worker(ground, cell)
    worker = ground.world.worker(named.role)
    other, here = ground.world.signed_in_worker(worker), ground.world.signed_in_worker(worker)
    changed = here.post("/devices/passphrase", {"passphrase": NEW_WORDS}, page="/devices/passphrase")
    if changed.status not in (302, 303):
        raise AssertionError(f"the passphrase could not be changed: {changed.status}")
    return Staged(other, named, ground.target(cell))


def _device_removed(ground: Ground, cell: Cell) -> Staged:
    lost, here = _fresh_browser(ground, cell), _fresh_browser(ground, cell)
    handle = SessionStore(lost.visitor.cookies[SESSION])["handle"]
    ended = here.visitor.post(f"/devices/{handle}/end", {}, page="/devices")
    if ended.status not in (302, 303):
        raise AssertionError(f"the device could not be signed out: {ended.status}")
    return lost


def _code_replayed(ground: Ground, cell: Cell) -> Staged:
    """A code of the app is used once, and tried again in another browser before its time is over."""
    worker = ground.world.worker(cell.role)
    code = factors.code_at(worker.secret, factors.step_now())
    ground.world.signed_in_worker(worker, code=code)
    again = ground.world.signed_in_worker(worker, prove=False)
    again.post(SECOND, {"code": code}, page=SECOND)
    return Staged(again, cell, ground.target(cell), second_step=True)


STAGES: dict[str, Callable[[Ground, Cell], Staged]] = {
    "password only, no second factor enrolled": _no_factor,
    "role removed, next click": _role_removed,
    "other session after password change": _passphrase_changed,
    "lost phone removed from the device list": _device_removed,
    "TOTP code replayed within its window": _code_replayed,
}
