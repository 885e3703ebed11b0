"""How fast a sealed log is checked: a million rows, all of it, against reading the same rows and doing nothing else.

Nine looks of ten open one record, one opens fifty; every second row is an act. Also how fast the backlog is sealed and
how much memory the check takes. Bound: 50,000 rows a second. `--rows N` checks another number.
"""

import argparse
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import describe
from benchmarks.stage import Stage, timed

if TYPE_CHECKING:
    from manypaths.audit.sealing.connection import Connection

ROWS = 1_000_000
BOUND = 50_000
RUNS = 3
FILL = """
insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id, opened, bases, subjects,
                          denied, classes, purpose)
select now() - n * interval '1 second', pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(),
       'member', gen_random_uuid(), gen_random_uuid(), array(select gen_random_uuid() from generate_series(1, many)),
       array_fill('assigned'::varchar, array[many]), array_fill(null::uuid, array[many]), '{}',
       '{presence,demographics}', 'care'
  from (select n, case when n %% 10 = 0 then 50 else 1 end as many from generate_series(1, %(looks)s) as n) as made;
insert into audit_act (id, at, what, account_id, hat, membership_id, organisation_id, subject_id, record_id)
select gen_random_uuid(), now() - n * interval '1 second', 'plans.goal_added', gen_random_uuid(), 'member',
       gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()
  from generate_series(1, %(acts)s) as n;
"""


def main() -> int:
    """Measure, print, and say whether the bound was reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    print(describe())
    with Stage("audit") as stage:
        stage.enter_django()
        fill(stage, rows)
        return measure(stage, rows)


def fill(stage: Stage, rows: int) -> None:
    """Rows of both logs, as if many years had gone by."""
    import psycopg

    from manypaths.config.cluster import SUPERUSER

    half = {"looks": rows // 2, "acts": rows - rows // 2}
    with psycopg.connect(stage.cluster.url(SUPERUSER, "bench"), autocommit=True) as raw:
        for statement in FILL.split(";\n")[:2]:
            raw.execute(statement, {name: count for name, count in half.items() if f"({name})" in statement})
        raw.execute("analyze audit_access; analyze audit_act")


def measure(stage: Stage, rows: int) -> int:
    """Seal it all, then check it and read it in turn."""
    from manypaths.audit.sealing.connection import connect
    from manypaths.audit.sealing.writer import Sealer

    anchor = Path(stage.files / "audit-anchor.log")
    anchor.unlink(missing_ok=True)
    sealer = Sealer(anchor=anchor, key_file=stage.files / "keys" / "audit_key", url=stage.url("sealer"))
    with timed() as sealing:
        sealer.round(datetime.now(UTC))
    sealer.let_go()
    print(f"sealed  {rows / sealing[0]:>10,.0f} rows/s ({sealing[0]:.1f} s)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with connect(stage.url("sealer")) as raw:
        spent_before = time.process_time(), spent(raw.info.backend_pid)
        checked = [check(raw, sealer.key, anchor, rows) for _run in range(RUNS)]
        here, there = time.process_time() - spent_before[0], spent(raw.info.backend_pid) - spent_before[1]
        read = [only_read(raw, rows) for _run in range(RUNS)]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    best = max(checked)
    print(f"checked {best:>10,.0f} rows/s   read only {max(read):>10,.0f} rows/s   ratio {best / max(read):.2f}")
    a_row = 1e6 / RUNS / rows
    print(f"processor a row: program {here * a_row:.1f} µs, database {there * a_row:.1f} µs, side by side on two cores")
    print(f"memory of the check: {grown:.0f} MB more than before")
    print("the bound is reached" if best >= BOUND else f"below the bound of {BOUND:,} rows/s")
    return 0 if best >= BOUND else 1


def spent(pid: int) -> float:
    """Processor time that a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check(raw: "Connection", key: bytes, anchor: Path, rows: int) -> float:
    """Rows a second of a whole check; a finding would end the run."""
    from manypaths.audit.rules.checking import Tally
    from manypaths.audit.sealing.checker import check_log

    tally, began = Tally(), time.perf_counter()
    wrong = list(check_log(raw, key, anchor, tally))
    if wrong or tally.rows != rows:
        raise SystemExit(f"{tally.rows} of {rows} rows checked: {wrong[:3]}")
    return rows / (time.perf_counter() - began)


def only_read(raw: "Connection", rows: int) -> float:
    """Rows a second when the same rows are only read."""
    from manypaths.audit.sealing.checker import _rows

    began = time.perf_counter()
    with raw.transaction():
        count = sum(1 for _row in _rows(raw, lambda _rows: None))
    assert count == rows
    return rows / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
