"""Finding support: what a search answers, what it keeps to itself, and what it does with what nobody said."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from manypaths.directory import queries
from manypaths.directory.models import SearchGap
from manypaths.directory.search.writer import Writer
from manypaths.network import queries as network
from manypaths.network.tests.factories import community, membership, participation
from manypaths.web.public import cards, sealed
from manypaths.web.public.tests.listed import listed, open_all_week, place, said
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def green_hollow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One community, and an index of this test's own."""
    monkeypatch.setattr(settings, "INDEX_DIR", tmp_path / "index")
    network.forget_communities()
    yield community()
    network.forget_communities()


def look(client: Client, **asked: object):
    """Build the index, post a search, and follow it."""
    Writer().rebuild()
    answer = client.post("/find", {"place": "Montpelier", **asked}, headers={"Accept-Language": "en"})
    assert answer.status_code == 303
    return client.get(answer.headers["Location"], headers={"Accept-Language": "en"})


def names(page) -> list[str]:
    return [card.name for card in [*page.context.get("cards", []), *page.context.get("ask_first", [])]]


def test_a_need_finds_what_offers_it_and_nothing_else(client: Client):
    listed("Lantern House")
    listed("Harbor Row", "recovery_residence", ("housing",))
    assert names(look(client, need="housing")) == ["Harbor Row"]


def test_a_misspelt_word_and_a_misspelt_town_still_find(client: Client):
    listed("Northside Health", "moud", ("medication",))
    page = look(client, q="suboxon", place="Montpeler, VT")
    assert names(page) == ["Northside Health"]
    assert "We looked near Montpelier, VT" in page.content.decode()


def test_spanish_words_find_too(client: Client):
    listed("Riverbend", "detox", ("detox",))
    listed("Lantern House")
    assert names(look(client, q="desintoxicación")) == ["Riverbend"]


def test_what_was_searched_stands_in_no_address_and_no_cookie(client: Client):
    answer = client.post("/find", {"q": "methadone", "place": "Montpelier", "need": "medication"})
    address = unquote(answer.headers["Location"])
    assert answer.status_code == 303
    for word in ("methadone", "Montpelier", "medication"):
        assert word not in address
    assert answer.cookies == {}


def test_what_was_searched_stands_in_no_log(client: Client, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    look(client, q="methadone")
    assert "methadone" not in caplog.text


def test_the_same_search_never_has_the_same_address(client: Client):
    first = client.post("/find", {"q": "coach"}).headers["Location"]
    assert client.post("/find", {"q": "coach"}).headers["Location"] != first


def test_an_address_opens_again_within_its_hours_and_then_asks_to_search_anew(client: Client, monkeypatch):
    listed("Lantern House")
    Writer().rebuild()
    address = client.post("/find", {"place": "Montpelier"}).headers["Location"]
    assert client.get(address).status_code == 200
    later = now() + timedelta(hours=3)
    monkeypatch.setattr("manypaths.web.public.find.now", lambda: later)
    gone = client.get(address, headers={"Accept-Language": "en"})
    assert gone.status_code == 410
    assert "This search has ended" in gone.content.decode()


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "A" * 5000, "%2e%2e", "-_-_"])
def test_an_address_that_is_not_ours_asks_to_search_anew(client: Client, token: str):
    assert client.get(f"/f/{token}").status_code == 410


def test_a_changed_address_does_not_open():
    token = sealed.seal({"q": "coach"}, now())
    with pytest.raises(sealed.GoneError):
        sealed.unseal(("B" if token[0] != "B" else "C") + token[1:], now())


def test_a_wrong_place_gets_a_sentence_beside_it_and_nothing_is_lost(client: Client):
    page = look(client, q="coach", place="zzqqxx", need="housing").content.decode()
    assert "Enter a ZIP code with 5 numbers, or the name of a town." in page
    assert 'value="coach"' in page
    assert 'value="zzqqxx"' in page
    assert 'value="housing" checked' in page


def test_taking_people_keeps_what_nobody_said_and_drops_what_is_full(client: Client):
    listed("Open House", room="open", room_as_of=said())
    listed("Silent House")
    listed("Full House", room="full", room_as_of=said())
    page = look(client, room="on")
    assert [card.name for card in page.context["cards"]] == ["Open House"]
    assert [card.name for card in page.context["ask_first"]] == ["Silent House"]


def test_room_that_was_said_long_ago_is_to_be_asked(client: Client):
    listed("Old Word", room="open", room_as_of=said(12))
    card = look(client).context["cards"][0]
    assert (card.room.words, card.room.tone) == ("Ask first", "ask")
    page = look(client, room="on")
    assert page.context["cards"] == []
    assert [card.name for card in page.context["ask_first"]] == ["Old Word"]


def test_full_that_was_said_long_ago_is_asked_again(client: Client):
    listed("Full House", room="full", room_as_of=said(12))
    page = look(client, room="on", need="talk")
    assert [(card.name, card.room.words) for card in page.context["ask_first"]] == [("Full House", "Ask first")]


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Someone to talk to", "someone to talk to"),
        ("A ride", "a ride"),
        ("MOUD", "MOUD"),
        ("SMART Recovery", "SMART Recovery"),
        ("Meetings of SMART and AA", "meetings of SMART and AA"),
        ("Último paso", "último paso"),
        ("", ""),
    ],
)
def test_a_label_within_a_sentence_keeps_the_capitals_of_names(label, within):
    assert cards.in_a_sentence(label) == within


