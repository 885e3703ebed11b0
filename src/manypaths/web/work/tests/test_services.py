"""What an organisation says about its own services: by one tap, from a phone, and never about someone else's."""

import uuid

import pytest

from manypaths.config.testing import as_owner
from manypaths.directory import queries as directory
from manypaths.directory.models import Hours, Service
from manypaths.network import queries as network
from manypaths.network.tests.factories import community, membership, organisation, participation, reader_for
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import client_of

pytestmark = pytest.mark.django_db
MEETING = {
    "name": "Tuesday circle", "kind": "peer_support", "phone": "802-555-0142", "venue": "in_person",
    "street": "10 Main Street", "where": "05602", "days": ["1"], "opens": "19:00", "closes": "20:30",
    "medication": "unknown",
}  # fmt: skip


@pytest.fixture
def stage():
    with as_owner():
        place, body, other = community(), organisation(), organisation("Other house")
        participation(place, body)
        worker = membership(body, "peer")
        services = [
            Service.objects.create(
                organisation=one, name=name, kind="peer_support", zone="America/New_York", phone="1", changed_at=now()
            )
            for one, name in ((body, "Peer coaching"), (other, "Theirs"))
        ]
    network.forget_communities()
    return client_of(reader_for(worker, place)), body, *services


def text(answer) -> str:
    return answer.content.decode()


def test_a_worker_sees_what_their_organisation_offers_and_nothing_of_others(stage):
    client, _body, _mine, _theirs = stage
    page = text(client.get("/work/services"))
    assert "Peer coaching" in page
    assert "Theirs" not in page


def test_room_is_said_with_one_tap_and_a_check_with_another(stage):
    client, _body, mine, _theirs = stage
    assert client.post(f"/work/services/{mine.id}/room", {"room": "open"}).status_code == 302
    assert client.post(f"/work/services/{mine.id}/right").status_code == 302
    one = directory.listing(service_id=mine.id)
    assert (one.room, one.verified_by) == ("open", "Lantern House")
    assert "We have room" in text(client.get("/work/services"))


def test_a_number_goes_with_the_word_it_belongs_to(stage):
    client, _body, mine, _theirs = stage
    client.post(f"/work/services/{mine.id}/room", {"room": "open", "places": "3", "wait_days": "9"})
    one = directory.listing(service_id=mine.id)
    assert (one.room, one.room_places, one.room_wait_days) == ("open", 3, None)
    client.post(f"/work/services/{mine.id}/room", {"room": "waitlist", "places": "3", "wait_days": "9"})
    one = directory.listing(service_id=mine.id)
    assert (one.room, one.room_places, one.room_wait_days) == ("waitlist", None, 9)
    assert "about 9 days" in text(client.get("/work/services"))
    refused = client.post(f"/work/services/{mine.id}/room", {"room": "open", "places": "0"})
    assert refused.status_code == 422
    assert "Choose full, or enter how many places are open." in text(refused)


def test_a_meeting_is_listed_with_one_form(stage):
    client, body, _mine, _theirs = stage
    answer = client.post("/work/services/add", MEETING)
    assert answer.status_code == 302, text(answer)[:3000]
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    assert (one.city, one.state, one.postal_code, one.street) == ("Montpelier", "VT", "05602", "10 Main Street")
    assert [(span.weekday, span.opens, span.closes) for span in one.hours] == [(1, 1140, 1230)]


