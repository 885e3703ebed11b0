"""The search: what is found, in which order, and that the index never misses what the tables say."""

import json
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import tantivy
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.config.testing import role_url
from manypaths.directory.models import Change, Hours, Service
from manypaths.directory.rules import Span, room_is_sure
from manypaths.directory.search import Ask, asking, find_services, places, plain, schema, take_turns, words
from manypaths.directory.search.finder import Finder, Hit, finder
from manypaths.directory.search.writer import Writer
from manypaths.directory.tests.factories import MONTPELIER, NOW, OFFICE, service
from manypaths.network.tests import factories as network

BARRE, BURLINGTON, HONOLULU = (44.197, -72.502), (44.4759, -73.2121), (21.3069, -157.8583)


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.INDEX_DIR = tmp_path / "index"
    return settings.INDEX_DIR


def near(**more: object) -> Ask:
    return Ask(at=NOW, latitude=MONTPELIER[0], longitude=MONTPELIER[1], **more)


def found(ask: Ask, folder: Path):
    Writer(folder).rebuild()
    reader = Finder(folder)
    assert reader.ready()
    return reader.find(ask)


def names(hits: list[Hit]) -> list[str]:
    by_id = dict(Service.objects.filter(id__in=[one.service_id for one in hits]).values_list("id", "name"))
    return [by_id[one.service_id] for one in hits]


