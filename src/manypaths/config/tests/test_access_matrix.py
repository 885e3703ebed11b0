"""Cells from outside are driven through our pages, word by word; what is not there is said, and nothing is passed."""

import contextlib
import functools
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from manypaths.config import cli, testing
from manypaths.config.access_matrix import words
from manypaths.config.access_matrix.command import OWN_CELLS, check_files
from manypaths.config.access_matrix.driving import drive
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.place import SERVE, _place, web_server
from manypaths.config.access_matrix.reading import Cell, NotUnderstood, read
from manypaths.config.access_matrix.stage import staged
from manypaths.config.access_matrix.telling import File, Outcome, check_cells, read_file, tell
from manypaths.config.access_matrix.verdict import NOT_BUILT, RIGHT, WRONG, Verdict
from manypaths.config.access_matrix.world import World
from manypaths.config.home import ROOT, home

REQUIRED = ROOT.parent / "shared" / "access-matrix.json"
# Cells of the required file that come out otherwise today, each with its cause. It may only become shorter.
AUDITS = dict.fromkeys(("access", "decision", "disclosure", "none", "breakglass"), "")
CELL = {
    "id": "X1",
    "role": "peer_assigned",
    "data_class": "demographics",
    "consent_state": "none",
    "action": "view",
    "surface": "page+api",
    "expect": "allow",
    "http": 200,
    "audit": "access",
    "person_sees": True,
    "redisclosure_notice": False,
}
EMERGENCY = {
    "role": "ed_physician",
    "data_class": "drug_screen_result",
    "consent_state": "emergency_complete",
    "action": "break_glass",
}
KNOWN = (*words.KNOWN.items(), ("expect", dict.fromkeys(sorted(words.EXPECTS), "")), ("audit", AUDITS))
HIDDEN = read({**CELL, "role": "other_org", "expect": "hide", "http": 404, "audit": "decision", "person_sees": False})
CLOSED_BY_THE_DOOR = replace(HIDDEN, role="org_admin")
OPEN_TO_ALL = """
import manypaths.config.wsgi
from manypaths.consent import queries
class All(queries.Opened):
    allows = opens_request = opens_whole = lambda self, *_: True
real = queries.open_records
def open_all(**asked):
    opened = real(**asked)
    kinds = {{(one, kind.value, None): "assigned" for one in asked["records"] for kind in asked["classes"]}}
    return All(kinds, opened.known, opened.keys)
queries.open_records = open_all
"""
AS_SOMEBODY_ELSE = """
import os, uuid, manypaths.config.wsgi
from dataclasses import replace
from manypaths.consent import queries
account, membership, organisation = (uuid.UUID(one) for one in os.environ["TAKEN_FOR"].split())
real = queries.open_records
def open_as(**asked):
    taken = replace(asked["reader"], account_id=account, membership_id=membership, organisation_id=organisation)
    return real(**{{**asked, "reader": taken}})
queries.open_records = open_as
"""
NEWCOMER = read({
    **CELL, "surface": "api", "expect": "hide", "http": 404, "audit": "decision", "person_sees": False,
    "context": "a new endpoint added by a developer without an access rule",
})  # fmt: skip
UNLOGGED = read({
    **CELL, "expect": "drop", "http": 503, "audit": "fallback", "person_sees": False,
    "context": "audit table not writable: answer 503, nothing leaves",
})  # fmt: skip
A_FAULT_LIKE_ANY = """
import manypaths.config.wsgi
from manypaths.web.ui import errors
errors.fault_of_the_log = lambda fault: ""
"""
UNDECLARED_IS_SERVED = """
import manypaths.config.wsgi
from manypaths.config.access_matrix import newcomer
from manypaths.web.ui import ways_out
newcomer.show.audience = "anybody who asks"
ways_out.ROUTES = ways_out.ROUTES | {{"work:api_newcomer"}}
"""
NOTHING_NOTED = """
import manypaths.config.wsgi
from manypaths.web.ui import transaction
transaction._note_refusal = lambda request, response: None
"""


def file_of(folder, *cells):
    path = folder / "cells.json"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def lines(capsys):
    return capsys.readouterr().out.splitlines()


@pytest.fixture(scope="class")
def ground(committed_class_db) -> Iterator[Ground]:
    """The made-up world behind a real web server, for all tests of a class."""
    with tempfile.NamedTemporaryFile() as log, web_server(log.file, DATABASE_URL=testing.role_url("app")) as site:
        with staged(site, testing.role_url("owner"), testing.role_url("sealer"), Path(log.name)) as made:
            yield made


ON_A_PAGE = 30


def outcome_of(ground: Ground, *cells: Cell) -> Outcome:
    return check_cells(File("cells.json", list(cells)), functools.partial(drive, ground))


