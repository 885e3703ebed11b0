"""Searches that found nothing, or nothing with room, by need and county. Prose: `docs/measures/empty-searches.md`."""

from datetime import date

import ibis
from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted
from manypaths.indicators.rules.tables import ALL, UNKNOWN


def expression(facts: Table) -> Table:
    """Each need, and all needs, by county and in all. A search has no person: searches are counted."""
    need, area = facts.need.fill_null(UNKNOWN), facts.area.fill_null(UNKNOWN)
    found = counted(facts, need, [area, ibis.literal(ALL)], people=None, weight=facts.times)
    return found.mutate(people=ibis.null("int64"))


MEASURE = Measure("searches", "1", date(2026, 11, 1), "directory_gap_facts", expression)
