"""Published figures in words: names of codes, what is kept back, shares, and rows of tables. Used by page and CSV."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from manypaths.directory import queries as directory
from manypaths.indicators.queries import Published
from manypaths.indicators.rules.codes import request_words
from manypaths.indicators.rules.periods import Period
from manypaths.indicators.rules.shares import Share
from manypaths.indicators.rules.tables import ALL, ELSEWHERE, REASON, SILENCE, UNKNOWN, Cell
from manypaths.web.ui import maps
from manypaths.web.ui.words import day, month

RESULT_WORDS: dict[str, Any] = {
    ALL: lazy("All requests"),
    "reached": lazy("Led to a contact"),
    "done": lazy("Finished"),
    "going_on": lazy("Going on"),
    "ended_early": lazy("Ended before it was finished"),
    "not_reached": lazy("No contact yet"),
    "gap": lazy("No place said yes"),
    SILENCE: lazy("Nobody answered in time"),
    "other": lazy("Ended or waiting without a contact"),
    "ended_unreached": lazy("Taken up, but no contact was made"),
    "taken_back": lazy("Taken back by the person"),
    "ended_by_place": lazy("Ended by the place"),
    "waiting": lazy("Still waiting"),
    "within_7": lazy("Within 7 days"),
    "later": lazy("After more than 7 days"),
    "day_unknown": lazy("Day not written down"),
}
OTHER_WORDS: dict[str, Any] = {
    ALL: lazy("All"),
    UNKNOWN: lazy("Not known"),
    ELSEWHERE: lazy("Other counties"),
    "not_given": lazy("No word given"),
    "not_answered": lazy("Not answered yet"),
}


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    number: bool = True


def language() -> str:
    """The language of this page, without its region."""
    return (get_language() or "en").split("-")[0]


def kind_name(code: str) -> str:
    """A kind of support in words."""
    return _named(code, directory.words(kind="kind", language=language()))


def need_name(code: str) -> str:
    """A need in words."""
    return _named(code, directory.words(kind="need", language=language()))


def result_name(code: str) -> str:
    """A result or a reason in words."""
    if code.startswith(REASON):
        reason = code.removeprefix(REASON)
        return _("No reason given") if reason == "not_given" else _named(reason, request_words("reasons", language()))
    return str(RESULT_WORDS.get(code) or _plain(code))


def word_name(code: str) -> str:
    """The worker's word at the end, as the code says it."""
    return _named(code, request_words("outcomes", language()))


def answer_name(code: str) -> str:
    """The person's own answer."""
    return _named(code, request_words("answers", language()))


def county_name(code: str) -> str:
    """A county by its code."""
    if not code.isdigit():
        return _named(code, {})
    names = {shape.code: shape.name for shape in maps.counties(code[:2])}
    return _("%(name)s County") % {"name": names[code]} if code in names else code


NAMES = {
    "results": (kind_name, result_name),
    "places": (kind_name, county_name),
    "days": (kind_name, result_name),
    "words": (word_name, answer_name),
    "searches": (need_name, county_name),
}


def _named(code: str, words: dict[str, str]) -> str:
    return str(OTHER_WORDS.get(code) or words.get(code) or _plain(code))


def _plain(code: str) -> str:
    return code.replace("_", " ").capitalize()


def period_words(period: Period) -> str:
    """The months of a period: one month, or from the first to the last."""
    first, last = month(period.first, language()), month(period.last, language())
    return first if period.months == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}


def full_day(on: date) -> str:
    """A day with its year."""
    return day(on, language(), weekday=False, year=True)


def percent(share: Share) -> str:
    """A share as a whole percent."""
    return f"{share.percent:.0f}%"


def between(share: Share) -> str:
    """The interval of a share in words."""
    return _("between %(low)s and %(high)s%%") % {"low": round(share.low * 100), "high": round(share.high * 100)}


def out_of_ten(share: Share) -> str:
    """A share as people say it. Close to none or to all, where tenths would say none or all, as a percent."""
    tenths = round(share.percent / 10)
    if not 0 < tenths < 10:
        whole = share.percent in (0, 100)
        near = round(share.percent) if whole else min(99, max(1, round(share.percent)))
        return _("%(n)s%% of requests") % {"n": near}
    if share.percent == 10 * tenths:
        return ngettext("%(n)s in 10 requests", "%(n)s in 10 requests", tenths) % {"n": tenths}
    return ngettext("about %(n)s in 10 requests", "about %(n)s in 10 requests", tenths) % {"n": tenths}


def in_words(published: Published, cell: Cell) -> str:
    """A figure, or that too few were counted, with the next coarser true figure where there is one."""
    value = published.figures.get(cell)
    if value is not None:
        return f"{value:,}"
    coarser = published.nearest_coarser(cell)
    if coarser is None:
        return _("Too few")
    return _("Too few (of %(n)s)") % {"n": f"{coarser[1]:,}"}


def with_share(published: Published, cell: Cell, of: str = ALL) -> str:
    """A figure with its share."""
    share = published.share(cell.table, cell.row, cell.column, of)
    words = in_words(published, cell)
    return f"{words} ({percent(share)})" if share else words


def cross_table(
    published: Published, table: str, rows: Iterable[str], columns: Iterable[str], first: str
) -> dict[str, Any]:
    """Columns and rows of one table, ready for `c-table`."""
    row_name, column_name = NAMES[table]
    columns = list(columns)
    return {
        "columns": [Column(first, number=False), *[Column(column_name(column)) for column in columns]],
        "rows": [
            [row_name(row), *[in_words(published, published.cell(table, row, column)) for column in columns]]
            for row in [*rows, ALL]
        ],
    }
