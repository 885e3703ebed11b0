"""A listing in the words of a card: what kind, when, how sure, where, why it is shown, and how to make contact."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext

from manypaths.directory import rules
from manypaths.directory.queries import Listing, words
from manypaths.directory.rules import DAY_MINUTES, Span
from manypaths.lib.dates import local_date
from manypaths.web.ui import words as look

MOST_TAGS = 3
MOST_COSTS = 2
MOST_LANGUAGES = 3
MEETING = "mutual_aid"
NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Room:
    """Whether someone can be taken now, in words, and how sure that is."""

    words: str
    tone: str
    confirmed: str = ""


@dataclass(frozen=True)
class Card:
    """One result as it is shown."""

    number: int
    service_id: UUID
    href: str
    kind: str
    name: str
    room: Room
    about: str
    facts: list[dict[str, str]]
    tags: list[str]
    why: str
    phone: str
    website: str
    checked: str
    can_ask: bool = False
    longitude: float | None = None
    latitude: float | None = None
    city: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def ago(moment: datetime, at: datetime, zone: str) -> str:
    """How long ago, in days where people live."""
    days = (local_date(at, zone) - local_date(moment, zone)).days
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def room(one: Listing, at: datetime) -> Room:
    """Whether there is room. What nobody said lately is to be asked, never guessed."""
    if one.kind == MEETING and one.hours:
        return Room(next_meeting(one, at), "now")
    if one.room == "unknown" or one.room_as_of is None:
        return Room(gettext("Ask first"), "ask", gettext("They have not said if there is room"))
    said = gettext("Said %(when)s") % {"when": ago(one.room_as_of, at, one.zone)}
    if not rules.room_is_sure(one.room_as_of, at):
        return Room(gettext("Ask first"), "ask", said)
    if one.room == "open":
        return Room(_open_words(one.room_places), "now", said)
    if one.room == "waitlist" and one.room_wait_days:
        text = ngettext("About %(days)s day wait", "About %(days)s days wait", one.room_wait_days)
        return Room(text % {"days": one.room_wait_days}, "wait", said)
    return Room(gettext("Full, with a wait") if one.room == "waitlist" else gettext("Full now"), "wait", said)


def _open_words(places: int | None) -> str:
    if places is None:
        return gettext("Has room now")
    return ngettext("%(places)s place open", "%(places)s places open", places) % {"places": places}


def next_meeting(one: Listing, at: datetime) -> str:
    """When a meeting meets next, in its own time zone."""
    minute = rules.week_minute(at, one.zone)
    if rules.open_span(list(one.hours), minute):
        return gettext("Meeting now")
    span = rules.next_span(list(one.hours), minute)
    return gettext("Next: %(when)s") % {"when": weekly(span)} if span else ""


def weekly(span: Span) -> str:
    """A weekday and a time: "Tuesday, 6:00 pm"."""
    return f"{weekday(span.weekday)}, {clock(span.opens)}"


def weekday(number: int) -> str:
    """The name of a weekday, Monday is 0."""
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    spanish = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
    return spanish[number] if (get_language() or "").startswith("es") else names[number]


def clock(minutes: int) -> str:
    """Minutes from midnight as people say them: "5:30 pm"."""
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return f"{(hour + 11) % 12 + 1}{f':{minute:02}' if minute else ''} {'am' if hour < 12 else 'pm'}"


def from_to(opens: int, closes: int) -> str:
    """A span of hours as people say it: "10 am to 8 pm"."""
    return gettext("%(opens)s to %(closes)s") % {"opens": clock(opens), "closes": clock(closes)}


def open_words(one: Listing, at: datetime) -> str:
    """Whether it is open now, in its own time zone."""
    spans = list(one.hours)
    if not spans:
        return one.hours_note or gettext("Call for hours")
    if rules.always_open(spans):
        return gettext("Open 24 hours")
    minute = rules.week_minute(at, one.zone)
    now = rules.open_span(spans, minute)
    if now:
        return gettext("Open now, until %(time)s") % {"time": clock(now.closes)}
    span = rules.next_span(spans, minute)
    return gettext("Opens %(when)s") % {"when": weekly(span)} if span else gettext("Call for hours")


def checked(one: Listing, at: datetime) -> str:
    """When somebody last checked the listing, and who."""
    if one.verified_at and one.verified_by:
        when = ago(one.verified_at, at, one.zone)
        return gettext("Checked %(when)s by %(who)s") % {"when": when, "who": one.verified_by}
    if one.missing_since:
        return gettext("From %(source)s. It is not in the newest list. Call before you go.") % {"source": one.source}
    if one.source:
        return gettext("From %(source)s. Nobody here has checked it yet.") % {"source": one.source}
    return gettext("Nobody has checked it yet.")


def labels(kind: str, codes: tuple[str, ...]) -> list[str]:
    """Codes in the words of the reader's language, in their shared order."""
    if not codes:
        return []
    known = words(kind=kind, language=language())
    return [label for code, label in known.items() if code in codes]


