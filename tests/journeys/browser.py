"""Driving Debian's Chromium: contexts by width, theme and language, and what every page must stand.

A test takes the fixtures `browser` (one Chromium for the run) and `live_site`, opens a context with
`context(browser, visit)`, and calls `check(page)` on every page it reaches. With a folder
in `PICTURES`, a picture of each is kept there.
"""

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, sync_playwright

# What lies far below is styled only when axe scrolls there, and would begin to move under its eyes: nothing moves anew.
REST = """async () => {
    const still = new CSSStyleSheet()
    still.replaceSync('*, *::before, *::after { transition: none !important }')
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
    await Promise.all(document.getAnimations().map(moving => moving.finished.catch(() => null)))
}"""
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOCALES = {"en": "en-US", "es": "es-US"}

MOST_BYTES = 80_000
MOST_ELEMENTS = 700
SMALLEST_TARGET = 24
HEADERS = 350

SMALL_TARGETS = """(least) => [...document.querySelectorAll('a,button,summary,input,select,textarea')].filter(e => {
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  if (!r.width || !r.height || s.visibility === 'hidden' || s.display === 'inline') return false;
  if (['checkbox', 'radio'].includes(e.type) || e.classList.contains('skip')) return false;
  return r.width < least || r.height < least;
}).map(e => e.outerHTML.slice(0, 90))"""
DOUBLE_IDS = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i) }"""
UNNAMED_DRAWINGS = """() => [...document.querySelectorAll('svg[role=img]')]
  .filter(s => !s.querySelector('title')?.textContent.trim()).map(s => s.outerHTML.slice(0, 90))"""
COVERED = """() => { const e = document.activeElement; if (!e || e === document.body) return '';
  const r = e.getBoundingClientRect(); if (!r.width) return '';
  const x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 2);
  for (const y of [r.top + 2, r.top + r.height / 2, r.bottom - 2]) {
    const hit = document.elementFromPoint(x, Math.min(Math.max(y, 1), innerHeight - 2));
    if (hit && (e.contains(hit) || hit.contains(e) || hit.closest('label') === e.closest('label'))) return '';
  }
  return e.outerHTML.slice(0, 90) }"""


FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  const paint = list.getEntriesByName('first-contentful-paint')[0]; if (paint) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


@dataclass(frozen=True)
class Visit:
    """How somebody comes: how wide, in which theme, in which language, with or without scripts."""

    width: int = 390
    scheme: str = "light"
    language: str = "en"
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.language}{'' if self.scripts else '-noscript'}"


VISITS = [Visit(w, s, lang) for w in (390, 1280) for s in ("light", "dark") for lang in ("en", "es")]


@contextmanager
def chromium() -> Iterator[Browser]:
    """One Chromium. Without it the test fails with one line, or is skipped where MANYPATHS_NO_BROWSER=1 says so."""
    if not Path(CHROMIUM).exists():
        how = "No Chromium found. On Debian: sudo apt install chromium (or set CHROMIUM to its path)."
        if os.environ.get("MANYPATHS_NO_BROWSER") == "1":
            pytest.skip(how)
        pytest.fail(how, pytrace=False)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the driver's loop runs in this thread; our set-up code does not
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@contextmanager
def context(browser: Browser, visit: Visit, **more: Any) -> Iterator[BrowserContext]:
    """A fresh visitor with no cookie. Errors in the console and calls to anyone else are kept on `errors`."""
    options = {
        "viewport": {"width": visit.width, "height": 844},
        "color_scheme": visit.scheme,
        "locale": LOCALES[visit.language],
        "java_script_enabled": visit.scripts,
        "service_workers": "block",
    }
    made = browser.new_context(**(options | more))
    made.errors = []  # type: ignore[attr-defined]
    made.on("page", lambda page: _listen(made, page))
    try:
        yield made
    finally:
        made.close()


def _listen(made: BrowserContext, page: Page) -> None:
    errors: list[str] = made.errors  # type: ignore[attr-defined]
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: _only_ours(errors, page, request.url))


def _only_ours(errors: list[str], page: Page, url: str) -> None:
    home = "/".join(page.url.split("/")[:3])
    if page.url.startswith("http") and url.startswith("http") and not url.startswith(home):
        errors.append(f"the page called {url}")


def go(control: Locator) -> None:
    """Press what leads to another page (or the same one, read again), and wait until that page is there.

    A click alone returns while the old page still stands: on a slow machine the old one would be looked at.
    """
    with control.page.expect_navigation():
        control.click()


def come_to_rest(page: Page) -> None:
    """Wait until no part is being fetched anew and no color is on its way: measured is what people are left with."""
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.evaluate(REST)


def open_details(page: Page) -> None:
    """Open every part that can be opened, except small pop-ups over the page."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = !d.classList.contains('pop') })")


