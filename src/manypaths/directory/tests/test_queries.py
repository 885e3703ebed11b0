"""What leaves the directory: a home's address never, a closed listing never, and few statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manypaths.directory import queries
from manypaths.directory.models import Term
from manypaths.directory.tests.factories import NOW, OFFICE, service
from manypaths.network.tests import factories as network

pytestmark = pytest.mark.django_db


def test_listings_come_in_the_order_that_was_asked_for():
    ids = [service().id for _ in range(4)][::-1]
    assert [one.id for one in queries.listings(ids=ids)] == ids


def test_a_list_costs_the_same_statements_however_long_it_is():
    few, many = [service(hours=OFFICE).id], [service(hours=OFFICE).id for _ in range(12)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        queries.listings(ids=few)
    with CaptureQueriesContext(connection) as twelve:
        queries.listings(ids=many)
    assert len(one) == len(twelve) == 1


def test_a_homes_street_zip_and_exact_point_stay_here():
    home = service(place={"visibility": "town", "is_exact": True, "latitude": 44.26123, "longitude": -72.57654})
    shown = queries.listing(service_id=home.id)
    assert (shown.street, shown.postal_code, shown.is_exact) == ("", "", False)
    assert (shown.city, shown.latitude, shown.longitude) == ("Montpelier", 44.25, -72.6)
    assert "Lantern Lane" not in repr(shown)


def test_a_closed_listing_is_as_absent_as_one_that_never_was():
    import uuid

    gone = service(status="closed", closed_at="2026-11-01T00:00:00Z")
    assert queries.listing(service_id=gone.id) is None
    assert queries.listing(service_id=uuid.uuid4()) is None


def test_an_organisations_listings_are_its_own():
    mine, other = network.organisation("A"), network.organisation("B")
    first, second = service("Beta", body=mine), service("Alpha", body=mine)
    service("Gamma", body=other)
    assert [one.id for one in queries.listings_of(organisation_id=mine.id)] == [second.id, first.id]


def test_other_places_of_the_same_kind_are_offered_those_with_room_first():
    body = network.organisation("Helpers")
    asked = service(needs=["housing"], kind="recovery_residence")
    full = service("Full", body=body, needs=["housing"], kind="recovery_residence", room="full")
    room = service("Room", body=body, needs=["housing"], kind="recovery_residence", room="open")
    service("Other kind", body=body, needs=["housing"], kind="recovery_center", room="open")
    service("Not answering", needs=["housing"], kind="recovery_residence", room="open")
    found = queries.similar(service_id=asked.id, community_organisations=[body.id], at=NOW)
    assert [one.id for one in found] == [room.id, full.id]


def test_of_many_other_places_only_those_that_are_offered_are_read_and_an_old_word_is_no_room():
    body, like = network.organisation("Helpers"), {"needs": ["housing"], "kind": "recovery_residence"}
    asked = service(**like)
    for _ in range(6):
        service(body=body, room="open", room_as_of=NOW - timedelta(days=300), **like)
    other_kind = service(body=body, room="open", needs=["housing"], kind="recovery_center")
    room = service(body=body, room="open", **like)
    with CaptureQueriesContext(connection) as statements:
        found = queries.similar(service_id=asked.id, community_organisations=[body.id], at=NOW)
    assert found[0].id == room.id
    assert other_kind.id not in {one.id for one in found}
    assert len(found) == 3
    assert "LIMIT 3" in statements[1]["sql"]


@pytest.mark.parametrize("kind", ["need", "kind", "pathway", "cost", "audience", "feature", "language"])
def test_every_shared_word_is_there_in_both_languages(kind):
    words = Term.objects.filter(kind=kind)
    assert set(words.filter(language="en").values_list("code", flat=True)) == set(
        words.filter(language="es").values_list("code", flat=True)
    )
    assert queries.words(kind=kind, language="es")
    assert not words.filter(label="").exists()


def test_the_application_reads_the_shared_words_and_cannot_change_them():
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Term.objects.filter(kind="need").update(label="x")