def language() -> str:
    return "es" if (get_language() or "").startswith("es") else "en"


def languages(codes: tuple[str, ...]) -> str:
    """Languages by their own names where we know them."""
    known = words(kind="language", language=language())
    named = [NAMES.get(code) or known.get(code, code) for code in sorted(codes, key=lambda one: (one != "en", one))]
    more = len(named) - MOST_LANGUAGES
    return ", ".join(named[:MOST_LANGUAGES]) + (gettext(" and %(more)s more") % {"more": more} if more > 0 else "")


def about(one: Listing) -> str:
    """Their own words, or what the listing offers in ours."""
    if one.description:
        return one.description
    offers = labels("need", one.needs)
    return (
        gettext("Offers: %(offers)s.") % {"offers": ", ".join(in_a_sentence(label) for label in offers)}
        if offers
        else ""
    )


def in_a_sentence(label: str) -> str:
    """A label within a sentence: its first letter small, unless its first word is a name like MOUD or SMART."""
    rest = label.partition(" ")[0][1:]
    return label if rest != rest.lower() else label[:1].lower() + label[1:]


def facts(one: Listing, miles: float | None, at: datetime) -> list[dict[str, str]]:
    """Where, when, cost and languages."""
    found = [{"icon": "map-pin", "label": gettext("Where"), "words": where(one, miles)}]
    found.append({"icon": "clock", "label": gettext("Hours"), "words": open_words(one, at)})
    cost = one.cost_note or ", ".join(labels("cost", one.costs)[:MOST_COSTS])
    found.append({"icon": "dollar-sign", "label": gettext("Cost"), "words": cost or gettext("Ask about cost")})
    if one.languages:
        found.append({"icon": "languages", "label": gettext("Languages"), "words": languages(one.languages)})
    return found


def where(one: Listing, miles: float | None) -> str:
    """Town and distance; for what is online, that."""
    if one.venue == "online" or not one.city:
        return gettext("By phone or online")
    if miles is None:
        return f"{one.city}, {one.state}"
    return f"{one.city}, {_about_far(miles) if one.visibility == rules.TOWN else _far(miles)}"


def _far(miles: float) -> str:
    number = look.miles(miles)
    return ngettext("%(number)s mile", "%(number)s miles", 1 if number == "1" else 2) % {"number": number}


def _about_far(miles: float) -> str:
    """How far the town of a hidden place is, in whole miles: nobody knows it better."""
    number = max(1, round(miles))
    return ngettext("about %(number)s mile", "about %(number)s miles", number) % {"number": number}


def tags(one: Listing) -> list[str]:
    """The few things that decide for many people."""
    found = [gettext("Medication welcome")] if one.medication == "yes" else []
    return [*found, *labels("feature", one.features), *labels("audience", one.audiences)][:MOST_TAGS]
