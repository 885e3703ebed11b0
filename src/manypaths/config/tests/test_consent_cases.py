"""Case files from outside are decided by our rules, word by word, and a word that nobody knows is named."""

import json

import pytest

from manypaths.config import cli, consent_cases
from manypaths.config.consent_cases import KNOWN, NotUnderstood, check_file, read, read_own
from manypaths.config.home import ROOT
from manypaths.consent.rules.disclosure import decide

REQUIRED = ROOT.parent / "shared" / "consent-cases.json"
CASE = {
    "id": "X1",
    "actor": "Riverbend Clinic",
    "purpose": "TREAT",
    "data_class": "sud_treatment_record",
    "expect": "allow",
    "redisclosure_notice": True,
    "accounting_2_25": True,
    "logged": True,
    "facts": {
        "record_origin": "part2_program",
        "recipient_type": "covered_entity",
        "consent_type": "named",
        "consent_status": "active",
    },
}


def file_of(folder, *cases):
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    return path


def lines(capsys):
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("case", read_own(), ids=lambda case: case.name)
def test_each_of_our_own_cases_is_decided_as_it_says(case):
    assert consent_cases.answer_of(decide(case.facts)) == case.expected


def test_every_required_case_is_decided_as_it_says(capsys):
    if not REQUIRED.exists():
        pytest.skip(f"the required cases are not beside the project: {REQUIRED}")
    assert check_file(REQUIRED) == 0, capsys.readouterr().out


def test_a_file_that_is_right_is_counted_and_nothing_else(tmp_path, capsys):
    assert cli.main(["check", "consent-cases", str(file_of(tmp_path, CASE))]) == 0
    assert lines(capsys) == ["cases.json: 1 cases, 1 right, 0 wrong or not understood"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"expect": "deny"}, 'X1: expect is "allow" (consent), the file says "deny"'),
        ({"redisclosure_notice": False}, "X1: redisclosure_notice is true (consent), the file says false"),
        ({"accounting_2_25": False}, "X1: accounting_2_25 is true (consent), the file says false"),
        ({"logged": False}, "X1: logged is true (consent), the file says false"),
    ],
)
def test_each_part_of_an_answer_that_differs_is_a_line(tmp_path, capsys, changed, told):
    assert check_file(file_of(tmp_path, CASE | changed)) == 1
    assert lines(capsys) == [told, "cases.json: 1 cases, 0 right, 1 wrong or not understood"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"purpose": "TREATMENT"}, 'unknown word: purpose "TREATMENT"'),
        ({"data_class": "diary"}, 'unknown word: data_class "diary"'),
        ({"expect": "maybe"}, 'unknown word: expect "maybe"'),
        ({"facts": CASE["facts"] | {"moon": True}}, "unknown word: moon"),
        ({"facts": CASE["facts"] | {"info_classes": ["diary"]}}, 'unknown word: info_classes "diary"'),
        ({"facts": CASE["facts"] | {"qsoa": "yes"}}, 'qsoa cannot be "yes"'),
        ({"facts": CASE["facts"] | {"cell_size": True}}, "cell_size cannot be true"),
        ({"facts": CASE["facts"] | {"signed_by": "minor"}}, 'signed_by cannot be "minor"'),
        ({"facts": None}, "a case is an object with facts"),
    ],
)
def test_a_word_that_nobody_knows_is_an_error_that_names_it(tmp_path, capsys, changed, named):
    assert check_file(file_of(tmp_path, CASE | changed)) == 1
    assert lines(capsys)[0] == f"X1: {named}"


def test_a_case_says_what_it_leaves_out():
    with pytest.raises(NotUnderstood, match="it does not say: purpose, logged"):
        read({name: value for name, value in CASE.items() if name not in ("purpose", "logged")})


def test_prose_of_others_is_told_and_decides_nothing(tmp_path, capsys):
    assert check_file(file_of(tmp_path, CASE | {"comment": "?"})) == 0
    assert lines(capsys)[0] == "not looked at: comment"


@pytest.mark.parametrize("body", ["", "[]", '{"cases": 1}', '{"cases": []}', "{", "\x00"])
def test_what_is_no_file_of_cases_is_said_and_is_never_right(tmp_path, body):
    path = tmp_path / "cases.json"
    path.write_text(body, encoding="utf-8")
    assert check_file(path) == 1


def test_the_same_id_twice_and_a_file_that_is_not_there_are_said(tmp_path, capsys):
    assert check_file(file_of(tmp_path, CASE, CASE)) == 1
    assert check_file(tmp_path / "nothing.json") == 1
    assert [line.rpartition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [
        "X1",
        "No such file or directory",
    ]


def test_the_lists_of_words_hold_only_words_and_are_all_used():
    assert all(word and " " not in word for known in KNOWN.values() for word in known)
    assert cli.main(["check", "nonsense"]) == 2
