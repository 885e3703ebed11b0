"""What the community's page says: findings as headings, two sentences on top, and the rows of each figure."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manypaths.indicators.queries import Published, WaitOf
from manypaths.indicators.rules.figures import SMALL
from manypaths.indicators.rules.tables import ALL, Cell
from manypaths.web.public import figures
from manypaths.web.public.figures import Column, in_words, kind_name, percent, result_name, with_share
from manypaths.web.ui import charts, maps

STEPS = ("reached", "done", "going_on", "ended_early", "not_reached", "gap", "other")
WITHOUT_CONTACT = ("ended_unreached", "taken_back", "ended_by_place", "waiting")
LEVELS = 4


def about_requests(now: Published, counties: Sequence[str], before: Published | None) -> dict[str, Any]:
    """Everything the page says about requests."""
    return {
        "answer": _answer(now),
        "stats": _stats(now, before),
        "waits": _waits(now),
        "flow": _flow(now),
        "reasons": _reasons(now),
        "places": _places(now, counties),
        "words": _two_words(now),
        "base": _base(now),
        "period": figures.period_words(now.period),
    }


def _total(now: Published, column: str = ALL) -> int | None:
    return now.value("results", ALL, column)


def _shown_waits(now: Published) -> list[WaitOf]:
    """Kinds with a typical wait, longest first."""
    known = [wait for wait in now.waits if wait.kind != ALL and wait.typical_days is not None]
    return sorted(known, key=lambda wait: (-(wait.typical_days or 0), wait.kind))


def _answer(now: Published) -> list[str]:
    total, share = _total(now), now.share("results", ALL, "reached")
    if total is None:
        return [_("There were too few requests to show a number without pointing at anyone.")]
    if share is None:
        first = _("People here made %(n)s requests for support.") % {"n": f"{total:,}"}
    else:
        first = _("People here made %(n)s requests for support, and %(part)s led to a contact.") % {
            "n": f"{total:,}",
            "part": figures.out_of_ten(share),
        }
    waits = _shown_waits(now)
    if len(waits) < 2 or waits[0].typical_days == waits[1].typical_days:
        return [first]
    return [first, _longest(now, waits[0])]


def _stats(now: Published, before: Published | None) -> list[dict[str, Any]]:
    share = now.share("results", ALL, "reached")
    whole = next((wait for wait in now.waits if wait.kind == ALL), None)
    return [
        _count(_("Requests for support"), now, before, ALL),
        {
            "label": _("Led to a contact"),
            "value": f"{share.percent:.0f}" if share else _("Too few"),
            "unit": "%" if share else "",
            "note": figures.between(share) if share else "",
        },
        {
            "label": _("Typical wait for a first contact"),
            "value": _("Too few") if whole is None or whole.typical_days is None else str(whole.typical_days),
            "unit": "" if whole is None or whole.typical_days is None else _days_unit(whole.typical_days),
            "note": _ninth(whole),
        },
        _count(_("Requests that no place took up"), now, before, "gap"),
    ]


def _count(label: str, now: Published, before: Published | None, column: str) -> dict[str, Any]:
    cell = Cell("results", ALL, column)
    value, coarser = now.figures.get(cell), now.nearest_coarser(cell)
    if value is None:
        note = _("of %(n)s requests") % {"n": f"{coarser[1]:,}"} if coarser else ""
        return {"label": label, "value": _("Too few"), "note": note}
    return {"label": label, "value": f"{value:,}", "note": _change(now, before, column)}


def _days_unit(days: int) -> str:
    return ngettext("day", "days", days)


def _ninth(wait: WaitOf | None) -> str:
    if wait is None or wait.nine_in_ten_days is None:
        return ""
    days = wait.nine_in_ten_days
    return ngettext("9 in 10 within %(n)s day", "9 in 10 within %(n)s days", days) % {"n": days}


def _change(now: Published, before: Published | None, column: str) -> str:
    """How a count stands beside the period just before, where both are shown and as long."""
    new, old = _total(now, column), _total(before, column) if before else None
    if new is None or old is None:
        return ""
    if new == old:
        return _("As many as in the period before")
    if new > old:
        return _("%(n)s more than in the period before") % {"n": f"{new - old:,}"}
    return _("%(n)s fewer than in the period before") % {"n": f"{old - new:,}"}


def _waits(now: Published) -> dict[str, Any]:
    shown = _shown_waits(now)
    hidden = sorted(
        (wait for wait in now.waits if wait.kind != ALL and wait.typical_days is None), key=lambda w: w.kind
    )
    rows = [
        charts.Range(
            kind_name(wait.kind),
            wait.typical_days,
            wait.nine_in_ten_days,
            in_words(now, Cell("results", wait.kind, "reached")),
        )
        for wait in shown
    ]
    said = [_("%(kind)s: %(days)s") % {"kind": kind_name(wait.kind), "days": wait.typical_days} for wait in shown]
    return {
        "chart": charts.ranges(rows),
        "words": _("Typical days to the first contact. %(all)s.") % {"all": "; ".join(said)},
        "title": _wait_title(shown),
        "hidden": ", ".join(kind_name(wait.kind) for wait in hidden),
    }


def _longest(now: Published, wait: WaitOf) -> str:
    """Which kind has the longest wait: of all, or of those that are many enough to show."""
    if any(one.typical_days is None for one in now.waits if one.kind != ALL):
        said = _("Of the kinds of support that we can show, the wait is longest for this one: %(kind)s.")
    else:
        said = _("The wait is longest for this kind of support: %(kind)s.")
    return said % {"kind": kind_name(wait.kind)}


def _wait_title(shown: Sequence[WaitOf]) -> str:
    if not shown:
        return _("Days from asking to the first contact")
    longest, shortest = shown[0], shown[-1]
    if longest.typical_days == shortest.typical_days:
        return _("The typical wait is the same for each kind of support")
    return _("%(kind)s: the longest wait") % {"kind": kind_name(longest.kind)}


def _flow(now: Published) -> dict[str, Any]:
    cells = [Cell("results", ALL, step) for step in (ALL, *STEPS)]
    rows = [
        (
            result_name(cell.column),
            now.figures.get(cell),
            with_share(now, cell) if cell.column != ALL else in_words(now, cell),
        )
        for cell in cells
    ]
    share = now.share("results", ALL, "reached")
    return {
        "bars": charts.bars(rows, of=_total(now)),
        "title": capfirst(_("%(part)s led to a contact") % {"part": figures.out_of_ten(share)})
        if share
        else _("From asking to a first contact"),
        "columns": [
            Column(_("Result"), number=False),
            Column(_("Requests")),
            Column(_("Share")),
            Column(_("95% interval")),
        ],
        "rows": [
            _result_row(now, cell) for cell in (*cells, *(Cell("results", ALL, step) for step in WITHOUT_CONTACT))
        ],
        "kinds": figures.cross_table(
            now, "results", now.rows("results"), (ALL, "reached", "gap", "other"), _("Kind of support")
        ),
    }


def _result_row(now: Published, cell: Cell) -> list[str]:
    share = now.share("results", ALL, cell.column) if cell.column != ALL else None
    return [
        result_name(cell.column),
        in_words(now, cell),
        percent(share) if share else "",
        figures.between(share) if share else "",
    ]


def _reasons(now: Published) -> dict[str, Any]:
    reasons = [code for code in now.reasons() if now.value("results", ALL, code) != 0]
    rows = [
        (result_name(code), now.value("results", ALL, code), with_share(now, Cell("results", ALL, code), "gap"))
        for code in reasons
    ]
    gap = now.value("results", ALL, "gap")
    kinds = [kind for kind in now.rows("results") if now.value("results", kind, "gap") != 0]
    return {
        "bars": charts.bars(rows, of=gap),
        "title": _reason_title(now, reasons, gap),
        **figures.cross_table(now, "results", kinds, ("gap", *reasons), _("Kind of support")),
    }


def _reason_title(now: Published, reasons: Sequence[str], gap: int | None) -> str:
    top = now.value("results", ALL, reasons[0]) if reasons else None
    if gap is None or not top:
        return _("Why no place said yes")
    return _("First reason: %(reason)s") % {"reason": result_name(reasons[0])}


def _places(now: Published, counties: Sequence[str]) -> dict[str, Any]:
    columns = [code for code in now.columns("places") if code in counties or now.value("places", ALL, code) != 0]
    values = {code: now.value("places", ALL, code) or 0 for code in counties}
    top = max(values.values(), default=0)
    levels = {code: -(-value * LEVELS // top) if top and value else 0 for code, value in values.items()}
    kinds = [kind for kind in now.rows("results") if now.value("results", kind, "gap") != 0]
    named = [
        f"{figures.county_name(code)}: {in_words(now, Cell('places', ALL, code))}" for code in columns if code.isdigit()
    ]
    return {
        "map": maps.shaded(counties, levels) if len(counties) > 1 else None,
        "legend": _legend(top),
        "words": "; ".join(named),
        "bars": charts.bars(
            [
                (figures.county_name(code), now.value("places", ALL, code), in_words(now, Cell("places", ALL, code)))
                for code in columns
            ]
        ),
        **figures.cross_table(now, "places", kinds, (ALL, *columns), _("Kind of support")),
    }


def _legend(top: int) -> list[tuple[int, str]]:
    """The shades that can occur: no shown number is from 1 to 10."""
    edges = [(level, -(-top * level // LEVELS)) for level in range(LEVELS, 0, -1)]
    rows = [(level, _("up to %(n)s") % {"n": edge}) for level, edge in edges if edge > SMALL]
    return [*rows, (0, _("None, or too few to show"))]


def _two_words(now: Published) -> dict[str, Any]:
    words, answers = now.rows("words"), now.columns("words")
    worker = [
        (figures.word_name(code), now.value("words", code, ALL), in_words(now, Cell("words", code, ALL)))
        for code in words
    ]
    person = [
        (figures.answer_name(code), now.value("words", ALL, code), in_words(now, Cell("words", ALL, code)))
        for code in answers
    ]
    done = _total(now, "done")
    asked = now.value("words", ALL, "not_answered")
    return {
        "worker": charts.bars(worker, of=done),
        "person": charts.bars(person, of=done),
        "missing": ""
        if asked is None or not done
        else _("%(n)s of %(all)s have no answer from the person yet.") % {"n": f"{asked:,}", "all": f"{done:,}"},
        "done": in_words(now, Cell("results", ALL, "done")),
        **figures.cross_table(now, "words", words, (ALL, *answers), _("What the worker wrote")),
    }


def _base(now: Published) -> list[str]:
    """What stands under every figure: of how many, how many missing, never reached, counted when, by which rule."""
    unknown = now.value("days", ALL, "day_unknown")
    share = now.share("results", ALL, "not_reached")
    said = [_("%(n)s requests.") % {"n": in_words(now, Cell("results", ALL, ALL))}]
    if share:
        said.append(
            _("%(n)s never reached by the day of counting (%(part)s).")
            % {"n": f"{share.numerator:,}", "part": percent(share)}
        )
    if unknown:
        said.append(_("%(n)s without a day of first contact.") % {"n": f"{unknown:,}"})
    said.append(
        _("Counted on %(day)s, rule %(rule)s.") % {"day": figures.full_day(now.counted_on), "rule": now.rule_version}
    )
    return said


def about_searches(now: Published) -> dict[str, Any]:
    """Searches that led nowhere."""
    needs = [need for need in now.rows("searches") if now.value("searches", need, ALL) != 0]
    columns = [code for code in now.columns("searches") if now.value("searches", ALL, code) != 0]
    rows = [
        (figures.need_name(need), now.value("searches", need, ALL), in_words(now, Cell("searches", need, ALL)))
        for need in needs
    ]
    counted = {"day": figures.full_day(now.counted_on), "rule": now.rule_version}
    return {
        "search_bars": charts.bars(rows),
        "search_total": in_words(now, Cell("searches", ALL, ALL)),
        "search_period": figures.period_words(now.period),
        "search_counted": _("Counted on %(day)s, rule %(rule)s.") % counted,
        "search_table": figures.cross_table(now, "searches", needs, (ALL, *columns), _("What was looked for")),
    }