@pytest.mark.xdist_group("access-matrix")
class TestOnAWorld:
    @pytest.mark.parametrize("path", OWN_CELLS, ids=lambda path: path.stem)
    def test_each_of_our_own_cells_comes_out_as_it_says(self, ground, capsys, path):
        file = read_file(path)
        assert file is not None
        outcome = check_cells(file, functools.partial(drive, ground))
        assert tell(outcome) == 0, capsys.readouterr().out
        assert len(outcome.of(RIGHT)) == len(file.cells)

    def test_every_required_cell_that_can_be_driven_comes_out_as_it_says(self, ground, capsys):
        if not REQUIRED.exists():
            pytest.skip(f"the required cells are not beside the project: {REQUIRED}")
        file = read_file(REQUIRED)
        assert file is not None
        outcome = check_cells(file, functools.partial(drive, ground))
        tell(outcome)
        assert not file.strange
        assert not outcome.of(WRONG), capsys.readouterr().out

    def test_an_emergency_that_came_out_otherwise_is_wrong(self, ground):
        opens = read({**CELL, **EMERGENCY, "expect": "allow", "http": 200, "audit": "breakglass", "person_sees": True})
        closed = replace(opens, expect="hide", http=404, audit="decision", person_sees=False)
        plan = replace(opens, data_class="recovery_plan")
        said = replace(opens, expect="reject", http=422, consent_state="emergency_incomplete", audit="breakglass")
        for cell, told in (
            (closed, "answers 200, the file says 404"),
            (plan, "the page does not show what it should"),
            (replace(opens, person_sees=False), "the person's own list shows a look"),
            (said, "no opening in an emergency is logged"),
        ):
            verdict = outcome_of(ground, cell).verdicts[cell.name]
            assert (verdict.kind, told in verdict.why) == (WRONG, True), verdict.why

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"expect": "hide", "http": 404}, "answers 200, the file says 404"),
            ({"audit": "none"}, "a look is logged"),
            ({"audit": "disclosure"}, "no disclosure is logged"),
            ({"person_sees": False}, "the person's own list shows a look"),
            ({"redisclosure_notice": True}, "the notice against passing it on is missing"),
            ({"role": "other_org"}, "shows another organisation"),
            ({"role": "peer_unassigned"}, "answers 404, the file says 200"),
        ],
    )
    def test_each_part_of_an_answer_that_differs_is_told(self, ground, changed, told):
        outcome = outcome_of(ground, read({**CELL, **changed}))
        assert outcome.verdicts["X1"].kind != RIGHT
        assert told in outcome.verdicts["X1"].why

    def test_any_combination_of_words_is_driven_to_its_end_or_said_to_be_missing(self, ground):
        chance = random.Random(5)
        there = {name: [one for one in known if not known[one]] for name, known in KNOWN}
        cells = [
            read({**CELL, **{name: chance.choice(found) for name, found in there.items()}, "id": f"X{number}"})
            for number in range(60)
        ]
        told = [one.why for one in outcome_of(ground, *cells).verdicts.values()]
        assert len(told) == len(cells)
        assert not [why for why in told if why.startswith("it broke off")]

    def test_a_disclosure_is_logged_accounted_for_and_on_the_persons_list(self, ground):
        """The words of section 2.32 do not stand on the page of a request, so a file that wants them is told."""
        asked = {"role": "recv_staff", "data_class": "referral_task", "consent_state": "named_covering"}
        disclosed = read({**CELL, **asked, "audit": "disclosure", "redisclosure_notice": True})
        without = replace(disclosed, redisclosure_notice=False)
        missing = "the notice against passing it on is missing"
        assert outcome_of(ground, disclosed).verdicts["X1"] == Verdict(WRONG, missing, pages_only=True)
        assert outcome_of(ground, without).verdicts["X1"] == Verdict(RIGHT, pages_only=True)

    def test_an_account_of_more_lines_than_a_page_holds_is_read_to_its_end(self, ground):
        asked = {"role": "recv_staff", "data_class": "referral_task", "consent_state": "named_covering"}
        cell = read({**CELL, **asked, "audit": "disclosure", "redisclosure_notice": False})
        right = Verdict(RIGHT, pages_only=True)
        assert [outcome_of(ground, cell).verdicts["X1"] for _ in range(ON_A_PAGE)] == [right] * ON_A_PAGE

    def test_a_person_who_is_shown_is_not_hidden_whatever_the_status(self, ground):
        """A word that was planted decides: here it stands in an answer that the file calls empty."""
        shown = replace(HIDDEN, role="person", data_class="recovery_plan")
        assert "holds a word of what is closed" in outcome_of(ground, shown).verdicts["X1"].why

    @pytest.mark.parametrize(
        ("fault", "cell"),
        [
            (AS_SOMEBODY_ELSE, HIDDEN),
            (NOTHING_NOTED, CLOSED_BY_THE_DOOR),
            (UNDECLARED_IS_SERVED, NEWCOMER),
            (A_FAULT_LIKE_ANY, UNLOGGED),
        ],
    )
    def test_a_rule_that_was_turned_off_is_found(self, ground, fault, cell):
        assert outcome_of(ground, cell).verdicts["X1"] == Verdict(RIGHT)
        with behind(ground, fault) as bent:
            assert outcome_of(bent, cell).of(WRONG) == ["X1"]

    def test_with_the_rules_in_code_gone_the_walls_of_the_database_still_hide(self, ground):
        with behind(ground, OPEN_TO_ALL) as bent:
            assert "holds a word" not in outcome_of(bent, HIDDEN).verdicts["X1"].why
            assert "holds a word" not in outcome_of(bent, replace(HIDDEN, role="peer_unassigned")).verdicts["X1"].why


