"""Translations are compiled without system gettext, once, and only when they changed."""

import gettext
import os
from pathlib import Path

from manypaths.config.messages import compile_all

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "yes"
msgstr "sí"

#, fuzzy
msgid "no"
msgstr "not read by a person yet"
"""


def write(root: Path) -> Path:
    folder = root / "room" / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    return folder


def test_a_catalogue_is_compiled_once_and_again_after_a_change(tmp_path: Path):
    folder = write(tmp_path)
    assert compile_all(tmp_path) == 1
    assert compile_all(tmp_path) == 0
    os.utime(folder / "django.po", ns=(10**18 * 4, 10**18 * 4))
    assert compile_all(tmp_path) == 1
    assert [path.name for path in folder.iterdir() if path.suffix not in {".po", ".mo"}] == []


def test_what_no_person_has_read_stays_out(tmp_path: Path):
    folder = write(tmp_path)
    compile_all(tmp_path)
    with (folder / "django.mo").open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    assert words.gettext("yes") == "sí"
    assert words.gettext("no") == "no"
