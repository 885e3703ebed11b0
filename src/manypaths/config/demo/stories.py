"""What became of a request: answered or not, begun or not, and what either side said at the end. Chance decides."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from manypaths.config.demo import answering, asking
from manypaths.config.demo.asking import Request
from manypaths.config.demo.houses import Worker
from manypaths.referrals.rules import Status

SILENT = {"same_day": 0.0, "steady": 0.04, "slow": 0.08, "often_silent": 0.34}
DELAY = {"same_day": (0.02, 0.3), "steady": (0.1, 1.5), "slow": (0.7, 4.0), "often_silent": (0.5, 6.0)}
NOT_NOW = {
    "recovery_residence": 0.36,
    "residential": 0.3,
    "detox": 0.2,
    "social_services": 0.27,
    "outpatient": 0.31,
    "moud": 0.33,
    "peer_support": 0.12,
    "transport": 0.15,
    "employment": 0.1,
}
WHY_NOT = {
    "recovery_residence": {"no_open_place": 8, "does_not_fit": 2, "cost": 3},
    "residential": {"no_open_place": 6, "cost": 2, "other_care_first": 2},
    "detox": {"no_open_place": 6, "other_care_first": 1},
    "outpatient": {"no_open_place": 4, "does_not_fit": 2, "cost": 2},
    "moud": {"no_open_place": 3, "cost": 3, "does_not_fit": 1},
    "peer_support": {"no_open_place": 3, "language": 1, "outside_area": 1},
    "transport": {"outside_area": 4, "no_open_place": 3},
    "social_services": {"no_open_place": 3, "does_not_fit": 4, "outside_area": 1},
}
ANY_WHY = {"does_not_fit": 3, "no_open_place": 3, "outside_area": 2, "language": 1, "other_care_first": 1}
FIRST_CONTACT = {
    "peer_support": (0.1, 3.0),
    "warm_line": (0.05, 1.5),
    "moud": (0.3, 5.0),
    "detox": (0.3, 6.0),
    "outpatient": (2.0, 15.0),
    "residential": (3.0, 19.0),
    "recovery_residence": (4.0, 28.0),
    "social_services": (1.0, 12.0),
    "mental_health": (1.0, 14.0),
}
WITH_US = {
    "peer_support": (40, 190),
    "recovery_residence": (50, 200),
    "outpatient": (30, 150),
    "moud": (40, 180),
    "residential": (16, 80),
    "detox": (4, 10),
    "employment": (20, 90),
    "court": (30, 160),
    "school": (30, 120),
}
OUTCOMES = {
    "peer_support": {"began": 6, "given": 2, "led_on": 1, "partly_given": 1},
    "warm_line": {"given": 5, "informed": 2, "led_on": 1},
    "social_services": {"given": 5, "partly_given": 3, "informed": 2, "led_on": 2},
    "transport": {"given": 8, "partly_given": 2},
}
ANY_OUTCOME = {"began": 6, "given": 2, "partly_given": 2, "led_on": 1, "informed": 1}
PERSON_SAYS = {
    "began": {"yes": 78, "partly": 14, "no": 6, "rather_not_say": 2},
    "given": {"yes": 80, "partly": 12, "no": 6, "rather_not_say": 2},
    "partly_given": {"yes": 22, "partly": 52, "no": 22, "rather_not_say": 4},
    "led_on": {"yes": 48, "partly": 28, "no": 20, "rather_not_say": 4},
    "informed": {"yes": 44, "partly": 34, "no": 18, "rather_not_say": 4},
}
DEEDS = {"talked": 9, "planned": 4, "went_along": 2, "connected": 2, "practical": 3, "celebrated": 1}
WAYS = {"in_person": 5, "call": 5, "text": 3, "video": 1}


class Later(Exception):
    """The next thing of this story has not happened yet."""


def tell(request: Request, at: datetime) -> datetime | None:
    """Tell one request to its end, or to today. Says when the person may look for another place, if it did not work."""
    try:
        return _tell(request, at)
    except Later:
        return None


def _tell(request: Request, at: datetime) -> datetime | None:
    chance, pace = request.book.chance, request.house.pace
    if chance.maybe(0.035):
        back = _then(request, at, 0.1, 1.2)
        asking.take_back(request, chance.pick({"changed_mind": 4, "found_other": 4, "rather_not_say": 2}), back)
        return None
    if chance.maybe(SILENT[pace]):
        return _silence(request)
    if chance.maybe(0.5):
        answering.look_in(request, chance.choice(request.house.answering), _work(request, at, 0.01, 0.4))
    answered = _work(request, at, *DELAY[pace])
    _late_if_due(request, answered)
    if request.row.area and chance.maybe(NOT_NOW.get(request.row.kind, 0.05)):
        why = chance.pick(WHY_NOT.get(request.row.kind, ANY_WHY))
        answering.go_on(request, Status.REJECTED, chance.choice(request.house.answering), answered, reason=why)
        _say(request, answered, 0.22, {"no": 8, "partly": 1, "rather_not_say": 1})
        return answered
    return _walk(request, answered)


def _silence(request: Request) -> datetime | None:
    """Nobody answers. Some people take it back and ask elsewhere, some wait, some are answered very late."""
    chance, due = request.book.chance, request.row.due_at
    if due is None:
        return None
    night = due + timedelta(hours=2)
    _not_yet(request, night)
    answering.run_late(request, night)
    what = chance.pick({"take_back": 5, "late": 2, "wait": 2})
    if what == "late":
        return _walk(request, _work(request, night, 0.5, 9))
    if what == "take_back":
        back = _then(request, night, 0.3, 8)
        asking.take_back(request, "silence", back)
        return back
    if request.grant is not None:
        lapsed = request.grant.until + timedelta(hours=5)
        _not_yet(request, lapsed)
        answering.lapse(request, lapsed)
    return None


def _late_if_due(request: Request, answered: datetime) -> None:
    due = request.row.due_at
    if due is not None and due + timedelta(hours=2) < answered:
        answering.run_late(request, due + timedelta(hours=2))


def _walk(request: Request, at: datetime) -> datetime | None:
    chance = request.book.chance
    worker = chance.choice(request.house.walking)
    answering.accept(request, worker, at)
    if chance.maybe(0.055):
        return _never_reached(request, worker, at)
    met = _first_meeting(request, worker, at)
    answering.go_on(request, Status.IN_PROGRESS, worker, met + timedelta(minutes=1))
    if chance.maybe(0.03):
        asking.stop_sharing(request, _then(request, met, 0.5, 20))
    low, high = WITH_US.get(request.row.kind, (3, 45))
    end = _work_at(request, met + chance.days(low, high))
    for day in _meetings(request, met, end):
        _contact(request, worker, day)
    if chance.maybe(0.17):
        end = max(end, _work_at(request, _pause(request, worker, met) + timedelta(days=2)))
    _lengthen_if_long(request, end)
    _not_yet(request, end)
    return _close(request, worker, end)


def _first_meeting(request: Request, worker: Worker, at: datetime) -> datetime:
    chance = request.book.chance
    met = _work(request, at, *FIRST_CONTACT.get(request.row.kind, (0.3, 7.0)))
    if chance.maybe(0.3):
        tried = at + (met - at) * 0.5
        if tried < request.book.now:
            answering.write_contact(request, worker, "call", "tried", "", tried)
    _not_yet(request, met + timedelta(hours=4))
    answering.write_contact(request, worker, chance.pick(WAYS), "talked", _note(request), met)
    return met + timedelta(hours=3, minutes=30)


def _never_reached(request: Request, worker: Worker, at: datetime) -> datetime | None:
    chance, tried = request.book.chance, at
    for _number in range(3):
        tried = _work(request, tried, 0.6, 6)
        answering.write_contact(request, worker, chance.pick({"call": 3, "text": 2}), "tried", "", tried)
    over = _work(request, tried, 3, 12)
    answering.go_on(request, Status.FAILED, worker, over, reason=chance.pick({"cannot_reach": 4, "chose_other": 1}))
    _leave(request, over)
    return over if chance.maybe(0.4) else None


def _meetings(request: Request, met: datetime, end: datetime) -> Iterator[datetime]:
    """Every week or two, in working hours; the deed and the note differ."""
    day = met
    while True:
        day = request.book.chance.work_time(day + request.book.chance.days(6, 24), request.book.zone)
        if day >= min(end, request.book.now):
            return
        yield day


def _contact(request: Request, worker: Worker, day: datetime) -> None:
    chance = request.book.chance
    deed = "tried" if chance.maybe(0.12) else chance.pick(DEEDS)
    note = "" if deed == "tried" or chance.maybe(0.35) else _note(request)
    answering.write_contact(request, worker, chance.pick(WAYS), deed, note, day)
    if chance.maybe(0.08) and day + timedelta(days=2) < request.book.now:
        answering.supervise(request, day + timedelta(days=1))


def _note(request: Request) -> str:
    return request.someone.tongue.deal("notes")


def _pause(request: Request, worker: Worker, met: datetime) -> datetime:
    reasons = {"waits_for_place": 4, "waits_for_papers": 2, "person_asked_to_wait": 3}
    paused = _work(request, met, 1, 8)
    answering.go_on(request, Status.ON_HOLD, worker, paused, reason=request.book.chance.pick(reasons))
    resumed = _work(request, paused, 9, 60)
    answering.go_on(request, Status.IN_PROGRESS, worker, resumed)
    return resumed


def _lengthen_if_long(request: Request, end: datetime) -> None:
    if request.grant is None or request.grant.ended_at is not None:
        return
    last_call = request.grant.until - timedelta(days=6)
    if last_call < min(end, request.book.now) and request.book.chance.maybe(0.4):
        asking.lengthen(request, last_call)


def _close(request: Request, worker: Worker, end: datetime) -> datetime | None:
    chance = request.book.chance
    how = chance.pick({"completed": 80, "failed": 9, "stopped": 3, "taken_back": 5, "elsewhere": 3})
    if how == "completed":
        outcome = chance.pick(OUTCOMES.get(request.row.kind, ANY_OUTCOME))
        answering.go_on(request, Status.COMPLETED, worker, end, outcome=outcome)
        _say(request, end, 0.64, PERSON_SAYS[outcome])
    elif how == "failed":
        why = chance.pick({"did_not_start": 4, "chose_other": 2, "no_open_place": 2, "cannot_reach": 2, "cost": 1})
        answering.go_on(request, Status.FAILED, worker, end, reason=why)
        _say(request, end, 0.4, {"no": 7, "partly": 3})
    elif how == "stopped":
        answering.go_on(request, Status.CANCELLED, worker, end, reason="person_asked_to_stop")
    else:
        asking.take_back(request, "found_other" if how == "elsewhere" else "changed_mind", end)
    _leave(request, end)
    return end if how == "failed" and chance.maybe(0.5) else None


def _say(request: Request, at: datetime, share: float, words: Mapping[str, float]) -> None:
    chance = request.book.chance
    said = chance.own_time(at + chance.days(0.3, 9), request.book.zone)
    if chance.maybe(share) and at < said < request.book.now:
        asking.answer(request, chance.pick(words), said)


def _leave(request: Request, at: datetime) -> None:
    """The worker lets go after a while; many people keep their coach."""
    until = at + request.book.chance.days(1, 70)
    keeps = request.row.kind == "peer_support" and request.book.chance.maybe(0.45)
    if request.assignment is not None and not keeps and until < request.book.now:
        request.assignment.until = until


def _then(request: Request, at: datetime, low: float, high: float) -> datetime:
    return _not_yet(request, at + request.book.chance.days(low, high))


def _work(request: Request, at: datetime, low: float, high: float) -> datetime:
    return _not_yet(request, _work_at(request, at + request.book.chance.days(low, high)))


def _work_at(request: Request, at: datetime) -> datetime:
    return request.book.chance.work_time(at, request.book.zone)


def _not_yet(request: Request, at: datetime) -> datetime:
    if at >= request.book.now:
        raise Later
    return at
