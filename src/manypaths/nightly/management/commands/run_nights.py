"""Runs each community's night in its own time zone: for ever, once, or one step of it."""

import subprocess
import sys
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251  a door may read the clock
from tqdm import tqdm

from manypaths.nightly.due import due_nights

ROUND = 900


class Command(BaseCommand):
    """The night clock."""

    help = "Does what each community's night has to do. Runs until it is stopped, or once with --once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")
        parser.add_argument("--step", help="do one step now, whether it is due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"]:
            self.one_step(options["step"], now())
        elif options["once"]:
            self.once(now())
        else:
            self.for_ever()

    def for_ever(self) -> None:
        """Every quarter of an hour, look in a program of its own: it leaves nothing behind."""
        while True:
            subprocess.run([sys.executable, "-m", "django", "run_nights", "--once"], check=False)
            time.sleep(ROUND)

    def once(self, at: datetime) -> None:
        """Every night that is due, step by step, with a bar; what failed is said and tried again next time."""
        from manypaths.network import queries as network
        from manypaths.nightly.schedule import STEPS, Night, run_night

        places = {place.id: place for place in network.communities()}
        for community_id, date in due_nights(at):
            place = places[community_id]
            bar = tqdm(total=len(STEPS), desc=f"{place.name}, night of {date}", disable=None, leave=False)
            for ended in run_night(Night(place, date, at)):
                bar.update()
                if ended.fault:
                    self.stderr.write(f"{place.name}: {ended.step} did not end ({ended.fault}). It is tried again.")
            bar.close()

    def one_step(self, name: str, at: datetime) -> None:
        """One step for every community, now. It is not written in the diary."""
        from manypaths.lib.dates import local_date
        from manypaths.network import queries as network
        from manypaths.nightly.schedule import STEPS, Night

        step = next((one for one in STEPS if one.name == name), None)
        if step is None:
            raise CommandError(f"There is no step {name}. There are: {', '.join(one.name for one in STEPS)}.")
        for place in network.communities()[: 1 if step.for_all else None]:
            said = step.run(Night(place, local_date(at, place.zone), at))
            self.stdout.write(f"{name}: {said}")
