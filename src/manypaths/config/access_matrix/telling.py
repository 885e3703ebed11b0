"""Checks a file of cells on a made-up world, and says line by line which come out otherwise."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from manypaths.config.access_matrix.reading import Cell, NotUnderstood, read, read_rows
from manypaths.config.access_matrix.verdict import NOT_BUILT, RIGHT, WRONG, Verdict
from manypaths.config.steps import fail, say, show

Drive = Callable[[Cell], Verdict]


@dataclass
class File:
    """A file of cells: those that were understood, and a line for each that was not."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    strange: dict[str, str] = field(default_factory=dict)


def read_file(path: Path) -> File | None:
    """Read a file; what is no file of cells is said in one sentence."""
    try:
        rows = read_rows(path)
    except OSError as fault:
        fail(f"{path}: {fault.strerror}")
        return None
    except ValueError as fault:
        fail(f"{path} is not a file of cells: {fault}")
        return None
    found = File(path.name)
    for row in rows:
        try:
            found.cells.append(read(row))
        except NotUnderstood as fault:
            found.strange[str(row.get("id") if isinstance(row, dict) else json.dumps(row))] = str(fault)
    return found


@dataclass
class Outcome:
    """What came of a file."""

    file: File
    verdicts: dict[str, Verdict]
    required: Collection[str] = ()

    def of(self, kind: str) -> list[str]:
        """The ids of the cells that came out so."""
        return [name for name, verdict in self.verdicts.items() if verdict.kind == kind]

    @property
    def missed(self) -> list[str]:
        """Cells that are not built and were required."""
        named = {cell.name for cell in self.file.cells if {cell.data_class, cell.surface} & set(self.required)}
        return [name for name in self.of(NOT_BUILT) if name in named]

    @property
    def code(self) -> int:
        """1 where any cell is wrong, was not understood, or is missing and required."""
        return 1 if self.of(WRONG) or self.file.strange or self.missed else 0


def check_cells(file: File, drive: Drive, required: Collection[str] = ()) -> Outcome:
    """Drive every cell of a file, in its order."""
    verdicts = {}
    for number, cell in enumerate(file.cells, 1):
        show(f"{file.name}: {number} of {len(file.cells)} ({cell.name})")
        verdicts[cell.name] = drive(cell)
    show("")
    return Outcome(file, verdicts, required)


def tell(outcome: Outcome) -> int:
    """One line for each wrong row and each that is not built, then the totals. Gives the exit code."""
    for line in (*_lines(outcome), *_totals(outcome)):
        say(line)
    return outcome.code


def _lines(outcome: Outcome) -> Iterator[str]:
    yield from (f"{name}: {why}" for name, why in outcome.file.strange.items())
    yield from (f"{name}: {outcome.verdicts[name].why}" for name in outcome.of(WRONG))
    missed = set(outcome.missed)
    for name in outcome.of(NOT_BUILT):
        said = f"not built: {name} needs {outcome.verdicts[name].why}"
        yield f"{said}, and it was required" if name in missed else said


def _totals(outcome: Outcome) -> Iterable[str]:
    cells, missed = len(outcome.file.cells) + len(outcome.file.strange), len(outcome.missed)
    wrong = len(outcome.of(WRONG)) + len(outcome.file.strange) + missed
    right, absent = outcome.of(RIGHT), len(outcome.of(NOT_BUILT)) - missed
    said = f"{outcome.file.name}: {cells} cells, {len(right)} right, {wrong} wrong or not understood"
    yield f"{said}, {absent} not built"
    pages = sum(outcome.verdicts[name].pages_only for name in right)
    if pages:
        yield f"of those that are right, {pages} have a page and no API"
