"""Requests that no place took up, by kind and county. Prose: `docs/measures/gaps-by-place.md`."""

from datetime import date

from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted, with_results
from manypaths.indicators.rules.tables import UNKNOWN


def expression(facts: Table) -> Table:
    """Each kind, and all kinds, by county. The total stands in the table of results."""
    facts = with_results(facts)
    gaps = facts.filter(facts.middle == "gap")
    return counted(gaps, gaps.kind, [gaps.area.fill_null(UNKNOWN)], people=gaps.who)


MEASURE = Measure("places", "1", date(2026, 11, 1), "referrals_facts", expression)
