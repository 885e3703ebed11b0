"""What import contracts cannot see: foreign keys, furniture, doors that reach for tables, undeclared addresses."""

import ast
import configparser
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "manypaths"
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter", encoding="utf-8")
DOORS = ("web", "nightly", "exchange")
# What reaches for a table behind the back of queries and commands.
TABLE_CALLS = re.compile(r"\.(objects|save|bulk_create|bulk_update)\b|\bconnection\b")
FILE_LINES, TEST_LINES = 350, 550  # a file of tests is a list of sentences: one reads on, or looks one up
# Rules know no file but the data that ships with the house, read once when they are loaded. Which reads which:
READS_DATA = {
    "consent/rules/agreements.py": "consent",
    "consent/rules/desk.py": "consent",
    "consent/rules/emergencies.py": "consent",
    "consent/rules/gate.py": "network",
    "consent/rules/incidents.py": "consent",
    "consent/rules/papers.py": "consent",
    "consent/rules/reading.py": "consent",
    "consent/rules/reviews.py": "consent",
    "consent/rules/shares.py": "consent",
    "indicators/rules/codes.py": "referrals",
    "network/rules/places.py": "network",
    "network/rules/posture.py": "network",
    "referrals/rules.py": "referrals",
    "support/rules/contacts.py": "support",
    "support/rules/entries.py": "support",
    "support/rules/petitions.py": "support",
}
FILES = re.compile(r"\bopen\(|\bread_(?:text|bytes)\b|\bwrite_\w+\(|\biterdir\b|\bglob\(|\bimportlib\b")


def floors() -> list[list[str]]:
    lines = CONTRACTS["importlinter:contract:floors"]["layers"].strip().splitlines()
    return [[name.strip() for name in line.split("|")] for line in lines]


def floor_of(room: str) -> int:
    return next(number for number, names in enumerate(floors()) if room in names)


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("manypaths.")]


def room_of(model: type) -> str:
    return model.__module__.split(".")[1]


def source_files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts and "tests" not in path.parts]


def test_foreign_keys_point_down_or_stay_in_their_room():
    up = []
    for model in our_models():
        for field in model._meta.get_fields():
            target = (
                getattr(field, "related_model", None)
                if getattr(field, "many_to_one", False) or getattr(field, "one_to_one", False)
                else None
            )
            if target is None or field.auto_created or not target.__module__.startswith("manypaths."):
                continue
            here, there = room_of(model), room_of(target)
            if here != there and floor_of(there) <= floor_of(here):
                up.append(f"{model.__name__}.{field.name} -> {there}")
    assert up == []


def test_every_room_stands_on_a_floor_and_is_installed():
    placed = {name for names in floors() for name in names}
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders - placed == set()


def test_every_room_says_what_it_owns():
    rooms = {room_of(model) for model in our_models()} | {"lib"}
    assert [room for room in sorted(rooms) if not (PACKAGE / room / "README.md").exists()] == []


def test_no_door_touches_a_table():
    found = []
    for path in source_files():
        if path.relative_to(PACKAGE).parts[0] not in DOORS or path.name in {"transaction.py"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if TABLE_CALLS.search(line.split("#")[0]) and "request.session.save" not in line:
                found.append(f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}")
    assert found == []


def test_rooms_do_not_know_the_web_or_the_clock():
    banned = ("django.http", "django.shortcuts", "django.forms", "django.db.models.signals")
    found = []
    for path in source_files():
        room = path.relative_to(PACKAGE).parts[0]
        if room in (*DOORS, "config"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [f"{path.relative_to(PACKAGE)}: {name}" for name in names if name.startswith(banned)]
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and room != "lib":
                is_command_line = "management" in path.parts
                found += [] if is_command_line else [f"{path.relative_to(PACKAGE)}:{node.lineno} reads the clock"]
    assert found == []


def test_rules_are_pure():
    found = []
    for path in source_files():
        if path.name != "rules.py" and "rules" not in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(PACKAGE))
        impure = re.findall(r"django\.db|\.objects\b|\bsettings\b|\.now\(|\brequests?\.get\(", text)
        impure += FILES.findall(text)[name in READS_DATA :]
        found += [f"{name}: {word}" for word in impure]
    assert found == []


@pytest.mark.parametrize("name", sorted(READS_DATA))
def test_rules_that_read_a_file_read_shipped_data_once_when_they_are_loaded(name):
    text = (PACKAGE / name).read_text(encoding="utf-8")
    room = READS_DATA[name]
    folder = '"data" / ' if name.startswith(f"{room}/") else f'"{room}" / "data" / '
    assert len(FILES.findall(text)) == 1
    assert re.search(folder + r'"[\w.-]+\.json"', text)


def test_files_stay_readable():
    tests = [*PACKAGE.rglob("tests/*.py"), *(ROOT / "tests").rglob("*.py")]
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for paths, most in ((source_files(), FILE_LINES), (tests, TEST_LINES))
        for path in paths
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > most
    ]
    assert long == []


def test_no_drawer_for_everything():
    names = {"utils", "helpers", "core", "common", "manager", "service", "services", "misc"}
    assert [str(path.relative_to(PACKAGE)) for path in source_files() if path.stem in names] == []


@pytest.mark.parametrize("room", ["consent", "plans", "outcomes", "referrals", "support", "people"])
def test_every_read_about_a_person_names_its_reader(room):
    """Public functions of these queries take `reader`, or what only an opened record gives (a sealer, an Opened)."""
    names = (
        "queries.py",
        "reviews.py",
        "messages.py",
        "shown.py",
        "emergencies.py",
        "desk.py",
        "papers.py",
        "exports.py",
    )
    named = [PACKAGE / room / name for name in names if (PACKAGE / room / name).exists()]
    files = [*named, *(PACKAGE / room / "queries").glob("*.py")]
    assert files, f"{room} has no queries"
    allowed = {"text", "text_as_shown", "text_of_version", "grant_facts", "instrument_version", "definition"}
    nameless = []
    for node in [node for path in files for node in ast.parse(path.read_text(encoding="utf-8")).body]:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith(("_", "facts_for_")) or node.name in allowed:
            continue
        arguments = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
        if not arguments & {"reader", "sealer", "opened"}:
            nameless.append(node.name)
    assert nameless == []


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        found += patterns(entry, path) if isinstance(entry, URLResolver) else [(path, entry)]
    return found


def test_every_address_has_a_name_and_says_who_may_use_it():
    bare = []
    for path, entry in patterns(get_resolver()):
        view = entry.callback
        if not view.__module__.startswith("manypaths."):
            continue
        if entry.name is None or getattr(view, "audience", None) is None:
            bare.append(path)
    assert bare == []


def test_no_address_leads_to_a_view_that_is_not_ours_without_being_listed():
    """Views of libraries are used only where this list says so."""
    allowed: set[str] = set()
    foreign = {
        entry.callback.__module__
        for _path, entry in patterns(get_resolver())
        if not entry.callback.__module__.startswith("manypaths.")
    }
    assert foreign - allowed == set()