@pytest.mark.django_db
class TestWhatIsFound:
    @pytest.mark.parametrize("typed", ["Quarry", "quary", "QUARRY house", "quarri"])
    def test_a_name_is_found_however_it_is_spelt(self, typed, folder):
        service("Quarry House")
        service("Sawmill Room")
        assert names(found(Ask(at=NOW, text=typed), folder).sure)[:1] == ["Quarry House"]

    @pytest.mark.parametrize("typed", ["raices", "raíces", "RAÍCES", "Raises Vivas"])
    def test_accents_do_not_hide_a_name(self, typed, folder):
        service("Raíces Vivas")
        service("Sawmill Room")
        assert names(found(Ask(at=NOW, text=typed), folder).sure)[:1] == ["Raíces Vivas"]

    @pytest.mark.parametrize("typed", ["suboxone", "methadone", "metadona", "medicamento", "methadon", "buprenorfina"])
    def test_words_of_the_street_and_of_spanish_find_what_they_mean(self, typed, folder):
        service("Northside", needs=["medication"])
        service("Southside", needs=["work"])
        assert names(found(Ask(at=NOW, text=typed), folder).sure) == ["Northside"]

    @pytest.mark.parametrize(
        "typed",
        ["heroin", "heroine", "Heroína", "fentanyl", "fentanylo", "opioids", "alcohol", "drunk", "stop drinking"],
    )
    def test_the_name_of_a_substance_finds_who_helps_with_it(self, typed, folder):
        service("Northside", needs=["medication"])
        service("Quarry House", needs=["detox"])
        service("Southside", needs=["work"])
        assert sorted(names(found(Ask(at=NOW, text=typed), folder).sure)) == ["Northside", "Quarry House"]

    def test_a_short_word_is_never_taken_for_another(self, folder):
        service("Met at the gate", needs=["ride"])
        service("Sawmill Room", needs=["talk"])
        assert names(found(Ask(at=NOW, text="meth"), folder).sure) == ["Sawmill Room"]
        assert names(found(Ask(at=NOW, text="mett"), folder).sure) == []

    @pytest.mark.parametrize(
        "typed", ["my son uses heroin", "help for my son tonight", "my husband is drunk", "mi hijo usa heroína"]
    )
    def test_who_writes_about_someone_they_love_finds_support_for_families(self, typed, folder):
        service("Family Table", needs=["family"])
        service("Quarry House", needs=["detox", "medication", "housing", "talk"])
        for answer in (found(Ask(at=NOW, text=typed), folder), plain.find(Ask(at=NOW, text=typed), limit=9)):
            assert (names(answer.sure), answer.some_words_only) == (["Family Table"], False)

    def test_jail_finds_who_walks_with_people_who_come_home(self, folder):
        service("Court Street", needs=["legal"])
        service("Coming Home", needs=["talk"], audiences=["justice"])
        service("Southside", needs=["work"])
        assert sorted(names(found(Ask(at=NOW, text="jail"), folder).sure)) == ["Coming Home", "Court Street"]

    def test_every_word_counts_and_when_none_has_all_some_are_shown_and_it_says_so(self, folder):
        service("Quarry House", needs=["housing"])
        service("Quarry Kitchen", needs=["basics"])
        both = found(Ask(at=NOW, text="quarry kitchen"), folder)
        assert (names(both.sure), both.some_words_only) == (["Quarry Kitchen"], False)
        some = found(Ask(at=NOW, text="quarry lighthouse"), folder)
        assert sorted(names(some.sure)) == ["Quarry House", "Quarry Kitchen"]
        assert some.some_words_only

    @pytest.mark.parametrize(
        ("chosen", "fields"),
        [
            ({"needs": frozenset({"housing"})}, {"needs": ["housing"]}),
            ({"costs": frozenset({"free", "sliding"})}, {"costs": ["sliding"]}),
            ({"languages": frozenset({"es"})}, {"languages": ["en", "es"]}),
            ({"audiences": frozenset({"women"})}, {"audiences": ["women"]}),
            ({"pathways": frozenset({"faith"})}, {"pathways": ["faith"]}),
            ({"features": frozenset({"step_free"})}, {"features": ["step_free"]}),
            ({"medication_friendly": True}, {"medication": "yes"}),
            ({"medication_friendly": True}, {"medication": "conditional"}),
        ],
    )
    def test_each_filter_finds_what_has_it_and_nothing_else(self, chosen, fields, folder):
        service("Has it", **fields)
        service("Has it not", medication="no")
        for ask in (Ask(at=NOW, **chosen), near(**chosen)):
            assert names(found(ask, folder).sure) == ["Has it"]
            assert names(plain.find(ask, limit=9).sure) == ["Has it"]

    def test_the_nearer_comes_first_and_the_edge_of_the_circle_is_exact(self, folder):
        for name, at in (("Barre", BARRE), ("Montpelier", MONTPELIER), ("Burlington", BURLINGTON)):
            service(name, at=at)
        far = places.miles_between(*MONTPELIER, *BURLINGTON)
        assert names(found(near(miles=50), folder).sure) == ["Montpelier", "Barre", "Burlington"]
        assert names(found(near(miles=far - 0.1), folder).sure) == ["Montpelier", "Barre"]
        assert names(found(near(miles=far + 0.1), folder).sure)[-1] == "Burlington"

    def test_what_is_at_no_place_is_found_from_everywhere_after_what_is_near(self, folder):
        service("Here")
        service("On the phone", at=None)
        hits = found(near(miles=5), folder).sure
        assert names(hits) == ["Here", "On the phone"]
        assert hits[1].miles is None

    def test_open_now_is_asked_of_each_clock_where_the_place_is(self, folder):
        service("Vermont office", hours=OFFICE)
        service("Hawaii office", hours=OFFICE, at=HONOLULU, zone="Pacific/Honolulu")
        service("Night line", hours=[Span(day, 0, 1440) for day in range(7)], at=None)
        service("Says no hours")
        ten_in_vermont = Ask(at=NOW, open_now=True)
        ten_in_hawaii = Ask(at=NOW + timedelta(hours=5), open_now=True)
        midnight = Ask(at=NOW + timedelta(hours=14), open_now=True)
        assert sorted(names(found(ten_in_vermont, folder).sure)) == ["Night line", "Vermont office"]
        assert sorted(names(found(ten_in_hawaii, folder).sure)) == ["Hawaii office", "Night line", "Vermont office"]
        assert names(found(midnight, folder).sure) == ["Night line"]

    def test_around_a_place_the_clocks_of_both_sides_of_a_zone_line_and_of_what_is_online_are_read(self, folder):
        line = (32.4, -85.0)
        service("Georgia office", hours=OFFICE, at=line)
        service("Alabama office", hours=OFFICE, at=(line[0], line[1] - 0.1), zone="America/Chicago")
        service("Phone line of Arizona", hours=OFFICE, at=None, zone="America/Phoenix")

        def open_at(hours: int) -> list[str]:
            ask = Ask(at=NOW + timedelta(hours=hours), open_now=True, latitude=line[0], longitude=line[1])
            return names(found(ask, folder).sure)

        assert open_at(-1) == ["Georgia office"]
        assert open_at(3) == ["Georgia office", "Alabama office", "Phone line of Arizona"]
        assert open_at(7) == ["Alabama office", "Phone line of Arizona"]

    def test_taking_people_leaves_out_what_is_full_and_never_what_did_not_say(self, folder):
        for room in ("open", "full", "unknown", "waitlist"):
            service(room, room=room)
        for search in (lambda ask: found(ask, folder), lambda ask: plain.find(ask, limit=9)):
            result = search(near(taking_people=True))
            assert (names(result.sure), names(result.ask_first)) == (["open"], ["unknown"])

    @pytest.mark.parametrize(
        ("age", "sure", "ask_first"),
        [
            (timedelta(days=6), ["open"], ["unknown"]),
            (timedelta(days=7), ["open"], ["unknown"]),
            (timedelta(days=7, seconds=1), [], ["full", "open", "unknown", "waitlist"]),
            (timedelta(days=300), [], ["full", "open", "unknown", "waitlist"]),
            (None, [], ["full", "open", "unknown", "waitlist"]),
        ],
    )
    @pytest.mark.parametrize("more", [{}, {"text": "quarry"}], ids=["near", "words"])
    def test_what_was_said_about_room_counts_as_long_as_the_card_believes_it(self, age, sure, ask_first, more, folder):
        body = network.organisation("Quarry")
        for room in ("open", "full", "unknown", "waitlist"):
            as_of = None if age is None else NOW - age
            service(room, body=body, room=room, room_as_of=as_of)
            assert (room == "unknown" or not room_is_sure(as_of, NOW)) == (room in ask_first)
        for search in (lambda ask: found(ask, folder), lambda ask: plain.find(ask, limit=9)):
            for ask in (near(taking_people=True, **more), Ask(at=NOW, taking_people=True, **more)):
                result = search(ask)
                assert (names(result.sure), sorted(names(result.ask_first))) == (sure, ask_first)
                assert result.total == len(sure) + len(ask_first)
            assert len(search(near(**more)).sure) == 4

    def test_counts_by_code_are_those_of_all_matches(self, folder):
        for number in range(5):
            service(needs=["housing"], costs=["free"] if number < 2 else ["medicaid"])
        Writer(folder).rebuild()
        reader = Finder(folder)
        assert reader.ready()
        counted = reader.facets(near(needs=frozenset({"housing"})))
        assert (counted["cost"], counted["need"]) == ({"free": 2, "medicaid": 3}, {"housing": 5})

    def test_a_crowded_circle_still_gives_the_nearest(self, folder, monkeypatch):
        module = sys.modules[Finder.__module__]
        monkeypatch.setattr(module, "MOST_EXACT", 20)
        monkeypatch.setattr(module, "ENOUGH_IN_A_RING", 12)
        body = network.organisation("Many doors")
        for number in range(60):
            service(f"{number:02d}", body=body, at=(MONTPELIER[0] + number * 0.004, MONTPELIER[1]))
        Writer(folder).rebuild()
        reader = Finder(folder)
        assert reader.ready()
        result = reader.find(near(miles=25), limit=5)
        assert names(result.sure) == ["00", "01", "02", "03", "04"]
        assert 5 <= result.total <= 60
        assert result.at_least

    @pytest.mark.parametrize("open_ones", [60, 2])
    def test_in_a_crowd_the_nearest_with_room_are_not_lost_among_those_to_ask_first(
        self, open_ones, folder, monkeypatch
    ):
        module = sys.modules[Finder.__module__]
        monkeypatch.setattr(module, "MOST_EXACT", 20)
        monkeypatch.setattr(module, "ENOUGH_IN_A_RING", 12)
        body = network.organisation("Many doors")
        for number in range(60):
            room = "open" if number % 2 and number >= 60 - open_ones * 2 else "unknown"
            service(f"{number:02d}", body=body, at=(MONTPELIER[0] + number * 0.004, MONTPELIER[1]), room=room)
        Writer(folder).rebuild()
        reader = Finder(folder)
        assert reader.ready()
        result = reader.find(near(miles=25, taking_people=True), limit=3)
        assert names(result.sure) == (["01", "03", "05"] if open_ones == 60 else ["57", "59"])
        assert names(result.ask_first) == (["00", "02", "04"] if open_ones == 60 else ["00", "01", "02"])
        assert result.at_least

    def test_a_closed_service_is_not_found(self, folder):
        service("Gone", status="closed", closed_at=NOW)
        assert found(Ask(at=NOW), folder).sure == []


