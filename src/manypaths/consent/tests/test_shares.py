"""A person shows a part of what a place keeps: who opens it, what closes it, and two readings that agree."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Authorship, Relationship, Restriction, Share
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.sharing import Wish
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership, Organisation
from manypaths.network.rules import Hat, Reader, places
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import queries as referrals
from manypaths.referrals.tests.factories import accepted
from manypaths.support import commands as support
from manypaths.support.models import Attendance, CounsellingNote
from manypaths.support.rules import NoteFacts
from manypaths.vault.queries import sealer_for

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CODE = "quiet otter lamp"
CASE = "My custody case in the family court"
OF_A_CASE: dict[str, Any] = {"kind": "proceedings", "purpose": "HLEGAL", "case": CASE}
STUDY = "The sleep study at the university"
OF_A_STUDY: dict[str, Any] = {"kind": "research", "purpose": "HRESCH", "case": STUDY}
VERSIONS = {"proceedings": "2026-11-23.2", "research": "2026-11-23.3"}


def first_words(kind: rules.Kind) -> dict[str, str]:
    """The words of a yes of this kind, as a row has them."""
    version = VERSIONS.get(kind.key, "2026-11-22")
    return {"text_key": kind.text, "text_version": version, "language": "en"}


class Stage:
    """A person whom a house keeps a page of, and a clinic outside with a clinician who answers requests."""

    def __init__(self) -> None:
        beside, _request, held_beside = accepted()
        self.beside = (beside.person.record_id, held_beside)
        self.scene, self.request, self.held = accepted()
        self.at = datetime.now(UTC) - timedelta(minutes=1)  # a test is one transaction, whose clock stands still
        self.person = replace(self.scene.person, factor_at=self.at)
        with as_owner():
            self.clinic = organisation("Northside Clinic", kind="clinic")
            worker = membership(self.clinic, "clinician", answers_requests=True)
        self.reader = reader_for(worker)
        new_request()
        with transaction.atomic():
            record = consent.open_own(reader=self.person, classes={DataClass.CONSENT_RECORD})
            self.sealed = sealer_for([record]).seal(record, shares.NAME, "Mari")
            self.case = sealer_for([record]).seal(record, shares.CASE, CASE)

    def wish(self, **changes: Any) -> Wish:
        usual = Wish(
            "named", self.held, self.scene.body.id, ["attendance"], "TREAT", self.at + 30 * DAY,
            organisation_id=self.clinic.id,
        )  # fmt: skip
        return replace(usual, **changes)

    def give(self, **changes: Any) -> uuid.UUID:
        wish = self.wish(**changes)
        new_request()
        text = consent.text(key=rules.KINDS[wish.kind].text, language="en")
        return sharing.give_share(wish=wish, name="Mari", text=text, by=self.person, at=self.at)

    def ally(self, **changes: Any) -> uuid.UUID:
        return self.give(kind="ally", organisation_id=None, code=CODE, purpose="FAMRQT", **changes)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def opened(reader: Reader, share: uuid.UUID, *classes: DataClass) -> shares.OpenedShare:
    new_request()
    return shares.open_shared(reader=reader, share_id=share, classes=classes)


def closed(reader: Reader, share: uuid.UUID, *classes: DataClass) -> bool:
    try:
        opened(reader, share, *classes)
    except NotThere:
        return True
    return False


def test_whom_it_names_reads_exactly_what_was_agreed_to(stage):
    share = stage.give()
    found = opened(stage.reader, share)
    assert (found.name, found.classes, found.notice) == ("Mari", ("attendance",), True)
    assert closed(stage.reader, share, DataClass.TREATMENT)
    with as_owner():
        colleague = reader_for(membership(stage.clinic, "clinician"))
        stranger = reader_for(membership(organisation("Elsewhere"), "clinician", answers_requests=True))
    assert closed(colleague, share)
    assert closed(stranger, share)
    assert closed(stage.scene.coach, share)


def test_a_place_is_not_shown_what_it_keeps_itself_whoever_asks(stage):
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        stage.give(organisation_id=stage.scene.body.id)
    assert not closed(stage.reader, stage.give())


def test_it_opens_reading_and_never_writing(stage):
    share = stage.give()
    found = opened(stage.reader, share)
    with pytest.raises(Exception, match=r"nobody opened|row-level security"), transaction.atomic():
        Attendance.objects.create(
            record_id=found.held_record_id, community_id=stage.scene.place.id, happened_on=stage.at.date(),
            written_at=stage.at, session="group", presence="came", membership_id=stage.reader.membership_id,
        )  # fmt: skip


@pytest.mark.parametrize(
    "what", ["stopped", "over", "blocked", "blocked by name", "kept from them", "erased", "hat ended"]
)
def test_what_closes_it_closes_it_from_the_next_request(stage, what):
    share = stage.give()
    assert not closed(stage.reader, share)
    new_request()
    now = datetime.now(UTC)
    match what:
        case "stopped":
            sharing.stop_share(share_id=share, by=stage.person, at=now)
        case "kept from them":
            sharing.keep_from(
                held_record_id=stage.held, organisation_id=stage.clinic.id, by=stage.person, at=stage.at - DAY
            )
        case "over":
            with as_owner():
                Share.objects.filter(id=share).update(starts_at=stage.at - 9 * DAY, until=stage.at - DAY)
        case "erased":
            with as_owner():
                Record.objects.filter(id=stage.held).update(erased_at=now)
        case "hat ended":
            with as_owner():
                Membership.objects.filter(id=stage.reader.membership_id).update(ended_at=now)
        case _:
            who = {"account_id": stage.reader.account_id} if "name" in what else {"organisation": stage.clinic}
            with as_owner():
                Block.objects.create(id=uuid.uuid4(), record_id=stage.person.record_id, since=stage.at - DAY, **who)
    assert closed(stage.reader, share)
    new_request()
    assert shares.shared_with(reader=stage.reader).total == 0


def test_a_restriction_that_is_taken_away_lets_the_consent_hold_again(stage):
    share = stage.give()
    new_request()
    sharing.keep_from(held_record_id=stage.held, organisation_id=stage.clinic.id, by=stage.person, at=stage.at - DAY)
    assert closed(stage.reader, share)
    new_request()
    (restriction, _held, _place) = shares.own_restrictions(reader=stage.person)[0]
    new_request()
    sharing.stop_keeping_from(restriction_id=restriction, by=stage.person, at=stage.at - DAY / 2)
    assert not closed(stage.reader, share)


def test_each_look_is_in_the_persons_list_and_in_the_account_of_disclosures(stage):
    share = stage.give()
    opened(stage.reader, share)
    new_request()
    look = referrals.who_looked(reader=stage.person, zone="UTC").lines[0]
    assert (look.membership_id, look.basis, look.purpose) == (stage.reader.membership_id, "shared", "TREAT")
    new_request()
    lines = referrals.disclosures(reader=stage.person, since=stage.at - DAY).lines
    shown = [line for line in lines if line.kind == "shown"]
    assert [(line.organisation_id, line.classes, line.consent_id) for line in shown] == [
        (stage.clinic.id, ("attendance",), share)
    ]
    new_request()
    assert referrals.looks_on_share(reader=stage.person, share_id=share).times == 1


def test_somebody_close_types_the_code_and_sees_named_fields_only(stage):
    share, ally, late = stage.ally(), person(), person()
    new_request()
    assert sharing.take_up_share(code=CODE, by=ally, at=stage.at) == share
    found = opened(ally, share)
    assert (found.named_only, found.classes) == (True, ("attendance",))
    assert closed(late, share)
    new_request()
    with pytest.raises(NotThere):
        sharing.take_up_share(code=CODE, by=late, at=stage.at)
    new_request()
    assert shares.own_share(reader=stage.person, share_id=share).taken_up


def test_nobody_takes_up_their_own_code_nor_one_of_a_person_who_must_be_safe_from_them(stage):
    stage.ally()
    blocked = person()
    with as_owner():
        Block.objects.create(
            id=uuid.uuid4(), record_id=stage.person.record_id, since=stage.at - DAY, account_id=blocked.account_id
        )
    for reader in (stage.person, blocked):
        new_request()
        with pytest.raises(NotThere):
            sharing.take_up_share(code=CODE, by=reader, at=stage.at)


def test_one_yes_for_care_asks_for_a_recorded_relationship_and_the_health_privacy_law(stage):
    share = stage.give(kind="tpo_single", purpose="TREAT")
    assert closed(stage.reader, share)
    with as_owner():
        Relationship.objects.create(
            record_id=stage.person.record_id, organisation_id=stage.clinic.id, since=stage.at - DAY
        )
    assert not closed(stage.reader, share)
    with as_owner():
        Organisation.objects.filter(id=stage.clinic.id).update(kind="")
    assert closed(stage.reader, share)


def test_a_place_that_said_yes_has_a_recorded_relationship(stage):
    with as_owner():
        known = Relationship.objects.filter(record_id=stage.person.record_id).values_list("organisation_id", flat=True)
        assert list(known) == [stage.scene.body.id]


def test_notes_of_counselling_are_shown_by_a_consent_of_their_own_to_the_one_it_names(stage):
    with as_owner():
        writer = membership(stage.scene.body, "clinician")
        Assignment.objects.create(id=uuid.uuid4(), record_id=stage.held, membership=writer, since=stage.at - DAY)
    new_request()
    facts = NoteFacts(stage.at.date() - DAY, "What was said in confidence.")
    support.write_entry(record_id=stage.held, facts=facts, by=reader_for(writer, stage.scene.place), at=stage.at)
    whole = stage.give(classes=["attendance", "sud_treatment_record"])
    assert closed(stage.reader, whole, DataClass.COUNSELLING_NOTES)
    share = stage.give(
        kind="counseling_notes", classes=["sud_counseling_notes"], organisation_id=None,
        membership_id=stage.reader.membership_id,
    )  # fmt: skip
    with as_owner():
        beside = reader_for(membership(stage.clinic, "clinician", answers_requests=True))
    assert closed(beside, share)
    found = opened(stage.reader, share)
    (note,) = CounsellingNote.objects.filter(record_id=stage.held)
    assert found.opened.sealer.read(stage.held, "support.counsellingnote.words", note.words).startswith("What was said")


def test_a_consent_is_for_a_record_about_the_person_and_for_nobody_elses(stage):
    other = accepted()
    with pytest.raises(Exception, match="nothing is kept of this person"), transaction.atomic():
        stage.give(held_record_id=other[2], discloser_id=other[0].body.id)
    with pytest.raises(Exception, match="nothing is kept of this person"), transaction.atomic():
        stage.give(discloser_id=stage.clinic.id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"classes": []}, "nothing_shared"),
        ({"classes": ["sud_counseling_notes"]}, "not_of_this_kind"),
        ({"classes": ["recovery_plan"]}, "not_of_this_kind"),
        ({"purpose": "CJ_MONITORING"}, "no_purpose"),
        ({"purpose": ""}, "no_purpose"),
        ({"days": 0}, "ends_before_it_starts"),
        ({"days": 366}, "too_long"),
    ],
)
def test_what_a_kind_does_not_cover_cannot_be_agreed_to(stage, changes, code):
    days = changes.pop("days", 30)
    with pytest.raises(Refused) as refused:
        stage.give(until=stage.at + days * DAY, **changes)
    assert code in [reason.code for reason in refused.value.reasons]


def test_who_signs_proves_it_and_types_a_name(stage):
    text = consent.text(key="share", language="en")
    for by, name, code in (
        (replace(stage.person, factor_at=None), "Mari", "prove_again"),
        (stage.person, " ", "not_signed"),
    ):
        new_request()
        with pytest.raises(Refused) as refused:
            sharing.give_share(wish=stage.wish(), name=name, text=text, by=by, at=stage.at)
        assert [reason.code for reason in refused.value.reasons] == [code]


def test_a_no_is_kept_and_opens_nothing(stage):
    new_request()
    text = consent.text(key="share", language="en")
    share = sharing.refuse_share(wish=stage.wish(), text=text, by=stage.person, at=stage.at)
    assert closed(stage.reader, share)
    new_request()
    assert shares.shared_with(reader=stage.reader).total == 0
    new_request()
    assert [one.state for one in shares.own_shares(reader=stage.person)] == ["refused"]


def test_one_for_a_court_case_that_holds_until_its_day_cannot_be_stopped_before(stage):
    with as_owner():
        court = organisation("Second Circuit Probation", kind="probation")
        officer = membership(court, "monitor")
    share = stage.give(
        kind="cj_referral", purpose="CJ_MONITORING", organisation_id=None, membership_id=officer.id,
        firm_until=stage.at + 10 * DAY,
    )  # fmt: skip
    assert opened(reader_for(officer), share).named_only
    new_request()
    with pytest.raises(Refused):
        sharing.stop_share(share_id=share, by=stage.person, at=stage.at)


def test_each_sort_of_place_is_a_sort_of_recipient_and_who_watches_is_known_to_both():
    assert set(rules.RECIPIENT_TYPES) == {*places.PLACES, "coordination"}
    assert {sort for sort in rules.RECIPIENT_TYPES if rules.is_watching(sort)} == places.WATCHING


def test_whom_the_person_must_be_safe_from_is_blocked_and_sees_nothing_more(stage):
    share, ally = stage.ally(), person()
    new_request()
    sharing.take_up_share(code=CODE, by=ally, at=stage.at)
    assert not closed(ally, share)
    new_request()
    sharing.shut_out_taker(share_id=share, by=stage.person, at=stage.at)
    assert closed(ally, share)
    again = stage.give(kind="ally", organisation_id=None, code="another code", purpose="FAMRQT")
    new_request()
    with pytest.raises(NotThere):
        sharing.take_up_share(code="another code", by=ally, at=stage.at)
    assert again != share


KINDS = list(rules.KINDS.values())
PLACES = ["", "clinic", "housing", "probation", "landlord", "court"]
WORLDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "state": st.sampled_from(["given", "given", "given", "draft", "refused"]),
        "time": st.sampled_from(["now", "now", "past", "future", "stopped"]),
        "place": st.sampled_from(PLACES),
        "law": st.sampled_from(["part2", "hipaa", "neither", "unset"]),
        "roles": st.lists(
            st.sampled_from(["clinician", "peer", "monitor", "supervisor", "frontdesk"]),
            min_size=1, max_size=2, unique=True,
        ),
        "answers": st.booleans(),
        "named": st.sampled_from([True, True, True, False]),
        "ended": st.sampled_from([False, False, False, True]),
        "block": st.sampled_from(["none", "none", "none", "account", "organisation", "over"]),
        "restricted": st.sampled_from([False, False, True]),
        "related": st.booleans(),
        "noted": st.booleans(),
        "erased": st.sampled_from([False, False, False, True]),
        "asked": st.lists(
            st.sampled_from([*sorted({one for kind in KINDS for one in kind.classes}), "recovery_plan"]),
            min_size=1, max_size=4, unique=True,
        ),
        "hat": st.sampled_from(["worker", "worker", "person"]),
    }
)  # fmt: skip


class Undo(Exception):
    """Takes a made-up world away again."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_decide_the_same(stage, world):
    """`_ask` raises WallsDisagree where they do not; so a world that answers is a world they agree on."""
    with pytest.raises(Undo), transaction.atomic():
        reader, share = build_world(stage, world)
        new_request()
        found = shares._ask(reader, [share], sorted(world["asked"]))
        _nothing_opens_that_never_may(world, found)
        new_request()
        shares._ask(reader, [share], [shares.LISTED])
        raise Undo


