"""The search of `benchmarks/canaries.py` finds a word in every spelling, and nothing where nothing is."""

import os

import pytest
from benchmarks.canaries import MARK
from benchmarks.filling import forms_of
from benchmarks.sifting import Found, missed, sift, sift_files, spellings

WORD = f"{MARK}0123456789ab"


def test_a_word_is_found_in_every_spelling():
    assert missed(MARK, {}) == []


def test_a_place_in_which_the_control_was_not_found_is_named():
    assert missed(MARK, {"a dump": []}) == ["a dump"]


@pytest.mark.parametrize("gone", sorted(spellings(MARK)))
def test_each_spelling_is_needed(gone):
    """Without it, some way of writing the word is lost; but for two that other bytes beside it would show too."""
    form, _any_case = spellings(MARK)[gone]
    kept = {name: one for name, one in spellings(MARK).items() if one[0] != form}
    assert not list(sift("here", form.upper() if gone == "hex" else form, kept))


def test_which_word_was_found_is_said():
    (found,) = sift("a log", f"Parameters: $1 = '{WORD.upper()}'".encode(), spellings(MARK))
    assert (found.where, found.written, found.word) == ("a log", "plain", WORD.lower())


def test_bytes_made_by_chance_hold_no_word():
    assert list(sift("chance", os.urandom(2_000_000), spellings(MARK))) == []


def test_a_word_in_a_file_below_a_folder_is_found(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0" * 70_000 + WORD.encode("utf-16"))
    found = list(sift_files([tmp_path], spellings(MARK)))
    assert [one.written for one in found if isinstance(one, Found)] == ["UTF-16"]


def test_a_form_is_read_with_what_it_carries_and_the_fields_for_words():
    page = b"""<form method="post" action="/my/about"><input type="hidden" name="once" value="1">
      <textarea name="words"></textarea><input name="name"><select name="l"><option value="en"></select></form>
      <form method="post" action="/leave"><input name="a"></form><form action="/"><input name="q"></form>"""
    (form,) = forms_of("/", page)
    assert (form.action, form.words, form.carries) == ("/my/about", ["words", "name"], {"once": "1", "l": "en"})
