"""Says on what a figure was measured. Every benchmark prints this first."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

SHOWN = ("Django", "psycopg", "gunicorn", "tantivy", "duckdb", "ibis-framework", "cryptography")


def describe() -> str:
    """Processor, cores, memory, load, and the versions that matter."""
    packages = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    return (
        f"machine: {_processor()}, {os.cpu_count()} cores, {_memory_gib()} GiB, load {os.getloadavg()[0]:.1f}\n"
        f"versions: Python {platform.python_version()}, {packages}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share (0 to 1) of the values lies: nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def has(program: str) -> bool:
    """True when a program is on the path."""
    return subprocess.run(["sh", "-c", f"command -v {program}"], capture_output=True, check=False).returncode == 0