def _nothing_opens_that_never_may(world: dict[str, Any], found: dict[str, Any]) -> None:
    opened_now = {unit[2] for unit in found["units"]}
    assert opened_now <= set(world["kind"].classes)
    dead = world["state"] != "given" or world["time"] != "now" or (world["restricted"] and world["hat"] == "worker")
    if dead or not world["named"] or world["erased"] or world["ended"] or world["block"] in ("account",):
        assert not opened_now
    if world["place"] in ("probation", "landlord", "court") and world["hat"] == "worker":
        assert "sud_counseling_notes" not in opened_now
    if world["place"] in ("probation", "landlord") and world["kind"].key == "proceedings":
        assert not opened_now
    if world["place"] in ("probation", "landlord", "court") and world["kind"].key == "research":
        assert not opened_now


def build_world(stage: Stage, world: dict[str, Any]) -> tuple[Reader, uuid.UUID]:
    """A made-up consent and everything around it, as it would stand in the tables."""
    kind, now, other = world["kind"], datetime.now(UTC), person()
    with as_owner():
        place = organisation("Beside", kind=world["place"])
        worker = membership(place, *world["roles"], answers_requests=world["answers"])
        beside = membership(organisation("Third"), "clinician", answers_requests=True)
    reader = reader_for(worker) if world["hat"] == "worker" else other
    who = worker if world["named"] else beside
    start = {"past": now - 20 * DAY, "future": now + DAY}.get(world["time"], now - DAY)
    until = now - DAY if world["time"] == "past" else now + 9 * DAY
    given_ = world["state"] == "given"
    with as_owner():
        share = Share.objects.create(
            id=uuid.uuid4(), record_id=stage.person.record_id, held_record_id=stage.held,
            discloser_id=stage.scene.body.id, kind=kind.key,
            classes=world.get("classes", list(kind.classes)), purpose=kind.purposes[0],
            recipient_organisation=who.organisation if kind.recipient == "organisation" else None,
            recipient_membership=who if kind.recipient == "worker" else None,
            recipient_account_id=(other.account_id if world["named"] else uuid.uuid4())
            if kind.recipient == "account" else None,
            code_hash=uuid.uuid4().hex if kind.recipient == "account" else None,
            state=world["state"], written_at=start, starts_at=start, until=until,
            name=stage.sealed if given_ else None, signed_at=start if given_ else None,
            proceeding=stage.case if kind.described else None, **first_words(kind),
            ended_at={"stopped": now - DAY / 2, "stops later": now + DAY}.get(world["time"]) if given_ else None,
            ending="stopped" if world["time"] in ("stopped", "stops later") and given_ else "",
        )  # fmt: skip
        if world["time"] == "stopped" and not given_:
            Share.objects.filter(id=share.id).update(until=now - DAY / 4)
        _around(stage, world, place, reader, worker, now)
        Record.objects.filter(id=stage.held).update(origin_law=world["law"], erased_at=now if world["erased"] else None)
    return _in_disguise(reader, world.get("wears"), beside), share.id


