"""Guessing by many at once, against the real web server with several processes."""

import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from manypaths.accounts.models import Guess
from manypaths.config.testing import LiveSite

AT_ONCE = 24


def guess(url: str) -> str:
    form = urllib.parse.urlencode({"name": "coral-piano-4821", "passphrase": "some other words", "device": "shared"})
    with urllib.request.urlopen(f"{url}/enter", form.encode(), timeout=60) as answer:
        return answer.read().decode()


def test_tries_sent_at_once_cannot_outrun_the_limit(live_site: LiveSite):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pages = list(pool.map(guess, [live_site.url] * AT_ONCE))
    assert sum("do not fit together" in page for page in pages) == 8
    assert sum("tried many times" in page for page in pages) == AT_ONCE - 8
    assert Guess.objects.count() == 8
