"""Every way out is declared: one that is not fails here, and so does one that is declared and no longer there.

What the declared addresses open and which fields they answer with is compared with what they really do in
tests/walls/test_ways_out_are_what_they_say.py.
"""

from collections.abc import Iterable, Mapping

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver, path
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from manypaths.config import watching
from manypaths.config.cli import COMMANDS
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.shares import LISTED
from manypaths.nightly import tasks
from manypaths.nightly.schedule import STEPS
from manypaths.notices.rules import Template
from manypaths.web.ui import ways_out

WAYS = ways_out.declared()
KNOWN = {one.value for one in DataClass} | {LISTED}  # and the list of who shows a reader something
OF = {"nobody", "own", "others"}
FRAMEWORK = ("builtin:", "procrastinate.")  # jobs that the queue itself brings


def routes_of(resolver: URLResolver | None = None, space: str = "", before: str = "") -> list[tuple[str, str]]:
    """Every route by its name, with the pattern of its address."""
    found: list[tuple[str, str]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append((f"{space}{entry.name}", pattern))
        else:
            found += routes_of(entry, f"{entry.namespace}:" if entry.namespace else space, pattern)
    return found


def names_in(resolver: URLResolver) -> list[str]:
    return [name for name, _pattern in routes_of(resolver)]


def differences(real: Iterable[str], declared: Iterable[str]) -> list[str]:
    """What a build must not have: something that leaves undeclared, or a word about nothing."""
    here, said = set(real), set(declared)
    return [f"not declared: {one}" for one in sorted(here - said)] + [f"gone: {one}" for one in sorted(said - here)]


def our_commands(known: Mapping[str, object]) -> list[str]:
    return [name for name, where in known.items() if str(where).startswith("manypaths.")]


REAL = {
    "routes": lambda: names_in(get_resolver()),
    "launcher": lambda: COMMANDS,
    "commands": lambda: our_commands(get_commands()),
    "steps": lambda: [step.name for step in STEPS],
    "jobs": lambda: [task.name for task in vars(tasks).values() if isinstance(task, Task)],
    "notices": lambda: [one.value for one in Template],
}


@pytest.mark.parametrize("kind", sorted(REAL))
def test_what_can_leave_and_what_is_declared_are_the_same(kind):
    assert differences(REAL[kind](), WAYS[kind]) == [], "see src/manypaths/web/ui/ways_out.json"


def test_every_job_is_in_the_one_file_of_jobs():
    assert {name for name in app.tasks if not name.startswith(FRAMEWORK)} <= set(REAL["jobs"]())


@pytest.mark.parametrize("kind", sorted(REAL))
def test_something_new_and_something_gone_are_both_refused(kind):
    real = list(REAL[kind]())
    assert differences([*real, "brand_new"], WAYS[kind]) == ["not declared: brand_new"]
    assert differences(real[1:], WAYS[kind]) == [f"gone: {real[0]}"]


def test_a_route_that_somebody_adds_is_seen():
    new = path("brand-new", lambda _: None, name="brand_new")
    resolver = URLResolver(get_resolver().pattern, [*get_resolver().url_patterns, new])
    assert differences(names_in(resolver), WAYS["routes"]) == ["not declared: brand_new"]


def test_a_command_that_somebody_adds_is_seen():
    known = {**get_commands(), "brand_new": "manypaths.people"}
    assert differences(our_commands(known), WAYS["commands"]) == ["not declared: brand_new"]


def test_a_library_that_brings_commands_is_declared():
    bring = {str(where) for where in get_commands().values() if not str(where).startswith("manypaths.")}
    assert differences(bring, WAYS["commands_of_libraries"]) == []


def test_every_word_of_a_declaration_is_known():
    classes, purposes = KNOWN, {one.value for one in Purpose}
    wrong = []
    for kind in ("routes", "launcher", "commands", "steps", "jobs"):
        for name, way in WAYS[kind].items():
            strange = set(way) - {"of", "for", "shows", "also", "doors", "how"}
            strange |= {way["of"]} - OF | set(way.get("for", [])) - purposes
            strange |= (set(way.get("shows", [])) | set(way.get("also", []))) - classes
            wrong += [f"{kind} {name}: {one}" for one in sorted(strange)]
    assert wrong == []


@pytest.mark.parametrize("kind", ["routes", "launcher", "commands", "steps", "jobs"])
def test_who_says_nobody_names_no_class_and_who_opens_says_what_for(kind):
    wrong = []
    for name, way in WAYS[kind].items():
        opens = bool(way.get("shows") or way.get("also") or way.get("doors"))
        says_why = bool(way.get("for") or way.get("how"))
        if (way["of"] == "nobody") == opens or (way["of"] == "others" and not says_why):
            wrong.append(name)
    assert wrong == []


def test_a_notice_says_to_whom_it_goes_and_tells_no_more_than_that_somebody_is_here():
    for name, way in WAYS["notices"].items():
        assert set(way["to"].split(" and ")) <= {"person", "worker"}, name
        assert way.get("shows", []) == ([] if way.get("of") == "nobody" else [DataClass.PRESENCE.value]), name


def test_every_field_has_a_class_or_says_that_it_is_about_nobody():
    known = KNOWN | {"none"}
    for route, fields in WAYS["fields"].items():
        way = WAYS["routes"][route]
        said = {word for classes in fields.values() for word in classes.split()}
        assert all(fields.values()), route
        assert said <= known & {*way.get("shows", []), "none", DataClass.PRESENCE.value}, route


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ({"of": "own", "shows": ["safety_plan"]}, "my:home opens recovery_plan"),
        ({"of": "others", "for": ["care"], "shows": ["recovery_plan"]}, "my:home opens for own"),
    ],
)
def test_a_test_that_opens_a_page_sees_what_is_not_declared_of_it(monkeypatch, bent, said):
    from manypaths.web.my.tests.factories import client_of, somebody

    routes = {**WAYS["routes"], "my:home": bent}
    monkeypatch.setattr(watching, "declared", lambda: {**WAYS, "routes": routes})
    with watching.watched(monkeypatch) as undeclared:
        assert client_of(somebody()).get("/my/").status_code == 200
    assert said in undeclared
