"""Real commits: two officers who answer one thing in the same moment. One answers, the other is told so."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import rescuing, reviewing
from manypaths.consent.models import Emergency, LookFlag
from manypaths.lib.refusals import Refused
from manypaths.network.rules import Reader
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests import test_flags, test_rescuing
from manypaths.referrals.tests.factories import ASKED_AT, scene, sent

REVIEW = {"finding": "was_work", "deed": "nothing", "answer": "You were not awake."}


def now() -> datetime:
    return datetime.now(UTC)


def both_have_seen_it(room: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes before both have read what stands there."""
    read, here = getattr(room, name), threading.Barrier(2, timeout=30)

    def seen(**asked: Any) -> Any:
        found = read(**asked)
        here.wait()
        return found

    monkeypatch.setattr(room, name, seen)


def what_became(act: Callable[[Reader], object], *officers: Reader) -> list[str]:
    told: list[str] = []

    def press(officer: Reader) -> None:
        try:
            with transaction.atomic():
                act(officer)
            told.append("done")
        except Refused as refused:
            told.append(refused.reasons[0].code)
        finally:
            connection.close()

    pressing = [threading.Thread(target=press, args=(officer,)) for officer in officers]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    return sorted(told)


def staged(make: Callable[[Any, UUID], UUID]) -> tuple[UUID, Reader, Reader]:
    stage = scene()
    with transaction.atomic():
        referral = sent(stage)
    with transaction.atomic():
        record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    first, second = (test_flags.worker(stage, "privacy_officer") for _one in range(2))
    return make(stage, record), first, second


def emergency(stage: Any, _record: UUID) -> UUID:
    medic = test_rescuing.medic_of(stage)
    test_rescuing.opening(medic, test_rescuing.card_of(stage))
    with as_owner():
        return Emergency.objects.get().id


def test_of_two_answers_to_a_flag_one_is_kept(committed_db, monkeypatch):
    flag, *officers = staged(test_flags.flagged)
    both_have_seen_it(reviewing, "open_flag", monkeypatch)

    def answer(officer: Reader) -> None:
        reviewing.answer_flag(flag_id=flag, answer="work", reason=f"By {officer.account_id}", by=officer, at=now())

    assert what_became(answer, *officers) == ["answered_already", "done"]
    with as_owner():
        assert LookFlag.objects.get().state == "work"


def test_of_two_reviews_of_an_emergency_one_is_kept(committed_db, monkeypatch):
    opened, *officers = staged(emergency)
    both_have_seen_it(rescuing, "open_review", monkeypatch)

    def review(officer: Reader) -> None:
        rescuing.review_emergency(emergency_id=opened, **REVIEW, by=officer, at=now())

    assert what_became(review, *officers) == ["answered_already", "done"]
