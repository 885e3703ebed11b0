"""How long one decision takes in code: what may leave (every written case), and who may open what (50 people at once).

Pure functions, no database. The time of the processor is measured, not the time that went by, against a plain call of a
function that reads three of the same facts. Bound: 50 microseconds a decision.
"""

import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.machine import describe, percentile

BOUND_US = 50.0
TURNS, RUNS = 40, 15
PEOPLE = 50


def main() -> int:
    """Measure, print, and say whether the bound was reached."""
    from django.conf import settings

    settings.configure()
    print(describe())
    baseline = told(
        "a call that reads three facts", *disclosures(lambda facts: (facts.actor, facts.purpose, facts.via))
    )
    from manypaths.consent.rules.disclosure import decide

    found = [told("what may leave", *disclosures(decide)), told("who may open, 50 people", *openings())]
    print(
        f"ratio to the plain call: {', '.join(f'{one / baseline:.0f}' for one in found)}; bound {BOUND_US:.0f} us each"
    )
    return 0 if max(found) <= BOUND_US else 1


def disclosures(decide: Callable[..., object]) -> tuple[Callable[[], object], int]:
    """Every case that comes with Manypaths, decided once."""
    from manypaths.config.consent_cases import read_own

    cases = [case.facts for case in read_own()]
    return lambda: [decide(facts) for facts in cases], len(cases)


def openings() -> tuple[Callable[[], object], int]:
    """One worker and the 50 people they walk with, one class of each."""
    from manypaths.consent.rules import DataClass, Inquiry, Purpose, ReaderFacts, RecordFacts, bases_for

    house, at, why = uuid.uuid4(), datetime.now(UTC), Inquiry(Purpose.CARE)
    worker = ReaderFacts("member", True, uuid.uuid4(), None, house, frozenset({"peer"}), True)
    one = RecordFacts(uuid.uuid4(), "organisation", None, house, assigned=True)
    people = [replace(one, id=uuid.uuid4()) for _number in range(PEOPLE)]
    wanted = DataClass.DEMOGRAPHICS.value
    return lambda: [bases_for(worker, person, wanted, why, at) for person in people], PEOPLE


def told(name: str, turn: Callable[[], object], decisions: int) -> float:
    """Microseconds of one decision: the middle of many runs, and 19 of 20 of them; printed."""
    runs = []
    for _run in range(RUNS):
        before = time.process_time()
        for _turn in range(TURNS):
            turn()
        runs.append((time.process_time() - before) / (TURNS * decisions) * 1e6)
    middle = percentile(runs, 0.5)
    print(f"{name}: {middle:.2f} us each, 19 of 20 runs within {percentile(runs, 0.95):.2f} us")
    return middle


if __name__ == "__main__":
    sys.exit(main())
