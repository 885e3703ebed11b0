"""Builds the search index of the directory, or keeps it in step with the tables."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from manypaths.directory.models import Service
from manypaths.directory.search.writer import Writer


class Command(BaseCommand):
    """`--rebuild` builds it anew; `--follow` keeps running; neither brings it up to date once."""

    help = "Build the search index of the directory, or keep it in step with the tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="build the whole index anew")
        parser.add_argument("--follow", action="store_true", help="keep running and follow every change")

    def handle(self, *args: Any, **options: Any) -> None:
        writer = Writer()
        if options["rebuild"]:
            with tqdm(total=Service.objects.filter(status="active").count(), unit=" services", disable=None) as bar:
                count = writer.rebuild(bar.update)
            self.stdout.write(f"The index holds {count} services.")
        if options["follow"]:
            self._follow(writer)
        elif not options["rebuild"]:
            self.stdout.write(f"{writer.catch_up()} services brought up to date.")

    def _follow(self, writer: Writer) -> None:
        stopping: list[bool] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.append(True))
        writer.follow(lambda: bool(stopping))