def test_what_is_offered_is_said_in_a_sentence_with_its_names_as_they_are(monkeypatch):
    words = {"talk": "Someone to talk to", "medication": "MOUD", "meetings": "SMART meetings"}
    monkeypatch.setattr(cards, "words", lambda **_: words)
    one = queries.listing(service_id=listed("Riverbend", needs=("talk", "medication", "meetings")).id)
    assert cards.about(one) == "Offers: someone to talk to, MOUD, SMART meetings."


def test_open_now_is_told_in_the_services_own_time_zone(client: Client):
    open_all_week(listed("Day and Night"))
    listed("No Hours")
    assert names(look(client, now="on")) == ["Day and Night"]


def test_a_home_shows_its_town_and_never_its_address(client: Client):
    home = listed("Harbor Row", "recovery_residence", ("housing",))
    home.location.visibility = "town"
    home.location.save()
    page = client.get(f"/service/{home.id}").content.decode()
    assert "12 Elm Street" not in page
    assert "Montpelier" in page
    assert "05602" not in page


def test_kinds_of_help_take_turns_on_the_first_page(client: Client):
    for number in range(4):
        listed(f"Coach {number}")
    listed("Harbor Row", "recovery_residence", ("housing",))
    page = look(client)
    assert {card.kind for card in page.context["cards"][:2]} == {"Peer recovery coaching", "Recovery housing"}
    assert "Kinds of help take turns" in page.content.decode()


def test_ask_them_stands_only_where_somebody_answers(client: Client, green_hollow):
    answering, silent = listed("Lantern House"), listed("Harbor Row")
    participation(green_hollow, answering.organisation)
    membership(answering.organisation, "peer", answers_requests=True)
    asked = {card.name: card.can_ask for card in look(client).context["cards"]}
    assert asked == {"Lantern House": True, "Harbor Row": False}
    assert f"/my/ask/{silent.id}" not in client.get(f"/service/{silent.id}").content.decode()


def test_a_closed_service_is_found_no_more(client: Client):
    one = listed("Lantern House")
    Writer().rebuild()
    one.status, one.closed_at = "closed", now()
    one.save()
    assert client.get(f"/service/{one.id}").status_code == 404
    assert names(look(client)) == []


def test_a_network_that_has_just_begun_says_so_before_any_search(client: Client):
    page = client.get("/").content.decode()
    assert "No place is listed here yet" in page
    assert "Nothing matches" not in page
    assert "Nothing matches all of that yet" in look(client, need="housing").content.decode()
    listed("Lantern House")
    assert "No place is listed here yet" not in client.get("/").content.decode()


def test_a_search_that_finds_nothing_is_counted_without_words(client: Client, green_hollow):
    look(client, q="unicorn", need="housing")
    look(client, need="housing")
    gap = SearchGap.objects.get()
    assert (gap.need, gap.area, gap.cause, gap.times) == ("housing", "50023", "nothing_found", 1)
    look(Client(REMOTE_ADDR="198.51.100.7"), need="housing")
    assert SearchGap.objects.get().times == 2


def test_what_was_searched_stays_on_no_device(client: Client):
    assert "no-store" in look(client, need="housing").headers["Cache-Control"]


def test_a_search_that_finds_only_what_is_full_is_counted_as_no_room(client: Client):
    listed("Full House", room="full", room_as_of=said())
    look(client, need="talk", room="on")
    assert SearchGap.objects.get().cause == "no_room"


def test_a_search_for_room_where_nothing_is_at_all_is_counted_as_nothing_found(client: Client):
    look(client, need="talk", room="on")
    assert SearchGap.objects.get().cause == "nothing_found"


@pytest.mark.parametrize("room", ["unknown", "full"])
def test_a_search_for_room_that_finds_somebody_to_ask_counts_nothing(client: Client, room: str):
    listed("Old Word", room=room, room_as_of=said(12))
    look(client, need="talk", room="on")
    assert not SearchGap.objects.exists()


def test_a_search_that_finds_something_counts_nothing(client: Client):
    listed("Lantern House")
    look(client, need="talk")
    assert not SearchGap.objects.exists()


def test_with_no_index_yet_a_plain_query_answers_and_says_so(client: Client):
    listed("Lantern House")
    answer = client.post("/find", {"place": "Montpelier", "need": "talk"})
    page = client.get(answer.headers["Location"], headers={"Accept-Language": "en"})
    assert names(page) == ["Lantern House"]
    assert "Search is being made ready" in page.content.decode()


def test_a_link_is_made_only_when_asked_and_leaves_the_position_out(client: Client):
    listed("Lantern House")
    Writer().rebuild()
    address = client.post("/find", {"q": "coach", "lat": "44.26", "lon": "-72.58"}).headers["Location"]
    link = client.post("/find/link", {"token": address.split("/f/")[1]}).context["path"]
    assert "q=coach" in link
    assert "44.26" not in link
    followed = client.get(link)
    assert followed.status_code == 303
    assert "coach" not in followed.headers["Location"]


