"""Every way out is declared in `ways_out.json`: what it tells of a person, and how that is opened.

An address that a developer added and did not declare is no address: it answers as one that does not exist. Tests hold
the rest of the file to what is really there and to what really leaves.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

FILE = Path(__file__).with_name("ways_out.json")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def declared(file: Path = FILE) -> Mapping[str, Any]:
    """Everything that is declared: routes, fields, commands, steps, jobs, notices."""
    found: Mapping[str, Any] = json.loads(file.read_bytes())
    return found


ROUTES: frozenset[str] = frozenset(declared()["routes"])


class OnlyDeclared:
    """Runs a view only where its address is declared and the view says who may use it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any) -> HttpResponse | None:
        """Answer for an address that nobody declared; else leave it to the view."""
        match = request.resolver_match
        if match is not None and match.view_name in ROUTES and hasattr(view, "audience"):
            return None
        return render(request, "404.html", status=404)
