"""For the tests: what each address opens, beside what `web/ui/ways_out.json` says that it opens."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connection

from manypaths.web.ui.ways_out import OnlyDeclared, declared

DOOR = "select open_"
GATE = "open_records"


class Patch(Protocol):
    """What puts one thing in the place of another for as long as a test runs."""

    def setattr(self, target: object, name: str, value: object) -> None: ...


@contextmanager
def watched(patch: Patch) -> Iterator[Collection[str]]:
    """Notes every opening that is not declared of the address that was asked for."""
    routes, here, undeclared = declared()["routes"], [""], set[str]()
    real, through = OnlyDeclared.process_view, OnlyDeclared.__call__

    def arrive(self: OnlyDeclared, request: Any, view: Any, *more: Any) -> Any:
        here[0] = request.resolver_match.view_name if request.resolver_match else ""
        return real(self, request, view, *more)

    def leave(self: OnlyDeclared, request: Any) -> Any:
        try:
            return through(self, request)
        finally:
            here[0] = ""

    def watch(execute: Callable[..., Any], sql: Any, values: Any, many: bool, context: Any) -> Any:
        if here[0] in routes and isinstance(sql, str) and sql.startswith(DOOR):
            undeclared.update(f"{here[0]} {one}" for one in _beyond(routes[here[0]], sql, values))
        return execute(sql, values, many, context)

    patch.setattr(OnlyDeclared, "process_view", arrive)
    patch.setattr(OnlyDeclared, "__call__", leave)
    with connection.execute_wrapper(watch):
        yield undeclared


def _beyond(way: dict[str, Any], sql: str, values: Any) -> Iterator[str]:
    """What one opening asks for that its address does not declare."""
    door = sql.removeprefix("select ").partition("(")[0]
    if door != GATE:
        yield from () if door in way.get("doors", ()) else (f"opens by {door}",)
        return
    classes, purpose = values[4], values[5]
    yield from (f"opens {one}" for one in classes if one not in (*way.get("shows", ()), *way.get("also", ())))
    if purpose not in (way.get("for", (purpose,)) if way["of"] == "others" else ("own",)):
        yield f"opens for {purpose}"
