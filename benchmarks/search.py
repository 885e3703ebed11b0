"""How fast the directory is searched: the real one, and a made-up one of a million services.

python -m benchmarks.search [FILE] [--services 1000000] [--keep FOLDER]

FILE is the CSV of the national directory; without it only the made-up directory is measured. `--keep` builds the big
index in a folder once and uses it again. Measured in this process, one search after the other: what our code and the
engine need, without web page or network. The baseline is the engine alone in the same minute: one word, no place, no
filter, no words mended, the best 20.
"""

import argparse
import random
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import describe, percentile
from benchmarks.made_up_directory import MadeUp, moments
from benchmarks.stage import Stage

AT = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
SEARCHES = 200
HEAP = 400_000_000
BOUNDS = {"words": 15.0, "radius, open now, taking people": 5.0, "facets of all matches": 60.0}
REAL_WORDS = (
    "detox", "counseling", "women", "methadone", "recovery center", "behavioral health", "outpatient", "spanish",
    "suboxone", "sober home", "counselling", "recovry", "behavoral", "desintoxicación", "vivienda", "new beginnings",
)  # fmt: skip


def main() -> None:
    """Measure both, and print what came of it."""
    options = _options()
    print(describe())
    with Stage("search") as stage:
        stage.enter_django()
        if options.file:
            _real(options.file, stage.files / "real")
        _made_up(options.services, options.keep or stage.files / "made_up", keep=bool(options.keep))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def _real(file: Path, folder: Path) -> None:
    from manypaths.directory.search.writer import Writer
    from manypaths.exchange.samhsa.apply import Files, import_file

    import_file(Files(file), at=AT, allow_loss=False, tell=lambda _: None)
    begin = time.perf_counter()
    count = Writer(folder).rebuild()
    print(f"\nthe real directory: {count:,} services, index built in {time.perf_counter() - begin:.1f} s")
    chance = random.Random(1)
    made_up = MadeUp()
    _measure(folder, made_up, lambda: chance.choice(REAL_WORDS), "counseling")


def _made_up(count: int, folder: Path, *, keep: bool) -> None:
    from manypaths.directory.search.finder import Finder

    made_up = MadeUp()
    if not keep or not Finder(folder).ready():  # one with other fields than today's is not ready
        begin = time.perf_counter()
        _build(made_up, count, folder)
        print(f"\nmade up: index built in {time.perf_counter() - begin:.0f} s")
    size = sum(one.stat().st_size for one in folder.iterdir()) / 2**20
    print(f"\nthe made-up directory: {count:,} services, {size:,.0f} MiB")
    _measure(folder, made_up, lambda: made_up.text(random.Random(made_up.chance.random()).choice((1, 2, 2))), "bari")


def _build(made_up: MadeUp, count: int, folder: Path) -> None:
    import tantivy
    from tqdm import tqdm

    from manypaths.directory.search import schema as shape

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fields = shape.build()
    writer = tantivy.Index(fields, path=str(folder)).writer(heap_size=HEAP, num_threads=2)
    kinds: dict[str, int] = {}
    for values, spans in tqdm(made_up.listings(count), total=count, unit=" services"):
        number = kinds.setdefault(values["kind"], len(kinds))
        writer.add_document(shape.document(values, spans, number, fields))
    writer.commit()
    writer.wait_merging_threads()


def _measure(folder: Path, made_up: MadeUp, words: Callable[[], str], common: str) -> None:
    from manypaths.directory.search.asking import Ask
    from manypaths.directory.search.finder import Finder

    finder = Finder(folder)
    if not finder.ready():
        raise SystemExit(f"no index in {folder}")
    chance = random.Random(3)

    def near() -> dict[str, Any]:
        latitude, longitude = made_up.point()
        return {"latitude": latitude, "longitude": longitude, "miles": chance.choice((15.0, 25.0, 50.0))}

    typed = [Ask(at=AT, text=words()) for _ in range(SEARCHES)]
    placed = [Ask(at=AT, text=words(), **near()) for _ in range(SEARCHES)]
    open_now = [Ask(at=moments(chance, AT), open_now=True, taking_people=True, **near()) for _ in range(SEARCHES)]
    nearby = [Ask(at=AT, **near()) for _ in range(SEARCHES)]
    floor = _floor(finder, common)
    print(f"  {'':32} {'p50':>8} {'p95':>8} {'p50 cpu':>8} {'p95 cpu':>8}   (ms; baseline p50 cpu {floor:.3f})")
    runs: dict[str, list[Callable[[], object]]] = {
        "words": [lambda one=one: finder.find(one) for one in typed],
        "words near a place": [lambda one=one: finder.find(one) for one in placed],
        "a place only": [lambda one=one: finder.find(one) for one in nearby],
        "radius, open now, taking people": [lambda one=one: finder.find(one) for one in open_now],
        "facets of all matches": [lambda one=one: finder.facets(one) for one in typed],
    }
    for name, searches in runs.items():
        took = _times(searches)
        half, most = percentile([one.wall for one in took], 0.5), percentile([one.wall for one in took], 0.95)
        half_cpu, most_cpu = percentile([one.cpu for one in took], 0.5), percentile([one.cpu for one in took], 0.95)
        bound = BOUNDS.get(name)
        held = "" if bound is None else f"  p95 at most {bound:.0f}: {_held(most, most_cpu, bound)}"
        figures = f"{half:8.2f} {most:8.2f} {half_cpu:8.2f} {most_cpu:8.2f}"
        print(f"  {name:32} {figures}   {half_cpu / floor:6.1f} x baseline{held}")


def _held(wall: float, cpu: float, bound: float) -> str:
    """On a machine that does other work too, the time of the processor is what a free one would have needed."""
    if wall <= bound:
        return "held"
    return "held by processor time; the machine was busy" if cpu <= bound else "NOT HELD"


def _floor(finder: Any, word: str) -> float:
    import tantivy

    query = tantivy.Query.term_query(finder.index.schema, "name", word)
    return max(
        percentile([one.cpu for one in _times([lambda: finder.searcher.search(query, 20)] * SEARCHES)], 0.5), 0.001
    )


class Took(NamedTuple):
    """What one search took, in thousandths of a second: on the wall, and of the processor."""

    wall: float
    cpu: float


def _times(acts: list[Callable[[], object]]) -> list[Took]:
    for act in acts[:10]:
        act()
    took = []
    for act in acts:
        begin, begin_cpu = time.perf_counter(), time.process_time()
        act()
        took.append(Took((time.perf_counter() - begin) * 1000, (time.process_time() - begin_cpu) * 1000))
    return took


if __name__ == "__main__":
    main()
