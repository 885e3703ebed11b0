"""The chain of blocks, and the lines of the anchor.

A block's head is a hash over what the block says and the head before it; anyone can compute it. The block's mac is made
from the head with a key that the database never holds; only who has the key can make one. An anchor line repeats the
newest head outside the database, and is chained to the line before it in the same way.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

NOTHING = bytes(32)
"""What stands before the first block, and before the first line of the anchor."""
BLOCK, ANCHOR = b"manypaths-audit-block", b"manypaths-audit-anchor"


@dataclass(frozen=True)
class Block:
    """Some rows that were sealed together. The counts are of all rows up to and with this block."""

    number: int
    at: datetime
    form: int
    horizon: int
    accesses: int
    acts: int
    root: bytes
    previous: bytes


@dataclass(frozen=True)
class Line:
    """One line of the anchor: when it was written, and what the newest block was then."""

    at: datetime
    number: int
    accesses: int
    acts: int
    head: bytes
    previous: bytes

    @property
    def rows(self) -> int:
        """All rows that were sealed then."""
        return self.accesses + self.acts


class NotALine(ValueError):
    """A line of the anchor that nobody can read."""


def head_of(block: Block) -> bytes:
    """The hash over everything a block says and over all blocks before it."""
    said: list[object] = [block.number, stamp(block.at), block.form, block.horizon, block.accesses, block.acts]
    said += [block.root.hex(), block.previous.hex()]
    return sha256(json.dumps([BLOCK.decode(), *said]).encode()).digest()


def mac_of_block(key: bytes, head: bytes, snapshot: str = "") -> bytes:
    """What only the holder of the key can say of a head, and of what ran when it was made."""
    return hmac.digest(key, BLOCK + head + snapshot.encode(), "sha256")


def mac_of_line(key: bytes, line: Line) -> bytes:
    """What only the holder of the key can say of an anchor line."""
    return hmac.digest(key, ANCHOR + _text(line).encode(), "sha256")


def text_of_line(key: bytes, line: Line) -> str:
    """An anchor line as it stands in the file."""
    return f"{_text(line)} {mac_of_line(key, line).hex()}\n"


def read_line(text: str) -> tuple[Line, bytes]:
    """A line of the file and its mac.

    Refuses: NotALine, for anything we did not write.
    """
    try:
        at, number, accesses, acts, head, previous, mac = text.split()
        line = Line(
            datetime.fromisoformat(at), int(number), int(accesses), int(acts), bytes.fromhex(head),
            bytes.fromhex(previous),
        )  # fmt: skip
        return line, bytes.fromhex(mac)
    except ValueError:
        raise NotALine from None


def snapshot_of(oldest: int, next_one: int, running: Sequence[int]) -> str:
    """Which transactions had ended: all before the oldest, and those before the next one that do not run any more."""
    return f"{oldest}:{next_one}:{','.join(str(one) for one in sorted(running))}"


def had_ended(snapshot: str, xid: int) -> bool:
    """Whether a transaction had ended then, so that all its rows could be seen."""
    oldest, next_one, running = snapshot.split(":")
    return xid < int(oldest) or (xid < int(next_one) and str(xid) not in running.split(","))


def is_true(expected: bytes, found: bytes) -> bool:
    """Whether two hashes are the same, in equal time."""
    return hmac.compare_digest(expected, found)


def stamp(at: datetime) -> str:
    """A moment as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(line: Line) -> str:
    return " ".join(
        [stamp(line.at), str(line.number), str(line.accesses), str(line.acts), line.head.hex(), line.previous.hex()]
    )
