"""How long the national directory takes: for the first time, again unchanged, and with a tenth of its rows changed.

python -m benchmarks.import_samhsa FILE        the CSV of the directory; codes and coordinates are found beside it

The baseline is what the machine must do in any case: read the same file and write its cells with one COPY into a table
without index, measured in the same minute.
"""

import csv
import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.stage import Stage

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MOST_FIRST, MOST_AGAIN = 30.0, 10.0


def main(file: Path) -> None:
    """Run the three imports on a database of their own and print what they took."""
    print(describe())
    with Stage("import") as stage:
        stage.enter_django()
        from django.db import connection

        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        baseline = _timed(lambda: _copy(stage, file))
        first, steps = _import(file)
        again, _ = _import(file)
        with tempfile.TemporaryDirectory() as folder:
            changed, _ = _import(_a_tenth_changed(file, rows, Path(folder)))
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from directory_service")
            count = cursor.fetchone()[0]
        connection.close()
    print(f"rows: {len(rows) - 1:,}; services: {count:,}; baseline (read + one COPY): {baseline:.2f} s")
    print(f"first      {first:6.2f} s  {count / first:8,.0f} rows/s  {first / baseline:5.1f} x baseline (at most 30 s)")
    print("           " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in steps))
    print(f"unchanged  {again:6.2f} s  {count / again:8,.0f} rows/s  {again / baseline:5.1f} x baseline (at most 10 s)")
    print(f"a tenth    {changed:6.2f} s  {count / changed:8,.0f} rows/s  {changed / baseline:5.1f} x baseline")
    held = first <= MOST_FIRST and again <= MOST_AGAIN
    print("held" if held else "NOT HELD")


def _import(file: Path) -> tuple[float, list[tuple[str, float]]]:
    from manypaths.exchange.samhsa.apply import Files, import_file

    beside = Path(sys.argv[1]).parent
    codes, points = (next(beside.glob(name), None) for name in ("service_codes_su*.csv", "locator_su*geocoded.csv"))
    marks: list[tuple[str, float]] = []
    begin = time.perf_counter()
    import_file(
        Files(file, codes, points, 2022),
        at=AT,
        allow_loss=False,
        tell=lambda words: marks.append((words, time.perf_counter())),
    )
    end = time.perf_counter()
    ends = [at for _words, at in marks[1:]] + [end]
    return end - begin, [(words, stop - start) for (words, start), stop in zip(marks, ends, strict=True)]


def _timed(act: Callable[[], None]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _copy(stage: Stage, file: Path) -> None:
    import psycopg

    rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    header = next(rows)
    with psycopg.connect(stage.url("owner")) as session:
        session.execute(f"create table bench_raw ({', '.join(f'c{number} text' for number in range(len(header)))})")
        with session.cursor().copy("copy bench_raw from stdin") as copy:
            for row in rows:
                copy.write_row(row)


def _a_tenth_changed(file: Path, rows: list[list[str]], folder: Path) -> Path:
    """The same file in which every tenth facility has another phone."""
    there = folder / file.name
    at = rows[0].index("phone")
    with there.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(rows[0])
        for number, row in enumerate(rows[1:]):
            writer.writerow([*row[:at], "802-555-0199", *row[at + 1 :]] if number % 10 == 0 else row)
    return there


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
