"""A person answers, comes back, finishes, reads and deletes; nobody else does any of it."""

import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import ANONYMOUS, Reader
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.outcomes import commands, queries, rules
from manypaths.outcomes.instruments import shipped
from manypaths.outcomes.models import Answer, InstrumentVersion, Sitting
from manypaths.outcomes.rules import RATHER_NOT_SAY, Standing
from manypaths.people.tests.factories import new_request, person

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ON = date(2026, 11, 20)
BARC = shipped("barc-10", "2017")
ALL_FIVE = dict.fromkeys(BARC.items, 5)


def answered(by: Reader, **changes: object) -> uuid.UUID:
    given = {"instrument": "barc-10", "answers": ALL_FIVE, "language": "en", "on": ON, "by": by, "at": AT, **changes}
    return commands.answer_instrument(**given)  # type: ignore[arg-type]


def acts() -> list[str]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select what from audit_act order by at, what")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
class TestAnswering:
    def test_ten_answers_give_a_total_that_the_person_reads(self) -> None:
        me = person()
        answered(me, note="Slept well this week", may_be_counted=True)
        new_request()
        found = queries.own_sittings(reader=me, instrument="barc-10")
        assert [(one.total, one.answered, one.note) for one in found] == [(50, 10, "Slept well this week")]
        assert "outcomes.sitting_finished" in acts()

    def test_an_item_left_out_keeps_the_answers_and_gives_no_total(self) -> None:
        me = person()
        answered(me, answers={**ALL_FIVE, "barc4": RATHER_NOT_SAY})
        found = queries.own_sittings(reader=me, instrument="barc-10")[0]
        assert (found.total, found.answered, found.answers["barc4"]) == (None, 9, RATHER_NOT_SAY)

    def test_someone_who_stops_in_the_middle_finds_their_answers_again(self) -> None:
        me = person()
        first = commands.save_answers(instrument="barc-10", answers={"barc1": 6}, language="en", by=me, at=AT)
        new_request()
        second = commands.save_answers(instrument="barc-10", answers={"barc2": 2}, language="en", by=me, at=AT)
        waiting = queries.own_unfinished(reader=me, instrument="barc-10")
        assert first == second
        assert waiting is not None
        assert waiting.answers == {"barc1": 6, "barc2": 2}
        assert queries.own_sittings(reader=me, instrument="barc-10") == []

    def test_an_answer_can_be_changed_until_the_sitting_is_finished(self) -> None:
        me = person()
        commands.save_answers(instrument="barc-10", answers={"barc1": 6}, language="en", by=me, at=AT)
        at = commands.save_answers(instrument="barc-10", answers={"barc1": RATHER_NOT_SAY}, language="en", by=me, at=AT)
        assert queries.own_sitting(reader=me, sitting_id=at).answers == {"barc1": RATHER_NOT_SAY}

    @pytest.mark.parametrize("wrong", [{"barc1": 0}, {"barc1": 7}, {"barc11": 3}, {"barc1": "maybe"}, {"barc1": True}])
    def test_an_answer_off_the_scale_or_to_another_question_is_refused(self, wrong: dict[str, object]) -> None:
        me = person()
        with pytest.raises(Refused):
            answered(me, answers=wrong)
        assert queries.own_unfinished(reader=me, instrument="barc-10") is None

    def test_nothing_answered_cannot_be_finished(self) -> None:
        me = person()
        with pytest.raises(Refused, match="nothing_answered"):
            answered(me, answers={"barc1": RATHER_NOT_SAY})

    def test_a_note_that_is_too_long_is_refused_and_nothing_is_kept(self) -> None:
        me = person()
        with pytest.raises(Refused, match="note_too_long"):
            answered(me, note="x" * 1001)
        assert queries.own_sittings(reader=me, instrument="barc-10") == []

    def test_a_finished_sitting_stays_as_it_was(self) -> None:
        me = person()
        done = answered(me)
        with pytest.raises(NotThere):
            commands.finish_sitting(sitting_id=done, note="", may_be_counted=True, on=ON, by=me, at=AT)

    def test_a_person_deletes_their_answers_for_good(self) -> None:
        me = person()
        done = answered(me)
        commands.forget_sitting(sitting_id=done, by=me, at=AT)
        with as_owner():
            assert not Sitting.objects.exists()
            assert not Answer.objects.exists()
        with pytest.raises(NotThere):
            queries.own_sitting(reader=me, sitting_id=done)

    def test_nothing_is_left_when_the_log_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        me = person()

        def fail(**_: object) -> None:
            raise RuntimeError("no log")

        monkeypatch.setattr("manypaths.outcomes.commands.audit.record", fail)
        with pytest.raises(RuntimeError):
            answered(me)
        with as_owner():
            assert not Sitting.objects.exists()


