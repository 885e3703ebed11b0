"""What is tried by two at once: a code that works once lets one of them in, wherever they are."""

import contextlib
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from manypaths.accounts import rules
from manypaths.accounts.commands import coming_back, proving
from manypaths.accounts.commands.signing_in import Caller
from manypaths.accounts.models import RecoveryCode
from manypaths.network.rules import SYSTEM
from manypaths.network.tests.factories import account

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PLACES = ("203.0.113.9", "198.51.100.7", "192.0.2.4")


def test_an_emergency_code_tried_in_three_places_at_once_works_in_one(committed_db: str) -> None:
    user = account()
    code = proving.make_staff_codes(account_id=user.id, by=SYSTEM, at=AT)[0]
    together, right = threading.Barrier(len(PLACES)), []

    def attempt(place: str) -> None:
        together.wait()
        try:
            right.append(proving.use_code(account_id=user.id, code=code, caller=Caller(place), by=SYSTEM, at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(place,)) for place in PLACES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(right) == [False, False, True]


@pytest.mark.parametrize(("make", "codes"), [("make_card", rules.CARD_CODES), ("make_trusted_code", 1)])
def test_of_two_cards_made_in_one_moment_one_works(committed_db: str, monkeypatch, make: str, codes: int) -> None:
    user, new_code = account(), rules.new_code
    together = threading.Barrier(2, timeout=1)

    def after_the_older_one_is_gone() -> str:
        """Both would be here at the same time, if one did not wait for the other."""
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()
        return new_code()

    def press() -> None:
        try:
            getattr(coming_back, make)(account_id=user.id, by=SYSTEM, at=AT)
        finally:
            connection.close()

    monkeypatch.setattr(rules, "new_code", after_the_older_one_is_gone)
    threads = [threading.Thread(target=press) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert RecoveryCode.objects.filter(account_id=user.id).count() == codes
