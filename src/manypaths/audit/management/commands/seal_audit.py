"""Seals the log of looks and acts: once, or every second for as long as the program runs."""

import signal
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251  the command line may read the clock

from manypaths.audit.sealing.connection import NotSetUp, connect
from manypaths.audit.sealing.stopping import lift
from manypaths.audit.sealing.writer import Sealer


class Command(BaseCommand):
    """`--follow` keeps running; without it everything that waits is sealed once."""

    help = "Seal the log of looks and acts in its chain, once or every second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="keep running and seal every second")
        parser.add_argument("--go-on", metavar="WHY", help="lift the stop after a lost head; say why")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["go_on"] is not None:
            self._go_on(options["go_on"].strip())
            return
        sealer = Sealer(
            anchor=Path(settings.AUDIT_ANCHOR_FILE),
            key_file=Path(settings.AUDIT_KEY_FILE),
            outside=Path(settings.KEPT_AWAY_FILE),
        )
        stopping: list[bool] = [] if options["follow"] else [True]
        try:
            if options["follow"]:
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, lambda *_: stopping.append(True))
            else:
                newest = sealer.round(now())
                self.stdout.write(f"Sealed up to block {newest.number}: {newest.accesses} looks, {newest.acts} acts.")
            sealer.follow(stop=lambda: bool(stopping), clock=now)
        except NotSetUp as fault:
            raise CommandError(str(fault)) from fault

    def _go_on(self, why: str) -> None:
        """Lift the stop. Whoever does it has read what `check audit` says, and answers for it with their words."""
        if not why:
            raise CommandError('Say why in a few words: seal_audit --go-on "put back from the copy of Sunday"')
        try:
            with closing(connect()) as raw:
                lifted = lift(raw, why, now())
        except NotSetUp as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write("People can look again." if lifted else "There was no stop.")
