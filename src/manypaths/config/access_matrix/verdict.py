"""What came of one cell."""

from collections.abc import Iterable
from dataclasses import dataclass

RIGHT, WRONG, NOT_BUILT = "right", "wrong", "not built"


@dataclass(frozen=True)
class Verdict:
    """Right, wrong with what differs, or not built with what is missing."""

    kind: str
    why: str = ""
    pages_only: bool = False


def judged(faults: Iterable[str], *, pages_only: bool = False) -> Verdict:
    """Right without a fault, wrong with its faults in one line."""
    said = "; ".join(dict.fromkeys(faults))
    return Verdict(WRONG if said else RIGHT, said, pages_only)
