"""What was asked while somebody with power over the person stood beside them: it waits, and is answered alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Share
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import DAY, Stage, closed
from manypaths.lib.refusals import NotThere, Refused
from manypaths.people.tests.factories import new_request, person
from manypaths.vault.queries import sealer_for

pytestmark = pytest.mark.django_db


class Asked(Stage):
    """The same, asked while an officer stood beside the person, some while ago."""

    def __init__(self) -> None:
        super().__init__()
        text = consent.text(key="share", language="en")
        self.share = sharing.keep_for_later(wish=self.wish(), text=text, by=self.person, at=self.at)

    def ago(self, how_long: timedelta) -> None:
        with as_owner():
            Share.objects.filter(id=self.share).update(written_at=self.at - how_long)
        new_request()

    def answer(self, *, alone: bool = True) -> None:
        sharing.confirm_share(share_id=self.share, name="Mari", alone=alone, by=self.person, at=self.at)


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
        lambda: sharing.confirm_share(share_id=stage.share, name="Mari", alone=True, by=other, at=stage.at),
    ):
        new_request()
        with pytest.raises(NotThere):
            act()
    new_request()
    stage.answer()
