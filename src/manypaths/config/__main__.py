"""`python -m manypaths.config`: see cli.py."""

import sys

try:
    from manypaths.config.cli import run

    run()
except KeyboardInterrupt:
    sys.exit(130)
