"""`./manypaths check consent-cases FILE`: decides every case of a file and says where the answer is another one.

The file is JSON: `cases`, each with actor, purpose, data_class, facts, and the answer that is expected. Every word must
be one we know: a word nobody knows would be decided by chance. It needs no database.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from manypaths.config.steps import fail, say
from manypaths.consent.rules import words
from manypaths.consent.rules.consents import Facts
from manypaths.consent.rules.disclosure import Decision, decide

OWN_CASES = Path(words.__file__).resolve().parents[1] / "data" / "disclosure-cases-2026-11.json"
ASKED = ("actor", "purpose", "data_class")
EXPECTED = ("expect", "redisclosure_notice", "accounting_2_25", "logged")
IF_SAID = ("ground", "minimum")  # a case may also expect these
PROSE = frozenset({"id", "given", "source", "basis", "confidence", "http", "facts", "law", "note"})
KNOWN: Mapping[str, frozenset[str]] = {
    "purpose": words.PURPOSES, "data_class": words.CLASSES, "record_origin": words.ORIGINS,
    "recipient_type": words.RECIPIENTS, "consent_type": words.CONSENT_TYPES, "consent_status": words.STATUSES,
    "consent_purposes": words.PURPOSES, "info_classes": words.CLASSES, "missing_elements": words.ELEMENTS,
    "expiry_kind": words.EXPIRIES, "signed_by": words.SIGNERS, "conflict": words.CONFLICTS,
    "source_channel": words.CHANNELS, "via": words.VIAS, "designated": words.DESIGNATIONS,
    "discloser_type": words.DISCLOSERS, "court_order": words.ORDERS, "circumstance": words.CIRCUMSTANCES,
    "state_rule": words.STATE_RULES, "restriction": words.RESTRICTIONS, "expect": frozenset({"allow", "deny"}),
}  # fmt: skip
OF_FACTS = get_type_hints(Facts)
LISTS = frozenset(name for name, kind in OF_FACTS.items() if "tuple" in str(kind))


class NotUnderstood(ValueError):
    """A case that says something nobody knows. `str()` names it."""


@dataclass(frozen=True)
class Case:
    """One case of a file: what is asked, and the answer that is expected."""

    name: str
    facts: Facts
    expected: tuple[object, ...]
    said: Mapping[str, object]


def check_file(path: Path) -> int:
    """Print a line for each case that is decided otherwise or not understood, then the totals; 1 if there is any."""
    try:
        rows = _rows(path)
    except OSError as fault:
        fail(f"{path}: {fault.strerror}")
        return 1
    except ValueError as fault:
        fail(f"{path} is not a file of cases: {fault}")
        return 1
    wrong = [line for row in rows for line in _line(row)]
    for line in [*wrong, *_not_looked_at(rows)]:
        say(line)
    say(f"{path.name}: {len(rows)} cases, {len(rows) - len(wrong)} right, {len(wrong)} wrong or not understood")
    return 1 if wrong or not rows else 0


def _not_looked_at(rows: list[Any]) -> Iterator[str]:
    """Words beside the facts that are told to people and decide nothing; one we do not know is named."""
    known = {*ASKED, *EXPECTED, *IF_SAID, *PROSE}
    strange = {name for row in rows if isinstance(row, dict) for name in row} - known
    if strange:
        yield f"not looked at: {', '.join(sorted(map(str, strange)))}"


def _rows(path: Path) -> list[Any]:
    data = json.loads(path.read_bytes())
    rows: object = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise NotUnderstood('the file has no list "cases"')
    names = [row.get("id") for row in rows if isinstance(row, dict)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise NotUnderstood(f"the same id twice: {', '.join(sorted(map(str, twice)))}")
    return rows


def _line(row: object) -> Iterator[str]:
    try:
        case = read(row)
    except NotUnderstood as fault:
        yield f"{row.get('id') if isinstance(row, dict) else row}: {fault}"
        return
    decided = decide(case.facts)
    for name, here, there in differences(case, decided):
        yield f"{case.name}: {name} is {_said(here)} ({decided.ground}), the file says {_said(there)}"
        return


def differences(case: Case, decided: Decision) -> list[tuple[str, object, object]]:
    """Where a decision is not what the case expects: of what, what was decided, what was expected."""
    got = dict(zip(EXPECTED, answer_of(decided), strict=True))
    got |= {"ground": decided.ground, "minimum": decided.fields == "minimum"}
    expected = {**dict(zip(EXPECTED, case.expected, strict=True)), **case.said}
    return [(name, got[name], there) for name, there in expected.items() if got[name] != there]


def answer_of(decided: Decision) -> tuple[object, ...]:
    """A decision in the words of a case file, in the order of `EXPECTED`."""
    return ("allow" if decided.allow else "deny", decided.notice, decided.accounting, decided.logged)


def read(row: object) -> Case:
    """One case, every word of it known.

    Refuses: NotUnderstood, which names the word.
    """
    if not isinstance(row, dict) or not isinstance(row.get("facts"), dict):
        raise NotUnderstood("a case is an object with facts")
    missing = [name for name in ("id", *ASKED, *EXPECTED) if name not in row]
    if missing:
        raise NotUnderstood(f"it does not say: {', '.join(missing)}")
    said = {**{name: row[name] for name in ASKED}, **row["facts"]}
    facts = Facts(**{name: _value(name, value) for name, value in said.items()})
    expected = tuple(_value(name, row[name]) for name in EXPECTED)
    return Case(str(row["id"]), facts, expected, {name: _value(name, row[name]) for name in IF_SAID if name in row})


def _value(name: str, value: object) -> Any:
    """A value as the rules take it: of its kind, and from its list of words where it has one."""
    if name not in OF_FACTS and name not in (*EXPECTED, *IF_SAID):
        raise NotUnderstood(f"unknown word: {name}")
    if not _is_of_its_kind(name, value):
        raise NotUnderstood(f"{name} cannot be {_said(value)}")
    for word in value if isinstance(value, list) else [value]:
        if name in KNOWN and word not in KNOWN[name]:
            raise NotUnderstood(f"unknown word: {name} {_said(word)}")
    return tuple(value) if isinstance(value, list) else value


def _is_of_its_kind(name: str, value: object) -> bool:
    if name in LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name == "cell_size":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    is_text = name in ("expect", "ground") or "str" in str(OF_FACTS.get(name, "bool"))
    return isinstance(value, str if is_text else bool)


def _said(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_own() -> list[Case]:
    """The cases that ship with the house."""
    return [read(row) for row in _rows(OWN_CASES)]
