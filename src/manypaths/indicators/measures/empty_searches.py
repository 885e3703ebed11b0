"""Searches that found nothing, by kind and county. Prose: `docs/measures/empty-searches.md`."""

from datetime import date

import ibis
from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted
from manypaths.indicators.rules.tables import ALL, UNKNOWN


def expression(facts: Table) -> Table:
    """Each kind, and all kinds, by county and in all. A search has no person: searches are counted."""
    kind, area = facts.kind.fill_null(UNKNOWN), facts.area.fill_null(UNKNOWN)
    found = counted(facts, kind, [area, ibis.literal(ALL)], people=None, weight=facts.searches)
    return found.mutate(people=ibis.null("int64"))


MEASURE = Measure("searches", "1", date(2026, 11, 1), "directory_gap_facts", expression)
