"""`./manypaths import samhsa FILE`: read a directory into the listings, with progress and a row report."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from manypaths.directory.commands.importing import TooManyMissing
from manypaths.exchange.samhsa.apply import Files, Result, import_file, write_report
from manypaths.exchange.samhsa.check import Problem
from manypaths.exchange.samhsa.read import CannotRead

STEPS = 3


class Command(BaseCommand):
    """Bring the directory in step with a file. Run again with the same file, it changes nothing."""

    help = "Read a directory of services into the listings. samhsa: the National Directory as CSV or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=["samhsa"], help="what the files are")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--codes", type=Path, help="the table of service codes, when not beside the file")
        parser.add_argument("--coordinates", type=Path, help="a list with coordinates, when it does not lie beside it")
        parser.add_argument("--year", type=int, help="the year of the file, when its name does not say it")
        parser.add_argument("--report", type=Path, help="where to write the row report (beside you, unless said)")
        parser.add_argument("--fewer-is-right", action="store_true", help="the file is right to have far fewer rows")

    def handle(self, *_: Any, **options: Any) -> None:
        for file in options["files"]:
            self._one(file, options)

    def _one(self, file: Path, options: dict[str, Any]) -> None:
        files = Files(file, options["codes"], options["coordinates"], options["year"])
        with tqdm(
            total=STEPS, bar_format="{desc:<24} {bar} {n_fmt} of {total_fmt}", file=self.stderr._out, disable=None
        ) as bar:

            def tell(words: str) -> None:
                bar.set_description_str(words)
                bar.update(0 if words == "Reading" else 1)

            try:
                result = import_file(files, at=_now(), allow_loss=options["fewer_is_right"], tell=tell)
            except CannotRead as reason:
                raise CommandError(str(reason)) from None
            except TooManyMissing as loss:
                raise CommandError(_too_many_missing(file, loss)) from None
            bar.update(1)
        self._say(file, result, options["report"] or Path(f"{file.stem}-report.csv"))

    def _say(self, file: Path, result: Result, report: Path) -> None:
        done = result.merged
        self.stdout.write(f"{file.name}: {result.rows:,} rows of the year {result.year}.")
        self.stdout.write(
            f"  {done.added:,} new, {done.changed:,} changed, {done.back:,} back, {done.unchanged:,} the same,"
            f" {done.missing:,} not seen in this file (marked, still listed)."
        )
        problems = result.checked.problems
        for (field, why), count in Counter((one.field, one.why) for one in problems).most_common():
            self.stdout.write(f"  {'once' if count == 1 else f'{count:,} times'}: {field} {why}")
        if problems:
            self.stdout.write(f"  Each of them, with its line: {_write(problems, report)}")


def _write(problems: Sequence[Problem], wanted: Path) -> Path:
    """Write the row report where it was wanted, or among our own files where we may not write there."""
    try:
        write_report(problems, wanted)
    except OSError:
        wanted = Path(settings.VAR) / wanted.name
        write_report(problems, wanted)
    return wanted


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 the command line is a door


def _too_many_missing(file: Path, loss: TooManyMissing) -> str:
    return (
        f"{loss.missing:,} of the {loss.known:,} listings that came from this source are not in {file.name}. That looks"
        " like a part of a file, so nothing was changed. If it is right, run it again with --fewer-is-right."
    )
