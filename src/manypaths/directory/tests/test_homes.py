"""A home's street never leaves the directory, whoever writes the listing and however, and it cannot be measured."""

import dataclasses
from pathlib import Path

import pytest

from manypaths.directory import commands, queries
from manypaths.directory.commands import Place, Words
from manypaths.directory.models import Location, SourceRow
from manypaths.directory.search import Ask, plain
from manypaths.directory.search.finder import Finder
from manypaths.directory.search.places import miles_between
from manypaths.directory.search.writer import Writer
from manypaths.directory.tests.factories import NOW, service
from manypaths.network.tests import factories as network

HOME = Words(name="Juniper House", kind="recovery_residence", zone="America/New_York", phone="802-555-0111")
OFFICE = dataclasses.replace(HOME, kind="recovery_center")
STREET = Place(
    address_1="12 Secret St", city="Barre", state="VT", postal_code="05641", latitude=44.197, longitude=-72.502
)


@pytest.fixture
def lead():
    return network.reader_for(network.membership(network.organisation("Juniper"), "org_admin"))


def added(lead, words: Words, place: Place = STREET):
    return commands.add_service(words=words, place=place, hours=[], by=lead, at=NOW)


def edited(lead, made, words: Words, place: Place | None = None) -> queries.Listing:
    commands.edit_service(service_id=made, words=words, place=place, hours=[], by=lead, at=NOW)
    return queries.listing(service_id=made)


@pytest.mark.django_db
class TestAHome:
    def test_a_new_home_shows_its_town_though_nobody_asked_for_it(self, lead):
        shown = queries.listing(service_id=added(lead, HOME))
        assert (shown.street, shown.postal_code, shown.city, shown.visibility) == ("", "", "Barre", "town")
        assert Location.objects.get().visibility == "town"

    def test_a_new_office_shows_its_street_or_its_town_as_its_people_wish(self, lead):
        assert queries.listing(service_id=added(lead, OFFICE)).street == "12 Secret St"
        hidden = queries.listing(service_id=added(lead, OFFICE, dataclasses.replace(STREET, visibility="town")))
        assert (hidden.street, hidden.visibility) == ("", "town")

    def test_a_street_that_is_typed_again_stays_here(self, lead):
        shown = edited(lead, added(lead, HOME), HOME, dataclasses.replace(STREET, address_1="14 Secret St"))
        assert (shown.street, shown.visibility) == ("", "town")

    def test_what_becomes_a_home_hides_the_street_that_was_shown(self, lead):
        made = added(lead, OFFICE)
        SourceRow.objects.create(
            service_id=made, source="list", key="1", year=2022, row_hash="x", first_seen=NOW, last_seen=NOW
        )
        assert edited(lead, made, HOME).street == ""
        assert "location" in SourceRow.objects.get().overrides
        assert edited(lead, made, OFFICE).street == ""

    def test_a_home_that_was_kept_with_its_street_hides_it_all_the_same(self, lead):
        kept = service(kind="recovery_residence", body=network.organisation("Old"), place={"visibility": "public"})
        shown = queries.listing(service_id=kept.id)
        assert (shown.street, shown.postal_code, shown.visibility) == ("", "", "town")


NEAR, NEARER = (44.2601, -72.5754), (44.2412, -72.6203)  # two houses, miles apart, that look the same from outside
POINTS = [(44.30, -72.60), (44.20, -72.50), (44.26, -72.58), (44.2412, -72.6203), (43.9, -72.1)]
CIRCLES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 8.0, 25.0, 60.0]


def by_index(folder: Path):
    Writer(folder).rebuild()
    reader = Finder(folder)
    assert reader.ready()
    return reader.find


def by_tables(_folder: Path):
    return lambda ask: plain.find(ask, limit=50)


@pytest.mark.django_db
@pytest.mark.parametrize("how", [by_index, by_tables])
@pytest.mark.parametrize(
    "hidden", [{"kind": "recovery_residence"}, {"place": {"visibility": "town"}}], ids=["home", "hidden place"]
)
class TestWhereAHiddenPlaceIs:
    def everything_told(self, find, more) -> list[object]:
        """Who is found from each point in each circle, how far and in which order."""
        asks = [
            Ask(at=NOW, latitude=one[0], longitude=one[1], miles=miles, **more) for one in POINTS for miles in CIRCLES
        ]
        return [[(hit.service_id, hit.miles) for hit in find(ask).sure] for ask in asks]

    @pytest.mark.parametrize("more", [{}, {"text": "quarry"}], ids=["near", "words"])
    def test_two_houses_in_one_square_cannot_be_told_apart_from_any_point(self, how, hidden, more, tmp_path):
        house, beside = service("Quarry House", at=NEAR, **hidden), service("Quarry Hall", at=(44.25, -72.6))
        before = self.everything_told(how(tmp_path / "index"), more)
        Location.objects.filter(service=house).update(latitude=NEARER[0], longitude=NEARER[1], postal_code="05650")
        assert self.everything_told(how(tmp_path / "index"), more) == before
        assert {house.id, beside.id} <= {found for told in before for found, _miles in told}

    def test_three_distances_meet_at_the_square_and_not_at_the_house(self, how, hidden, tmp_path):
        house = service("Quarry House", at=NEARER, **hidden)
        find = how(tmp_path / "index")
        shown = queries.listing(service_id=house.id)
        for here in POINTS:
            hit = find(Ask(at=NOW, latitude=here[0], longitude=here[1], miles=100)).sure[0]
            assert hit.miles == pytest.approx(miles_between(*here, shown.latitude, shown.longitude))
        assert miles_between(*NEARER, shown.latitude, shown.longitude) > 1

    def test_a_place_that_is_shown_is_measured_to_its_door(self, how, hidden, tmp_path):
        service("Quarry Hall", at=NEARER)
        hit = how(tmp_path / "index")(Ask(at=NOW, latitude=NEARER[0], longitude=NEARER[1], miles=1)).sure[0]
        assert hit.miles == pytest.approx(0, abs=1e-6)
