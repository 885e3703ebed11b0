"""How the community is doing: counts that were published, and nothing that could point at anyone."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from manypaths.indicators import queries
from manypaths.indicators.queries import Published
from manypaths.indicators.rules.tables import ALL
from manypaths.lib.refusals import NotThere
from manypaths.web.public import figures, story
from manypaths.web.ui.access import anyone
from manypaths.web.ui.asked import Asked

FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADER = (
    "topic", "first_month", "months", "counted_on", "rule_version", "table", "row_code", "row", "column_code",
    "column", "value", "kept_back", "of", "share", "share_low", "share_high",
)  # fmt: skip


class PeriodForm(forms.Form):
    """Which published period to look at. There is nothing else to choose."""

    since = forms.DateField(required=False)


@anyone
@require_safe
def community(request: Asked) -> HttpResponse:
    """The community's page."""
    place = _place(request)
    requests, searches = _chosen(request, place)
    context: dict[str, Any] = {
        "periods": [
            (period.first.isoformat(), figures.period_words(period))
            for period in queries.periods(community_id=place.id, topic="requests")
        ],
        "requests": requests,
        "searches": searches,
    }
    if requests:
        context |= story.about_requests(requests, place.county_fips, _before(place, requests))
    else:
        context |= {"first_on": queries.earliest_first_figures(community=place)}
        context |= {"latest_on": queries.latest_first_figures(community=place)}
    if searches:
        context |= story.about_searches(searches)
    return render(request, "public/community.html", context)


@anyone
@require_safe
def figures_csv(request: Asked) -> HttpResponse:
    """The same figures as on the page, one a line."""
    place = _place(request)
    answer = HttpResponse(_csv(one for one in _chosen(request, place) if one), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return answer


def _place(request: Asked) -> Any:
    place = request.community
    if place is None:
        raise NotThere
    return place


def _chosen(request: Asked, place: Any) -> tuple[Published | None, Published | None]:
    form = PeriodForm(request.GET)
    since = form.cleaned_data["since"] if form.is_valid() else None
    searches = queries.latest(community_id=place.id, topic="searches")
    if since is None:
        return queries.latest(community_id=place.id, topic="requests"), searches
    found = queries.one_release(community_id=place.id, topic="requests", first_month=since)
    if found is None:
        raise NotThere
    return found, searches


def _before(place: Any, requests: Published) -> Published | None:
    """The period just before, where it is as long: only then may numbers stand side by side."""
    known = queries.periods(community_id=place.id, topic="requests")
    before = next((one for one in known if one.after == requests.period.first), None)
    if before is None or before.months != requests.period.months:
        return None
    return queries.one_release(community_id=place.id, topic="requests", first_month=before.first)


def _csv(published: Iterator[Published]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in published:
        writer.writerows([_safe(value) for value in line] for line in _lines(one))
    return out.getvalue()


def _lines(one: Published) -> Iterator[list[Any]]:
    told = [one.topic, one.period.first, one.period.months, one.counted_on, one.rule_version]
    for cell, value in sorted(one.figures.items()):
        row_name, column_name = figures.NAMES[cell.table]
        share = one.share(*cell) if cell.column != ALL else None
        whole = share.denominator if share else ""
        names = [cell.table, cell.row, row_name(cell.row), cell.column, column_name(cell.column)]
        parts = (share.percent / 100, share.low, share.high) if share else ()
        shares = [whole, *[round(part, 4) for part in parts]] if parts else [""] * 4
        yield [*told, *names, "" if value is None else value, "yes" if value is None else "no", *shares]
    for wait in one.waits:
        for name, days in (("typical_days", wait.typical_days), ("nine_in_ten_days", wait.nine_in_ten_days)):
            names = ["waits", wait.kind, figures.kind_name(wait.kind), name, name]
            yield [*told, *names, "" if days is None else days, "yes" if days is None else "no", *[""] * 4]


def _safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula. Negative numbers do not occur."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
