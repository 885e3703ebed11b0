"""The made-up community before it is written: repeatable, by the rules, in words we stand by, and of nobody real."""

import re
import tomllib
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from tests.architecture.test_texts import NOT_OUR_MARKS, NOT_OUR_WORDS

from manypaths.config.demo import build, content
from manypaths.config.demo.book import Words
from manypaths.config.demo.build import Loaded, Story
from manypaths.config.demo.checkins import Questions
from manypaths.consent.models import Authorship, Grant, Text
from manypaths.indicators.rules.periods import ENOUGH
from manypaths.network.models import Agreement
from manypaths.outcomes.instruments import shipped
from manypaths.outcomes.models import InstrumentVersion, Sitting
from manypaths.people.models import Assignment, Profile
from manypaths.plans.models import OwnWords
from manypaths.referrals import rules
from manypaths.referrals.models import Move, Referral
from manypaths.referrals.rules import Party, Status
from manypaths.support.models import Attendance, CounsellingNote, Screen, Treatment

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
FEW = 60
TELEPHONE = re.compile(r"\d{3}[-. ]?\d{3}[-. ]?\d{4}|\(\d{3}\)")
MADE_UP = re.compile(r"\d{3}-555-01\d\d")
# People of the trade whose names no made-up place may bear.
REAL_NAMES = re.compile(
    r"\b(AA|NA|Al-?Anon|Alcoholics|Narcotics|SMART Recovery|Refuge Recovery|Celebrate Recovery|Turning Point"
    r"|Oxford House|Salvation Army|Planned Parenthood|Howard Center|Kingdom Recovery|Good Samaritan)\b",
    re.I,
)


def loaded() -> Loaded:
    texts = {one: Text(key="request", version="2026-11", language=one) for one in ("en", "es")}
    questions = Questions(InstrumentVersion(id=uuid.UUID(int=2)), shipped("barc-10", "2017"))
    return Loaded(Agreement(id=uuid.UUID(int=1)), texts, questions)


@pytest.fixture(scope="module")
def story() -> Story:
    return build.compose(loaded(), NOON, people=FEW)


