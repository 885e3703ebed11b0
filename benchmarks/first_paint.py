"""How soon a slow phone shows the first words, and what a first load weighs, page by page.

The phone: 1.6 Mbit/s, 150 ms away, a processor four times slower, no cache. The baseline is the same page in the same
minute without any of that. The site is installed as in production: collected and compressed files, gunicorn.

Any addresses may be given: `python -m benchmarks.first_paint /about /right-now`
"""

import statistics
import sys

from playwright.sync_api import Browser
from tests.journeys.browser import FIRST_PAINT, Visit, chromium, context, first_paint, weigh

from benchmarks.machine import describe
from benchmarks.stage import Stage

PAGES = ("/", "/about", "/privacy", "/right-now", "/ui/")
BOUND_MS, BOUND_BYTES, TIMES = 1000, 80_000, 5


def main(paths: tuple[str, ...]) -> int:
    """Measure, print, and say whether the bounds were reached."""
    print(describe())
    low = []
    print(f"{'page':18}{'bytes':>9}{'slow phone':>13}{'no brake':>11}{'ratio':>8}")
    with Stage("paint") as stage, chromium() as browser:
        home = stage.start_server()
        for path in paths:
            total, _parts = weigh(browser, home + path)
            slow = statistics.median(first_paint(browser, home + path) for _ in range(TIMES))
            free = statistics.median(unbraked(browser, home + path) for _ in range(TIMES))
            print(f"{path:18}{total:>9,}{slow:>10.0f} ms{free:>8.0f} ms{slow / free:>8.1f}")
            low += [path] if slow > BOUND_MS or total > BOUND_BYTES else []
    print("beyond a bound: " + ", ".join(low) if low else "every bound reached")
    return 1 if low else 0


def unbraked(browser: Browser, url: str) -> float:
    """First words of the same page as this machine shows them."""
    with context(browser, Visit()) as made:
        page = made.new_page()
        page.goto(url)
        return float(page.evaluate(FIRST_PAINT))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or PAGES))
