"""Tells the sign-ins of the demonstration on the terminal, with what to look at."""

from typing import Any

from django.core.management.base import BaseCommand

from manypaths.accounts import queries as accounts
from manypaths.config.demo import signs
from manypaths.web.entry.roles import NAMES


class Command(BaseCommand):
    """One line a role."""

    help = "Shows who can sign in to the demonstration, and what to look at."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = accounts.demo_sign_ins()
        if not lines:
            return
        self.stdout.write("  Everyone here is made up. Sign in as (name, then passphrase):\n\n")
        for line in lines:
            self.stdout.write(f"  {line.name}, {NAMES.get(line.role, line.role)}: {signs.look_at(line.name)}")
            self.stdout.write(f"      {line.sign_in_name:<32} {line.passphrase}")
        self.stdout.write("\n  Workers then type the code that the next page shows.\n\n")