def test_kinds_take_turns_and_none_is_preferred():
    hits = [Hit(uuid.uuid4(), number / 10, kind, 0.0) for number, kind in enumerate((1, 1, 1, 2, 2, 3))]
    assert [one.kind_number for one in take_turns(hits)] == [1, 2, 3, 1, 2, 1]
    assert sorted(take_turns(hits), key=id) == sorted(hits, key=id)


@given(
    st.floats(-80, 80), st.floats(-179, 179), st.sampled_from([2.0, 15.0, 25.0, 50.0, 100.0]),
    st.floats(0, 6.28), st.floats(0, 0.985),
)  # fmt: skip
@settings(deadline=None)
def test_no_point_of_a_circle_lies_outside_its_squares(latitude, longitude, miles, turn, part):
    import math

    away = part * miles / asking.MILES_PER_DEGREE
    there = latitude + away * math.cos(turn)
    squeeze = math.cos(math.radians(max(abs(latitude), abs(there))))
    beside = longitude + away * math.sin(turn) / max(squeeze, 0.02)
    if not -180 < beside < 180 or places.miles_between(latitude, longitude, there, beside) > 0.99 * miles:
        return
    for grid in schema.GRIDS:
        cells = asking._cells(grid, latitude, longitude, miles)
        assert len(cells) > asking.MOST_CELLS or schema.cell(grid, there, beside) in cells


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 40)), max_size=4), st.integers(0, 671))
def test_a_quarter_of_an_hour_in_the_index_is_what_the_hours_say(drawn, slot):
    spans = [Span(day, opens * 15, min(opens * 15 + length * 15, 2880)) for day, opens, length in drawn]
    from manypaths.directory.rules import open_span

    kept = schema.slots(spans)
    minute = slot * 15
    assert (kept == [schema.ALWAYS] or schema.slot_of(minute) in kept) == (open_span(spans, minute) is not None)


