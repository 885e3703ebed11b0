"""The words a person agrees to: in both languages, in the same parts, and read with six years of school."""

import json
from pathlib import Path

import pytest

from tests.reading import fernandez_huerta, grade, inflesz

DATA = Path(__file__).resolve().parents[2] / "src" / "manypaths" / "consent" / "data"
FILES = sorted(DATA.glob("texts-*.json"))
PARTS = ["who", "what", "why", "until", "stop", "choice", "law"]
MARKS = {
    "request": ("{organisation}", "{parts}", "{until}"),
    "check_in": ("{worker}", "{organisation}", "{day}"),
    "share": ("{discloser}", "{parts}", "{purpose}", "{until}"),
}
ABOVE = {
    one: ["first"] for one in ("share-notes", "share-court", "share-legal", "share-study")
}  # what must be read before anything else


def texts(path: Path, language: str) -> list[dict]:
    return [one for one in json.loads(path.read_text())["texts"] if one["language"] == language]


def words(one: dict) -> list[str]:
    return [one["title"], *(part for pair in one["sections"].values() for part in pair)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_agreement_has_the_same_parts_and_marks_in_both_languages(path: Path):
    assert {one["key"] for one in texts(path, "en")} == {one["key"] for one in texts(path, "es")}
    for language in ("en", "es"):
        for one in texts(path, language):
            assert list(one["sections"]) == ABOVE.get(one["key"].removesuffix("-less"), []) + PARTS
            marks = MARKS[one["key"].split("-")[0]]
            assert all(any(mark in text for text in words(one)) for mark in marks)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_agreement_is_read_with_six_years_of_school(path: Path):
    for one in texts(path, "en"):
        assert grade(words(one)) <= 6, round(grade(words(one)), 1)
    for one in texts(path, "es"):
        assert inflesz(words(one)) >= 65, round(inflesz(words(one)), 1)
        assert fernandez_huerta(words(one)) >= 70, round(fernandez_huerta(words(one)), 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_agreement_names_its_version_source_and_licence(path: Path):
    data = json.loads(path.read_text())
    assert all(data[name] for name in ("version", "source", "licence"))
    assert data["version"] in path.stem
