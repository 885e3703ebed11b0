"""A recorded emergency, attacked with plain SQL under one's own name: nothing opens without it, late, or by a trick."""

import contextlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import transaction

from manypaths.accounts.queries import fingerprint
from manypaths.config.testing import as_owner, role_url
from manypaths.consent import rescuing
from manypaths.consent.rules.emergencies import Said
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send
from tests.walls.test_requests_of_others import opened

REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
WORDS = b"a sealed text that is longer than no words at all"
SAID = Said("Dr. Ito", "County Hospital", "Ana P.", "Overdose", cannot_agree=True)
RECORD = "select record_emergency(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
FORGED = """
insert into consent_emergency (id, opening, record_id, org_record_id, organisation_id, membership_id, by_card,
                               recipient, affiliation, discloser, nature, opened_at, due_at, finding, deed)
values (gen_random_uuid(), %s, %s, %s, %s, %s, false, 'x', 'x', 'x', 'x', now(), now() + interval '1 day', '', '')
"""
ANSWERED = """
update consent_emergency set finding = 'was_work', deed = 'nothing', answer = 'x', answered_at = now(),
                             answered_by_id = %s
"""
Stage = tuple[Scene, uuid.UUID, Reader, str, uuid.UUID]


@pytest.fixture
def kept(committed_db) -> Stage:
    """A page that a place keeps, a medic of another place, the code of a card, and an emergency that was recorded."""
    stage = scene()
    with as_owner():
        house = organisation("County Hospital")
        participation(stage.place, house)
        medic = replace(reader_for(membership(house, "medic"), stage.place), factor_at=datetime.now(UTC))
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    with transaction.atomic():
        record = commands.accept_request(
            referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=datetime.now(UTC)
        )
    at = datetime.now(UTC)
    with transaction.atomic():
        code = rescuing.make_card(by=replace(stage.person, factor_at=at), at=at)
    with transaction.atomic():
        opening = commands.open_in_emergency(key=code, said=SAID, by=medic, at=at)
    return stage, record, medic, rescuing.hash_of_card(code), opening


@contextlib.contextmanager
def signed_in():
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def opens(raw: psycopg.Connection, who: Reader, opening: uuid.UUID) -> list[str]:
    row = raw.execute("select open_emergency(%s, %s, %s)", [who.account_id, who.membership_id, opening]).fetchone()
    assert row is not None
    return row[0]["open"]


def write(raw: psycopg.Connection, who: Reader, code_hash: str | None, held: uuid.UUID, *words: bytes | None):
    four = [*words, *[WORDS] * 4][:4]
    raw.execute(RECORD, [who.account_id, who.membership_id, code_hash, held, uuid.uuid4(), uuid.uuid4(), *four])


def names(raw: psycopg.Connection) -> int:
    return len(raw.execute("select record_id from people_profile").fetchall())


def aged(minutes: int) -> None:
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        raw.execute("update consent_emergency set opened_at = opened_at - make_interval(mins => %s)", [minutes])


def test_who_recorded_it_reads_this_record_and_no_other(kept):
    stage, record, medic, _code, opening = kept
    with signed_in() as raw:
        assert opens(raw, medic, opening) == [str(record)]
        assert names(raw) == 1
        for table in ("consent_grant", "consent_emergency", "referrals_packet", "referrals_referral", "people_record"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"select * from {table}").fetchall()
    for who in (stage.coach, stage.colleague, replace(medic, membership_id=stage.coach.membership_id)):
        with signed_in() as raw:
            assert opens(raw, who, opening) == []


def test_what_an_emergency_opens_is_read_and_never_written(kept):
    _stage, record, medic, _code, opening = kept
    for sql in (
        "update people_profile set language = 'xx'",
        "update people_safecontact set may_leave_message = true",
        "update support_treatment set struck_at = now()",
    ):
        with signed_in() as raw:
            assert opens(raw, medic, opening)
            assert names(raw) == 1
            try:
                with raw.transaction():
                    assert raw.execute(sql).rowcount == 0
            except psycopg.errors.InsufficientPrivilege:
                pass
    with signed_in() as raw:
        opens(raw, medic, opening)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(
                "insert into people_safecontact (record_id, way, may_leave_message, changed_at) "
                "values (%s, 'here', false, now())", [record],
            )  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select tell_person(gen_random_uuid(), %s, 'x', %s, now())", [record, record])


def test_nothing_is_recorded_with_a_field_missing_or_empty(kept):
    _stage, record, medic, code_hash, _opening = kept
    empty = bytes(29)
    for place in range(4):
        for nothing in (None, b"", empty):
            words = [WORDS] * 4
            words[place] = nothing
            with signed_in() as raw, pytest.raises(psycopg.errors.CheckViolation), raw.transaction():
                write(raw, medic, code_hash, record, *words)


