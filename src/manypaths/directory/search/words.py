"""What people type, turned into words to look for and shared codes they mean. English and Spanish."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from manypaths.network.rules import sort_key

FILE = Path(__file__).resolve().parent.parent / "data" / "search-words-2026-11.json"
_DATA = json.loads(FILE.read_text(encoding="utf-8"))
LEFT_OUT = frozenset(_DATA["left_out"])
GIVE_WAY = frozenset(_DATA["give_way"])  # substances and "tonight": they say what happens, not which help
MEANS: dict[str, list[tuple[str, str]]] = {
    word: [(kind, code) for kind, _colon, code in (one.partition(":") for one in means)]
    for word, means in (_DATA["means"] | _DATA["give_way"]).items()
}
MOST_WORDS = 12
LONGEST_WORD = 40
SHORTEST_TO_MEND = 5


@dataclass(frozen=True)
class Word:
    """One word: as typed (plain letters), the codes it means, and whether a result must have it."""

    text: str
    means: tuple[tuple[str, str], ...] = ()
    needed: bool = True


def read(text: str) -> list[Word]:
    """The words of what was typed, at most twelve, small words left out unless nothing else is there."""
    found = re.findall(r"[\w]+", sort_key(text))[:MOST_WORDS]
    kept = [word[:LONGEST_WORD] for word in found if word not in LEFT_OUT]
    known = [(word, known_as(word)) for word in kept or found]
    names_a_help = any(one and one not in GIVE_WAY for _word, one in known)
    return [_word(word, one, gives_way=names_a_help and one in GIVE_WAY) for word, one in known]


def _word(text: str, known: str, *, gives_way: bool) -> Word:
    """Beside a word that names a help ("my son uses heroin"), what gives way only lifts the places that name it."""
    return Word(text, needed=False) if gives_way else Word(text, tuple(MEANS.get(known, ())))


def known_as(word: str) -> str:
    """The known word that a word is, or that it is one letter off from; short words are taken as they are."""
    if word in MEANS or len(word) < SHORTEST_TO_MEND:
        return word if word in MEANS else ""
    return next((known for known in MEANS if len(known) >= SHORTEST_TO_MEND and one_off(word, known)), "")


def one_off(a: str, b: str) -> bool:
    """True when one letter was added, lost, changed, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return a == b
    start = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:] and len(rest_a) >= 2 and len(rest_b) >= 2
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped
