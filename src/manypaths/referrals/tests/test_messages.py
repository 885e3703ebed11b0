"""What a person and the worker who walks with them write to each other: two read it, and nobody beside them."""

import dataclasses
import itertools
from datetime import timedelta

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW, membership, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import Scene, accepted
from manypaths.support import messages, messaging
from manypaths.support.models import Message, Thread
from manypaths.support.rules import WalkerFacts, may_read

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"


def to_worker(stage: Scene, words: str = "Can we talk on Friday?", at=NOW):
    new_request()
    return commands.write_to_worker(membership_id=stage.coach_member.id, words=words, by=stage.person, at=at)


def to_person(stage: Scene, record, words: str = "Yes. At ten.", at=NOW, by=None):
    new_request()
    commands.write_to_person(record_id=record, words=words, by=by or stage.coach, at=at)


def read_by_worker(reader, record, at=NOW):
    new_request()
    return messaging.read_as_worker(org_record_id=record, by=reader, at=at)


def read_by_person(stage: Scene, thread, at=NOW):
    new_request()
    return messaging.read_as_person(thread_id=thread, by=stage.person, at=at)


def give_to(stage: Scene, display_name: str = "Ana P."):
    """The lead gives everyone to another peer."""
    with as_owner():
        lead = reader_for(membership(stage.body, "org_admin", display_name="Lead"), stage.place)
        other = membership(stage.body, "peer", display_name=display_name)
    new_request()
    commands.hand_over_people(
        from_membership=stage.coach_member.id, to_membership=other.id,
        by=dataclasses.replace(lead, factor_at=NOW), at=NOW,
    )  # fmt: skip
    return reader_for(other, stage.place)


def test_each_reads_what_the_other_wrote_in_the_order_it_was_written():
    stage, _request, record = accepted()
    thread = to_worker(stage)
    assert [one.words for one in read_by_worker(stage.coach, record).lines] == ["Can we talk on Friday?"]
    to_person(stage, record, at=NOW + timedelta(minutes=5))
    line, found, more = read_by_person(stage, thread)
    assert [(one.party, one.words, one.is_new) for one in found] == [
        ("person", "Can we talk on Friday?", False),
        ("worker", "Yes. At ten.", True),
    ]
    assert (line.worker, line.place, line.is_heard, more) == ("Dee R.", stage.body.name, True, False)


def test_the_worker_may_write_first_and_the_person_finds_it():
    stage, _request, record = accepted()
    assert read_by_worker(stage.coach, record).lines == []
    to_person(stage, record, "Hello.")
    new_request()
    (thread,) = messages.own_threads(reader=stage.person)
    assert (thread.worker, thread.unread) == ("Dee R.", 1)
    with as_owner():
        assert PersonNotice.objects.filter(template="message_arrived", subject_id=thread.id).count() == 1


def test_the_words_are_sealed_and_the_acts_tell_none_of_them():
    stage, _request, _record = accepted()
    to_worker(stage, "Zqsecret")
    with as_owner():
        assert b"Zqsecret" not in bytes(Message.objects.get().words)


@pytest.mark.parametrize("who", ["colleague", "desk"])
def test_nobody_else_of_the_organisation_reads_it(who: str):
    stage, _request, record = accepted()
    to_worker(stage)
    with pytest.raises(NotThere):
        read_by_worker(getattr(stage, who), record)


@pytest.mark.parametrize("role", ["peer", "supervisor", "privacy_officer", "org_admin", "clinician", "volunteer"])
def test_no_role_reads_it_and_no_look_is_shown(role: str):
    stage, _request, record = accepted()
    to_worker(stage)
    with as_owner():
        member = membership(stage.body, role, display_name="Other")
        Membership.objects.filter(id=stage.coach_member.id).update(supervisor_id=member.id)
    with pytest.raises(NotThere):
        read_by_worker(reader_for(member, stage.place), record)
    new_request()
    looks = queries.who_looked(reader=stage.person, zone=ZONE).lines
    assert [one for one in looks if "messages" in one.classes] == []


def test_a_clinician_who_walks_with_them_too_reads_nothing():
    stage, _request, record = accepted()
    to_worker(stage)
    with as_owner():
        Assignment.objects.create(record_id=record, membership=stage.colleague_member, since=NOW)
    with pytest.raises(NotThere):
        read_by_worker(stage.colleague, record)


def test_another_person_reads_nothing():
    stage, _request, _record = accepted()
    thread = to_worker(stage)
    stage.person = person()
    with pytest.raises(NotThere):
        read_by_person(stage, thread)
    with pytest.raises(NotThere):
        to_worker(stage)


def test_the_look_of_the_worker_is_in_the_persons_list():
    stage, _request, record = accepted()
    to_worker(stage)
    read_by_worker(stage.coach, record)
    new_request()
    (look,) = [one for one in queries.who_looked(reader=stage.person, zone=ZONE).lines if "messages" in one.classes]
    assert (look.membership_id, look.basis, look.purpose, look.times) == (stage.coach_member.id, "thread", "care", 1)


