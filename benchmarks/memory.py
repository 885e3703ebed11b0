"""Memory of the whole default installation at rest: web server, jobs, search, night, database. Bound: 400 MB.

PSS counts a page that several processes share once, divided among them; it is read from /proc of every process below
the one that runs `./manypaths demo`. Give the process number of a running installation, or none to start the demo.
"""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import describe

ROOT = Path(__file__).resolve().parents[1]
BOUND_MB = 400
SETTLE_SECONDS = 20
START_SECONDS = 300


def main() -> int:
    """Measure, print each process, and say whether the bound holds."""
    print(describe())
    if len(sys.argv) > 1:
        return tell(int(sys.argv[1]))
    with subprocess.Popen([ROOT / "manypaths", "demo"], stdout=subprocess.PIPE, text=True) as demo:
        try:
            wait_for_address(demo)
            time.sleep(SETTLE_SECONDS)
            return tell(demo.pid)
        finally:
            demo.terminate()
            demo.wait(60)


def wait_for_address(demo: "subprocess.Popen[str]") -> None:
    """Read what the demo prints until it says where it is."""
    until = time.monotonic() + START_SECONDS
    assert demo.stdout is not None
    for line in demo.stdout:
        if "http://" in line:
            return
        if time.monotonic() > until:
            break
    raise SystemExit("the demo did not say where it is")


def tell(root: int) -> int:
    """Print every process below this one with its share of memory."""
    found = sorted(((pss(one), command(one)) for one in family(root)), reverse=True)
    for megabytes, name in found:
        print(f"{megabytes:8.1f} MB  {name}")
    total = sum(megabytes for megabytes, _name in found)
    print(f"{total:8.1f} MB in {len(found)} processes, bound {BOUND_MB} MB")
    return 0 if total < BOUND_MB else 1


def family(root: int) -> list[int]:
    """This process and everything it started, by the parent each names."""
    parents = {int(path.name): parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = [root]
    for one in found:
        found += [child for child, above in parents.items() if above == one]
    return found


def parent(path: Path) -> int:
    """The number of the process that started this one."""
    try:
        return int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def pss(pid: int) -> float:
    """Proportional set size in MB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def command(pid: int) -> str:
    """What the process is."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:90]
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
