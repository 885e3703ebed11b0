"""Every field of every table says whether it can speak of a person, and fields with words about one are sealed."""

import json
from pathlib import Path

from django.apps import apps

from manypaths.vault.models import SealedText

CLASSIFICATION = Path(__file__).resolve().parents[2] / "docs" / "personal-data.json"
KINDS = {"none", "identifier", "code", "date", "score", "sealed", "staff", "public", "log", "secret"}
SEALED_KINDS = {"name", "contact", "free_text", "document"}


def stored() -> dict[str, dict[str, str]]:
    return json.loads(CLASSIFICATION.read_text(encoding="utf-8"))["tables"]


def fields() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("manypaths."):
            found[model._meta.db_table] = {field.name: field for field in model._meta.concrete_fields}
    return found


def test_every_field_is_classified():
    classified = stored()
    missing = [
        f"{table}.{name}"
        for table, columns in fields().items()
        for name in columns
        if name not in classified.get(table, {})
    ]
    assert missing == [], "add these to docs/personal-data.json"


def test_nothing_is_classified_that_does_not_exist():
    actual = fields()
    gone = [
        f"{table}.{name}"
        for table, columns in stored().items()
        for name in columns
        if name not in actual.get(table, {})
    ]
    assert gone == []


def test_every_classification_is_one_of_the_known_kinds():
    wrong = [
        f"{table}.{name}: {kind}"
        for table, columns in stored().items()
        for name, kind in columns.items()
        if kind not in KINDS | SEALED_KINDS
    ]
    assert wrong == []


def test_words_about_a_person_are_sealed_and_labelled_with_their_place():
    wrong = []
    for table, columns in stored().items():
        for name, kind in columns.items():
            field = fields()[table][name]
            if kind in SEALED_KINDS and not isinstance(field, SealedText):
                wrong.append(f"{table}.{name} is {kind} and not sealed")
            if isinstance(field, SealedText) and (kind not in SEALED_KINDS or not field.label):
                wrong.append(f"{table}.{name} is sealed and classified {kind}")
    assert wrong == []


def test_every_kind_that_is_not_sealed_says_why():
    said = json.loads(CLASSIFICATION.read_text(encoding="utf-8"))
    assert set(said["left_open"]) == set(said["kinds"]) - SEALED_KINDS
    assert [kind for kind, why in said["left_open"].items() if len(why) < 20] == []


def test_what_is_plain_beside_a_record_is_a_code_and_has_no_room_for_anything_else():
    """Beside the id of a record stands no text that could be somebody's words, and no field that takes any shape."""
    wrong = []
    for table, columns in fields().items():
        if not any("record" in name for name in columns):
            continue
        for name, field in columns.items():
            kind, form = stored()[table][name], field.get_internal_type()
            if isinstance(field, SealedText):
                continue
            plain = form in {"CharField", "ArrayField", "TextField", "BinaryField"}
            if form in {"JSONField", "FileField", "HStoreField"} or (plain and kind in {"staff", "public", "score"}):
                wrong.append(f"{table}.{name} is {kind} in a {form}")
    assert wrong == []


def test_labels_of_sealed_fields_are_never_shared():
    everything = [field for columns in fields().values() for field in columns.values()]
    labels = [field.label for field in everything if isinstance(field, SealedText)]
    assert len(labels) == len(set(labels))


def test_guarded_tables_hold_no_plain_text():
    """In a table that names a record, plain text columns are codes: short, or with a closed list of choices."""
    long = [
        f"{table}.{name}"
        for table, columns in fields().items()
        if "record_id" in columns and not table.startswith("audit_")
        for name, field in columns.items()
        if field.get_internal_type() in {"TextField", "EmailField", "URLField"}
        or (field.get_internal_type() == "CharField" and (field.max_length or 999) > 64)
    ]
    assert long == []
