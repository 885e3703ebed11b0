"""The national directory: what is read, what is said about bad rows, and that a second time changes nothing."""

import csv
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from manypaths.config.home import ROOT
from manypaths.config.testing import as_owner
from manypaths.directory import commands, queries
from manypaths.directory.commands.importing import TooManyMissing
from manypaths.directory.models import Change, Location, Service, SourceRow
from manypaths.exchange.samhsa.apply import Files, Result, import_file, write_report
from manypaths.exchange.samhsa.check import Problem, Towns, check
from manypaths.exchange.samhsa.read import CannotRead, read_feed
from manypaths.exchange.tests import fixture
from manypaths.network.models import Organisation
from manypaths.network.tests import factories

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
REAL = ROOT.parent / "shared" / "data" / "directory" / "samhsa"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fixture.write_codes(tmp_path)
    fixture.write_csv(tmp_path / "directory_su_2022.csv", fixture.rows())
    return tmp_path


def run(file: Path, *, days: int = 0, allow_loss: bool = False, **named: object) -> Result:
    files = Files(file, **named)
    return import_file(files, at=AT + timedelta(days=days), allow_loss=allow_loss, tell=lambda _: None)


def checked(found: list[dict[str, str]], tmp_path: Path):
    fixture.write_codes(tmp_path)
    file = fixture.write_csv(tmp_path / "directory_su_2022.csv", found)
    return check(read_feed(file, codes=None, points=None, year=None), Towns({}, lambda _: None, {}))


def said(problems: list[Problem], field: str) -> list[str]:
    return [one.why for one in problems if one.field == field]


def test_codes_become_our_words(tmp_path):
    (one,) = checked([fixture.row(service_code_info=fixture.TREATS)], tmp_path).listings
    assert one.kind == "moud"
    assert {"medication", "detox", "treatment", "talk", "meetings", "mental_health"} <= set(one.needs)
    assert set(one.costs) == {"medicaid", "medicare", "insurance", "sliding", "self_pay"}
    assert {"women", "pregnant", "veterans", "deaf"} <= set(one.audiences)
    assert set(one.languages) == {"en", "es", "ase"}
    assert one.medication == "yes"


def test_every_word_of_the_mapping_is_a_shared_word(db):
    from manypaths.exchange.samhsa.check import MAPPING, SETS

    singular = {"needs": "need", "pathways": "pathway", "costs": "cost", "audiences": "audience", "features": "feature"}
    for name in SETS:
        assert set(MAPPING[name]) <= set(queries.words(kind=singular[name], language="en")), name
    assert set(MAPPING["languages"]) <= set(queries.words(kind="language", language="en"))
    assert {kind for kind, _test in MAPPING["kinds"]} <= set(queries.words(kind="kind", language="en"))


@pytest.mark.parametrize(
    ("codes", "kind", "medication"),
    [
        (fixture.HOUSES, "recovery_residence", "unknown"),
        (fixture.STAYS, "residential", "no"),
        (fixture.COUNSELS, "outpatient", "yes"),
        ("DT * HID * OD", "detox", "unknown"),
        ("SA * OP * NMOA MOA", "outpatient", "yes"),
    ],
)
def test_a_facility_is_one_kind_of_help_and_says_what_it_says_about_medication(codes, kind, medication, tmp_path):
    (one,) = checked([fixture.row(service_code_info=codes)], tmp_path).listings
    assert (one.kind, one.medication) == (kind, medication)


def test_a_number_that_nobody_has_is_left_out_and_reported(tmp_path):
    found = checked([fixture.row(phone="999-999-9999", intake1="802-555-0134 x 12")], tmp_path)
    assert (found.listings[0].phone, found.listings[0].phone_extension) == ("802-555-0134", "12")
    assert said(found.problems, "phone") == ["is not a number that can be called; left out"]


def test_an_extension_of_nines_is_left_out(tmp_path):
    (one,) = checked([fixture.row(phone="802-555-0135 x9999", intake1="802-555-0199 x12")], tmp_path).listings
    assert (one.phone, one.phone_extension, one.intake_phone) == ("802-555-0135", "", "802-555-0199 x12")


def test_an_unknown_code_is_kept_and_reported(tmp_path):
    found = checked([fixture.row(service_code_info="SA * OP * QQZ")], tmp_path)
    assert "QQZ" in found.listings[0].source_codes
    assert [(one.field, one.value) for one in found.problems if "code table" in one.why] == [
        ("service_code_info", "QQZ")
    ]


