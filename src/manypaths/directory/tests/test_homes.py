"""A home's street never leaves the directory, whoever writes the listing and however."""

import dataclasses

import pytest

from manypaths.directory import commands, queries
from manypaths.directory.commands import Place, Words
from manypaths.directory.models import Location, SourceRow
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
