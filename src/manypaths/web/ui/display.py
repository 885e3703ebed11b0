"""What every page knows about its look: theme, text, letters, languages, community, whether someone is signed in."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from manypaths.accounts.rules import LIMITS, Device

COOKIE = "display"
YEAR = 365 * 24 * 3600
CHOICES = {"theme": ("auto", "light", "dark"), "text": ("m", "l"), "letters": ("std", "clear")}


@dataclass(frozen=True)
class Choice:
    """What one visitor chose. It lives in a cookie that holds nothing else."""

    theme: str = "auto"
    text: str = "m"
    letters: str = "std"

    def cookie(self) -> str:
        """The cookie's value, for example `dark.l.std`."""
        return f"{self.theme}.{self.text}.{self.letters}"


def read_choice(cookie: str) -> Choice:
    """The choice in a cookie; anything unknown falls back to what the device wants."""
    parts = cookie.split(".")
    if len(parts) != len(CHOICES):
        return Choice()
    return Choice(*(part if part in known else known[0] for part, known in zip(parts, CHOICES.values(), strict=True)))


def other_languages() -> list[dict[str, str]]:
    """The languages this page can switch to, each in its own name."""
    here = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    codes = [code for code, _ in settings.LANGUAGES if code != here]
    return [{"code": code, "name": get_language_info(code)["name_local"].capitalize()} for code in codes]


def idle_seconds(request: HttpRequest) -> int:
    """How long a signed-in page may lie open before it closes itself; 0 where nobody is signed in."""
    reader = getattr(request, "reader", None)
    if not reader or not reader.is_signed_in:
        return 0
    idle, _whole = LIMITS[Device(request.session.get("device", Device.SHARED))]
    return int(idle.total_seconds())


def display(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Asks no table: everything was put on the request by the middleware."""
    choice = read_choice(request.COOKIES.get(COOKIE, ""))
    reader = getattr(request, "reader", None)
    return {
        "theme": choice.theme,
        "text": choice.text,
        "letters": choice.letters,
        "community": getattr(request, "community", None),
        "demo": settings.DEMO,
        "reader": reader,
        "signed_in": bool(reader and reader.is_signed_in),
        "idle": idle_seconds(request),
        "other_languages": other_languages(),
        "here": getattr(request, "return_to", request.path),
    }