def test_without_a_code_table_that_is_said_once_and_not_for_each_code(tmp_path):
    file = fixture.write_csv(tmp_path / "directory_su_2022.csv", [fixture.row(service_code_info="SA * OP * QQZ")] * 3)
    found = check(read_feed(file, codes=None, points=None, year=None), Towns({}, lambda _: None, {}))
    assert said(found.problems, "service_code_info") == [
        "could not be compared: no code table lies beside the file, and none was named with --codes"
    ]
    assert "QQZ" in found.listings[0].source_codes


def test_the_directory_of_mental_health_is_refused_with_a_sentence(tmp_path):
    others = [fixture.row(number, service_code_info="MH SUMH * OP * CBT") for number in range(1, 9)]
    file = fixture.write_csv(tmp_path / "national_directory_mh_2022.csv", [*others, fixture.row(9)])
    with pytest.raises(CannotRead, match="is the directory of mental health facilities"):
        read_feed(file, codes=None, points=None, year=None)


def test_a_row_that_names_mental_health_among_others_is_read(tmp_path):
    rows = [fixture.row(1, service_code_info="SA MH * OP"), fixture.row(2), fixture.row(3)]
    file = fixture.write_csv(tmp_path / "directory_su_2022.csv", rows)
    assert len(read_feed(file, codes=None, points=None, year=None).rows) == 3


@pytest.mark.parametrize("year", [20222, 22, 0])
def test_a_year_that_is_none_is_refused(tmp_path, year):
    file = fixture.write_csv(tmp_path / "directory_su_2022.csv", [fixture.row()])
    with pytest.raises(CannotRead, match=f"{year} is not a year"):
        read_feed(file, codes=None, points=None, year=year)


def test_a_row_without_a_name_is_left_out_and_the_others_are_not(tmp_path):
    found = checked([fixture.row(1, name1=""), fixture.row(2)], tmp_path)
    assert [one.organisation for one in found.listings] == ["Juniper Street Care 2"]
    assert [(one.line, one.field, one.stops) for one in found.problems if one.stops] == [(2, "name1", True)]


def test_the_same_facility_twice_is_listed_twice_and_said(tmp_path):
    found = checked([fixture.row(1), fixture.row(1)], tmp_path)
    assert len({one.key for one in found.listings}) == 2
    assert "listed more than once in this file" in said(found.problems, "name1")


def test_a_key_does_not_hang_on_the_order_of_rows(tmp_path):
    there = {one.key for one in checked(fixture.rows(), tmp_path).listings}
    assert {one.key for one in checked(fixture.rows()[::-1], tmp_path).listings} == there


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_ways_that_spreadsheets_write_it(tmp_path, encoding):
    file = fixture.write_csv(tmp_path / "d_2022.csv", [fixture.row(name1="Casa Año Nuevo")], encoding=encoding)
    feed = read_feed(file, codes=None, points=None, year=None)
    assert feed.rows[0].cells["name1"] == "Casa Año Nuevo"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "has no column named"),
        (",".join(fixture.COLUMNS) + "\n", "has no rows"),
    ],
)
def test_another_file_is_refused_with_a_sentence(tmp_path, body, sentence):
    file = tmp_path / "something_2022.csv"
    file.write_text(body, encoding="utf-8")
    with pytest.raises(CannotRead, match=sentence):
        read_feed(file, codes=None, points=None, year=None)


def test_a_file_that_does_not_say_its_year_is_asked_for_it(tmp_path):
    file = fixture.write_csv(tmp_path / "list.csv", [fixture.row()])
    with pytest.raises(CannotRead, match="--year"):
        read_feed(file, codes=None, points=None, year=None)
    assert read_feed(file, codes=None, points=None, year=2023).year == 2023


def test_a_broken_workbook_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "d_2022.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(CannotRead, match="not an XLSX"):
        read_feed(tmp_path / "d_2022.xlsx", codes=None, points=None, year=None)


