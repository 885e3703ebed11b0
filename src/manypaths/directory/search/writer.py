"""Keeps the index in step with the tables: follows the change log in commit order, or builds everything anew.

One process a node. A row is taken only when every transaction that could still come before it has ended
(`pg_snapshot_xmin`), so that a late commit is never passed over. The last row taken is kept beside the index and is
committed with it.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy
from django.conf import settings
from django.db import connection
from django.db.models import Case, F, Q, Value, When

from manypaths.directory.models import Hours, Service, Term
from manypaths.directory.rules import HOMES, TOWN, Span
from manypaths.directory.search import schema as shape

FORMAT = 6
BATCH = 2000
HEAP = 60_000_000
PAUSE_SECONDS = 0.5
COLUMNS = (
    "id", "organisation_id", "organisation__name", "name", "kind", "description", "how_to_start", "needs", "pathways",
    "costs", "languages", "audiences", "features", "medication", "room", "room_as_of", "zone", "location__city",
    "location__latitude", "location__longitude", "location__visibility",
)  # fmt: skip
HIDDEN = Q(kind__in=HOMES) | Q(location__visibility=TOWN)
NEXT_CHANGES = """
    select xact, seq, service_id from directory_change
     where (xact, seq) > (%s, %s) and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
     order by xact, seq limit %s
"""
HERE = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"
WHOSE = """
    select oid::text, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
      from pg_database where datname = current_database()
"""


class Writer:
    """The one who writes the index."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.INDEX_DIR)
        self.state = self.folder / "position.json"

    def fits(self) -> bool:
        """True when an index is there, has today's fields, and was written from this database as it is now.

        A database that was put back from a copy is behind what the index took from it: then it is built anew.
        """
        if not self.state.exists():
            return False
        kept = json.loads(self.state.read_text(encoding="utf-8"))
        with connection.cursor() as cursor:
            cursor.execute(WHOSE)
            database, next_one = cursor.fetchone()
        same = kept["format"] == FORMAT and kept.get("database") == database
        return bool(same and kept["position"][0] < next_one)

    def rebuild(self, tell: Callable[[int], None] = lambda count: None) -> int:
        """Build a new index beside the old one, then put it in its place. Says how many services it holds."""
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with connection.cursor() as cursor:
            cursor.execute(HERE)
            here = cursor.fetchone()[0]
        count = self._fill(fresh, tell)
        _write_position(fresh / "position.json", (here, 2**62))
        old = self.folder.with_name(f"{self.folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        fresh.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)
        return count

    def _fill(self, folder: Path, tell: Callable[[int], None]) -> int:
        fields = shape.build()
        index = tantivy.Index(fields, path=str(folder))
        writer = index.writer(heap_size=HEAP, num_threads=1)
        count = 0
        # Neighbours stand side by side, so that a search around a place reads a few stretches of the index only. What
        # is equally good is found in this order: it must not tell the ZIP code of a hidden place.
        shown_code = Case(When(HIDDEN, then=Value("")), default=F("location__postal_code"))
        by_place = Service.objects.filter(status="active").order_by(shown_code, "location__state", "id")
        for batch in _batches(by_place.values_list("id", flat=True)):
            for one in documents(batch, fields):
                writer.add_document(one)
            count += len(batch)
            tell(len(batch))
        writer.commit()
        writer.wait_merging_threads()
        return count

    def catch_up(self) -> int:
        """Take the changes that are ready, and say how many services were written or taken out."""
        if not self.fits():
            return self.rebuild()
        done = 0
        while True:
            rows = self._next()
            if not rows:
                return done
            self._apply({row[2] for row in rows})
            _write_position(self.state, (rows[-1][0], rows[-1][1]))
            done += len({row[2] for row in rows})

    def follow(self, stop: Callable[[], bool]) -> None:
        """Keep catching up until told to stop. A change is in the index within two seconds of its commit."""
        while not stop():
            self.catch_up()
            time.sleep(PAUSE_SECONDS)

    def _next(self) -> list[tuple[int, int, UUID]]:
        position = json.loads(self.state.read_text(encoding="utf-8"))["position"]
        with connection.cursor() as cursor:
            cursor.execute(NEXT_CHANGES, [*position, BATCH])
            return list(cursor.fetchall())

    def _apply(self, ids: set[UUID]) -> None:
        fields = shape.build()
        writer = tantivy.Index(fields, path=str(self.folder)).writer(heap_size=HEAP, num_threads=1)
        for service_id in ids:
            writer.delete_documents_by_term("sid", str(service_id))
        for one in documents(sorted(ids), fields):
            writer.add_document(one)
        writer.commit()
        writer.wait_merging_threads()


def documents(ids: Iterable[UUID], fields: tantivy.Schema) -> Iterator[tantivy.Document]:
    """The index documents of those services that are offered now."""
    wanted = list(ids)
    kinds = {code: number for number, code in enumerate(kind_codes())}
    spans: dict[UUID, list[Span]] = {}
    for service, weekday, opens, closes in Hours.objects.filter(service_id__in=wanted).values_list(
        "service_id", "weekday", "opens", "closes"
    ):
        spans.setdefault(service, []).append(Span(weekday, opens, closes))
    rows: Iterable[dict[str, Any]] = Service.objects.filter(id__in=wanted, status="active").values(*COLUMNS)
    for row in rows:
        yield shape.document(row, spans.get(row["id"], []), kinds.get(row["kind"], len(kinds)), fields)


def kind_codes() -> list[str]:
    """Every kind of help, in its fixed order."""
    return list(Term.objects.filter(kind="kind", language="en").order_by("position").values_list("code", flat=True))


def _batches(ids: Any) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for one in ids.iterator(chunk_size=BATCH):
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write_position(path: Path, position: tuple[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WHOSE)
        database = cursor.fetchone()[0]
    half = path.with_name(f"{path.name}.half")
    half.write_text(json.dumps({"format": FORMAT, "database": database, "position": position}), encoding="utf-8")
    half.replace(path)
