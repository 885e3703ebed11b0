"""A form acts once, and an act lives or dies with its row."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from manypaths.audit import commands
from manypaths.config.testing import as_owner
from manypaths.network.rules import ANONYMOUS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def acts() -> int:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_act")
        return cursor.fetchone()[0]


def test_an_act_is_written_without_content():
    commands.record(what="plans.goal_added", by=ANONYMOUS, subject=uuid.uuid4(), at=NOW)
    assert acts() == 1


def test_an_act_that_is_taken_back_leaves_no_row():
    with pytest.raises(RuntimeError), transaction.atomic():
        commands.record(what="plans.goal_added", by=ANONYMOUS, at=NOW)
        raise RuntimeError
    assert acts() == 0


def test_the_first_use_of_a_key_may_act():
    assert commands.claim_once(owner="a", key=uuid.uuid4(), request_hash="h", at=NOW) is None


def test_the_second_use_of_a_key_gets_the_first_answer():
    key = uuid.uuid4()
    commands.claim_once(owner="a", key=key, request_hash="h", at=NOW)
    commands.keep_answer(owner="a", key=key, status=303, location="/my/")
    earlier = commands.claim_once(owner="a", key=key, request_hash="h", at=NOW)
    assert earlier == commands.EarlierAnswer("h", 303, "/my/")


def test_a_key_of_one_account_says_nothing_to_another():
    key = uuid.uuid4()
    commands.claim_once(owner="a", key=key, request_hash="h", at=NOW)
    assert commands.claim_once(owner="b", key=key, request_hash="h", at=NOW) is None


def test_a_key_given_back_may_be_used_again():
    key = uuid.uuid4()
    commands.claim_once(owner="a", key=key, request_hash="h", at=NOW)
    commands.release_key(owner="a", key=key)
    assert commands.claim_once(owner="a", key=key, request_hash="other", at=NOW) is None
