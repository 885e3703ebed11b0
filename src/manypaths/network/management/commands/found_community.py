"""`found_community`: makes a real community from six answers and prints the link for its first coordinator."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from manypaths.lib.refusals import Refused
from manypaths.network.commands import Answers, found_community
from manypaths.network.rules import SYSTEM


class Command(BaseCommand):
    help = "Found a community: who and where it is, and who coordinates it first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", required=True, help='a ZIP code, or a town and its state: "Brattleboro, VT"')
        parser.add_argument("--name", required=True, help="what the community calls itself")
        parser.add_argument("--languages", default="en,es", help="languages of its pages, for example en,es")
        parser.add_argument("--coordinator-name", required=True, help="the first coordinator, as others should see it")
        parser.add_argument("--coordinator-email", required=True, help="their e-mail address; they sign in with it")
        parser.add_argument("--privacy-contact", required=True, help="who answers questions about privacy, and how")
        parser.add_argument("--operator", required=True, help="who runs this machine")
        parser.add_argument("--address", default="", help="where this site is, for the link: https://example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = Answers(
            place=options["place"],
            name=options["name"],
            languages=[code.strip() for code in options["languages"].split(",") if code.strip()],
            coordinator_name=options["coordinator_name"],
            coordinator_email=options["coordinator_email"],
            privacy_contact=options["privacy_contact"],
            operator=options["operator"],
        )
        try:
            founded = found_community(answers=answers, by=SYSTEM, at=datetime.now(UTC))
        except Refused as refusal:
            raise CommandError("\n".join(str(reason.message) for reason in refusal.reasons)) from None
        community = founded.community
        self.stdout.write(f"{community.name}: {community.place}, {community.zone}.")
        self.stdout.write("This link works once, for 7 days. Give it to the first coordinator:")
        self.stdout.write(f"{options['address'].rstrip('/')}/invited/{founded.code}")
