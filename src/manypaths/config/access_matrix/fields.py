"""How the named fields of a class are known again in an answer: by what a page says, or an address for programs."""

from collections.abc import Collection
from datetime import datetime

from manypaths.config.access_matrix.bodies import HOME, NAMES
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.visitor import Answer
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.web.ui.words import day, in_zone

# Named fields that are one planted word.
PLANTED = {"preferred_name": "packet", "appointment_channel": "reach"}
# Named fields of entries without words: the id of the entry tells that it is there.
BY_ID = {"attended": ("attended",), "listed in the consent": ("attended", "tested")}
# Where a consent is over, as in every state in which a worker of the home organisation reads one.
SAID = {
    "status": ("Ended", '"status": "ended"'),
    "recipient": (f"{NAMES[HOME]} of the check",),
    "information": ("Their request", '"referral_task"'),
}
LAST_DAY = """
    select least(g.until, g.ended_at) from referrals_referral r join consent_grant g on g.subject_id = r.id
    where r.org_record_id = %s
"""
ZONE = "America/New_York"
# The name of whom a page is about, where every reader of the class may open it too.
BESIDE = {"consent_record": "packet"}
# What only the whole of a class shows.
WHOLE = {"consent_record": ("given_at", "The words they agreed to")}


def shows(name: str, answer: Answer, ground: Ground, target: Someone, record: str) -> bool:
    """Whether an answer shows one named field of a record.

    Refuses: NotBuilt for a field that nobody can know again.
    """
    if name in PLANTED:
        return answer.holds(target.planted[PLANTED[name]])
    if name in BY_ID:
        return any(answer.holds(one) for one in ground.planted(BY_ID[name], target))
    if name == "record_id":
        return answer.holds(record)
    if name == "expires":
        return any(answer.holds(one) for one in _last_day(ground, record))
    if name not in SAID:
        raise NotBuilt(f"the field {name} by itself")
    return any(answer.holds(one) for one in SAID[name])


def shows_more(data_class: str, fields: Collection[str], answer: Answer, ground: Ground, target: Someone) -> bool:
    """Whether an answer shows another planted word than those of its fields, or what only the whole of it has."""
    allowed = {BESIDE.get(data_class, ""), *(PLANTED.get(name, "") for name in fields)}
    others = [target.planted[one] for one in {*target.planted} - allowed]
    whole = [*WHOLE.get(data_class, ()), *ground.planted(["agreed"], target)]
    return any(answer.holds(word) for word in (*others, *whole))


def _last_day(ground: Ground, record: str) -> tuple[str, str]:
    at = ground.log.one(LAST_DAY, record)
    assert isinstance(at, datetime)
    return at.isoformat()[:10], day(in_zone(at, ZONE).date(), "en", weekday=False, year=True)