def test_the_position_of_a_device_is_rounded_again_on_arrival(client: Client):
    listed("Lantern House")
    page = look(client, place="", lat="44.2612345", lon="-72.5798765")
    assert (page.context["near"].latitude, page.context["near"].longitude) == (44.26, -72.58)


def test_one_of_the_things_that_narrow_a_search_can_be_taken_off(client: Client):
    listed("Lantern House")
    page = look(client, q="coach", need=["talk", "housing"], now="on")
    narrowing = {f"{one.name}={one.value}" for one in page.context["filters"]}
    assert narrowing == {"q=on", "need=talk", "need=housing", "now=on"}
    for one in ("now=on", "need=housing", "place=on", "nonsense"):
        token = page.request["PATH_INFO"].removeprefix("/f/")
        page = client.get(client.post("/find/fewer", {"token": token, "without": one}).headers["Location"])
    assert {f"{one.name}={one.value}" for one in page.context["filters"]} == {"q=on", "need=talk"}
    assert names(page) == ["Lantern House"]
    assert client.post("/find/fewer", {"token": "old", "without": "q=on"}).headers["Location"] == "/"


def test_nothing_found_says_where_we_looked_and_that_the_town_was_a_guess(client: Client):
    listed("Lantern House")
    assert "We looked within 25 miles of Montpelier, VT" in look(client, need="housing").content.decode()
    assert "We looked near Montpelier, VT" in look(client, need="housing", place="Montpeler").content.decode()


def by_phone(name: str) -> None:
    service = listed(name)
    service.location = None
    service.save()


def test_where_all_help_is_by_phone_no_place_is_told_as_near(client: Client):
    by_phone("Warm Line")
    page = look(client).content.decode()
    assert "by phone or online</span>" in page
    assert "We know no place to go to within 25 miles of Montpelier, VT." in page


def test_help_by_phone_is_counted_apart_from_what_is_near(client: Client):
    by_phone("Warm Line")
    listed("Lantern House")
    page = " ".join(look(client).content.decode().split())
    assert "within 25 miles of Montpelier, VT, 1 of them by phone or online" in page


HOSTILE = [
    "'; drop table x; --",
    "\u202egnp",
    "a" * 5000,
    "<script>alert(1)</script>",
    "((((",
    "AND OR NOT",
    "*",
    '"',
    "é" * 50,
    "🌈",
    "-",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_words_break_the_page_or_run_in_it(client: Client, text: str):
    listed("Lantern House")
    page = look(client, q=text)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_place_breaks_the_page(client: Client, text: str):
    assert look(client, place=text).status_code == 200


def test_unknown_codes_and_numbers_are_left_out(client: Client):
    listed("Lantern House")
    page = look(client, need="nonsense", miles="9999", lat="nan", page="-1")
    assert page.status_code == 200


def test_a_place_far_away_does_not_show_what_is_here(client: Client):
    listed("Lantern House")
    far = listed("Far House", location=place(listed("Other").organisation, "Denver", at=(39.74, -104.99), state="CO"))
    assert far.name not in names(look(client))


def test_no_page_tells_two_hidden_houses_of_one_square_apart(client: Client):
    home = listed("Harbor Row", "recovery_residence", ("housing",))
    listed("Lantern House", needs=("housing",))
    before = everything_shown(client, home)
    type(home.location).objects.filter(id=home.location_id).update(latitude=44.2412, longitude=-72.6203)
    assert everything_shown(client, home) == before
    homes = [one for shown in before[0] for one in shown if one.startswith("Harbor Row")]
    assert len(homes) > 10
    assert all(re.search(r"Montpelier, about \d+ miles? 44\.25 -72\.6$", one) for one in homes)


def everything_shown(client: Client, home) -> tuple[list[list[str]], str]:
    """Who is shown from three points in four circles, in which order, where, and where on the map; and its own page."""
    pages = [
        look(client, place="", lat=lat, lon=lon, miles=miles, need="housing", room=room)
        for lat, lon in (("44.26", "-72.58"), ("44.40", "-72.60"), ("44.24", "-72.35"))
        for miles in ("5", "10", "25", "50")
        for room in ("", "on")
    ]
    seen = [
        [f"{one.name} {one.facts[0]['words']} {one.latitude} {one.longitude}" for one in shown]
        for page in pages
        for shown in (page.context["cards"], page.context["ask_first"])
    ]
    return seen, client.get(f"/service/{home.id}").content.decode()


def test_the_link_to_a_search_tells_a_hidden_place_by_its_town_too(client: Client):
    listed("Harbor Row", "recovery_residence", ("housing",))
    Writer().rebuild()
    asked = client.get("/found", {"place": "Barre, VT", "need": "housing"}, headers={"Accept-Language": "en"})
    page = client.get(asked.headers["Location"], headers={"Accept-Language": "en"})
    assert [card.facts[0]["words"] for card in page.context["cards"]] == ["Montpelier, about 7 miles"]
