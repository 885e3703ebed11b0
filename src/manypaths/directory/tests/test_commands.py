"""What organisations do to their listings: done, refused, recorded, all or nothing."""

import dataclasses
from datetime import date, timedelta

import pytest

from manypaths.audit import commands as audit
from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.directory import commands, queries
from manypaths.directory.commands import Place, Words
from manypaths.directory.models import RoomReport, SearchGap, SearchMark, Service, SourceRow, Verification
from manypaths.directory.rules import Span
from manypaths.directory.tests.factories import NOW, OFFICE, service
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import ANONYMOUS
from manypaths.network.tests import factories as network

pytestmark = pytest.mark.django_db
WORDS = Words(
    name="Evening circle", kind="mutual_aid", zone="America/New_York", needs=("meetings",), phone="802-555-0111"
)
HALL = Place(address_1="1 Mill Yard", city="Barre", state="VT", postal_code="05641", latitude=44.197, longitude=-72.502)


@pytest.fixture
def lead():
    return network.reader_for(network.membership(network.organisation("Mill Yard"), "org_admin"))


def codes(refused) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def acts() -> list[str]:
    with as_owner():
        return list(Act.objects.order_by("at").values_list("what", flat=True))


def test_a_meeting_is_listed_with_its_place_and_time(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=[Span(2, 1140, 1200)], by=lead, at=NOW)
    shown = queries.listing(service_id=made)
    assert (shown.name, shown.city, shown.hours) == ("Evening circle", "Barre", (Span(2, 1140, 1200),))
    assert (shown.organisation_id, shown.verified_at, shown.room) == (lead.organisation_id, NOW, "unknown")
    assert "directory.service_added" in acts()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"kind": "miracle"}, "kind_unknown"),
        ({"phone": "", "website": ""}, "no_way_to_reach"),
    ],
)
def test_a_listing_that_leads_nowhere_is_refused_and_nothing_is_kept(lead, change, code):
    with pytest.raises(Refused) as refused:
        commands.add_service(words=dataclasses.replace(WORDS, **change), place=HALL, hours=[], by=lead, at=NOW)
    assert code in codes(refused)
    assert not Service.objects.exists()


def test_impossible_hours_are_refused(lead):
    with pytest.raises(Refused) as refused:
        commands.add_service(words=WORDS, place=HALL, hours=[Span(2, 600, 600)], by=lead, at=NOW)
    assert codes(refused) == {"hours_order"}


def test_nobody_lists_for_an_organisation_they_do_not_work_for():
    for reader in (ANONYMOUS, network.reader_for(network.membership(network.organisation("Other"), "fiscal"))):
        with pytest.raises(Refused) as refused:
            commands.add_service(words=WORDS, place=None, hours=[], by=reader, at=NOW)
        assert codes(refused) == {"not_yours"}


@pytest.mark.parametrize("act", ["edit", "close", "room", "confirm"])
def test_no_one_touches_anothers_listing(lead, act):
    theirs = service()
    calls = {
        "edit": lambda: commands.edit_service(service_id=theirs.id, words=WORDS, place=None, hours=[], by=lead, at=NOW),
        "close": lambda: commands.close_service(service_id=theirs.id, by=lead, at=NOW),
        "room": lambda: commands.report_room(
            service_id=theirs.id, room="full", places=None, wait_days=None, by=lead, at=NOW
        ),
        "confirm": lambda: commands.confirm_service(service_id=theirs.id, by=lead, at=NOW),
    }
    before = Service.objects.values().get(id=theirs.id)
    with pytest.raises(Refused) as refused:
        calls[act]()
    assert codes(refused) == {"not_yours"}
    assert Service.objects.values().get(id=theirs.id) == before


def test_an_edit_changes_words_hours_and_place_and_counts_as_a_check(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=OFFICE, by=lead, at=NOW)
    later = NOW + timedelta(days=3)
    words = dataclasses.replace(WORDS, name="Dawn circle")
    town = Place(city="Cabot", state="VT", visibility="town", latitude=44.402, longitude=-72.3098)
    commands.edit_service(service_id=made, words=words, place=town, hours=[Span(6, 420, 480)], by=lead, at=later)
    shown = queries.listing(service_id=made)
    assert (shown.name, shown.city, shown.hours, shown.verified_at) == (
        "Dawn circle", "Cabot", (Span(6, 420, 480),), later,
    )  # fmt: skip
    assert Verification.objects.filter(service=made, outcome="changed").count() == 1


