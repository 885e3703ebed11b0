"""One check-in shown to one worker: in words that were agreed to, and closed from the moment it is stopped."""

import itertools

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW, membership, reader_for
from manypaths.notices.models import StaffNotice
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import Scene, accepted
from manypaths.support import showing, shown
from manypaths.support.models import ShownCheckIn
from manypaths.support.rules import WalkerFacts, may_read

pytestmark = pytest.mark.django_db
CHECK_IN = "barc-10"
ZONE = "America/New_York"


def checked_in(stage: Scene, note: str = "A hard week."):
    new_request()
    items = instruments.definition(instruments.instrument_version(instrument=CHECK_IN)).items
    answers = {**dict.fromkeys(items, 4), items[0]: "rather_not_say"}
    return outcomes.answer_instrument(
        instrument=CHECK_IN, answers=answers, language="en", on=NOW.date(), by=stage.person, at=NOW, note=note
    )


def show(stage: Scene, sitting, member=None):
    new_request()
    return commands.show_check_in(
        membership_id=(member or stage.coach_member).id, sitting_id=sitting,
        text=consent.text(key="check_in", language="en"), by=stage.person, at=NOW,
    )  # fmt: skip


def read(reader, record):
    new_request()
    return shown.open_shown(reader=reader, org_record_id=record)


def count(reader, record):
    new_request()
    return shown.shown_here(reader=reader, org_record_id=record)


def test_the_worker_reads_this_one_check_in_and_no_other():
    stage, _request, record = accepted()
    checked_in(stage, "Not this one.")
    show(stage, checked_in(stage))
    assert count(stage.coach, record) == 1
    (found,) = read(stage.coach, record)
    assert (found.note, found.answered_on, found.answered, found.total) == ("A hard week.", NOW.date(), 9, None)
    assert [bool(one.words) for one in found.said] == [False] + [True] * 9


def test_the_worker_is_told_and_the_person_sees_their_look():
    stage, _request, record = accepted()
    show(stage, checked_in(stage))
    assert StaffNotice.objects.filter(template="something_shown", way="here", subject_id=record).count() == 1
    read(stage.coach, record)
    new_request()
    (look,) = [one for one in queries.who_looked(reader=stage.person, zone=ZONE).lines if "checkin" in one.classes]
    assert (look.membership_id, look.basis, look.times) == (stage.coach_member.id, "shown", 1)


def test_stopped_it_is_closed_from_the_next_request_on_and_the_copy_is_gone():
    stage, _request, record = accepted()
    one = show(stage, sitting := checked_in(stage))
    new_request()
    assert showing.stop_showing(shown_id=one, by=stage.person, at=NOW) == sitting
    new_request()
    assert showing.stop_showing(shown_id=one, by=stage.person, at=NOW) == sitting
    with pytest.raises(NotThere):
        read(stage.coach, record)
    assert count(stage.coach, record) == 0
    with as_owner():
        assert ShownCheckIn.objects.get().words is None


def test_deleting_the_check_in_deletes_what_is_shown_of_it():
    stage, _request, record = accepted()
    show(stage, sitting := checked_in(stage))
    new_request()
    outcomes.forget_sitting(sitting_id=sitting, by=stage.person, at=NOW)
    with as_owner():
        assert not ShownCheckIn.objects.exists()
    with pytest.raises(NotThere):
        read(stage.coach, record)


def test_showing_twice_is_showing_once():
    stage, _request, _record = accepted()
    sitting = checked_in(stage)
    assert show(stage, sitting) == show(stage, sitting)


@pytest.mark.parametrize("role", ["peer", "supervisor", "privacy_officer", "org_admin", "clinician", "frontdesk"])
def test_nobody_else_of_the_organisation_opens_it(role: str):
    stage, _request, record = accepted()
    show(stage, checked_in(stage))
    with as_owner():
        member = membership(stage.body, role, display_name="Other")
        Membership.objects.filter(id=stage.coach_member.id).update(supervisor_id=member.id)
        Assignment.objects.create(record_id=record, membership=member, since=NOW)
    reader = reader_for(member, stage.place)
    assert count(reader, record) == 0
    with pytest.raises(NotThere):
        read(reader, record)


def test_only_ones_own_finished_check_in_is_shown_and_only_to_who_walks_along():
    stage, _request, _record = accepted()
    sitting = checked_in(stage)
    with pytest.raises(NotThere):
        show(stage, sitting, stage.desk_member)
    other = person()
    new_request()
    items = instruments.definition(instruments.instrument_version(instrument=CHECK_IN)).items
    begun = outcomes.save_answers(instrument=CHECK_IN, answers={items[0]: 3}, language="en", by=stage.person, at=NOW)
    with pytest.raises(NotThere):
        show(stage, begun)
    stage.person = other
    with pytest.raises(NotThere):
        show(stage, sitting)


WAYS = list(itertools.product([True, False], repeat=6))


@pytest.mark.parametrize(("works", "role", "walks", "erased", "blocked", "stopped"), WAYS)
def test_both_walls_decide_the_same_whoever_asks(works, role, walks, erased, blocked, stopped):
    stage, _request, record = accepted()
    one = show(stage, checked_in(stage))
    with as_owner():
        member = Membership.objects.filter(id=stage.coach_member.id)
        if not works:
            member.update(ended_at=NOW)
        if not role:
            member.update(roles=["volunteer"])
        if not walks:
            Assignment.objects.filter(record_id=record).update(until=NOW)
        if erased:
            Record.objects.filter(id=record).update(erased_at=NOW)
        if blocked:
            Block.objects.create(record_id=stage.person.record_id, account_id=stage.coach.account_id, since=NOW)
        if stopped:
            ShownCheckIn.objects.filter(id=one).update(until=NOW, words=None)
    expected = may_read(WalkerFacts(works, role, walks, erased, blocked)) and not stopped
    if expected:
        assert len(read(stage.coach, record)) == 1
    else:
        with pytest.raises(NotThere):
            read(stage.coach, record)
    with as_owner():
        last = Access.objects.order_by("-seq").first()
    assert last is not None
    assert (last.classes, bool(last.opened)) == (["checkin"], expected)