def test_the_report_is_no_formula(tmp_path):
    write_report([Problem(2, "zip", "is wrong", "=1+1")], tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(newline="") as file:
        assert list(csv.reader(file))[1] == ["2", "zip", "is wrong", "'=1+1", ""]


@pytest.mark.django_db
class TestInTheDatabase:
    def test_a_file_becomes_organisations_services_and_places(self, folder):
        done = run(folder / "directory_su_2022.csv")
        assert (done.rows, done.merged.added) == (40, 39)
        assert Service.objects.count() == SourceRow.objects.count() == 39
        assert Organisation.objects.filter(name="Twin Pines").count() == 1
        one = Location.objects.get(address_1="1 Juniper Street")
        assert (one.city, one.county_fips, one.is_exact) == ("Barre", "50023", False)
        assert one.latitude == pytest.approx(44.2, abs=0.2)

    def test_each_place_keeps_its_own_time_zone(self, folder):
        run(folder / "directory_su_2022.csv")
        zones = set(Service.objects.values_list("location__state", "zone"))
        assert {("VT", "America/New_York"), ("AZ", "America/Phoenix"), ("HI", "Pacific/Honolulu")} <= zones

    def test_a_home_is_shown_by_its_town_only(self, folder):
        run(folder / "directory_su_2022.csv")
        home = Service.objects.filter(kind="recovery_residence").first()
        shown = queries.listing(service_id=home.id)
        assert (shown.street, shown.postal_code) == ("", "")
        assert shown.city

    def test_an_import_is_not_a_check(self, folder):
        run(folder / "directory_su_2022.csv")
        assert not Service.objects.filter(verified_at__isnull=False).exists()
        assert set(Service.objects.values_list("room", flat=True)) == {"unknown"}

    def test_a_town_stands_in_for_a_missing_zip_code(self, folder):
        run(folder / "directory_su_2022.csv")
        one = Location.objects.get(address_1="38 Juniper Street")
        assert (one.postal_code, one.city) == ("", "Honolulu")
        assert one.latitude is not None

    def test_a_place_nobody_knows_is_listed_without_a_point(self, folder):
        done = run(folder / "directory_su_2022.csv")
        assert Location.objects.get(address_1="39 Juniper Street").latitude is None
        assert any("no distance" in one.why for one in done.checked.problems)

    def test_coordinates_are_joined_by_name_street_and_zip(self, folder):
        (folder / "locator_su_2021_geocoded.csv").write_text(
            "name1,street1,zip,latitude,longitude\nJUNIPER STREET CARE 1,1 Juniper Street,05641,44.1234,-72.4321\n"
            "Juniper Street Care 2,2 Juniper Street,05060,0,0\n"
        )
        run(folder / "directory_su_2022.csv")
        one, two = (Location.objects.get(address_1=f"{number} Juniper Street") for number in (1, 2))
        assert (one.latitude, one.longitude, one.is_exact) == (44.1234, -72.4321, True)
        assert not two.is_exact

    def test_a_run_without_the_list_of_coordinates_keeps_those_that_are_held(self, folder):
        points = folder / "locator_su_2021_geocoded.csv"
        points.write_text(
            "name1,street1,zip,latitude,longitude\nJuniper Street Care 1,1 Juniper Street,05641,44.1234,-72.4321\n"
        )
        run(folder / "directory_su_2022.csv")
        points.unlink()
        done = run(folder / "directory_su_2022.csv", days=1)
        one = Location.objects.get(address_1="1 Juniper Street")
        assert (one.latitude, one.longitude, one.is_exact) == (44.1234, -72.4321, True)
        assert (done.merged.changed, done.merged.unchanged) == (0, 39)

    def test_the_same_file_again_changes_nothing(self, folder):
        run(folder / "directory_su_2022.csv")
        before, log = _everything(), Change.objects.count()
        done = run(folder / "directory_su_2022.csv", days=1)
        assert (done.merged.added, done.merged.changed, done.merged.missing) == (0, 0, 0)
        assert _everything() == before
        assert Change.objects.count() == log

    def test_a_workbook_says_the_same_as_the_csv(self, folder, tmp_path):
        run(folder / "directory_su_2022.csv")
        book = fixture.write_xlsx(tmp_path / "directory_su_2022.xlsx", fixture.rows())
        done = run(book)
        assert (done.merged.added, done.merged.changed, done.merged.missing) == (0, 0, 0)

    def test_next_years_file_updates_adds_and_marks_what_is_not_seen(self, folder, tmp_path):
        run(folder / "directory_su_2022.csv")
        found = fixture.rows()
        found[0]["phone"] = "802-555-7777"
        next_year = fixture.write_csv(tmp_path / "directory_su_2023.csv", [*found[:20], fixture.row(50), *found[24:]])
        done = run(next_year, days=365)
        assert (done.merged.added, done.merged.changed, done.merged.missing) == (1, 1, 4)
        assert Service.objects.get(name="Juniper Street Care 1").phone == "802-555-7777"
        gone = SourceRow.objects.filter(missing_since__isnull=False)
        assert gone.count() == 4
        assert set(gone.values_list("service__status", flat=True)) == {"active"}
        assert set(SourceRow.objects.filter(missing_since__isnull=True).values_list("year", flat=True)) == {2023}

    def test_what_comes_back_is_no_longer_marked(self, folder, tmp_path):
        run(folder / "directory_su_2022.csv")
        run(fixture.write_csv(tmp_path / "directory_su_2023.csv", fixture.rows()[:30]))
        done = run(fixture.write_csv(tmp_path / "directory_su_2024.csv", fixture.rows()))
        assert done.merged.back == 9
        assert not SourceRow.objects.filter(missing_since__isnull=False).exists()

    def test_what_an_organisation_mended_stays_mended(self, folder, tmp_path):
        run(folder / "directory_su_2022.csv")
        service = Service.objects.get(name="Juniper Street Care 1")
        lead = factories.membership(service.organisation, "org_admin")
        words = commands.Words(
            name="Juniper, the green door", kind=service.kind, zone=service.zone, phone="802-555-0001"
        )
        commands.edit_service(
            service_id=service.id, words=words, place=None, hours=[], by=factories.reader_for(lead), at=AT
        )
        found = fixture.rows()
        found[0]["intake1"] = "802-555-8888"
        run(fixture.write_csv(tmp_path / "directory_su_2023.csv", found))
        service.refresh_from_db()
        assert (service.name, service.intake_phone) == ("Juniper, the green door", "802-555-8888")

    def test_a_file_with_far_fewer_rows_stops_and_does_nothing(self, folder, tmp_path):
        run(folder / "directory_su_2022.csv")
        before = _everything()
        part = fixture.write_csv(tmp_path / "directory_su_2023.csv", fixture.rows()[:10])
        with pytest.raises(TooManyMissing):
            run(part)
        assert _everything() == before
        assert run(part, allow_loss=True).merged.missing == 29

    def test_the_operator_is_told_in_sentences_and_gets_the_report(self, folder, capsys):
        report = folder / "report.csv"
        call_command("import_directory", "samhsa", str(folder / "directory_su_2022.csv"), report=report)
        words = capsys.readouterr().out
        assert "39 new" in words
        assert str(report) in words
        with report.open(newline="") as file:
            lines = list(csv.DictReader(file))
        assert {"line", "field", "why"} <= set(lines[0])
        assert ("41", "name1", "yes") in {(one["line"], one["field"], one["left_out"]) for one in lines}

    def test_a_report_that_may_not_be_written_there_is_written_among_our_files(self, folder, settings, capsys):
        settings.VAR = folder / "var"
        settings.VAR.mkdir()
        nowhere = folder / "no such folder" / "report.csv"
        call_command("import_directory", "samhsa", str(folder / "directory_su_2022.csv"), report=nowhere)
        assert str(settings.VAR / "report.csv") in capsys.readouterr().out
        assert (settings.VAR / "report.csv").exists()

    def test_a_wrong_file_ends_in_one_sentence(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be opened"):
            call_command("import_directory", "samhsa", str(tmp_path / "not_there_2022.csv"))

    def test_nothing_is_half_done_when_writing_breaks_off(self, folder):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("alter table directory_sourcerow add constraint never check (key = '') not valid")
        with pytest.raises(Exception, match="never"):
            run(folder / "directory_su_2022.csv")
        assert Service.objects.count() == Organisation.objects.filter(source="samhsa_su").count() == 0


def _everything() -> list[object]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Organisation, Location, Service, SourceRow)]


@pytest.mark.django_db
def test_the_real_directory_is_read_whole():
    file = REAL / "national_directory_su_2022.csv"
    if not file.exists():
        pytest.skip("THE REAL DIRECTORY IS NOT HERE: its import is not tested")
    begin = time.monotonic()
    done = run(file)
    first = time.monotonic() - begin
    assert (done.rows, done.merged.added) == (12_176, 12_176)
    assert not [one for one in done.checked.problems if one.stops]
    assert not [one for one in done.checked.problems if "code table" in one.why]
    assert Location.objects.filter(is_exact=True).count() > 8_000
    assert Location.objects.filter(latitude__isnull=True).count() < 20
    again = run(file, days=1)
    assert (again.merged.added, again.merged.changed, again.merged.unchanged) == (0, 0, 12_176)
    print(f"first import {first:.1f} s")
