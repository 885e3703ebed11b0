"""Plain words for the shared codes of requests, read from the one file that holds them."""

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent.parent / "referrals" / "data" / "request-codes-2026-11.json"


@cache
def request_words(group: str, language: str) -> dict[str, str]:
    """Code and word of one group (`reasons`, `outcomes`, `answers`, `needs`); English where a word is missing."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))[group]
    return {code: row.get(language) or row["en"] for code, row in rows.items()}
