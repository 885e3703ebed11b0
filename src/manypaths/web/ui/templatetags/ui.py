"""Template tags of the look, known in every template without loading."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from manypaths.web.ui import words

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, classes: str = "") -> SafeString:
    """A line icon beside words. It says nothing to a screen reader: the words do."""
    href = static("vendor/icons/icons.svg")
    return format_html(
        '<svg class="i{}" aria-hidden="true" width="20" height="20"><use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        href,
        name,
    )


@register.simple_tag
def once() -> SafeString:
    """A hidden key: the same form sent twice acts once."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4())


@register.simple_tag(takes_context=True)
def guard(context: dict[str, Any]) -> SafeString:
    """What every form that writes carries: the key that makes it act once and, signed in, the CSRF token."""
    token = SafeString("")
    if context.get("signed_in"):
        field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        token = format_html(field, str(context.get("csrf_token", "")))
    return once() + token


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, words: str, also: str = "") -> SafeString:
    """A link of the main navigation, marked where the reader is on it or on one of the pages named in `also`."""
    try:
        href = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    current = SafeString(' aria-current="page"') if here and here in {name, *also.split()} else ""
    return format_html('<a href="{}"{}>{}</a>', href, current, words)


@register.filter
def moment(value: datetime | None, zone: str = "UTC") -> str:
    """Day and time in the zone given: "Tuesday, November 24, 5:30 pm"."""
    return words.moment(value, zone, get_language()) if value else ""


@register.filter
def moment_year(value: datetime | None, zone: str = "UTC") -> str:
    """Day with year and time in the zone given."""
    return words.moment(value, zone, get_language(), year=True) if value else ""


def _date(value: date | datetime, zone: str) -> date:
    return words.in_zone(value, zone).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None, zone: str = "UTC") -> str:
    """ "Tuesday, November 24"; a moment is read in the zone given."""
    return words.day(_date(value, zone), get_language()) if value else ""


@register.filter
def day_year(value: date | datetime | None, zone: str = "UTC") -> str:
    """ "November 24, 2026"; a moment is read in the zone given."""
    return words.day(_date(value, zone), get_language(), weekday=False, year=True) if value else ""


@register.filter
def month(value: date | None) -> str:
    """ "November 2026"."""
    return words.month(value, get_language()) if value else ""


@register.filter
def clock(value: time | datetime | None, zone: str = "") -> str:
    """ "5:30 pm"; a moment is read in the zone given."""
    if isinstance(value, datetime) and zone:
        value = words.in_zone(value, zone)
    return words.clock(value) if value is not None else ""


@register.filter
def hours(text: str) -> str:
    """ "10:00-20:00" as "10 am to 8 pm"; other words stay as they are."""
    return words.hours(text, get_language())


@register.filter
def money(cents: int | None) -> str:
    """Cents as dollars."""
    return words.money(cents) if cents is not None else ""


@register.filter
def miles(value: float | None) -> str:
    """ "1.2 miles"."""
    if value is None:
        return ""
    number = words.miles(value)
    return ngettext("%(number)s mile", "%(number)s miles", 1 if number == "1" else 2) % {"number": number}


@register.filter
def phone(value: str | None) -> str:
    """A phone number as people read it."""
    return words.phone(value) if value else ""


@register.filter
def dial(value: str | None) -> str:
    """The address behind a call link."""
    return words.dial(value) if value else ""


@register.filter
def beside(row: Any, columns: Any) -> list[tuple[Any, Any]]:
    """Each cell of a table row with its column."""
    return list(zip(columns, row, strict=False))


@register.filter
def initials(name: str) -> str:
    """Two letters in a circle beside a name."""
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0].upper() for part in [*parts[:1], *parts[1:][-1:]])