def _in_disguise(reader: Reader, wears: str | None, beside: Membership) -> Reader:
    match wears:
        case "another's membership":
            return replace(reader, account_id=beside.account_id)
        case "no hat":
            return replace(reader, hat=Hat.ANON)
        case "another hat of theirs":
            with as_owner():
                account = User.objects.get(id=reader.account_id)
                return reader_for(
                    membership(organisation("Fourth"), "clinician", answers_requests=True, account=account)
                )
    return reader


def _around(
    stage: Stage, world: dict[str, Any], place: Organisation, reader: Reader, worker: Membership, now: datetime
) -> None:
    if world["ended"]:
        Membership.objects.filter(id=worker.id).update(ended_at=now - DAY if world["ended"] is True else None)
        if world["hat"] == "person" or world["ended"] == "account":
            with connection.cursor() as cursor:
                cursor.execute("update accounts_user set is_active = false where id = %s", [reader.account_id])
    if world["block"] != "none":
        record = {"own": stage.person.record_id, "elsewhere": uuid.uuid4()}.get(world["block"], stage.held)
        who = {"account_id": reader.account_id} if world["block"] != "organisation" else {"organisation": place}
        times = {
            "over": {"until": now - DAY}, "not yet": {"since": now + DAY}, "until later": {"until": now + DAY}
        }.get(world["block"], {})  # fmt: skip
        Block.objects.create(id=uuid.uuid4(), record_id=record, **{"since": now - 2 * DAY, **who, **times})
    elsewhere = organisation("Elsewhere")
    if world["restricted"]:
        where = elsewhere if world["restricted"] == "elsewhere" else place
        times = {
            "over": {"until": now - DAY / 2}, "not yet": {"since": now + DAY}, "until later": {"until": now + DAY}
        }.get(str(world["restricted"]), {})  # fmt: skip
        who, held = stage.person.record_id, stage.held
        if world["restricted"] == "another record":
            who, held = stage.beside
        Restriction.objects.create(
            id=uuid.uuid4(), record_id=who, held_record_id=held,
            **{"organisation": where, "since": now - DAY, **times},
        )  # fmt: skip
    if world["related"]:
        where = elsewhere if world["related"] == "elsewhere" else place
        who = uuid.uuid4() if world["related"] == "another's" else stage.person.record_id
        Relationship.objects.create(record_id=who, organisation=where, since=now - DAY)
    if world["noted"]:
        Authorship.objects.create(
            item_id=uuid.uuid4(), record_id=uuid.uuid4() if world["noted"] == "elsewhere" else stage.held,
            data_class="messages" if world["noted"] == "another class" else "sud_counseling_notes",
            membership=worker,
            since=now - DAY,
        )  # fmt: skip
