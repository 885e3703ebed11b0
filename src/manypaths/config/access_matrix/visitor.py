"""A browser of the checker: plain HTTP with cookies, one for each session."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

PATIENCE = 60
NOT_COMPARED = frozenset({"date", "expires", "x-request-id", "set-cookie"})  # the first two say what time it is
ONE_TIME = re.compile(rb'(name="(?:csrfmiddlewaretoken|once)" value=")[^"]*')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cookies: tuple[str, ...]

    @property
    def location(self) -> str:
        """Where it leads, without the site."""
        return urlsplit(dict(self.headers).get("location", "")).path

    def holds(self, word: str) -> bool:
        """Whether a planted word stands anywhere in it: the body, or a header."""
        return word.encode() in self.body or any(word in value for _name, value in self.headers)

    def without(self, *ids: str) -> tuple[object, ...]:
        """Everything that can be compared: the id that was asked for and the one-time values of forms are taken out."""
        body = ONE_TIME.sub(rb"\1", self.body)
        headers = [(name, value) for name, value in self.headers if name not in NOT_COMPARED]
        for one in ids:
            body = body.replace(one.encode(), b"{id}")
            headers = [(name, value.replace(one, "{id}")) for name, value in headers]
        headers = [(name, str(len(body)) if name == "content-length" else value) for name, value in headers]
        return self.status, body, tuple(headers), self.cookies


@dataclass
class Visitor:
    """One browser."""

    site: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str], *, page: str = "") -> Answer:
        """Send a form, with the token that its page holds, where it has one."""
        return self._ask("POST", path, urlencode({**form, **(self.token(page) if page else {})}))

    def token(self, page: str) -> dict[str, str]:
        """The token that a form of a page carries."""
        found = TOKEN.search(self.get(page).body)
        return {"csrfmiddlewaretoken": found[1].decode()} if found else {}

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads, once."""
        return self.get(answer.location) if answer.status in (302, 303) else answer

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        link = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=PATIENCE)
        headers = {"Accept-Language": "en", "Accept": "text/html,application/json"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = FORM
        try:
            link.request(method, path, body, headers)
            came = link.getresponse()
            return self._answer(came, came.read())
        finally:
            link.close()

    def _answer(self, came: http.client.HTTPResponse, body: bytes) -> Answer:
        pairs = [(name.lower(), value) for name, value in came.getheaders()]
        set_now = [value.split(";", 1)[0].partition("=") for name, value in pairs if name == "set-cookie"]
        for name, _sign, value in set_now:
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return Answer(came.status, tuple(pairs), body, tuple(sorted(name for name, _sign, _value in set_now)))