@pytest.mark.django_db
class TestNobodyElse:
    def test_another_person_and_nobody_at_all_find_nothing(self) -> None:
        mine = answered(person())
        for other in (person(), ANONYMOUS, reader_for(membership(organisation()))):
            new_request()
            with pytest.raises(NotThere):
                queries.own_sitting(reader=other, sitting_id=mine)
            with pytest.raises(NotThere):
                commands.forget_sitting(sitting_id=mine, by=other, at=AT)

    def test_the_table_alone_raises_when_nothing_was_opened(self) -> None:
        answered(person())
        new_request()
        with pytest.raises(DatabaseError, match="nobody opened outcome_answers"), transaction.atomic():
            list(Sitting.objects.all())

    def test_an_opened_record_shows_its_own_rows_only(self) -> None:
        answered(person())
        mine = person()
        new_request()
        queries.own_sittings(reader=mine, instrument="barc-10")
        assert list(Sitting.objects.all()) == []
        assert list(Answer.objects.all()) == []

    def test_the_application_cannot_change_an_instrument(self) -> None:
        for act in (lambda: InstrumentVersion.objects.update(file="{}"), InstrumentVersion.objects.all().delete):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()

    def test_a_note_is_sealed_in_the_table(self) -> None:
        answered(person(), note="moved into Birch House")
        with as_owner():
            sealed = Sitting.objects.get().note
        assert sealed
        assert b"Birch" not in sealed


class TestFacts:
    def test_the_night_reads_counted_sittings_only_and_no_id(self, committed_db: str) -> None:
        with transaction.atomic():
            me = person()
            answered(me, may_be_counted=True)
        with transaction.atomic():
            answered(person())
        with psycopg.connect(role_url("measures")) as night:
            night.execute("select set_config('manypaths.night_salt', 'salt', false)")
            rows = night.execute("select * from outcomes_facts").fetchall()
        assert [row[:5] for row in rows] == [("barc-10", "2017", date(2026, 11, 1), 10, 50)]
        assert str(me.record_id) not in str(rows)

    def test_two_nights_cannot_be_joined(self, committed_db: str) -> None:
        with transaction.atomic():
            answered(person(), may_be_counted=True)
        keys = set()
        for salt in ("one", "two"):
            with psycopg.connect(role_url("measures")) as night:
                night.execute("select set_config('manypaths.night_salt', %s, false)", [salt])
                keys |= set(night.execute("select who from outcomes_facts").fetchall())
        assert len(keys) == 2

    def test_the_view_fails_without_the_salt_of_the_night(self, committed_db: str) -> None:
        with transaction.atomic():
            answered(person(), may_be_counted=True)
        with psycopg.connect(role_url("measures")) as night, pytest.raises(psycopg.Error, match="night_salt"):
            night.execute("select * from outcomes_facts").fetchall()

    def test_the_night_cannot_read_the_tables(self, committed_db: str) -> None:
        with psycopg.connect(role_url("measures")) as night, pytest.raises(psycopg.Error, match="permission denied"):
            night.execute("select * from outcomes_sitting").fetchall()


class TestRules:
    def test_what_holds_are_the_strongest_answers_in_the_order_asked(self) -> None:
        values: dict[str, int | None] = {**dict.fromkeys(BARC.items, 2), "barc2": 5, "barc7": 6, "barc9": 5, "barc5": 4}
        assert [one.item for one in rules.what_holds(BARC, values)] == ["barc7", "barc2", "barc9"]
        assert rules.count_of_strengths(BARC, values) == 4

    @pytest.mark.parametrize(
        ("totals", "standing"),
        [
            ([], Standing.OPEN),
            ([30], Standing.FIRST),
            ([30, 34], Standing.MORE),
            ([30, None, 34], Standing.MORE),
            ([34, 34], Standing.SAME),
            ([34, 30], Standing.LESS),
            ([34, None], Standing.OPEN),
        ],
    )
    def test_the_newest_total_stands_beside_the_whole_one_before(
        self, totals: list[int | None], standing: Standing
    ) -> None:
        days = [(date(2026, 1 + number, 1), total) for number, total in enumerate(totals)]
        assert rules.standing_of(days) is standing
