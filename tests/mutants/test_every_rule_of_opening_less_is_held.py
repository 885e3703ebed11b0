"""Each condition of what may follow a consent, and of what waits, is turned once: then something more could be opened,
or less could not, in one of the attempts below."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import sharing
from manypaths.consent.models import Share
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.rules.shares import Extent
from manypaths.consent.tests.test_shares import DAY, Undo
from manypaths.consent.tests.test_shares_made_less import BOTH, Less, _before, _follow
from manypaths.people.tests.factories import new_request
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
ONE = frozenset({"attendance"})
Attempt = tuple[str, bool, Callable[[], None]]


def attempts(stage: Less) -> list[Attempt]:
    """What is tried past the commands, and whether the database lets it."""
    named, court, ally, case, study = (
        rules.KINDS[one] for one in ("named", "cj_referral", "ally", "proceedings", "research")
    )
    usual = _before(stage, named, BOTH, 9, "given")
    known, untyped = (_before(stage, ally, ["attendance"], 9, one) for one in ("given", "no code typed"))
    sooner = Extent(ONE, usual.until - DAY)
    less, same = Extent(ONE, usual.until), Extent(frozenset(BOTH), usual.until)
    firm, free = (_before(stage, court, BOTH, 9, one) for one in ("firm", "firm before"))
    suit = _before(stage, case, BOTH, 9, "given")
    learnt = _before(stage, study, BOTH, 9, "given")
    tried: list[Attempt] = [
        ("fewer parts", True, lambda: _follow(usual, less)),
        ("an earlier end", True, lambda: _follow(usual, Extent(same.classes, sooner.until))),
        ("both", True, lambda: _follow(usual, sooner)),
        ("the same", False, lambda: _follow(usual, same)),
        ("a later end", False, lambda: _follow(usual, Extent(ONE, usual.until + DAY))),
        ("another part", False, lambda: _follow(usual, Extent(frozenset({"sud_treatment_record"}), sooner.until))),
        ("another purpose", False, lambda: _follow(usual, less, purpose="COC")),
        ("the words of a first yes", False, lambda: _follow(usual, less, text_key="share", text_version="2026-11-22")),
        ("the words of another kind", False, lambda: _follow(usual, less, text_key="share-ally-less")),
        ("less once more", True, lambda: _follow(_less_already(stage), less)),
        ("a no", False, lambda: _follow(usual, less, state="refused", name=None, signed_at=None)),
        ("what waits", False, lambda: _follow(usual, less, state="draft", name=None, signed_at=None)),
        ("for longer than it can be stopped", False, lambda: _follow(free, less, firm_until=less.until)),
        ("one that is over", False, _of(stage, named, "over")),
        ("one that ended", False, _of(stage, named, "ended")),
        ("one that holds until its day", False, lambda: _follow(firm, less)),
        ("one after its day", True, lambda: _follow(free, less)),
        ("one whose code was typed", True, lambda: _follow(known, sooner)),
        ("one whose code nobody typed", False, lambda: _follow(untyped, sooner)),
        ("one for the same case", True, lambda: _follow(suit, less)),
        ("one for another case", False, lambda: _follow(suit, less, proceeding=stage.sealed)),
        ("one for the same study", True, lambda: _follow(learnt, less)),
        ("one for another study", False, lambda: _follow(learnt, less, proceeding=stage.sealed)),
        ("none", False, lambda: _follow(usual, less, replaces_id=uuid.uuid4())),
        ("somebody else's", False, lambda: _follow(_elses(stage), less)),
        ("one that was not given", False, lambda: _follow(_unsigned(stage), less)),
    ]
    return tried


def _of(stage: Less, kind: rules.Kind, state: str) -> Callable[[], None]:
    row = _before(stage, kind, BOTH, 9, state)
    return lambda: _follow(row, Extent(ONE, row.until if state == "ended" else datetime.now(UTC) + DAY))


def _elses(stage: Less) -> Share:
    """A consent of somebody else, as if it were one's own."""
    row = _before(stage, rules.KINDS["named"], BOTH, 9, "given")
    with as_owner():
        Share.objects.filter(id=row.id).update(record_id=stage.beside[0])
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    return row


def _less_already(stage: Less) -> Share:
    row = _before(stage, rules.KINDS["named"], BOTH, 9, "given")
    row.text_key, row.text_version = "share-less", "2026-11-23"
    with as_owner():
        row.save(update_fields=["text_key", "text_version"])
    return row


def _unsigned(stage: Less) -> Share:
    row = _before(stage, rules.KINDS["named"], BOTH, 9, "given")
    with as_owner():
        Share.objects.filter(id=row.id).update(state="refused", name=None, signed_at=None)
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    return row


