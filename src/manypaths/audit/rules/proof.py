"""The proof that a row stands in the sealed log: what a person may see of it, and the way from there to a sealed head.

It shows the parts of the row that are the person's own and hashes of everything else. Whoever has it can check it with
nothing but SHA-256, and compare the head with the line of the anchor for that block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manypaths.audit.rules.chain import Block, head_of, is_true, stamp
from manypaths.audit.rules.rows import seal_of_parts
from manypaths.audit.rules.tree import LEFT, RIGHT, Step, climb, hash_of_value, path_to


@dataclass(frozen=True)
class SealedLook:
    """What the database gives of one look: the person's parts of it, and the hashes around them."""

    texts: Sequence[str]
    salts: Sequence[bytes]
    places: Sequence[int]
    part_hashes: Sequence[bytes]
    place: int
    row_hashes: Sequence[bytes]
    block: Block
    head: bytes


def proof_of(look: SealedLook) -> dict[str, Any]:
    """The proof as plain data, for a file."""
    parts = [
        {"text": text, "salt": salt.hex(), "path": _plain(path_to(look.part_hashes, place))}
        for text, salt, place in zip(look.texts, look.salts, look.places, strict=True)
    ]
    block = look.block
    return {
        "parts": parts,
        "path": _plain(path_to(look.row_hashes, look.place)),
        "block": {
            "number": block.number, "at": stamp(block.at), "form": block.form, "horizon": block.horizon,
            "accesses": block.accesses, "acts": block.acts, "root": block.root.hex(), "previous": block.previous.hex(),
            "head": look.head.hex(),
        },
    }  # fmt: skip


def holds(proof: Mapping[str, Any]) -> bool:
    """Whether every part it shows belongs to one row, that row to its block, and the block to its head."""
    try:
        roots = [_root_from(part) for part in proof["parts"]]
        block = _block(proof["block"])
        top = climb(seal_of_parts(roots[0]), _steps(proof["path"]))
        head = bytes.fromhex(proof["block"]["head"])
    except (KeyError, IndexError, TypeError, ValueError):
        return False
    return len(set(roots)) == 1 and is_true(top, block.root) and is_true(head_of(block), head)


def _root_from(part: Mapping[str, Any]) -> bytes:
    return climb(hash_of_value(bytes.fromhex(part["salt"]), part["text"]), _steps(part["path"]))


def _block(said: Mapping[str, Any]) -> Block:
    return Block(
        said["number"], datetime.fromisoformat(said["at"]), said["form"], said["horizon"], said["accesses"],
        said["acts"], bytes.fromhex(said["root"]), bytes.fromhex(said["previous"]),
    )  # fmt: skip


def _plain(steps: Sequence[Step]) -> list[list[str]]:
    return [[side, beside.hex()] for side, beside in steps]


def _steps(said: Sequence[Sequence[str]]) -> list[Step]:
    steps = [(side, bytes.fromhex(beside)) for side, beside in said]
    if any(side not in (LEFT, RIGHT) for side, _beside in steps):
        raise ValueError("a neighbour stands left or right")
    return steps
