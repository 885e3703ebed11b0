"""Fills every form that pages hold, as whoever is signed in: each field for words gets words of the caller's making."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from manypaths.config.access_matrix.visitor import Answer, Visitor

TYPED = {"text", "search", "email", "tel", "url", "password", "number"}
ENDS = ("/leave", "/sign-out", "/open-again", "/end", "/others", "/off", "/block", "/enter", "/second", "/devices")


@dataclass
class Form:
    """One form of a page: where it goes, what it carries already, and the names of fields for words."""

    action: str
    carries: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    """Reads the forms of a page that are posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self.now: Form | None = None
        self.choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = Form(has.get("action") or self.page) if has.get("method", "get").lower() == "post" else None
            if self.now:
                self.found.append(self.now)
        elif self.now and tag == "select":
            self.choice = has.get("name", "")
        elif self.now and tag == "option" and self.choice and has.get("value"):
            self.now.carries.setdefault(self.choice, has["value"])
        elif self.now and tag in ("input", "textarea", "button") and has.get("name"):
            self._field(self.now, tag, has)

    def _field(self, form: Form, tag: str, has: dict[str, str]) -> None:
        kind = has.get("type", "text") if tag == "input" else tag
        if kind in TYPED or tag == "textarea":
            form.words.append(has["name"])
        else:
            form.carries.setdefault(has["name"], has.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None
        elif tag == "select":
            self.choice = ""


def forms_of(page: str, body: bytes) -> list[Form]:
    """The forms of a page that send something, but for those that end the session."""
    reading = _Forms(page)
    reading.feed(body.decode(errors="replace"))
    return [one for one in reading.found if not urlsplit(one.action).path.endswith(ENDS)]


def fill(
    visitor: Visitor, page: str, answer: Answer, word: Callable[[str], str], done: set[tuple[str, ...]]
) -> Iterator[tuple[str, Answer]]:
    """Send each form of a page once: with words in every field for words. Gives where it went, and the answer."""
    for form in forms_of(page, answer.body):
        kind = (shape(form.action), *sorted(form.words))
        if kind in done or not form.words:
            continue
        done.add(kind)
        typed = {name: word(f"form {kind[0]}: {name}") for name in form.words}
        yield form.action, visitor.post(form.action, {**form.carries, **typed})


def shape(action: str) -> str:
    """An address without its ids."""
    return "/".join("*" if len(part) == 36 else part for part in urlsplit(action).path.split("/"))