def test_a_home_is_listed_with_its_town_only(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", {**MEETING, "town_only": "on"})
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    assert (one.city, one.street, one.postal_code) == ("Montpelier", "", "")


def test_a_home_shows_its_town_though_nobody_ticked_it(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", {**MEETING, "kind": "recovery_residence"})
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    assert (one.city, one.street) == ("Montpelier", "")


def test_the_form_keeps_the_town_only_as_it_stands(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", {**MEETING, "town_only": "on"})
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    assert ticked(client, one)
    client.post(f"/work/services/{one.id}", {**MEETING, "street": "12 Secret St", "town_only": "on"})
    assert directory.listing(service_id=one.id).street == ""
    client.post(f"/work/services/{one.id}", {**MEETING, "street": "12 Open St"})
    one = directory.listing(service_id=one.id)
    assert one.street == "12 Open St"
    assert not ticked(client, one)


def ticked(client, one) -> bool:
    return bool(client.get(f"/work/services/{one.id}").context["form"]["town_only"].value())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Enter a name that people know."),
        ({"kind": ""}, "Choose what kind of help this is."),
        ({"phone": ""}, "Enter a phone number or a website"),
        ({"website": "https://va.gov@evil.example/"}, "Enter the address of a page"),
        ({"website": "https://va.gov:443@evil.example/"}, "Enter the address of a page"),
        ({"website": "ftp://example.org/"}, "Enter the address of a page"),
        ({"where": ""}, "Enter the town or ZIP code, or choose online."),
        ({"where": "Nowhere, ZZ"}, "Enter a town or a ZIP code with 5 numbers."),
        ({"where": "Springfield"}, "There is more than one town of that name."),
        ({"opens": ""}, "Enter from when to when"),
        ({"opens": "09:00", "closes": "09:00"}, "Enter a closing time that is not the opening time."),
        ({"phone": "call us"}, "Enter a phone number with 7 digits or more."),
        ({"phone": "555-12"}, "Enter a phone number with 7 digits or more."),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(stage, change, words):
    client, _body, _mine, _theirs = stage
    answer = client.post("/work/services/add", {**MEETING, "description": "Warm and calm", **change})
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Warm and calm" in text(answer)


def test_changing_a_name_keeps_hours_and_place(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", MEETING)
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    kept = {**MEETING, "name": "Evening circle", "where": "Montpelier, VT"}
    assert client.post(f"/work/services/{one.id}", kept).status_code == 302
    after = directory.listing(service_id=one.id)
    assert (after.name, after.street, len(after.hours)) == ("Evening circle", "10 Main Street", 1)


def test_changing_a_street_keeps_the_zip_code(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", MEETING)
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    shown = client.get(f"/work/services/{one.id}").context["form"]["where"].value()
    changed = {**MEETING, "street": "12 Main Street", "where": shown}
    assert client.post(f"/work/services/{one.id}", changed).status_code == 302
    after = directory.listing(service_id=one.id)
    assert (after.street, after.postal_code) == ("12 Main Street", "05602")


@pytest.mark.parametrize(("phone", "status"), [("988", 302), ("211", 302), ("123", 422), ("223-0142", 302)])
def test_a_phone_number_is_whole_or_one_that_everybody_knows(stage, phone, status):
    client, _body, _mine, _theirs = stage
    assert client.post("/work/services/add", {**MEETING, "phone": phone}).status_code == status


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"room": "open", "places": "abc"}, "Enter a number of places from 0 to 2,000."),
        ({"room": "open", "places": "99999"}, "Enter a number of places from 0 to 2,000."),
        ({"room": "waitlist", "wait_days": "soon"}, "Enter a wait from 0 to 730 days."),
    ],
)
def test_a_number_that_is_none_is_said_beside_its_field_and_kept_there(stage, said, words):
    client, _body, mine, _theirs = stage
    answer = client.post(f"/work/services/{mine.id}/room", said)
    assert answer.status_code == 422
    page = text(answer)
    assert words in page
    assert f'value="{next(value for name, value in said.items() if name != "room")}"' in page
    assert "Peer coaching" in page
    assert directory.listing(service_id=mine.id).room == "unknown"


def test_a_closed_service_is_no_longer_listed(stage):
    client, _body, mine, _theirs = stage
    assert client.post(f"/work/services/{mine.id}/close").status_code == 302
    assert directory.listing(service_id=mine.id) is None


@pytest.mark.parametrize("tail", ["", "/room", "/right", "/close"])
def test_the_service_of_another_organisation_cannot_be_changed(stage, tail):
    client, _body, _mine, theirs = stage
    form = MEETING if not tail else {"room": "full"}
    assert client.post(f"/work/services/{theirs.id}{tail}", form).status_code in {302, 422}
    assert client.get(f"/work/services/{theirs.id}").status_code == 404
    one = directory.listing(service_id=theirs.id)
    assert (one.name, one.room, one.verified_at) == ("Theirs", "unknown", None)


@pytest.mark.parametrize("tail", ["", "/room", "/right", "/close"])
def test_a_listing_that_was_closed_in_another_tab_leads_back_to_the_list(stage, tail):
    client, _body, mine, _theirs = stage
    client.post(f"/work/services/{mine.id}/close")
    form = MEETING if not tail else {"room": "full"}
    for gone in (mine.id, uuid.uuid4()):
        client.get("/work/services")
        assert client.post(f"/work/services/{gone}{tail}", form)["Location"] == "/work/services"
        assert "Nothing was saved." in text(client.get("/work/services"))
        assert client.get(f"/work/services/{gone}").status_code == 404


def is_ticked(page: str, day: int) -> bool:
    return "checked" in page.split(f'name="days" value="{day}"')[1].split(">", maxsplit=1)[0]


def test_the_form_shows_the_hours_there_are_and_emptied_it_clears_them(stage):
    client, body, _mine, _theirs = stage
    client.post("/work/services/add", MEETING)
    one = next(one for one in directory.listings_of(organisation_id=body.id) if one.name == "Tuesday circle")
    page = text(client.get(f"/work/services/{one.id}"))
    assert 'value="19:00"' in page
    assert 'value="20:30"' in page
    assert [day for day in range(7) if f'name="days" value="{day}"' in page and is_ticked(page, day)] == [1]
    client.post(f"/work/services/{one.id}", {**MEETING, "days": [], "opens": "", "closes": ""})
    assert directory.listing(service_id=one.id).hours == ()


def test_hours_that_differ_by_day_are_told_in_words_and_kept(stage):
    client, _body, mine, _theirs = stage
    with as_owner():
        for weekday, opens in ((0, 540), (2, 600)):
            Hours.objects.create(service=mine, weekday=weekday, opens=opens, closes=1020)
    page = text(client.get(f"/work/services/{mine.id}"))
    assert "Now: Monday 9 am to 5 pm, Wednesday 10 am to 5 pm. Leave the days empty to keep the hours" in page
    client.post(f"/work/services/{mine.id}", {**MEETING, "days": [], "opens": "", "closes": ""})
    assert [span.weekday for span in directory.listing(service_id=mine.id).hours] == [0, 2]


def test_a_town_is_called_optional_by_no_word_and_missed_only_by_what_has_a_place(stage):
    client, _body, _mine, _theirs = stage
    label = text(client.get("/work/services/add")).split("Town or ZIP code")[1].split("</label>")[0]
    assert "(optional)" not in label
    without = {**MEETING, "where": "", "street": ""}
    assert "Enter the town or ZIP code" in text(client.post("/work/services/add", without))
    assert client.post("/work/services/add", {**without, "venue": "online"}).status_code == 302


def test_the_form_says_that_people_must_be_able_to_reach_it(stage):
    client, _body, _mine, _theirs = stage
    assert "This, or a website further down, so that people can reach you." in text(client.get("/work/services/add"))
    unreachable = {**MEETING, "phone": ""}
    assert client.post("/work/services/add", unreachable).status_code == 422
    assert client.post("/work/services/add", {**unreachable, "website": "example.org"}).status_code == 302


def test_full_has_no_tick_and_a_meeting_is_not_asked_for_room(stage):
    client, _body, mine, _theirs = stage
    client.post(f"/work/services/{mine.id}/room", {"room": "full"})
    page = text(client.get("/work/services"))
    assert 'class="when wait"' in page
    assert "#circle-check" not in page.split('aria-labelledby="s-')[1].split("Full")[0]
    client.post(f"/work/services/{mine.id}", {**MEETING, "kind": "mutual_aid"})
    page = text(client.get("/work/services"))
    assert "People are shown when it meets next." in page
    assert "How much room is there now?" not in page
