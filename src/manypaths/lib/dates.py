"""Days and months in a place's own time zone. Instants are always UTC; a day exists only somewhere."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def local_date(at: datetime, zone: str) -> date:
    """The calendar day on which an instant falls in an IANA time zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def days_until(then: datetime, at: datetime, zone: str) -> int:
    """How many calendar days of an IANA time zone are left until an instant; below nothing when it is over."""
    return (local_date(then, zone) - local_date(at, zone)).days


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a calendar day in an IANA time zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))


def is_working_day(day: date) -> bool:
    """True from Monday to Friday. Public holidays are not known here."""
    return day.weekday() < SATURDAY


def add_working_days(day: date, count: int) -> date:
    """The day `count` (>= 0) working days after `day`; weekends do not count."""
    current = day
    while count > 0:
        current += timedelta(days=1)
        if is_working_day(current):
            count -= 1
    return current


def month_of(day: date) -> date:
    """The first day of the month that holds `day`."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after the month that holds `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    """The first day of the month before the month that holds `month`."""
    return month_of(month_of(month) - timedelta(days=1))
