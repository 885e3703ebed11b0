"""Which page of a long list was asked for."""

MOST = 9999
LONGEST = len(str(MOST))


def page_number(text: str | None, most: int = MOST) -> int:
    """The page that an address names, from 1 to `most`; the first for whatever is no number."""
    if text is None or not text.isdecimal():
        return 1
    return max(1, min(most, int(text[: LONGEST + 1])))