def waiting(stage: Less) -> list[Attempt]:
    """What is tried with one that waits, with one that was signed, and with one that ended."""
    new_request()
    text = consent.text(key="share-court", language="en")
    with as_owner():
        officer = stage.reader.membership_id
    wish = stage.wish(
        kind="cj_referral", purpose="CJ_MONITORING", organisation_id=None, membership_id=officer, classes=BOTH,
        firm_until=stage.at + 20 * DAY,
    )  # fmt: skip
    waits = sharing.keep_for_later(wish=wish, text=text, by=stage.person, at=stage.at)
    signed, ended = stage.share, _before(stage, rules.KINDS["named"], BOTH, 9, "ended").id
    firm, free = (_before(stage, rules.KINDS["cj_referral"], BOTH, 9, one).id for one in ("firm", "firm before"))
    late, over = (_before(stage, rules.KINDS["named"], BOTH, 9, one).id for one in ("given", "over"))
    with as_owner():
        Share.objects.filter(id__in=[late, over]).update(state="draft", name=None, signed_at=None)
    yes = "state = 'given', signed_at = now(), name = 'x'"
    fewer, end = "classes = array['attendance']::varchar[]", "ended_at = now(), ending = "
    tried = [
        (waits, fewer, True), (waits, "until = until - interval '1 day'", True), (waits, "firm_until = null", True),
        (waits, "firm_until = firm_until - interval '1 day'", True),
        (waits, "classes = classes || array['attendance']::varchar[], firm_until = null", True),
        (waits, "classes = array['attendance', 'x']::varchar[]", False),
        (waits, "until = until + interval '1 day'", False),
        (waits, "firm_until = firm_until + interval '1 day'", False),
        (waits, f"{fewer}, state = 'refused'", False), (waits, "state = 'refused'", True),
        (waits, f"{fewer}, signed_at = now()", False), (waits, f"{end}'stopped'", False),
        (waits, yes, False), (late, yes, True), (over, yes, False),
        (late, f"{yes}, {end}'stopped'", False),
        (late, "classes = classes || array['sud_treatment_record']::varchar[]", False),
        (late, "state = 'given', signed_at = now() + interval '1 day', name = 'x'", True),
        (late, "name = 'x'", False), (late, f"{fewer}, name = 'x'", False),
        (over, "state = 'refused'", True), (signed, f"{end}'stopped', signed_at = now() - interval '1 day'", False),
        (signed, fewer, False), (signed, "until = until - interval '1 day'", False), (signed, f"{end}'stopped'", True),
        (signed, f"{end}'replaced'", False), (signed, f"{end}'stopped', {fewer}", False),
        (signed, f"{end}'stopped', name = 'x'", False), (signed, "state = 'refused'", False),
        (ended, f"{end}'stopped'", False), (firm, f"{end}'stopped'", False), (free, f"{end}'stopped'", True),
        (signed, "name = 'x'", False), (signed, "ended_at = ended_at", False), (late, "state = 'draft'", False),
    ]  # fmt: skip
    return [(f"{set_} of {one}", may, _updating(one, set_)) for one, set_, may in tried]


def _updating(share: uuid.UUID, set_: str) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"update consent_share set {set_} where id = %s", [share])

    return act


def as_said(stage: Less, tried: list[Attempt]) -> list[str]:
    """The attempts that come out otherwise."""
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    return [name for name, may, act in tried if _goes(act) is not may]


def _goes(act: Callable[[], None]) -> bool:
    try:
        with transaction.atomic():
            act()
            _carried()
            raise Undo
    except Undo:
        return True
    except DatabaseError:
        return False


def _carried() -> None:
    """What followed began when the one before it ended, and names whom that one named."""
    after_one = Share.objects.exclude(replaces=None).select_related("replaces")
    if after_one and Share.objects.filter(ending="replaced").count() != len(after_one):
        raise DatabaseError("another one is ended too")
    if Share.objects.filter(signed_at__gt=datetime.now(UTC)).exists():
        raise DatabaseError("it is signed on a day to come")
    for after in after_one:
        assert after.replaces is not None
        before = after.replaces
        told = (before.ending, before.ended_at, before.recipient_account_id)
        if told != ("replaced", after.starts_at, after.recipient_account_id):
            raise DatabaseError("it is not carried over")


def is_noticed(stage: Less, tried: list[Attempt], definition: str) -> bool:
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            found: list[Any] = as_said(stage, tried)
            raise Undo
    except Undo:
        return bool(found)
    except DatabaseError:
        return True


# Conditions that only spare work: what they keep out is kept out by another.
SPARES_WORK: dict[str, dict[str, str]] = {
    "consent_share_narrows": {
        "found -> true": "what follows one that is not there is unlike it in everything",
        "v_old.state <> 'given' -> false": "what was never given cannot be ended",
        "v_now >= v_old.until -> false": "what begins now and ends no later than it is over before it begins",
    },
    "consent_share_moves": {
        "old.state = 'draft' -> true": "one that was given and is not any more is no row with a signature",
        "old.state = 'given' -> true": "one that was never given cannot be ended",
        "new.state = 'given' -> false": "the clock of the table has said already when it was signed",
        "new.state = 'given' -> true": "one that was ended and is not given is no row",
        "new.ended_at is not null -> true": "an end has a cause, and a cause an end",
        "old.firm_until is not null -> true": "no day is not after now",
    },
}


@pytest.mark.parametrize(("function", "of"), [("consent_share_narrows", attempts), ("consent_share_moves", waiting)])
def test_every_condition_that_is_turned_is_noticed(function: str, of: Callable[[Less], list[Attempt]]):
    stage = Less()
    tried = of(stage)
    assert as_said(stage, tried) == []
    assert not is_noticed(stage, tried, definition_of(function))
    mutants = mutants_of_function(definition_of(function))
    assert len(mutants) > 12
    left = {one.what for one in mutants if not is_noticed(stage, tried, one.definition)}
    assert left == set(SPARES_WORK[function])
