"""Less is opened by a consent that was given: what follows it never opens more, whoever writes it, and it ends."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Share
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.rules.shares import Extent, ShareFacts
from manypaths.consent.tests.test_shares import (
    CODE,
    DAY,
    OF_A_CASE,
    OF_A_STUDY,
    VERSIONS,
    Stage,
    Undo,
    closed,
    first_words,
    opened,
)
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import queries as referrals

pytestmark = pytest.mark.django_db
BOTH = ["attendance", "drug_screen_result"]


class Less(Stage):
    """A clinic is shown two classes for 30 days."""

    def __init__(self) -> None:
        super().__init__()
        self.share = self.give(classes=BOTH)
        self.until = self.at + 30 * DAY

    def narrow(self, *classes: str, until: datetime | None = None, **more: Any) -> uuid.UUID:
        """Open less, as the person would."""
        share, by, name = (more.get(one, usual) for one, usual in
                           (("share", self.share), ("by", self.person), ("name", "Mari")))  # fmt: skip
        new_request()
        text = consent.text(key=more.get("text", "share-less"), language="en")
        less = Extent(frozenset(classes), until or self.until)
        return sharing.narrow_share(share_id=share, less=less, name=name, text=text, by=by, at=self.at)

    def own(self, share: uuid.UUID) -> shares.ShareView:
        new_request()
        return shares.own_share(reader=self.person, share_id=share)


@pytest.fixture
def stage() -> Less:
    return Less()


def test_what_is_taken_out_closes_and_the_rest_is_open_by_the_new_one(stage):
    opened(stage.reader, stage.share)
    less = stage.narrow("attendance")
    assert opened(stage.reader, less).classes == ("attendance",)
    assert closed(stage.reader, less, DataClass("drug_screen_result"))
    assert closed(stage.reader, stage.share)
    before, after = stage.own(stage.share), stage.own(less)
    assert (before.ending, before.ended_at, after.replaces) == ("replaced", after.signed_at, before.id)
    new_request()
    assert [one.id for one in shares.shared_with(reader=stage.reader).lines] == [less]
    new_request()
    assert [one.id for one in shares.own_before(reader=stage.person, share=after)] == [stage.share]
    new_request()
    assert shares.own_after(reader=stage.person, share=before) == after


def test_who_stops_the_one_before_stops_what_is_left_of_it(stage):
    """The page of the one before may still stand in another tab, with its button."""
    less = stage.narrow("attendance")
    last = stage.narrow("attendance", until=stage.at + 3 * DAY, share=less)
    new_request()
    sharing.stop_share(share_id=stage.share, by=stage.person, at=stage.at)
    assert closed(stage.reader, last)
    assert [stage.own(one).ending for one in (stage.share, less, last)] == ["replaced", "replaced", "stopped"]


def test_what_was_opened_before_stays_in_the_account_of_disclosures(stage):
    opened(stage.reader, stage.share)
    less = stage.narrow("attendance")
    opened(stage.reader, less)
    new_request()
    lines = referrals.disclosures(reader=stage.person, since=stage.at - DAY).lines
    shown = {(line.consent_id, line.classes) for line in lines if line.kind == "shown"}
    assert shown == {(stage.share, tuple(BOTH)), (less, ("attendance",))}


def test_an_earlier_end_is_less_and_it_is_made_less_again(stage):
    first = stage.narrow(*BOTH, until=stage.at + 9 * DAY)
    second = stage.narrow("attendance", until=stage.at + 9 * DAY, share=first)
    assert opened(stage.reader, second).until == stage.at + 9 * DAY
    view = stage.own(second)
    new_request()
    assert [one.id for one in shares.own_before(reader=stage.person, share=view)] == [first, stage.share]


@pytest.mark.parametrize(
    ("classes", "days", "code"),
    [
        (BOTH, 30, "nothing_less"),
        ([*BOTH, "sud_treatment_record"], 30, "nothing_less"),
        (["attendance"], 31, "nothing_less"),
        (["sud_treatment_record"], 30, "nothing_less"),
        ([], 30, "nothing_shared"),
        (["attendance"], 0, "ends_before_it_starts"),
    ],
)
def test_what_is_not_less_is_refused(stage, classes, days, code):
    with pytest.raises(Refused) as refused:
        stage.narrow(*classes, until=stage.at + days * DAY)
    assert [one.code for one in refused.value.reasons] == [code]
    assert opened(stage.reader, stage.share).classes == tuple(BOTH)


@pytest.mark.parametrize(("who", "code"), [("nobody proved", "prove_again"), ("no name", "not_signed")])
def test_less_is_signed_like_the_first(stage, who, code):
    by = replace(stage.person, factor_at=None) if who == "nobody proved" else stage.person
    with pytest.raises(Refused) as refused:
        stage.narrow("attendance", by=by, name="" if who == "no name" else "Mari")
    assert [one.code for one in refused.value.reasons] == [code]


def test_nobody_else_opens_less_and_what_ended_is_followed_by_nothing(stage):
    with pytest.raises(NotThere):
        stage.narrow("attendance", by=replace(person(), factor_at=stage.at))
    stage.narrow("attendance")
    with pytest.raises(NotThere):
        stage.narrow("attendance")


def test_less_of_what_is_shown_for_a_case_is_for_the_same_case_in_its_own_words(stage):
    share = stage.give(classes=BOTH, **OF_A_CASE)
    less = stage.narrow("attendance", share=share, text="share-legal-less")
    found = opened(stage.reader, less)
    assert (found.classes, found.case, stage.own(less).case) == (("attendance",), OF_A_CASE["case"], OF_A_CASE["case"])
    with pytest.raises(DatabaseError, match="less than it"), transaction.atomic():
        stage.narrow("attendance", share=stage.give(classes=BOTH, **OF_A_CASE), text="share-less")


def test_less_of_what_is_shown_for_a_study_is_for_the_same_study_in_its_own_words(stage):
    share = stage.give(classes=BOTH, **OF_A_STUDY)
    less = stage.narrow("attendance", share=share, text="share-study-less")
    found = opened(stage.reader, less)
    assert (found.classes, found.case, stage.own(less).case) == (
        ("attendance",),
        OF_A_STUDY["case"],
        OF_A_STUDY["case"],
    )
    with pytest.raises(DatabaseError, match="less than it"), transaction.atomic():
        stage.narrow("attendance", share=stage.give(classes=BOTH, **OF_A_STUDY), text="share-legal-less")


def test_one_that_holds_until_its_day_is_not_made_less_before(stage):
    with as_owner():
        officer = membership(organisation("Second Circuit Probation", kind="probation"), "monitor")
    given_ = {"kind": "cj_referral", "purpose": "CJ_MONITORING", "organisation_id": None, "membership_id": officer.id}
    firm = stage.give(classes=BOTH, firm_until=stage.at + 10 * DAY, **given_)
    free = stage.give(classes=BOTH, **given_)
    with pytest.raises(Refused) as refused:
        stage.narrow("attendance", share=firm, text="share-court-less")
    assert [one.code for one in refused.value.reasons] == ["firm"]
    less = stage.narrow("attendance", share=free, text="share-court-less")
    assert opened(reader_for(officer), less).classes == ("attendance",)


def test_less_is_signed_in_the_words_for_less_of_the_same_kind_alone(stage):
    for key in ("share", "share-care-less", "share-court"):
        with pytest.raises(DatabaseError), transaction.atomic():
            stage.narrow("attendance", text=key)
    less = stage.narrow("attendance")
    again = stage.narrow("attendance", share=less, until=stage.at + 3 * DAY)
    assert {stage.own(one).text_key for one in (less, again)} == {"share-less"}


def test_who_typed_the_code_stays_who_it_names_and_nobody_types_it_again(stage):
    share, ally = stage.ally(), person()
    sooner = {"share": share, "until": stage.at + 3 * DAY, "text": "share-ally-less"}
    with pytest.raises(Refused, match="not_taken_up"):
        stage.narrow("attendance", **sooner)
    new_request()
    sharing.take_up_share(code=CODE, by=ally, at=stage.at)
    less = stage.narrow("attendance", **sooner)
    assert opened(ally, less).until == stage.at + 3 * DAY
    assert closed(ally, share)
    new_request()
    with pytest.raises(NotThere):
        sharing.take_up_share(code=CODE, by=person(), at=stage.at)


def test_what_waits_is_made_smaller_at_once_and_opens_nothing():
    stage = Less()
    new_request()
    text = consent.text(key="share", language="en")
    wish = stage.wish(classes=BOTH, firm_until=None)
    share = sharing.keep_for_later(wish=wish, text=text, by=stage.person, at=stage.at)
    new_request()
    less = Extent(frozenset({"attendance"}), stage.at + 9 * DAY)
    sharing.narrow_waiting(share_id=share, less=less, by=stage.person, at=stage.at)
    view = stage.own(share)
    assert (view.state, view.classes, view.until) == ("draft", ("attendance",), less.until)
    assert closed(stage.reader, share)
    for more in (Extent(frozenset(BOTH), less.until), Extent(less.classes, less.until + DAY), less):
        new_request()
        with pytest.raises(Refused, match="nothing_less"):
            sharing.narrow_waiting(share_id=share, less=more, by=stage.person, at=stage.at)


def test_less_acts_at_once_within_the_hour_in_which_every_new_yes_to_that_place_waits(stage):
    new_request()
    text = consent.text(key="share", language="en")
    sharing.keep_for_later(wish=stage.wish(), text=text, by=stage.person, at=stage.at)
    with pytest.raises(Refused, match="too_soon"):
        stage.give()
    assert opened(stage.reader, stage.narrow("attendance")).classes == ("attendance",)


KINDS = list(rules.KINDS.values())
EXTENTS = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.lists(st.sampled_from(kind.classes), min_size=1, unique=True),
        st.lists(st.sampled_from([*kind.classes, "attendance", "drug_screen_result"]), max_size=4, unique=True),
        st.integers(1, 20),
        st.integers(-1, 21),
    )
)
STATES = st.sampled_from(["given", "given", "given", "given", "ended", "over", "firm", "firm before", "no code typed"])


def _before(stage: Less, kind: rules.Kind, classes: list[str], days: int, state: str) -> Share:
    """A consent as it would stand in the tables."""
    now = datetime.now(UTC)
    firm = {"firm": now + DAY / 2, "firm before": now - DAY}.get(state) if kind.key == "cj_referral" else None
    with as_owner():
        worker = membership(stage.clinic, "clinician", answers_requests=True)
        account = uuid.uuid4() if kind.recipient == "account" and state != "no code typed" else None
        start = now - 9 * DAY
        return Share.objects.create(
            id=uuid.uuid4(), record_id=stage.person.record_id, held_record_id=stage.held,
            discloser_id=stage.scene.body.id, kind=kind.key, classes=sorted(classes), purpose=kind.purposes[0],
            recipient_organisation=stage.clinic if kind.recipient == "organisation" else None,
            recipient_membership=worker if kind.recipient == "worker" else None, recipient_account_id=account,
            code_hash=uuid.uuid4().hex if kind.recipient == "account" else None, state="given", written_at=start,
            starts_at=start, until=now - DAY if state == "over" else now + days * DAY, name=stage.sealed,
            signed_at=start, proceeding=stage.case if kind.described else None, **first_words(kind), firm_until=firm,
            ended_at=now - DAY if state == "ended" else None, ending="stopped" if state == "ended" else "",
        )  # fmt: skip


def _follow(row: Share, less: Extent, **changes: Any) -> None:
    """What follows it, written past the commands."""
    usual: dict[str, Any] = {
        "id": uuid.uuid4(), "record_id": row.record_id, "held_record_id": row.held_record_id,
        "discloser_id": row.discloser_id, "kind": row.kind, "classes": sorted(less.classes), "purpose": row.purpose,
        "recipient_organisation_id": row.recipient_organisation_id,
        "recipient_membership_id": row.recipient_membership_id, "state": "given",
        "code_hash": uuid.uuid4().hex if row.code_hash else None, "written_at": row.written_at,
        "starts_at": row.starts_at, "until": less.until, "name": row.name, "signed_at": row.signed_at,
        "text_key": f"{row.text_key.removesuffix('-less')}-less",
        "text_version": VERSIONS.get(row.kind, "2026-11-23"),
        "language": row.language, "proceeding": row.proceeding, "replaces_id": row.id,
    }  # fmt: skip
    Share.objects.create(**{**usual, **changes})


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extents=EXTENTS, state=STATES)
@example((rules.KINDS["cj_referral"], BOTH, ["attendance"], 9, 9), "firm")
@example((rules.KINDS["cj_referral"], BOTH, ["attendance"], 9, 9), "firm before")
@example((rules.KINDS["ally"], ["attendance"], ["attendance"], 9, 8), "no code typed")
def test_code_and_database_say_the_same_of_what_may_follow(stage, extents, state):
    kind, classes, left, days, days_left = extents
    with pytest.raises(Undo), transaction.atomic():
        row = _before(stage, kind, classes, days, state)
        until = row.until if days_left == days else datetime.now(UTC) + (days_left - 0.5) * DAY
        before, after = Extent(frozenset(classes), row.until), Extent(frozenset(left), until)
        taken_up = row.code_hash is None or row.recipient_account_id is not None
        at = datetime.now(UTC)
        refused = bool(list(rules.reasons_not_to_narrow(before, after, row.firm_until, at, taken_up=taken_up)))
        refused = refused or row.ended_at is not None
        new_request()
        consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
        try:
            with transaction.atomic():
                _follow(row, after)
            written = True
        except DatabaseError:
            written = False
        assert written is not refused
        if written:
            _ended_with_it(row)
        raise Undo


def _ended_with_it(row: Share) -> None:
    before, after = Share.objects.get(id=row.id), Share.objects.get(replaces_id=row.id)
    assert (before.ending, before.ended_at) == ("replaced", after.signed_at)
    assert after.signed_at == after.starts_at == after.written_at > row.signed_at
    assert after.recipient_account_id == row.recipient_account_id


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "COC"},
        {"kind": "tpo_single"},
        {"text_key": "share-care"},
        {"state": "draft", "name": None, "signed_at": None},
        {"recipient_organisation_id": "another"},
        {"held_record_id": "another"},
        {"firm_until": "soon"},
    ],
)
def test_sql_of_its_own_changes_nothing_beside_how_far_it_reaches(stage, changes):
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    row = Share.objects.get(id=stage.share)
    with as_owner():
        other = organisation("Another clinic", kind="clinic").id
    words = {"recipient_organisation_id": other, "held_record_id": stage.beside[1], "firm_until": stage.at + DAY}
    said = {key: words[key] if value in ("another", "soon") else value for key, value in changes.items()}
    less = Extent(frozenset({"attendance"}), row.until)
    with pytest.raises(DatabaseError), transaction.atomic():
        _follow(row, less, **said)
    _follow(row, less)
    with pytest.raises(DatabaseError), transaction.atomic():
        _follow(row, less)


@pytest.mark.parametrize(
    "sql",
    [
        "update consent_share set classes = classes || array['sud_treatment_record']::varchar[] where id = %s",
        "update consent_share set classes = array['attendance']::varchar[] where id = %s",
        "update consent_share set until = until + interval '1 day' where id = %s",
        "update consent_share set until = until - interval '1 day' where id = %s",
        "update consent_share set ended_at = now(), ending = 'replaced' where id = %s",
        "update consent_share set ended_at = now(), ending = 'stopped', until = until + interval '1 day' where id = %s",
        "update consent_share set replaces_id = id where id = %s",
    ],
)
def test_sql_of_its_own_does_not_change_what_was_signed(stage, sql):
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.CONSENT_RECORD})
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(sql, [stage.share])
    with connection.cursor() as cursor:
        cursor.execute("update consent_share set ended_at = now(), ending = 'stopped' where id = %s", [stage.share])
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "sql",
    [
        "classes = classes || array['sud_treatment_record']::varchar[]",
        "until = until + interval '1 day'",
        "until = until - interval '1 day', firm_until = until + interval '1 day'",
        "classes = array['attendance']::varchar[], state = 'refused'",
        "classes = '{}'",
    ],
)
def test_sql_of_its_own_makes_what_waits_no_wider(stage, sql):
    new_request()
    text = consent.text(key="share", language="en")
    share = sharing.keep_for_later(wish=stage.wish(classes=BOTH), text=text, by=stage.person, at=stage.at)
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(f"update consent_share set {sql} where id = %s", [share])
        cursor.execute("update consent_share set classes = array['attendance']::varchar[] where id = %s", [share])
        assert cursor.rowcount == 1


@given(
    extents=EXTENTS,
    law=st.sampled_from(list(rules.ORIGINS)),
    recipient=st.sampled_from(list(rules.RECIPIENT_TYPES)),
    roles=st.sets(st.sampled_from(["clinician", "peer", "monitor"])),
    flags=st.lists(st.booleans(), min_size=7, max_size=7),
    days=st.integers(-2, 25),
)
def test_what_is_less_never_opens_more(extents, law, recipient, roles, flags, days):
    kind, classes, left, last, sooner = extents
    now = datetime(2026, 11, 23, tzinfo=UTC)
    before = Extent(frozenset(classes), now + last * DAY)
    after = Extent(frozenset(left), now + sooner * DAY)
    if list(rules.reasons_not_to_narrow(before, after, None, now)):
        return
    named, worker, erased, blocked, restricted, related, noted = flags
    facts = ShareFacts(
        kind.key, "given", before.classes, kind.purposes[0], now, before.until, None, named, worker, frozenset(roles),
        law, recipient, erased, blocked, restricted, related, noted,
    )  # fmt: skip
    less, at = replace(facts, classes=after.classes, until=after.until), now + days * DAY
    for wanted in {*kind.classes, *left}:
        by_less = rules.parts_open(less, wanted, at)
        assert by_less is None or by_less == rules.parts_open(facts, wanted, at)
        assert rules.decide(less, wanted).notice <= rules.decide(facts, wanted).notice
    if rules.part_listed(less, at) is not None:
        assert rules.part_listed(facts, at) is not None