def written_words() -> list[str]:
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        for child in children:
            gather(child)

    for path in content.DATA.glob("*.toml"):
        gather(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def test_the_same_seed_and_instant_tell_the_same_story(story: Story):
    again = build.compose(loaded(), NOON, people=FEW)
    assert again.book.digest() == story.book.digest()


def test_another_seed_tells_another_story(story: Story):
    assert build.compose(loaded(), NOON, people=FEW, seed=7).book.digest() != story.book.digest()


@pytest.mark.parametrize("hours", [0, 5, 9, 14, 20, 31, 77, 24 * 40, 24 * 99, 24 * 163, 24 * 250, 24 * 333])
def test_it_can_begin_on_any_day_at_any_hour(hours: int):
    told = build.compose(loaded(), NOON + timedelta(hours=hours), people=12, seed=hours)
    assert len(told.crowd.people) >= 12


def test_nothing_has_happened_after_now(story: Story):
    later = [
        (model.__name__, field.name)
        for model, rows in story.book.rows.items()
        for field in model._meta.concrete_fields
        if field.name not in {"until", "due_at"}
        for row in rows
        if isinstance(value := getattr(row, field.attname), datetime) and value > story.book.now
    ]
    assert Counter(later) == {}


def test_every_request_went_a_way_that_the_rules_allow(story: Story):
    for request in story.crowd.requests:
        at = Status.DRAFT
        for was, became, party in request.moves:
            assert was == at
            assert Status(became) in rules.allowed_moves(at, Party(party))
            at = Status(became)
        assert request.row.status == at


def test_moves_of_one_request_stand_in_the_order_of_time(story: Story):
    times: dict[uuid.UUID, list[datetime]] = {}
    for row in story.book.rows[Move]:
        assert isinstance(row, Move)
        times.setdefault(row.referral_id, []).append(row.at)
    assert [one for one in times.values() if one != sorted(one)] == []


def test_requests_end_in_every_way_and_some_wait():
    full = build.compose(loaded(), NOON)
    rows = [row for row in full.book.rows[Referral] if isinstance(row, Referral)]
    assert {row.status for row in rows} == {status.value for status in Status} - {"draft"}
    assert {"no_open_place", "silence", "cannot_reach", "sharing_ended", "waits_for_place"} <= {
        row.reason for row in rows
    }
    told = {(row.outcome in {"began", "given"}, row.person_answer) for row in rows if row.outcome}
    assert {(True, "yes"), (True, "no"), (False, "yes"), (False, "no")} <= told
    months = Counter(f"{row.requested_at:%Y-%m}" for row in rows if row.requested_at)
    assert max(months.values()) < ENOUGH, "a month on its own would be published alone, and most of it kept back"
    assert any(rules.is_overdue(Status(row.status), row.due_at, full.book.now) for row in rows)
    assert {"", "stopped", "request_closed", "replaced"} == {one.ending for one in full.book.rows[Grant]}  # type: ignore[attr-defined]


def test_people_go_up_and_some_go_down(story: Story):
    by_record: dict[uuid.UUID, list[int]] = {}
    for row in story.book.rows[Sitting]:
        if isinstance(row, Sitting) and row.total is not None:
            by_record.setdefault(row.record_id, []).append(row.total)
    changes = [totals[-1] - totals[0] for totals in by_record.values() if len(totals) > 1]
    assert any(change > 4 for change in changes)
    assert any(change < -4 for change in changes)


def test_own_words_do_not_repeat_close_to_each_other(story: Story):
    said = Counter(row.text.text for row in story.book.rows[OwnWords])  # type: ignore[attr-defined]
    assert [words for words, times in said.items() if times > 1] == []


def test_a_share_of_the_people_speaks_spanish():
    full = build.compose(loaded(), NOON, people=200)
    languages = Counter(row.language for row in full.book.rows[Profile])  # type: ignore[attr-defined]
    assert languages["es"] > 20


def test_it_is_large_enough_to_be_alive():
    places = content.places()
    assert len(places) >= 60
    assert sum(len(one.services) for one in places) >= 300
    kinds = {
        "treatment",
        "recovery_community",
        "recovery_home",
        "faith",
        "cultural",
        "school",
        "court",
        "civic",
        "mutual_aid",
    }
    assert kinds <= {one.kind for one in places}
    assert build.PEOPLE >= 400


def test_no_two_places_share_a_name_a_number_or_an_address(story: Story):
    places = content.places()
    assert len({one.name for one in places}) == len(places)
    assert len({house.phone for house in story.houses}) == len(story.houses)
    assert len({(one.town, one.street) for one in places}) == len(places)


def test_every_telephone_number_is_one_that_nobody_has(story: Story):
    said = [*written_words(), *(house.phone for house in story.houses)]
    for rows in story.book.rows.values():
        for row in rows:
            values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
            said += [one.text if isinstance(one, Words) else one for one in values if isinstance(one, str | Words)]
    numbers = {found.group() for text in said for found in TELEPHONE.finditer(text)}
    assert numbers
    assert [one for one in numbers if not MADE_UP.fullmatch(one)] == []


def test_every_address_of_the_net_leads_nowhere(story: Story):
    for rows in story.book.rows.values():
        for row in rows:
            for name in ("email", "website", "address"):
                value = getattr(row, name, "")
                if isinstance(value, str) and ("@" in value or "://" in value):
                    assert value.rstrip("/").endswith(".example.org")


def test_no_place_bears_the_name_of_a_real_one():
    assert [one.name for one in content.places() if REAL_NAMES.search(one.name)] == []


def test_our_words_put_the_person_first():
    ours = [text for text in written_words() for words in NOT_OUR_WORDS.values() if words.search(text)]
    assert ours == []
    assert [text for text in written_words() if NOT_OUR_MARKS.search(text)] == []


def test_every_town_is_in_a_county_of_the_community(story: Story):
    assert {town.county for town in content.towns().values()} == set(story.community.county_fips)


def test_entries_are_written_by_whoever_walks_with_the_person_and_notes_have_an_author(story: Story):
    rows = story.book.rows
    assigned = {(one.record_id, one.membership_id): one for one in rows[Assignment]}
    for model in (Treatment, Screen, Attendance):
        assert rows[model], model
        for one in rows[model]:
            tie = assigned[one.record_id, one.membership_id]
            assert tie.since < one.written_at < (tie.until or story.book.now)
    authors = {one.item_id: one.record_id for one in rows[Authorship]}
    assert {one.authorship_id: one.record_id for one in rows[CounsellingNote]} == authors != {}
