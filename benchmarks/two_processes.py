"""Two servers on one database, and a walk of 5,000 steps: nothing is served after the commit of a revocation.

`python -m benchmarks.two_processes [STEPS [SEED]]`. Then the same against a server that remembers what it once served:
that one must be caught, or the walk proves nothing.
"""

import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.machine import describe
from benchmarks.stage import Stage
from manypaths.config.access_matrix.place import SERVE, web_server

if TYPE_CHECKING:
    from benchmarks.walking import Walk

PEOPLE = 6
CONTROL = 400
REMEMBERS = """
import manypaths.config.wsgi
from manypaths.web.ui.transaction import OneTransaction
kept, real = {{}}, OneTransaction.__call__
def answer(self, request):
    key = request.COOKIES.get("sid"), request.path
    if request.method == "GET" and key in kept:
        return kept[key]
    response = real(self, request)
    if request.method == "GET" and request.path.startswith("/work/requests/") and response.status_code == 200:
        kept[key] = response
    return response
OneTransaction.__call__ = answer
"""


@contextlib.contextmanager
def walking(owner: str, seed: int, *, fault: str = "", **more: str) -> Iterator["Walk"]:
    """A world with two servers on its database; with a fault, the second one has it."""
    from benchmarks.walking import Walk
    from manypaths.config.access_matrix.stage import staged

    with contextlib.ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        sites = [stack.enter_context(web_server(log, bent + SERVE, **more)) for bent in ("", fault)]
        ground = stack.enter_context(staged(sites[0], owner))
        walk = Walk(ground, (sites[0], sites[1]), random.Random(seed))
        walk.begin(PEOPLE)
        yield walk


def measure(owner: str, steps: int, seed: int) -> int:
    """The walk, then the control on another world of the same database."""
    from benchmarks.walking import told

    begun = time.monotonic()
    with walking(owner, seed) as walk:
        walk.run(steps)
    print(f"{steps} steps, seed {seed}, {time.monotonic() - begun:.0f} s: {told(walk)}")
    for one in walk.found[:20]:
        print(f"  {one}")
    return 1 if walk.found else 0


def control(owner: str, seed: int) -> int:
    """The same walk against a server that remembers what it served once."""
    with walking(owner, seed, fault=REMEMBERS) as walk:
        walk.run(CONTROL)
    print(f"control, a server that remembers: {len(walk.found)} violations in {CONTROL} steps")
    return 0 if walk.found else 1


def main() -> int:
    """Walk, and say whether anything was served that should not have been; the control has a database of its own."""
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    steps, seed = (*numbers, *(5000, 3)[len(numbers) :])
    only_control = "--control" in sys.argv
    print("" if only_control else describe(), flush=True)
    with Stage("control" if only_control else "walk") as stage:
        stage.enter_django()
        code = control(stage.url("owner"), seed) if only_control else measure(stage.url("owner"), steps, seed)
    if only_control:
        return code
    again = [sys.executable, "-m", "benchmarks.two_processes", "--control"]
    return max(code, subprocess.run(again, check=False).returncode)


if __name__ == "__main__":
    sys.exit(main())