def test_an_edit_is_kept_from_later_imports(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=[], by=lead, at=NOW)
    SourceRow.objects.create(
        service_id=made, source="list", key="1", year=2022, row_hash="x", first_seen=NOW, last_seen=NOW
    )
    words = dataclasses.replace(WORDS, phone="802-555-0999")
    commands.edit_service(service_id=made, words=words, place=HALL, hours=[], by=lead, at=NOW)
    assert {"phone", "location"} <= set(SourceRow.objects.get(service=made).overrides)


def test_a_closed_listing_is_gone_for_everyone_and_kept(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=[], by=lead, at=NOW)
    commands.close_service(service_id=made, by=lead, at=NOW)
    assert queries.listing(service_id=made) is None
    assert Service.objects.get(id=made).closed_at == NOW
    with pytest.raises(NotThere):
        commands.confirm_service(service_id=made, by=lead, at=NOW)


def test_room_is_said_by_hand_and_every_word_is_kept(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=[], by=lead, at=NOW)
    commands.report_room(service_id=made, room="open", places=3, wait_days=None, by=lead, at=NOW)
    commands.report_room(
        service_id=made, room="waitlist", places=None, wait_days=9, by=lead, at=NOW + timedelta(hours=1)
    )
    shown = queries.listing(service_id=made)
    assert (shown.room, shown.room_places, shown.room_wait_days) == ("waitlist", None, 9)
    assert list(RoomReport.objects.order_by("at").values_list("room", flat=True)) == ["open", "waitlist"]


def test_room_that_cannot_be_is_refused_and_nothing_is_kept(lead):
    made = commands.add_service(words=WORDS, place=HALL, hours=[], by=lead, at=NOW)
    with pytest.raises(Refused):
        commands.report_room(service_id=made, room="open", places=0, wait_days=None, by=lead, at=NOW)
    assert not RoomReport.objects.exists()
    assert queries.listing(service_id=made).room == "unknown"


def test_nothing_is_left_behind_when_the_record_of_it_fails(lead, monkeypatch):
    def broken(**_: object) -> None:
        raise RuntimeError("no log, no act")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        commands.add_service(words=WORDS, place=HALL, hours=OFFICE, by=lead, at=NOW)
    assert not Service.objects.exists()


def gaps(community, *searches, place="192.0.2.7", day=date(2026, 11, 20)):
    for need, area in searches:
        commands.count_gap(community_id=community.id, need=need, area=area, cause="nothing_found", day=day, place=place)
    return sorted(SearchGap.objects.values_list("need", "area", "times"))


def test_a_search_without_result_is_counted_without_words():
    community = network.community()
    gaps(community, ("housing", "50023"), ("housing", ""))
    counted = gaps(community, ("housing", "50023"), place="198.51.100.7")
    assert counted == [("housing", "", 1), ("housing", "50023", 2)]
    assert SearchGap.objects.values_list("month", flat=True)[0] == date(2026, 11, 1)


def test_the_same_search_from_one_place_counts_once_a_day():
    community = network.community()
    assert gaps(community, *[("housing", "50023")] * 30) == [("housing", "50023", 1)]
    assert gaps(community, ("housing", "50023"), day=date(2026, 11, 21)) == [("housing", "50023", 2)]


def test_one_place_adds_at_most_twenty_in_a_day():
    community = network.community()
    counted = gaps(community, *[("housing", f"{area:05}") for area in range(30)])
    assert len(counted) == 20
    assert len(gaps(community, ("housing", "99999"), place="198.51.100.7")) == 21


def test_who_searched_is_a_hash_that_is_gone_the_next_day():
    community = network.community()
    gaps(community, ("housing", "50023"))
    [first] = SearchMark.objects.values_list("visitor", "search")
    assert "192.0.2.7" not in str(first)
    gaps(community, ("housing", "50023"), day=date(2026, 11, 21))
    [second] = SearchMark.objects.values_list("visitor", "search")
    assert not set(first) & set(second)
    assert commands.forget_search_marks(before=date(2026, 11, 22)) == 1
    assert not SearchMark.objects.exists()