def test_a_block_closes_it_from_the_next_request_on_and_the_person_keeps_their_words():
    stage, _request, record = accepted()
    thread = to_worker(stage)
    new_request()
    with as_owner():
        Block.objects.create(record_id=stage.person.record_id, account_id=stage.coach.account_id, since=NOW)
    with pytest.raises(NotThere):
        read_by_worker(stage.coach, record)
    line, found, _more = read_by_person(stage, thread)
    assert [one.words for one in found] == ["Can we talk on Friday?"]
    assert not line.is_heard
    new_request()
    with pytest.raises(Refused, match="nobody_hears"):
        messaging.write_as_person(thread_id=thread, words="Still there?", by=stage.person, at=NOW)


def test_who_follows_reads_only_what_the_person_lets_them_read_and_no_longer():
    stage, _request, record = accepted()
    before = to_worker(stage, "Only for Dee.")
    ana = give_to(stage)
    with pytest.raises(NotThere):
        read_by_worker(stage.coach, record)
    assert read_by_worker(ana, record).lines == []
    new_request()
    assert [one.name for one in queries.who_walks(reader=stage.person)] == ["Ana P."]
    thread = commands.write_to_worker(membership_id=ana.membership_id, words="Hi Ana.", by=stage.person, at=NOW)
    assert read_by_worker(ana, record).earlier == ()
    new_request()
    messaging.show_earlier(thread_id=thread, earlier_id=before, by=stage.person, at=NOW)
    page = read_by_worker(ana, record)
    assert ([one.words for one in page.earlier], page.earlier_worker) == (["Only for Dee."], "Dee R.")
    new_request()
    messaging.show_earlier(thread_id=thread, earlier_id=None, by=stage.person, at=NOW)
    assert read_by_worker(ana, record).earlier == ()


def test_what_was_written_elsewhere_or_by_others_is_never_shown_to_who_follows():
    stage, _request, _record = accepted()
    other, _other_request, _other_record = accepted()
    thread, foreign = to_worker(stage), to_worker(other)
    new_request()
    with pytest.raises(NotThere):
        messaging.show_earlier(thread_id=thread, earlier_id=foreign, by=stage.person, at=NOW)


def test_a_message_is_taken_back_until_it_was_read():
    stage, _request, record = accepted()
    thread = to_worker(stage, "No, wait.")
    new_request()
    message = Message.objects.none()
    with as_owner():
        message = Message.objects.get().id
    assert messaging.take_back(message_id=message, by=stage.person, at=NOW) == thread
    (line,) = read_by_worker(stage.coach, record).lines
    assert (line.words, line.taken_back_at, line.read_at) == ("", NOW, None)
    to_worker(stage, "This one stays.")
    read_by_worker(stage.coach, record)
    with as_owner():
        stays = Message.objects.get(read_at__isnull=False).id
    new_request()
    with pytest.raises(Refused, match="read_already"):
        messaging.take_back(message_id=stays, by=stage.person, at=NOW)


def test_the_worker_is_told_once_until_they_have_read():
    stage, _request, record = accepted()
    to_worker(stage, "One.")
    to_worker(stage, "Two.", at=NOW + timedelta(minutes=1))
    told = StaffNotice.objects.filter(template="message_arrived", way="here")
    assert told.count() == 1
    read_by_worker(stage.coach, record)
    to_worker(stage, "Three.", at=NOW + timedelta(minutes=2))
    assert told.count() == 2
    assert set(told.values_list("subject_id", flat=True)) == {record}


@pytest.mark.parametrize(("words", "reason"), [("  ", "no_words"), ("x" * 2001, "too_long")])
def test_a_message_has_words_and_not_too_many(words: str, reason: str):
    stage, _request, record = accepted()
    with pytest.raises(Refused, match=reason):
        to_worker(stage, words)
    with pytest.raises(Refused, match=reason):
        to_person(stage, record, words)
    with as_owner():
        assert not Thread.objects.exists()


WAYS = list(itertools.product([True, False], repeat=5))


@pytest.mark.parametrize(("works", "role", "walks", "erased", "blocked"), WAYS)
def test_both_walls_decide_the_same_whoever_asks(works, role, walks, erased, blocked):
    stage, _request, record = accepted()
    to_worker(stage)
    with as_owner():
        member = Membership.objects.filter(id=stage.coach_member.id)
        if not works:
            member.update(ended_at=NOW)
        if not role:
            member.update(roles=["volunteer"])
        if not walks:
            Assignment.objects.filter(record_id=record).update(until=NOW)
        if erased:
            Record.objects.filter(id=stage.person.record_id).update(erased_at=NOW)
        if blocked:
            Block.objects.create(record_id=record, organisation=stage.body, since=NOW)
    expected = may_read(WalkerFacts(works, role, walks, erased, blocked))
    assert expected == ((works, role, walks, erased, blocked) == (True, True, True, False, False))
    new_request()
    if expected:
        opened = messages.open_thread(reader=stage.coach, org_record_id=record)
        assert len(messages.page_of_opened(opened=opened).lines) == 1
    else:
        with pytest.raises(NotThere):
            messages.open_thread(reader=stage.coach, org_record_id=record)
    with as_owner():
        last = Access.objects.order_by("-seq").first()
    assert last is not None
    assert (last.classes, bool(last.opened)) == ([DataClass.MESSAGES.value], expected)


def test_what_nobody_knows_closes():
    known = WalkerFacts(True, True, True, False, False)
    assert may_read(known)
    for name in vars(known):
        assert not may_read(dataclasses.replace(known, **{name: None}))
    assert not may_read(None)
