"""The worker's word beside the person's own answer. Prose: `docs/measures/two-words.md`."""

from datetime import date

import ibis
from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted, with_results
from manypaths.indicators.rules.tables import ALL

NOT_GIVEN = "not_given"
NOT_ANSWERED = "not_answered"


def expression(facts: Table) -> Table:
    """Requests that a worker closed as done, by the worker's word and by the person's answer."""
    facts = with_results(facts)
    done = facts.filter(facts.leaf == "done")
    word, answer = done.worker_outcome.fill_null(NOT_GIVEN), done.person_answer.fill_null(NOT_ANSWERED)
    found = counted(done, word, [answer, ibis.literal(ALL)], people=done.who)
    return found.filter(~((found.row == ALL) & (found.column == ALL)))


MEASURE = Measure("words", "1", date(2026, 11, 1), "referrals_facts", expression)
