"""Goes to every address that can be reached, as everybody who may, and notes what each one opened and answered.

Links are followed as they stand on the pages; an address that no page links to (an API) is tried with the ids that
were found on the way. What an address opened is read from the log, never from what the program says of itself.
"""

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from uuid import UUID

import psycopg
from django.urls import Resolver404, ResolverMatch, resolve

from manypaths.config.access_matrix.visitor import Answer, Visitor

LINK = re.compile(rb'(?:href|action)="(/[^"#]*)')
ROWS = """
select classes, cardinality(opened) > 0, purpose from audit_access
where seq > %s and account_id is not distinct from %s
"""
AT_MOST = 3  # of one address for one visitor
NOT_FOLLOWED = frozenset({"entry:leave", "entry:open_again"})  # they end the session
WAYS_IN = ("/", "/my/", "/work/", "/workers", "/devices")


@dataclass
class Met:
    """What came of all visits to one route."""

    opened: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    purposes: set[str] = field(default_factory=set)
    shown: int = 0
    answers: list[Answer] = field(default_factory=list)


@dataclass
class Crawl:
    """All visits, route by route."""

    link: "psycopg.Connection"
    met: dict[str, Met] = field(default_factory=lambda: defaultdict(Met))

    def visit(self, visitor: Visitor, account: UUID | None, *, way_in: tuple[str, ...] = WAYS_IN) -> None:
        """Follow every link from the first pages on; then try what no link leads to."""
        found: dict[str, set[str]] = defaultdict(set)
        times: dict[str, int] = defaultdict(int)
        waiting = list(way_in)
        while waiting:
            path = waiting.pop(0)
            match = _match(path)
            if match is None or match.view_name in NOT_FOLLOWED or times[_kind(match)] >= AT_MOST:
                continue
            times[_kind(match)] += 1
            times[match.view_name] += 1
            for name, value in match.kwargs.items():
                found[name].add(str(value))
            answer = self.ask(visitor, account, path)
            waiting += [unescape(one.decode()) for one in LINK.findall(answer.body)]
            waiting += [answer.location] if answer.location else []
        for path in _untried(found, times):
            self.ask(visitor, account, path)

    def ask(self, visitor: Visitor, account: UUID | None, path: str, form: dict[str, str] | None = None) -> Answer:
        """One visit, and what the log has of it."""
        row = self.link.execute("select coalesce(max(seq), 0) from audit_access").fetchone()
        page = "/devices" if form is not None else ""
        answer = visitor.get(path) if form is None else visitor.post(path, form, page=page)
        met = self.met[_match(path).view_name]
        for classes, opened, purpose in self.link.execute(ROWS, [row[0], account]).fetchall():
            met.asked.update(classes)
            met.purposes.add(purpose)
            met.opened.update(classes if opened else ())
        if answer.status == 200:
            met.shown += 1
            met.answers.append(answer)
        return answer


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def _kind(match: ResolverMatch) -> str:
    """An address without its ids: of one kind of page, a few are enough; another kind is another page."""
    words = [str(value) for value in match.kwargs.values() if not isinstance(value, UUID)]
    return "/".join((f"{match.view_name}:", *words))


def _untried(found: dict[str, set[str]], times: dict[str, int]) -> Iterator[str]:
    """Addresses of routes that no link led to, with the ids of the way: an API stands in no page."""
    from tests.architecture.test_ways_out import routes_of

    for name, pattern in routes_of():
        wanted = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
        if times[name] or name in NOT_FOLLOWED or not all(found[one] for one in wanted):
            continue
        for values in itertools.islice(itertools.product(*[sorted(found[one]) for one in wanted]), 8):
            path = pattern
            for one, value in zip(wanted, values, strict=True):
                path = re.sub(rf"<(?:\w+:)?{one}>", value, path)
            yield f"/{path}"


def leaves(value: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Each field of a JSON answer with its address in it; lines of a list are one."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, f"{at}[]")
    else:
        yield at, value


def fields_of(answer: Answer) -> list[tuple[str, object]]:
    """The fields of an answer for programs: of JSON its leaves, of CSV the names in its first line."""
    kind = dict(answer.headers).get("content-type", "")
    if "json" in kind:
        return list(leaves(json.loads(answer.body)))
    if "text/csv" in kind:
        return [(name, None) for name in answer.body.decode("utf-8-sig").splitlines()[0].split(",")]
    return []
