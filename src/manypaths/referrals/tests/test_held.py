"""What places keep of a person, opened by the person: theirs alone, to read, and the two readings agree."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Hat, Reader
from manypaths.network.tests.factories import NOW
from manypaths.people.models import Assignment, Block, Profile, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.plans.models import Goal
from manypaths.referrals import commands, queries, rules
from manypaths.referrals.models import Referral
from manypaths.referrals.queries import held
from manypaths.referrals.tests.factories import accepted
from manypaths.support import commands as support_commands
from manypaths.support import queries as support
from manypaths.support.models import Contact, Treatment
from manypaths.support.rules import ContactFacts, Kind, TreatmentFacts

pytestmark = pytest.mark.django_db
CONTACT = ContactFacts(NOW, "call", "talked", "Talked about the bus.")


@pytest.fixture
def kept():
    """A person, what a coach wrote of them, and the record it stands in."""
    stage, _request, record = accepted()
    commands.record_contact(record_id=record, facts=CONTACT, by=stage.coach, at=NOW)
    new_request()
    return stage, record


def test_the_person_reads_what_was_written_of_them(kept):
    stage, record = kept
    place, opened = queries.open_held_record(
        reader=stage.person, record_id=record, classes={DataClass.CONTACT_LOG, DataClass.DEMOGRAPHICS}
    )
    assert (place.organisation_id, place.origin_law) == (stage.body.id, "unset")
    (line,) = support.contacts_of_opened(record_id=record, sealer=opened.sealer)
    assert (line.note, line.worker) == ("Talked about the bus.", "Dee R.")
    assert Profile.objects.get(record_id=record).language == "en"


def test_all_places_are_found_at_once(kept):
    stage, record = kept
    found = queries.open_held(reader=stage.person, classes={DataClass.PRESENCE})
    assert [one.id for one in found.records] == [record]
    assert Assignment.objects.get(record_id=record).membership_id == stage.coach_member.id


def test_who_was_never_taken_up_anywhere_finds_nothing():
    found = queries.open_held(reader=person(), classes={DataClass.PRESENCE})
    assert found.records == []
    assert not found.opened.ids


def test_the_look_is_written_down_and_is_in_nobodys_list_of_strangers(kept):
    stage, record = kept
    before = queries.who_looked(reader=stage.person, zone="UTC").lines
    new_request()
    queries.open_held(reader=stage.person, classes={DataClass.CONTACT_LOG})
    with as_owner():
        look = Access.objects.latest("seq")
    assert (look.opened, look.bases, look.purpose, look.hat) == ([record], ["held"], "own", "person")
    assert (look.classes, look.account_id) == (["contact_log"], stage.person.account_id)
    new_request()
    assert queries.who_looked(reader=stage.person, zone="UTC").lines == before


def test_a_block_does_not_stand_between_a_person_and_what_is_kept_of_them(kept):
    stage, record = kept
    with as_owner():
        Block.objects.create(record_id=record, organisation=stage.body, since=NOW)
    found = queries.open_held(reader=stage.person, classes={DataClass.CONTACT_LOG})
    assert found.opened.allows(record, DataClass.CONTACT_LOG)


def test_notes_of_counselling_stay_closed(kept):
    stage, record = kept
    with pytest.raises(NotThere):
        queries.open_held_record(reader=stage.person, record_id=record, classes={DataClass.COUNSELLING_NOTES})


def test_nobody_else_opens_it_by_this_door(kept):
    stage, record = kept
    for reader in (person(), stage.coach, Reader(account_id=stage.coach.account_id, hat=Hat.PERSON)):
        new_request()
        with pytest.raises(NotThere):
            queries.open_held_record(reader=reader, record_id=record, classes={DataClass.CONTACT_LOG})


def test_a_record_that_was_tied_to_two_persons_is_opened_to_neither(kept):
    stage, record = kept
    stranger = person()
    with as_owner():
        row = Referral.objects.get(org_record_id=record)
        row.pk, row.record_id = uuid.uuid4(), stranger.record_id
        row.save(force_insert=True)
    for reader in (stage.person, stranger):
        new_request()
        with pytest.raises(NotThere):
            queries.open_held_record(reader=reader, record_id=record, classes={DataClass.CONTACT_LOG})


def test_nothing_is_written_by_it(kept):
    stage, record = kept
    every = {one for one in DataClass if one is not DataClass.COUNSELLING_NOTES}
    new_request()
    _place, opened = queries.open_held_record(reader=stage.person, record_id=record, classes=every)
    words = opened.sealer.seal(record, "plans.goal.title", "Mine")
    member, place = stage.coach_member.id, stage.place.id
    frame = {"record_id": record, "membership_id": member, "community_id": place, "written_at": NOW}
    tries = (
        Contact(**frame, happened_at=NOW, way="call", deed="talked"),
        Treatment(**frame, happened_on=NOW.date(), service="individual"),
        Goal(record_id=record, title=words, area="home", place=1, added_at=NOW),
        Block(record_id=record, organisation=stage.body, since=NOW),
        Assignment(record_id=record, membership_id=stage.colleague_member.id, since=NOW),
    )
    for one in tries:
        with pytest.raises(ProgrammingError, match=r"row-level security|permission"), transaction.atomic():
            one.save(force_insert=True)
    assert Profile.objects.filter(record_id=record).count() == 1
    assert Profile.objects.filter(record_id=record).update(language="es") == 0
    assert Contact.objects.filter(record_id=record).count() == 1


def test_what_is_not_open_cannot_be_read_beside_it(kept):
    stage, record = kept
    support_commands.write_entry(
        record_id=record, facts=TreatmentFacts(NOW.date(), "individual"), by=clinician(stage, record), at=NOW
    )
    new_request()
    _place, opened = queries.open_held_record(reader=stage.person, record_id=record, classes={DataClass.TREATMENT})
    assert len(support.entries_of_opened(record_id=record, kind=Kind.TREATMENT, opened=opened).lines) == 1
    with pytest.raises(ProgrammingError, match="nobody opened"), transaction.atomic():
        list(Contact.objects.all())


def clinician(stage, record) -> Reader:
    with as_owner():
        Assignment.objects.create(record_id=record, membership=stage.colleague_member, since=NOW)
    return stage.colleague


WORLDS = st.fixed_dictionaries(
    {
        "asks": st.sampled_from(["the person", "another person", "a worker", "a made-up account", "an ended account"]),
        "asked": st.lists(st.sampled_from(["held", "own", "anothers", "made up"]), max_size=4, unique=True),
        "all": st.booleans(),
        "erased": st.sampled_from(["nothing", "held", "own"]),
        "tied_to_another": st.booleans(),
        "blocked": st.booleans(),
        "classes": st.lists(st.sampled_from(list(DataClass)), min_size=1, max_size=5, unique=True),
    }
)


class Undo(Exception):
    """Takes a made-up world away again."""


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_never_disagree(kept, world):
    stage, record = kept
    with pytest.raises(Undo), transaction.atomic():
        stranger = person()
        asks = build(world, stage, record, stranger)
        ids = {"held": record, "own": stage.person.record_id, "anothers": stranger.record_id, "made up": uuid.uuid4()}
        new_request()
        records = None if world["all"] else [ids[one] for one in world["asked"]]
        found = queries.open_held(reader=asks, classes=world["classes"], records=records)
        classes = {one for one in world["classes"] if one is not DataClass.COUNSELLING_NOTES}
        theirs = world["asks"] == "the person" and world["erased"] == "nothing" and not world["tied_to_another"]
        wanted = theirs and classes and (world["all"] or "held" in world["asked"])
        assert set(found.opened.bases) == ({(record, one.value, None) for one in classes} if wanted else set())
        raise Undo


def build(world, stage, record, stranger) -> Reader:
    with as_owner():
        if world["tied_to_another"]:
            row = Referral.objects.get(org_record_id=record)
            row.pk, row.record_id = uuid.uuid4(), stranger.record_id
            row.save(force_insert=True)
        if world["blocked"]:
            Block.objects.create(record_id=record, organisation=stage.body, since=NOW)
        erased = {"held": record, "own": stage.person.record_id}.get(world["erased"])
        Record.objects.filter(id=erased).update(erased_at=datetime.now(UTC))
        if world["asks"] == "an ended account":
            with connection.cursor() as cursor:
                cursor.execute("update accounts_user set is_active = false where id = %s", [stage.person.account_id])
    asks = {
        "a worker": Reader(account_id=stage.coach.account_id, hat=Hat.PERSON),
        "a made-up account": Reader(account_id=uuid.uuid4(), hat=Hat.PERSON),
        "another person": stranger if not world["tied_to_another"] else person(),
    }
    return asks.get(world["asks"], stage.person)


def test_a_difference_between_the_readings_stops_the_request(kept, monkeypatch):
    stage, record = kept
    monkeypatch.setattr(held, "may_open_held", lambda _facts, _wanted: False)
    with pytest.raises(WallsDisagree):
        queries.open_held(reader=stage.person, classes={DataClass.CONTACT_LOG}, records=[record])


@pytest.mark.parametrize("unknown", ["person", "by_a_place", "erased", "theirs", "anothers_too"])
def test_what_nobody_knows_closes(unknown):
    known = {"person": True, "by_a_place": True, "erased": False, "theirs": True, "anothers_too": False}
    assert rules.may_open_held(rules.HeldFacts(**known), "contact_log")
    assert not rules.may_open_held(rules.HeldFacts(**{**known, unknown: None}), "contact_log")
    assert not rules.may_open_held(rules.HeldFacts(**{**known, unknown: not known[unknown]}), "contact_log")