@pytest.mark.django_db
class TestPlaces:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("05602", "Montpelier, VT 05602"),
            ("05602-1234", "Montpelier, VT 05602"),
            ("montpelier", "Montpelier, VT"),
            ("Montpelier, Vermont", "Montpelier, VT"),
            ("montpelier vt", "Montpelier, VT"),
            ("Springfield, IL", "Springfield, IL"),
            ("san josé california", "San Jose, CA"),
        ],
    )
    def test_a_town_is_found_by_zip_name_and_state(self, typed, name):
        point = places.find(typed, home_state="VT", near=MONTPELIER)
        assert (point.name, point.guessed) == (name, False)

    @pytest.mark.parametrize("typed", ["Montpelyer", "montpellier", "Monpelier", "Montpeleir VT"])
    def test_a_misspelt_town_is_guessed_and_says_so(self, typed):
        point = places.find(typed, home_state="VT", near=MONTPELIER)
        assert point.name == "Montpelier, VT"
        assert point.guessed or typed.lower() == "montpelier"

    @pytest.mark.parametrize("typed", ["Nowheresville", "Nokesvile", "Sacramentoo"])
    def test_a_guess_never_jumps_across_the_country(self, typed):
        point = places.find(typed, home_state="VT", near=MONTPELIER)
        assert point is None or places.miles_between(*MONTPELIER, point.latitude, point.longitude) < 220

    def test_a_misspelt_town_of_a_named_state_and_of_a_near_one_is_guessed(self):
        assert places.find("Sacramentoo, CA", home_state="VT", near=MONTPELIER).name == "Sacramento, CA"
        assert places.find("Lebannon NH", home_state="VT", near=MONTPELIER).name == "Lebanon, NH"
        assert places.find("Littletonn", home_state="VT", near=MONTPELIER).name.startswith("Littleton")

    def test_the_communitys_own_state_comes_first(self):
        assert places.find("Springfield", home_state="VT", near=MONTPELIER).name == "Springfield, VT"

    @pytest.mark.parametrize("typed", ["", "   ", "00000", "qqqqqqqqzzzz", "';--", "%%%", "\x00"])
    def test_what_is_no_place_is_none(self, typed):
        assert places.find(typed.replace("\x00", ""), home_state="VT") is None

    def test_a_position_gets_the_county_of_the_nearest_town(self):
        point = places.nearest(44.26, -72.58)
        assert (point.county_fips, point.zone) == ("50023", "America/New_York")
        assert (point.latitude, point.longitude) == (44.26, -72.58)
        assert places.nearest(0.0, 0.0) is None


def test_words_are_read_without_accents_small_words_and_excess():
    assert [one.text for one in words.read("I need a BED tonight")] == ["bed", "tonight"]
    assert [one.text for one in words.read("Desintoxicación")] == ["desintoxicacion"]
    assert len(words.read("word " * 500)) == words.MOST_WORDS
    assert words.read("") == words.read("?!;") == []


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("detox", "detxo", True),
        ("detox", "detx", True),
        ("detox", "detoxx", True),
        ("detox", "dotex", False),
        ("detox", "redtox", False),
    ],
)
def test_one_letter_off_is_one_letter_off(a, b, one):
    assert words.one_off(a, b) is words.one_off(b, a) is one


@pytest.mark.django_db
def test_without_an_index_a_plain_query_answers_and_says_so(folder):
    service("Quarry House")
    result = find_services(Ask(at=NOW, text="quarry"))
    assert (names(result.sure), result.from_index) == (["Quarry House"], False)


