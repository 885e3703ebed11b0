"""Builds the made-up community of the demonstration, once, in an empty database."""

import io
import os
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251  the top of the house may read the clock

from manypaths.config.database import connect_django_to
from manypaths.config.demo import build
from manypaths.config.steps import show

NIGHT = ("take_facts_out", "publish_figures")


class Command(BaseCommand):
    """Makes up, writes in one transaction, counts."""

    help = "Builds the made-up community of the demonstration, once. Refuses where another community lives."

    def add_arguments(self, parser: CommandParser) -> None:
        few = int(os.environ.get("MANYPATHS_DEMO_PEOPLE", build.PEOPLE))
        parser.add_argument("--people", type=int, default=few, help="how many made-up people")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demonstration: nothing made up is ever written here.")
        owner = os.environ.get("DATABASE_OWNER_URL", "")
        app = os.environ["DATABASE_URL"]
        if owner:
            connect_django_to(owner)
        try:
            self._build(options["people"])
        except build.NotEmpty:
            raise CommandError("Another community lives in this database. The demonstration needs its own.") from None
        finally:
            connect_django_to(app)
        self._count()

    def _build(self, people: int) -> None:
        if build.is_built():
            self.stdout.write("  The made-up community stands already.")
            return
        started = time.monotonic()
        story = build.compose(
            build.what_is_loaded(),
            now(),
            people=people,
            told=lambda done, total: show(f"Making up {done} of {total} people …"),
        )
        rows = build.write_story(story, lambda done, total: show(f"Writing {done:,} of {total:,} rows …"))
        build.refresh_statistics()
        show("")
        offers = sum(len(one.offers) for one in story.houses)
        self.stdout.write(
            f"  {len(story.houses)} organizations, {offers} services and meetings, "
            f"{len(story.crowd.people)} people, {len(story.crowd.requests)} requests: {rows:,} rows in "
            f"{time.monotonic() - started:.0f} s"
        )

    def _count(self) -> None:
        """The figures of the closed months, as the night makes them."""
        show("Counting the closed months …")
        for step in NIGHT:
            call_command("run_nights", step=step, stdout=io.StringIO())
        show("")
