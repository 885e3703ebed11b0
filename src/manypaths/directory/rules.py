"""When a service is open, how sure its room is, and why an edit is not done. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.network.rules import Reader, Role

DAY_MINUTES = 1440
WEEK_MINUTES = 7 * DAY_MINUTES
ROOM_IS_SURE_FOR = timedelta(days=7)
CHECK_IS_FRESH_FOR = timedelta(days=365)
MOST_PLACES = 2000
GAPS_OF_PLACE = 20
LONGEST_WAIT = 730
FEWEST_DIGITS, SHORT_NUMBERS = 7, frozenset({"211", "988"})
WHOLE, TOWN = "public", "town"
HOMES = frozenset({"recovery_residence"})
SQUARE = 0.05  # degrees: about 3 miles
EDITORS = (Role.ORG_ADMIN, Role.COORDINATOR, Role.PEER, Role.FRONTDESK, Role.CLINICIAN, Role.SUPERVISOR)


@dataclass(frozen=True)
class Span:
    """Open from `opens` to `closes`, minutes from midnight of `weekday` (Monday is 0). May run past midnight."""

    weekday: int
    opens: int
    closes: int

    @property
    def start(self) -> int:
        """Minutes from Monday midnight."""
        return self.weekday * DAY_MINUTES + self.opens

    @property
    def end(self) -> int:
        """Minutes from Monday midnight; past a week where the span runs over its end."""
        return self.weekday * DAY_MINUTES + self.closes


@lru_cache(maxsize=600)
def _clock_of(zone: str) -> ZoneInfo:
    """Python itself keeps eight zones in memory and reads the others from disk each time."""
    return ZoneInfo(zone)


def week_minute(at: datetime, zone: str) -> int:
    """Minutes since Monday midnight in a time zone: 0 to 10,079."""
    local = at.astimezone(_clock_of(zone))
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def open_span(spans: list[Span], minute: int) -> Span | None:
    """The span that holds this minute of the week, or None."""
    for span in spans:
        if span.start <= minute < span.end or span.start <= minute + WEEK_MINUTES < span.end:
            return span
    return None


def next_span(spans: list[Span], minute: int) -> Span | None:
    """The next span to begin after this minute, around the week's end."""
    return min(spans, key=lambda span: (span.start - minute) % WEEK_MINUTES, default=None)


def always_open(spans: list[Span]) -> bool:
    """True when every minute of the week is covered."""
    covered, end = sorted(spans, key=lambda span: span.start), 0
    for span in covered:
        if span.start > end:
            return False
        end = max(end, span.end)
    return end >= WEEK_MINUTES


def room_is_sure(as_of: datetime | None, at: datetime) -> bool:
    """True when somebody said at most seven days ago how much room there is."""
    return as_of is not None and at <= room_sure_until(as_of)


def room_sure_until(as_of: datetime) -> datetime:
    """The last moment at which a word about room still counts. After it, people are told to ask first."""
    return as_of + ROOM_IS_SURE_FOR


def check_is_fresh(verified_at: datetime | None, at: datetime) -> bool:
    """True when somebody checked the listing within a year."""
    return verified_at is not None and at - verified_at <= CHECK_IS_FRESH_FOR


def how_shown(kind: str, wished: str) -> str:
    """How much of a place is shown. A recovery home's address is somebody's address: its town is shown, always."""
    return TOWN if kind in HOMES else wished


def told(degrees: float | None, shown: str) -> float | None:
    """A coordinate as anyone may see it, measure to it or sort by it: for a hidden place, the middle of its square.

    Distances from three points would find a house behind its town, whatever the map shows.
    """
    return degrees if degrees is None or shown == WHOLE else round(round(degrees / SQUARE) * SQUARE, 2)


def reasons_not_to_edit(by: Reader, organisation_id: object) -> Iterator[Reason]:
    """Why this reader cannot change a listing of this organisation."""
    if (
        not by.is_member
        or organisation_id is None
        or by.organisation_id != organisation_id
        or not by.has_role(*EDITORS)
    ):
        yield Reason("not_yours", _("Ask a worker of this organisation to change it."))


def reasons_not_to_list(name: str, kind: str, kinds: frozenset[str], phone: str, website: str) -> Iterator[Reason]:
    """Why a listing cannot stand as it is."""
    if not name.strip():
        yield Reason("name_missing", _("Enter a name that people know."), "name")
    if kind not in kinds:
        yield Reason("kind_unknown", _("Choose what kind of help this is."), "kind")
    if phone.strip() and not can_be_dialed(phone):
        yield Reason("phone_odd", _("Enter a phone number with 7 digits or more."), "phone")
    if not phone.strip() and not website.strip():
        yield Reason("no_way_to_reach", _("Enter a phone number or a website, so that people can reach you."), "phone")
    if website.strip() and not leads_where_it_reads(website):
        yield Reason("website_odd", _("Enter the address of a page, for example https://example.org."), "website")


def can_be_dialed(phone: str) -> bool:
    """True for a whole number, and for the short ones that everybody knows."""
    digits = "".join(char for char in phone if char.isdecimal())
    return len(digits) >= FEWEST_DIGITS or digits in SHORT_NUMBERS


def leads_where_it_reads(website: str) -> bool:
    """True for a page on the web. `https://va.gov@elsewhere.example/` reads like one place and leads to another."""
    try:
        parts = urlsplit(website.strip())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(parts.netloc) & set("@\\")


def reasons_not_to_report_room(room: str, places: int | None, wait_days: int | None) -> Iterator[Reason]:
    """Why a report about room cannot be true."""
    if places is not None and not 0 <= places <= MOST_PLACES:
        yield Reason("places_range", _("Enter a number of places from 0 to 2,000."), "places")
    if wait_days is not None and not 0 <= wait_days <= LONGEST_WAIT:
        yield Reason("wait_range", _("Enter a wait from 0 to 730 days."), "wait_days")
    if room == "open" and places == 0:
        yield Reason("open_without_places", _("Choose full, or enter how many places are open."), "places")


def reasons_not_to_span(spans: list[Span]) -> Iterator[Reason]:
    """Why hours cannot be kept."""
    for span in spans:
        if not (0 <= span.weekday <= 6 and 0 <= span.opens < DAY_MINUTES):
            yield Reason("hours_range", _("Enter a day and a time of day."), "hours")
        elif not span.opens < span.closes <= span.opens + DAY_MINUTES:
            yield Reason("hours_order", _("Enter a closing time after the opening time."), "hours")