@contextlib.contextmanager
def behind(ground: Ground, fault: str) -> Iterator[Ground]:
    """The same world behind a server in which one rule is bent."""
    reader = ground.world.worker("peer_assigned").reader
    taken_for = f"{reader.account_id} {reader.membership_id} {reader.organisation_id}"
    more = {"DATABASE_URL": testing.role_url("app"), "TAKEN_FOR": taken_for}
    with tempfile.TemporaryFile() as log, web_server(log, fault + SERVE, **more) as site:
        yield replace(ground, world=World(site, ground.world.bodies, known=ground.world.known))


def test_a_word_that_nobody_knows_names_itself_and_its_row(tmp_path, capsys):
    path = file_of(tmp_path, {**CELL, "role": "wizard"}, {**CELL, "id": "X2", "http": "200"})
    file = read_file(path)
    assert file is not None
    assert tell(check_cells(file, lambda cell: pytest.fail(cell.name))) == 1
    assert lines(capsys)[:2] == ['X1: unknown word: role "wizard"', 'X2: unknown word: http "200"']


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"data_class": "diary"}, 'unknown word: data_class "diary"'),
        ({"consent_state": "maybe"}, 'unknown word: consent_state "maybe"'),
        ({"action": "teleport"}, 'unknown word: action "teleport"'),
        ({"surface": "moon"}, 'unknown word: surface "moon"'),
        ({"audit": True}, "unknown word: audit true"),
        ({"moon": 1}, "unknown word: moon"),
        ({"person_sees": "yes"}, 'person_sees cannot be "yes"'),
        ({"fields": "name"}, "context is text, and fields is a list of words"),
    ],
)
def test_each_column_has_its_words(changed, named):
    with pytest.raises(NotUnderstood, match=named):
        read({**CELL, **changed})


def test_what_is_not_built_is_counted_apart_and_wrong_where_it_is_required(capsys):
    cell = read({**CELL, "data_class": "attachment"})
    drive_nothing = functools.partial(drive, None)
    assert tell(check_cells(File("f.json", [cell]), drive_nothing)) == 0
    assert tell(check_cells(File("f.json", [cell]), drive_nothing, {"attachment"})) == 1
    said = "not built: X1 needs files of a person (data_class attachment)"
    assert lines(capsys) == [
        said,
        "f.json: 1 cells, 0 right, 0 wrong or not understood, 1 not built",
        f"{said}, and it was required",
        "f.json: 1 cells, 0 right, 1 wrong or not understood, 0 not built",
    ]


def test_a_cell_that_breaks_off_is_wrong_and_never_right():
    assert drive(None, read(CELL)).kind == WRONG  # type: ignore[arg-type]  # no world to stand on


def test_each_word_is_either_there_or_says_what_is_missing():
    for name, known in words.KNOWN.items():
        for word, missing in known.items():
            cell = read({**CELL, name: word})
            if missing:
                assert drive(None, cell).kind == NOT_BUILT  # type: ignore[arg-type]
                assert missing in drive(None, cell).why  # type: ignore[arg-type]


def test_what_is_asked_for_wrongly_is_said_before_anything_is_made(tmp_path, capsys):
    assert check_files([str(tmp_path / "nothing.json")]) == 1
    assert check_files([str(file_of(tmp_path)), "--require", "fhir"]) == 1
    assert check_files(["--require", "moon"]) == 2
    assert check_files(["--require"]) == 2
    assert cli.main(["check", "nonsense"]) == 2
    assert "No class and no surface is called: moon" in capsys.readouterr().err


def test_the_place_of_a_check_is_gone_afterwards_and_so_is_what_a_killed_one_left(tmp_path, monkeypatch):
    monkeypatch.setenv("MANYPATHS_VAR", str(tmp_path / "var"))
    left = home() / "check" / "1"
    left.mkdir(parents=True)
    try:
        with _place() as place:
            assert place.cluster.alive()
            assert not left.exists()
        assert list((home() / "check").iterdir()) == []
        assert place.cluster.pid() is None
    finally:
        shutil.rmtree(home())
    assert "DATABASE_URL" in os.environ  # of this test: the place took nothing from it