def test_nothing_is_recorded_without_the_code_the_role_or_the_place(kept):
    stage, record, medic, code_hash, opening = kept
    wrong = fingerprint("emergency card", "abcdefghjkmn")
    tries = [
        (medic, wrong, record), (medic, None, record), (medic, code_hash, uuid.uuid4()),
        (medic, code_hash, stage.person.record_id), (stage.coach, code_hash, record), (stage.coach, None, record),
        (replace(medic, account_id=stage.coach.account_id), code_hash, record), (stage.person, code_hash, record),
    ]  # fmt: skip
    for who, code, held in tries:
        with signed_in() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            write(raw, who, code, held)
    with signed_in() as raw:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(FORGED, [opening, stage.person.record_id, record, stage.body.id, medic.membership_id])
        for internal in (
            "emergency_reach(null, null, null, null)",
            "emergency_classes('{}')",
            "is_blocked('{}', null, null)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"select {internal}")


def test_after_the_hour_nothing_opens_and_no_row_opens_it_again(kept):
    _stage, _record, medic, _code, opening = kept
    aged(59)
    with signed_in() as raw:
        assert opens(raw, medic, opening)
    aged(1)
    with signed_in() as raw:
        assert opens(raw, medic, opening) == []
        assert names_or_refused(raw) == 0
    with signed_in() as raw:
        raw.execute("select set_config('app.nonce', %s, true)", [str(last_nonce())])
        assert names_or_refused(raw) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("insert into audit_access select * from audit_access")


def names_or_refused(raw: psycopg.Connection) -> int:
    try:
        with raw.transaction():
            return names(raw)
    except psycopg.errors.InsufficientPrivilege:
        return 0


def last_nonce() -> uuid.UUID:
    with psycopg.connect(role_url("owner")) as raw:
        row = raw.execute("select nonce from audit_access where 'emergency' = purpose order by seq desc").fetchone()
    assert row is not None
    return row[0]


def test_what_was_recorded_is_never_changed_or_taken_away(kept):
    stage, _record, medic, _code, opening = kept
    for sql in (
        "update consent_emergency set opened_at = now()",
        "update consent_emergency set membership_id = organisation_id",
        "update consent_emergency set nature = 'y'",
        "update consent_emergency set due_at = now() + interval '9 years'",
        "delete from consent_emergency",
    ):
        for who in (medic, stage.person):
            with signed_in() as raw:
                if who is medic:
                    opens(raw, medic, opening)
                else:
                    opened(raw, who, [who.record_id], ["access_log"], "own")
                with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                    raw.execute(sql)


def test_a_review_is_not_forged_by_who_opened_by_the_person_or_under_another_name(kept):
    stage, _record, medic, _code, opening = kept
    with as_owner():
        officer = reader_for(membership(stage.body, "privacy_officer"), stage.place)
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), stage.place)
    with psycopg.connect(role_url("owner")) as raw:
        row = raw.execute("select id from consent_emergency where opening = %s", [opening]).fetchone()
    assert row is not None
    review = "select open_emergency_review(%s, %s, %s)"
    for who in (medic, elsewhere, stage.coach, replace(elsewhere, membership_id=officer.membership_id)):
        with signed_in() as raw:
            found = raw.execute(review, [who.account_id, who.membership_id, row[0]]).fetchone()
            assert found is not None
            assert not found[0]["open"]
            assert raw.execute(ANSWERED, [who.membership_id]).rowcount == 0
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        for by in (officer.membership_id, medic.membership_id):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(ANSWERED, [by])
    with signed_in() as raw:
        raw.execute(review, [officer.account_id, officer.membership_id, row[0]])
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(ANSWERED, [elsewhere.membership_id])
        assert raw.execute(ANSWERED, [officer.membership_id]).rowcount == 1
    with signed_in() as raw:
        raw.execute(review, [officer.account_id, officer.membership_id, row[0]])
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(ANSWERED, [officer.membership_id])


def test_no_card_is_read_or_made_for_somebody_else(kept):
    stage, record, medic, _code, opening = kept
    made = "insert into consent_emergencycard (record_id, code_hash, made_at) values (%s, 'x', now())"
    with signed_in() as raw:
        opens(raw, medic, opening)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select * from consent_emergencycard").fetchall()
    with signed_in() as raw:
        opened(raw, stage.coach, [record], ["consent_record", "presence"], "care")
        assert raw.execute("select * from consent_emergencycard").fetchall() == []
        for whose in (record, stage.person.record_id):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(made, [whose])


def test_every_way_in_leaves_a_row_under_the_name_that_was_claimed_and_tells_the_person(kept):
    stage, record, medic, code_hash, opening = kept
    with signed_in() as raw:
        opens(raw, medic, opening)
    with signed_in() as raw:
        raw.execute(
            "select find_in_emergency(%s, %s, %s, null)", [stage.coach.account_id, stage.coach.membership_id, code_hash]
        )
    with psycopg.connect(role_url("owner")) as raw:
        rows = raw.execute(
            "select membership_id, opened, denied, bases::text[] from audit_access "
            "where purpose = 'emergency' order by seq"
        ).fetchall()
        (one,) = raw.execute("select id from consent_emergency").fetchall()
        told = raw.execute("select record_id, template from notices_personnotice where subject_id = %s", [opening])
        assert (stage.person.record_id, "emergency_opened") in told.fetchall()
    assert rows == [
        (medic.membership_id, [], [record], []),
        (medic.membership_id, [record], [], [f"emergency:{one[0]}"]),
        (stage.coach.membership_id, [], [], []),
    ]
