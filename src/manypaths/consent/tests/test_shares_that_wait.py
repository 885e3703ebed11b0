"""What was asked while somebody with power over the person stood beside them: it waits, and is answered alone."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Share, Text
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import DAY, Stage, closed
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import membership
from manypaths.people.tests.factories import new_request, person
from manypaths.vault.queries import sealer_for

pytestmark = pytest.mark.django_db


class Asked(Stage):
    """The same, asked while an officer stood beside the person, some while ago."""

    def __init__(self) -> None:
        super().__init__()
        text = consent.text(key="share", language="en")
        self.version = text.version
        self.share = sharing.keep_for_later(wish=self.wish(), text=text, by=self.person, at=self.at)

    def ago(self, how_long: timedelta) -> None:
        with as_owner():
            Share.objects.filter(id=self.share).update(written_at=self.at - how_long, kept_at=self.at - how_long)
        new_request()

    def new_words(self) -> str:
        """The words of this kind are published anew."""
        with as_owner():
            Text.objects.create(
                key="share", version="9999-01", language="en", title="x", body="x", source="x", licence="x"
            )
        return "9999-01"

    def answer(self, *, alone: bool = True, version: str = "") -> None:
        sharing.confirm_share(
            share_id=self.share, name="Mari", version=version or self.version, alone=alone, by=self.person, at=self.at
        )


def test_what_was_asked_beside_somebody_opens_when_it_is_agreed_to_alone():
    stage = Asked()
    assert closed(stage.reader, stage.share)
    stage.ago(2 * rules.ALONE_AFTER)
    stage.answer()
    assert not closed(stage.reader, stage.share)


@pytest.mark.parametrize(("what", "code"), [("beside", "not_alone"), ("at once", "too_soon"), ("late", "over")])
def test_what_was_asked_beside_somebody_is_not_agreed_to(what, code):
    stage = Asked()
    stage.ago(timedelta(0) if what == "at once" else 2 * rules.ALONE_AFTER)
    if what == "late":
        with as_owner():
            Share.objects.filter(id=stage.share).update(starts_at=stage.at - 9 * DAY, until=stage.at - DAY)
    with pytest.raises(Refused) as refused:
        stage.answer(alone=what != "beside")
    assert code in [one.code for one in refused.value.reasons]
    assert closed(stage.reader, stage.share)


@pytest.mark.parametrize("what", ["at once", "late"])
def test_the_table_itself_keeps_what_waits_from_being_agreed_to(what):
    stage = Asked()
    stage.ago(timedelta(0) if what == "at once" else 2 * rules.ALONE_AFTER)
    if what == "late":
        with as_owner():
            Share.objects.filter(id=stage.share).update(starts_at=stage.at - 9 * DAY, until=stage.at - DAY)
    record = consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    sealed = sealer_for([record]).seal(record, shares.NAME, "Mari")
    yes = {"state": "given", "signed_at": stage.at, "name": sealed}
    with pytest.raises(Exception, match="what waits is"), transaction.atomic():
        Share.objects.filter(id=stage.share).update(**yes)


def test_no_to_what_waits_looks_like_never_asked_and_is_final():
    stage = Asked()
    never = shares.shared_with(reader=stage.reader)
    sharing.decline_share(share_id=stage.share, by=stage.person, at=stage.at)
    stage.ago(2 * rules.ALONE_AFTER)
    assert shares.shared_with(reader=stage.reader) == never
    with pytest.raises(NotThere):
        stage.answer()
    assert closed(stage.reader, stage.share)


def test_nobody_answers_for_somebody_else():
    stage = Asked()
    stage.ago(2 * rules.ALONE_AFTER)
    other = replace(person(), factor_at=stage.at)
    for act in (
        lambda: sharing.decline_share(share_id=stage.share, by=other, at=stage.at),
        lambda: sharing.confirm_share(
            share_id=stage.share, name="Mari", version=stage.version, alone=True, by=other, at=stage.at
        ),
    ):
        new_request()
        with pytest.raises(NotThere):
            act()
    new_request()
    stage.answer()


def test_what_waits_is_agreed_to_in_the_newest_words_only():
    stage = Asked()
    newest = stage.new_words()
    stage.ago(2 * rules.ALONE_AFTER)
    with pytest.raises(Refused, match="words_changed"):
        stage.answer()
    new_request()
    record = consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    sealed = sealer_for([record]).seal(record, shares.NAME, "Mari")
    with pytest.raises(Exception, match="in the newest words"), transaction.atomic():
        Share.objects.filter(id=stage.share).update(state="given", signed_at=stage.at, name=sealed)
    new_request()
    stage.answer(version=newest)
    with as_owner():
        assert Share.objects.get(id=stage.share).text_version == newest


@pytest.mark.parametrize("first", ["waits", "no"])
def test_going_back_and_saying_that_one_is_alone_makes_nothing_open_within_the_hour(stage_of_two, first):
    stage, officer = stage_of_two
    if first == "no":
        new_request()
        sharing.decline_share(share_id=stage.share, by=stage.person, at=stage.at)
    for change in (
        {},
        {"organisation_id": None, "membership_id": officer, "kind": "cj_referral", "purpose": "CJ_MONITORING"},
    ):
        with pytest.raises(Refused, match="too_soon"):
            stage.give(**change)
        new_request()
        assert sharing.has_to_wait(wish=stage.wish(**change), by=stage.person, at=stage.at)
    stage.ago(2 * rules.ALONE_AFTER)
    assert not closed(stage.reader, stage.give())


def test_the_table_itself_keeps_a_second_yes_to_that_place_waiting(stage_of_two):
    stage, _officer = stage_of_two
    new_request()
    record = consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    row = Share.objects.get(record_id=record, id=stage.share)
    row.id, row.state, row.signed_at = uuid.uuid4(), "given", stage.at - DAY
    row.name, row.kept_at = sealer_for([record]).seal(record, shares.NAME, "Mari"), None
    with pytest.raises(Exception, match="waits an hour"), transaction.atomic():
        row.save(force_insert=True)


@pytest.fixture
def stage_of_two() -> tuple[Asked, uuid.UUID]:
    """What waits for a place, and somebody who works there and can be named alone."""
    stage = Asked()
    with as_owner():
        return stage, membership(stage.clinic, "monitor").id


def test_the_days_of_a_consent_are_the_clock_of_the_database_whatever_is_written():
    stage = Stage()
    share = stage.give()
    new_request()
    record = consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    row, now = Share.objects.get(record_id=record, id=share), database_now()
    for day in (stage.at - 9 * DAY, stage.at + 9 * DAY):
        row.id, row.written_at, row.starts_at, row.signed_at = uuid.uuid4(), day, day, day
        row.until = stage.at + 20 * DAY
        row.save(force_insert=True)
        kept = Share.objects.get(record_id=record, id=row.id)
        assert kept.written_at == kept.signed_at == now
        assert now <= kept.starts_at <= datetime.now(UTC)
        Share.objects.filter(record_id=record, id=row.id).update(ended_at=day, ending="stopped")
        assert Share.objects.get(record_id=record, id=row.id).ended_at == max(now, kept.starts_at)


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select transaction_timestamp()")
        return cursor.fetchone()[0]
