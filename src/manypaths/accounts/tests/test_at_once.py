"""What is tried by two at once: a code that works once lets one of them in, wherever they are."""

import threading
from datetime import UTC, datetime

from django.db import connection

from manypaths.accounts.commands import proving
from manypaths.accounts.commands.signing_in import Caller
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
