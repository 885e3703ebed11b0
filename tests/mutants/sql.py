"""Turns one condition of a database function at a time: held to be true whatever it says, and held to be false."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\w+|\s+|.", re.S)
BEGIN = {"where", "on", "and", "or", "if", "elsif", "when"}
END = {
    "and",
    "or",
    "then",
    "group",
    "order",
    "join",
    "left",
    "union",
    "limit",
    "returning",
    "else",
    "end",
    "on",
    ";",
    ",",
}


@dataclass(frozen=True)
class SqlMutant:
    """One difference: where it is, and the whole definition with it."""

    what: str
    definition: str


def mutants_of_function(definition: str) -> list[SqlMutant]:
    """Every condition of a function's body, first as true and then as false."""
    head, mark, body = definition.partition("$function$")
    found = []
    for start, end in conditions(body):
        said = " ".join(body[start:end].split())
        for held in ("true", "false"):
            changed = f"{head}{mark}{body[:start]} {held} {body[end:]}"
            found.append(SqlMutant(f"{said} -> {held}", changed))
    return found


def conditions(body: str) -> list[tuple[int, int]]:
    """From where to where each condition of a body goes; those inside of another one too."""
    tokens = [(match.start(), match.group()) for match in TOKEN.finditer(body)]
    found = {
        span for at, (_place, word) in enumerate(tokens) if word.lower() in BEGIN for span in _from(tokens, at + 1)
    }
    return sorted(span for span in found if body[span[0] : span[1]].strip())


def _from(tokens: list[tuple[int, str]], at: int) -> Iterator[tuple[int, int]]:
    """The condition that begins at a token, and, where it is in brackets, the one that begins inside of them."""
    while at < len(tokens) and (tokens[at][1].isspace() or tokens[at][1].lower() == "not"):
        at += 1
    depth = 0
    for number in range(at, len(tokens)):
        place, word = tokens[number]
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if depth < 0 or (depth == 0 and word.lower() in END):
            yield tokens[at][0], place
            break
    inside = tokens[at + 1][1].lower() if at + 1 < len(tokens) else ""
    if tokens[at][1] == "(" and inside not in {"select", ""}:
        yield from _from(tokens, at + 1)