def until(true: Callable[[], object]) -> None:
    """Wait. A transaction of anyone on this server, in whatever database, holds the log back while it runs."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def _position(writer: Writer) -> int:
    return json.loads(writer.state.read_text(encoding="utf-8"))["position"][0]


class TestFollowing:
    """The index and the change log, with commits that are commits."""

    def test_each_kind_of_change_reaches_the_index(self, committed_db, folder):
        writer, reader = Writer(folder), Finder(folder)
        body = network.organisation("Mill Yard")
        one = service("Quarry House", body=body)
        writer.rebuild()

        def hits(**asked: object) -> list[str]:
            writer.catch_up()
            reader.looked_at = 0.0
            assert reader.ready()
            return names(reader.find(Ask(at=NOW, **asked)).sure)

        until(lambda: hits(text="quarry") == ["Quarry House"])
        Service.objects.filter(id=one.id).update(name="Granite House")
        until(lambda: hits(text="granite") == ["Granite House"])
        assert hits(text="quarry") == []
        type(body).objects.filter(id=body.id).update(name="Copper Kettle")
        until(lambda: hits(text="kettle") == ["Granite House"])
        type(one.location).objects.filter(id=one.location_id).update(city="Marshfield")
        until(lambda: hits(text="marshfield") == ["Granite House"])
        Hours.objects.create(service=one, weekday=4, opens=540, closes=1020)
        until(lambda: hits(open_now=True) == ["Granite House"])
        Service.objects.filter(id=one.id).update(status="closed", closed_at=NOW)
        until(lambda: hits(text="granite") == [])

    def test_a_late_commit_is_never_passed_over(self, committed_db, folder):
        """A transaction that took its number first and commits last: a sequence alone would lose it."""
        early, late = service("Early"), service("Late")
        writer = Writer(folder)
        writer.rebuild()
        with psycopg.connect(role_url("app")) as slow:
            slow.execute("update directory_service set name = 'Late, changed' where id = %s", [late.id])
            Service.objects.filter(id=early.id).update(name="Early, changed")
            writer.catch_up()
            slow.commit()
        reader = Finder(folder)

        def changed() -> list[str]:
            writer.catch_up()
            reader.looked_at = 0.0
            return sorted(names(reader.find(Ask(at=NOW, text="changed")).sure)) if reader.ready() else []

        until(lambda: changed() == ["Early, changed", "Late, changed"])

    def test_what_was_rolled_back_is_not_found(self, committed_db, folder):
        one = service("Steady")
        writer = Writer(folder)
        writer.rebuild()
        with psycopg.connect(role_url("app")) as session:
            session.execute("update directory_service set name = 'Undone' where id = %s", [one.id])
            session.rollback()
        writer.catch_up()
        reader = Finder(folder)
        assert reader.ready()
        assert len(reader.find(Ask(at=NOW, text="undone")).sure) == 0

    def test_a_change_is_found_within_two_seconds(self, committed_db, folder):
        service("First")
        stop: list[bool] = []

        def follow() -> None:
            Writer(folder).follow(lambda: bool(stop))
            connection.close()

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            until(lambda: finder() is not None)
            service("Kingfisher Lodge")
            begin = time.monotonic()
            until(lambda: bool(finder().find(Ask(at=NOW, text="kingfisher")).sure))
            assert time.monotonic() - begin < 60  # two seconds on a machine that does nothing else
        finally:
            stop.append(True)
            thread.join()

    def test_an_index_that_is_thrown_away_is_built_again(self, committed_db, folder):
        service("Quarry House")
        writer = Writer(folder)
        writer.rebuild()
        shutil.rmtree(folder)
        assert writer.catch_up() == 1
        assert Finder(folder).ready()

    def test_an_index_with_other_fields_counts_as_none_until_it_is_rebuilt(self, committed_db, folder):
        service("Quarry House")
        folder.mkdir(parents=True)
        old = tantivy.SchemaBuilder()
        old.add_text_field("sid", tokenizer_name="raw")
        tantivy.Index(old.build(), path=str(folder))
        assert finder() is None
        Writer(folder).rebuild()
        reader = Finder(folder)
        assert reader.ready()
        assert names(reader.find(Ask(at=NOW)).sure) == ["Quarry House"]

    def test_nothing_is_read_twice(self, committed_db, folder):
        one = service("Quarry House")
        writer = Writer(folder)
        writer.rebuild()
        Service.objects.filter(id=one.id).update(name="Granite House")
        until(lambda: writer.catch_up() == 0 and _position(writer) >= Change.objects.latest("xact", "seq").xact)
        assert writer.catch_up() == 0
