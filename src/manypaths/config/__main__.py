"""`python -m manypaths.config`: see cli.py."""

from manypaths.config.cli import run

run()
