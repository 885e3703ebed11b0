"""Imports SAMHSA's national directory of treatment facilities."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from manypaths.directory.commands.importing import TooManyMissing
from manypaths.exchange.samhsa.apply import Report, import_file
from manypaths.exchange.samhsa.read import UnreadableFileError


class Command(BaseCommand):
    """All of a file or nothing of it; importing the same file again changes nothing."""

    help = "Import SAMHSA's national directory of treatment facilities (CSV or XLSX)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, help="the lists of facilities, in the order of their years")
        parser.add_argument("--codes", type=Path, help="the code list (found beside the file when it is there)")
        parser.add_argument("--coordinates", type=Path, help="a geocoded list (found beside the file)")
        parser.add_argument("--year", type=int, help="the year of the list (read from the file's name)")
        parser.add_argument("--report", type=Path, help="where to write the problems, line by line")
        parser.add_argument("--allow-loss", action="store_true", help="the file really lacks so many listings")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            self._one(path, options)

    def _one(self, path: Path, options: dict[str, Any]) -> None:
        year = options["year"] or _year(path)
        try:
            with tqdm(desc=path.name, unit=" rows") as bar:
                report = import_file(
                    path,
                    year=year,
                    code_list=options["codes"] or _beside(path, "service_codes_su_*.csv"),
                    geocoded=options["coordinates"] or _beside(path, "locator_su_*_geocoded.csv"),
                    at=timezone.now(),  # noqa: TID251 the command line is a door
                    tell=bar.update,
                    allow_loss=options["allow_loss"],
                )
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        except TooManyMissing as error:
            raise CommandError(
                f"{error.missing} of {error.known} known facilities are not in this file. Nothing was changed. "
                "If the file is whole, run it again with --allow-loss."
            ) from error
        self._say(path, report, options["report"] or path.with_name(f"{path.stem}-problems.csv"))

    def _say(self, path: Path, report: Report, where: Path) -> None:
        done = report.merged
        self.stdout.write(
            f"{path.name}: {report.rows} rows. {done.added} added, {done.changed} changed, {done.unchanged} as before, "
            f"{done.missing} no longer in the list, {done.back} back. {report.left_out} rows left out."
        )
        if report.problems:
            try:
                report.write(where)
            except OSError:
                where = Path.cwd() / where.name
                report.write(where)
            self.stdout.write(f"{len(report.problems)} problems, line by line: {where.name}")


def _year(path: Path) -> int:
    found = re.search(r"(20\d\d)", path.stem)
    if found is None:
        raise CommandError(f"Say of which year {path.name} is: --year 2022")
    return int(found.group(1))


def _beside(path: Path, pattern: str) -> Path | None:
    return next(iter(sorted(path.parent.glob(pattern))), None)
