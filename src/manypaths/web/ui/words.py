"""How we write dates, times, money, distance and phone numbers, in English and in US Spanish. Pure."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip

SPAN = re.compile(r"\b([01]\d:[0-5]\d|2[0-3]:[0-5]\d) ?[-–] ?([01]\d:[0-5]\d|2[0-3]:[0-5]\d)\b")


def spoken(language: str | None) -> str:
    """The language in which we have words for dates; English where we have none."""
    code = (language or "en").split("-")[0]
    return code if code in DAYS else "en"


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment as the clock on the wall shows it in a zone."""
    return moment.astimezone(ZoneInfo(zone or "UTC"))


def day(value: date, language: str | None, *, weekday: bool = True, year: bool = False) -> str:
    """A day in words: "Tuesday, November 24" or "martes 24 de noviembre"."""
    lang = spoken(language)
    name, month = DAYS[lang][value.weekday()], MONTHS[lang][value.month - 1]
    if lang == "es":
        words = f"{value.day} de {month}" + (f" de {value.year}" if year else "")
        return f"{name} {words}" if weekday else words
    words = f"{month} {value.day}" + (f", {value.year}" if year else "")
    return f"{name}, {words}" if weekday else words


def month(value: date, language: str | None) -> str:
    """A month in words: "November 2026" or "noviembre de 2026"."""
    lang = spoken(language)
    return f"{MONTHS[lang][value.month - 1]} {'de ' if lang == 'es' else ''}{value.year}"


def short_month(value: date, language: str | None) -> str:
    """A month under a chart: "Nov", "ene"."""
    return MONTHS[spoken(language)][value.month - 1][:3]


def clock(value: time | datetime) -> str:
    """A time of day without needless zeros: "5:30 pm", "8 pm"."""
    hour, half = value.hour % 12 or 12, "am" if value.hour < 12 else "pm"
    return f"{hour} {half}" if value.minute == 0 else f"{hour}:{value.minute:02d} {half}"


def moment(value: datetime, zone: str, language: str | None, *, year: bool = False) -> str:
    """Day and time together: "Tuesday, November 24, 5:30 pm"."""
    local = in_zone(value, zone)
    return f"{day(local.date(), language, year=year)}, {clock(local)}"


def money(cents: int) -> str:
    """Cents as dollars: "$150", "$7.50"."""
    dollars = (Decimal(cents) / 100).quantize(Decimal("0.01"))
    return f"${dollars:,.0f}" if dollars == dollars.to_integral() else f"${dollars:,.2f}"


def miles(value: float) -> str:
    """Distance as a number: one decimal below ten miles, none from ten on."""
    number = Decimal(str(value))
    if number >= 10:
        return f"{number.quantize(Decimal(1), ROUND_HALF_UP):,}"
    return f"{number.quantize(Decimal('0.1'), ROUND_HALF_UP)}".removesuffix(".0")


def phone(value: str) -> str:
    """A North American number as people read it, "802-555-0142"; anything else as it came."""
    digits = re.sub(r"\D", "", value)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10 or re.search(r"[a-wyz]", value, re.I):
        return value.strip()
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def dial(value: str) -> str:
    """The address behind a call link; an extension follows after a pause."""
    number, extension = ([*re.split(r"x|ext", value.lower(), maxsplit=1), ""])[:2]
    digits, tail = re.sub(r"\D", "", number), re.sub(r"\D", "", extension)
    return f"tel:{'+1' if len(digits) == 10 else ''}{digits}" + (f",{tail}" if tail else "")


def hours(text: str, language: str | None) -> str:
    """Hours that somebody wrote on a 24 hour clock ("10:00-20:00") as people say them: "10 am to 8 pm"."""
    between = " a " if spoken(language) == "es" else " to "
    return SPAN.sub(lambda span: between.join(clock(time.fromisoformat(one)) for one in span.groups()), text)
