"""The addresses for programs, described in OpenAPI 3.1: made from the routes themselves, never written by hand.

Ways and roles come from the views, ids from the addresses, fields and their kinds of information from
`web/ui/ways_out.json`, which a test holds to what really leaves. Every answer is for somebody who is signed in and may
see it; to anybody else what an address names is absent.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from manypaths.consent.rules import Purpose
from manypaths.support.rules import Kind
from manypaths.web.ui import ways_out
from manypaths.web.ui.access import API

VERSION = "1"  # of the addresses: a field that goes or means something else makes another
NAMED = re.compile(r"<(\w+):(\w+)>")
CALLED = {"record_id": "person_id"}  # lists of people call it `id`: so a program finds the way from list to person
METHODS = ("GET", "POST")
KINDS_OF_NAMES: Mapping[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "slug": {"type": "string", "enum": sorted(one.value for one in Kind)},
}
QUERY: tuple[dict[str, Any], ...] = (
    {
        "name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1},
        "description": "Which page, where a list has more than one. Anything else is the first.",
    },
    {
        "name": "for", "in": "query", "schema": {"type": "string", "enum": sorted(one.value for one in Purpose)},
        "description": "For what it is opened, where one's work leaves a choice. It never opens more.",
    },
)  # fmt: skip
WORDS = {"text/html": {"schema": {"type": "string"}}}
ANSWERS: Mapping[str, str] = {
    "401": "Nobody is signed in, or the second factor is not proved.",
    "403": "It is not this reader's work, a proof is missing, or a form carries no token of its session.",
    "404": "There is no such thing, or this reader may not know of it.",
    "422": "It cannot be done as asked.",
    "503": "The database, or the log of looks, is away. Nothing is shown.",
}


def describe_api() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {}
    for name, address, view in routes_for_programs():
        paths[as_template(address)] = {
            method.lower(): _operation(name, address, view, method) for method in METHODS if method in methods_of(view)
        }
    cookie = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Manypaths", "version": VERSION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "What pages show to workers, for programs: the same gate, the same absence, the same log.",
        },
        "security": [{"session": []}],
        "paths": paths,
        "components": {"securitySchemes": {"session": cookie}},
    }  # fmt: skip


def routes_for_programs() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every route for programs: its name, its address, its view."""
    for name, address, view in _routes(get_resolver(), "", "/"):
        if API in address:
            yield name, address, view


def _routes(resolver: URLResolver, space: str, before: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", address, entry.callback
        else:
            yield from _routes(entry, f"{entry.namespace}:" if entry.namespace else space, address)


def as_template(address: str) -> str:
    """An address with its names in braces."""
    return NAMED.sub(lambda found: "{" + CALLED.get(found[2], found[2]) + "}", address)


def methods_of(view: Callable[..., Any]) -> frozenset[str]:
    """The ways that a view was declared to answer.

    Refuses: LookupError for a view that does not say it.
    """
    inner: Callable[..., Any] | None = view
    while inner is not None:
        ways = inspect.getclosurevars(inner).nonlocals.get("request_method_list")
        if ways:
            return frozenset(ways)
        inner = getattr(inner, "__wrapped__", None)
    raise LookupError(f"{view.__module__}.{view.__name__} does not say which ways it answers")


def _operation(name: str, address: str, view: Callable[..., Any], method: str) -> dict[str, Any]:
    way = ways_out.declared()["routes"][name]
    named = [
        {"name": CALLED.get(one, one), "in": "path", "required": True, "schema": dict(KINDS_OF_NAMES[kind])}
        for kind, one in NAMED.findall(address)
    ]
    found: dict[str, Any] = {
        "operationId": f"{name.replace(':', '_')}_{method.lower()}",
        "summary": (inspect.getdoc(view) or name).split("\n")[0],
        "x-roles": sorted(view.audience.roles),  # type: ignore[attr-defined]  # every declared view carries it
        "x-opened-for": way.get("for", []),
        "parameters": named + (list(QUERY) if method == "GET" else []),
        "responses": {**_shown(name, method), **_other_answers()},
    }
    if method == "POST":
        words = {"type": "object", "properties": {"why": {"type": "string"}}}
        found["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": words}}}
    return found


def _shown(name: str, method: str) -> dict[str, Any]:
    fields = ways_out.declared()["fields"].get(name, {}) if method == "GET" else {}
    schema = schema_of(fields) if fields else {}
    answer = {"description": "What was asked for.", "content": {"application/json": {"schema": schema}}}
    return {"200": answer} | ({"201": answer} if method == "POST" else {})


def _other_answers() -> dict[str, Any]:
    both = {**WORDS, "application/json": {"schema": {}}}
    return {status: {"description": why, "content": both} for status, why in ANSWERS.items()}


def schema_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """The shape of an answer, from the addresses of its fields: `people[].name` is a list of things with a name."""
    inside: dict[str, dict[str, str]] = {}
    for address, classes in sorted(fields.items()):
        first, _dot, rest = address.partition(".")
        inside.setdefault(first.removesuffix("[]"), {})[("[]" if first.endswith("[]") else "") + rest] = classes
    return {"type": "object", "properties": {name: _field(said, name) for name, said in inside.items()}}


def _field(said: Mapping[str, str], name: str = "") -> dict[str, Any]:
    """One field: words or a number, a list, or a thing with fields of its own, which can be missing."""
    listed = {address.removeprefix("[]"): one for address, one in said.items() if address.startswith("[]")}
    if listed:
        return {"type": "array", "items": _field(listed, "") | ({"type": "object"} if "" not in listed else {})}
    own = {address: one for address, one in said.items() if address}
    if own:
        return {**schema_of(own), "type": ["object", "null"]}
    return ({"type": "string"} if name == "id" else {}) | {"x-classes": sorted(said[""].split())}
