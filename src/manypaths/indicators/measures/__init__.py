"""The measures: one Ibis expression each, the same on DuckDB and on a cluster. Prose first: `docs/measures/`."""

from manypaths.indicators.measures import (
    days_to_first_contact,
    empty_searches,
    gaps_by_place,
    results,
    within_a_week,
    words,
)
from manypaths.indicators.measures.counting import Measure

REQUEST_TABLES: tuple[Measure, ...] = (results.MEASURE, gaps_by_place.MEASURE, within_a_week.MEASURE, words.MEASURE)
SEARCH_TABLES: tuple[Measure, ...] = (empty_searches.MEASURE,)
WAITS: Measure = days_to_first_contact.MEASURE
ALL_MEASURES: tuple[Measure, ...] = (*REQUEST_TABLES, *SEARCH_TABLES, WAITS)

__all__ = ["ALL_MEASURES", "REQUEST_TABLES", "SEARCH_TABLES", "WAITS", "Measure"]
