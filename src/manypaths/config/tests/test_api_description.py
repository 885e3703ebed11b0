"""The description of the addresses for programs says what the routes say, all of it and nothing else."""

import json
import uuid

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, path, resolve
from django.views.decorators.http import require_http_methods

from manypaths.config import api_description
from manypaths.config.api_description import describe_api, methods_of, schema_of
from manypaths.web.ui import ways_out

WAYS = ways_out.declared()


@pytest.fixture(scope="module")
def described():
    return describe_api()


def operations(described):
    return [(address, way, one) for address, ways in described["paths"].items() for way, one in ways.items()]


def filled(address, operation):
    """The address with something that fits in each of its places."""
    for one in operation["parameters"]:
        if one["in"] == "path":
            fits = str(uuid.uuid4()) if one["schema"].get("format") == "uuid" else one["schema"]["enum"][0]
            address = address.replace("{" + one["name"] + "}", fits)
    return address


def test_every_route_for_programs_is_described_and_no_other(described):
    named = {resolve(filled(address, one)).view_name for address, _way, one in operations(described)}
    assert named == {name for name in WAYS["routes"] if ":api_" in name}


def test_a_way_that_is_described_is_answered_and_every_other_is_not(described):
    for address, ways in described["paths"].items():
        view = resolve(filled(address, next(iter(ways.values())))).func
        assert {way.upper() for way in ways} | {"HEAD"} >= methods_of(view)
        assert {way.upper() for way in ways} <= methods_of(view)


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_told_so_as_described(described):
    for address, way, one in operations(described):
        answer = getattr(Client(), way)(filled(address, one))
        assert answer.status_code == 401, address
        assert str(answer.status_code) in one["responses"]


def test_fields_are_those_that_are_declared(described):
    found = {}
    for address, way, one in operations(described):
        schema = one["responses"]["200"]["content"]["application/json"]["schema"]
        if way == "get" and schema:
            name = resolve(filled(address, one)).view_name
            found[name] = set(leaves_of(schema))
    declared = {name: set(fields) for name, fields in WAYS["fields"].items() if ":api_" in name}
    assert {name: found.get(name) for name in declared} == declared


def leaves_of(schema, at=""):
    if "items" in schema:
        return leaves_of(schema["items"], f"{at}[]")
    if "properties" in schema:
        return [
            leaf for name, one in schema["properties"].items() for leaf in leaves_of(one, f"{at}.{name}".lstrip("."))
        ]
    return [at]


def test_roles_are_those_that_the_view_declares(described):
    one = described["paths"]["/work/api/exports"]["post"]
    assert one["x-roles"] == sorted(resolve("/work/api/exports").func.audience.roles) != []


def test_lists_in_lists_and_things_in_things_keep_their_shape():
    assert schema_of({"a[].b.id": "presence", "d[]": "none", "e": "none demographics"}) == {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "object", "properties": {
                "b": {"type": ["object", "null"], "properties": {
                    "id": {"type": "string", "x-classes": ["presence"]}}}}}},
            "d": {"type": "array", "items": {"x-classes": ["none"]}},
            "e": {"x-classes": ["demographics", "none"]},
        },
    }  # fmt: skip


def test_what_a_list_of_people_calls_id_is_what_an_address_of_one_person_asks_for(described):
    assert "/work/api/people/{person_id}" in described["paths"]
    shown = described["paths"]["/work/api/people"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown["properties"]["people"]["items"]["properties"]["id"]["type"] == "string"


def test_a_route_that_somebody_adds_is_described(monkeypatch):
    @require_http_methods(["POST"])
    def view(_request):
        return HttpResponse()

    class Resolver:
        url_patterns = [path("work/api/brand-new", view, name="api_brand_new"), path("work/page", view, name="page")]

    monkeypatch.setattr(api_description, "get_resolver", Resolver)
    assert isinstance(Resolver.url_patterns[0], URLPattern)
    ((name, address, found),) = api_description.routes_for_programs()
    assert (name, address, methods_of(found)) == ("api_brand_new", "/work/api/brand-new", {"POST"})


def test_a_view_that_does_not_say_its_ways_is_refused():
    with pytest.raises(LookupError, match="does not say"):
        methods_of(lambda _request: HttpResponse())


def test_it_can_be_written_as_json(described):
    assert json.loads(json.dumps(described))["openapi"] == "3.1.0"