def violations(page: Page, without: tuple[str, ...] = ()) -> list[tuple[str, list[Any]]]:
    """What axe finds on the page as it stands. A rule is left out only where it cannot see what a person sees."""
    come_to_rest(page)
    page.evaluate(AXE)
    options = {"runOnly": TAGS, "rules": {rule: {"enabled": False} for rule in without}}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [(item["id"], [node["target"] for node in item["nodes"]][:4]) for item in found]


def check(page: Page, language: str | None = None, *, expected_errors: tuple[str, ...] = ()) -> int:
    """What every page must stand: axe, no sideways scroll, targets, drawings, headings, ids. Returns its elements."""
    elements = int(page.evaluate("document.getElementsByTagName('*').length"))
    open_details(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == []
    assert page.evaluate(DOUBLE_IDS) == []
    assert page.evaluate(UNNAMED_DRAWINGS) == []
    assert page.locator("h1").count() == 1
    assert page.title().strip()
    if language:
        assert page.evaluate("document.documentElement.lang") == language
    errors = [e for e in page.context.errors if not any(x in e for x in expected_errors)]  # type: ignore[attr-defined]
    assert errors == []
    _picture(page)
    return elements


def _picture(page: Page) -> None:
    """With a folder in PICTURES: what was just checked, to look at. Named by the test and a number."""
    if folder := os.environ.get("PICTURES", ""):
        test = re.sub(r"\W+", "-", os.environ.get("PYTEST_CURRENT_TEST", "page").split("::")[-1]).removesuffix("-call-")
        number = len(list(Path(folder).glob(f"{test}-*.png")))
        page.screenshot(path=Path(folder) / f"{test}-{number:02}.png", full_page=True)


def nothing_covered(page: Page, most: int = 60) -> int:
    """Walk the page with the Tab key, forth and back: what has the focus is never hidden (WCAG 2.4.11)."""
    seen = 0
    for key in ("Tab", "Shift+Tab"):
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement === document.body"):
                break
            assert page.evaluate(COVERED) == ""
            seen += 1
    return seen


def _on_the_wire(response: Response) -> int:
    """Bytes of one answer as an installed server sends it: static files brotli'd, pages gzipped."""
    length = response.headers.get("content-length")
    if response.headers.get("content-encoding") and length:
        return int(length) + HEADERS
    body = response.body()
    if "/static/" in response.url and not response.url.split("?")[0].endswith((".woff2", ".png")):
        return min(len(body), len(brotli.compress(body))) + HEADERS
    return min(len(body), len(gzip.compress(body, 6))) + HEADERS


def weigh(browser: Browser, url: str, visit: Visit | None = None) -> tuple[int, dict[str, int]]:
    """All bytes of a first load over the wire, and how they divide."""
    with context(browser, visit or Visit()) as made:
        page = made.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 the driver marks what it is given
        page.goto(url)
        page.wait_for_load_state("networkidle")
        parts = {answer.url.split("/")[-1] or "/": _on_the_wire(answer) for answer in answers if answer.ok}
    return sum(parts.values()), parts


def first_paint(browser: Browser, url: str) -> float:
    """Milliseconds to the first words on the slow phone: 1.6 Mbit/s, 150 ms away, a processor four times slower."""
    with context(browser, Visit()) as made:
        page = made.new_page()
        wire = made.new_cdp_session(page)
        wire.send("Network.enable")
        speed = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
        wire.send("Network.emulateNetworkConditions", speed)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(url)
        return float(page.evaluate(FIRST_PAINT))
