"""Addresses with one bug each, on purpose. The scanners of `benchmarks/scan.py` must find them, or they find nothing.

Nothing here is part of the program: it is served to the scanners and to its own test alone, on made-up notes.
"""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

NOTES = {
    "a1": ("ana", "Ana plants beans"), "a2": ("ana", "Ana buys a rake"), "b1": ("ben", "Ben mends a boat"),
    "b2": ("ben", "Ben oils a lock"),
}  # fmt: skip
NAME = {"name": "note_id", "in": "path", "required": True, "schema": {"type": "string"}}
OWN = {"200": {"description": "A note.", "content": {"application/json": {"schema": {
    "type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}}}}}  # fmt: skip
LIST = {"200": {"description": "Notes.", "content": {"application/json": {"schema": {
    "type": "object", "properties": {"notes": {"type": "array", "items": {
        "type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}}}}}}}}  # fmt: skip
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Planted bugs", "version": "1"},
    "security": [{"session": []}],
    "paths": {
        "/api/notes": {"get": {"responses": LIST}},
        "/api/notes/{note_id}": {"get": {"parameters": [NAME], "responses": OWN}},
        "/api/odd": {"get": {
            "parameters": [{"name": "number", "in": "query", "schema": {"type": "integer"}}],
            "responses": {"200": {"description": "A number."}},
        }},
    },
    "components": {"securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sid"}}},
}  # fmt: skip


def _who(request: HttpRequest) -> str:
    name = request.COOKIES.get("sid", "")
    return name if name in {"ana", "ben"} else ""


def notes(request: HttpRequest) -> HttpResponse:
    """One's own notes: right."""
    if not _who(request):
        return JsonResponse({}, status=401)
    own = [{"id": key, "text": text} for key, (owner, text) in NOTES.items() if owner == _who(request)]
    return JsonResponse({"notes": own})


def note(request: HttpRequest, note_id: str) -> HttpResponse:
    """Bug: whoever is signed in reads anybody's note."""
    if not _who(request):
        return JsonResponse({}, status=401)
    found = NOTES.get(note_id)
    return JsonResponse({"id": note_id, "text": found[1]} if found else {}, status=200 if found else 404)


def odd(request: HttpRequest) -> HttpResponse:
    """Bug: a fault where something else than a number is sent."""
    return JsonResponse({"number": int(request.GET.get("number", "0"))})


def town(request: HttpRequest) -> HttpResponse:
    """Bug: what was typed becomes a part of the statement."""
    name = request.GET.get("name", "")
    with connection.cursor() as cursor:
        cursor.execute(f"select n from (values ('barre'), ('stowe')) as town(n) where n = '{name}'")
        found = cursor.fetchall()
    return HttpResponse("There is such a town." if found else "There is no such town.")


def hello(request: HttpRequest) -> HttpResponse:
    """Bug: what was typed becomes a part of the page."""
    return HttpResponse(f"<!doctype html><html><body><p>Hello {request.GET.get('name', '')}</p></body></html>")


def front(request: HttpRequest) -> HttpResponse:
    """Links to the pages, so that a crawler finds them."""
    return HttpResponse('<!doctype html><html><body><a href="/hello?name=you">a</a><a href="/town?name=barre">b</a>')


def fault(_request: HttpRequest) -> HttpResponse:
    """What a fault is answered with."""
    return HttpResponse("A fault.", status=500)


handler500 = fault
urlpatterns = [
    path("", front),
    path("api/notes", notes),
    path("api/notes/<str:note_id>", note),
    path("api/odd", odd),
    path("town", town),
    path("hello", hello),
]
