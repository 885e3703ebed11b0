"""Runs schemathesis, sqlmap and wapiti, each in an environment of its own, and reads what they say.

A scanner that did not come to its end counts as a finding: nothing is claimed of what did not run.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.stage import ROOT
from manypaths.config.home import home

TOOLS = ("schemathesis", "sqlmap", "wapiti")
PLACE = home() / "scan-tools"  # each scanner's environment; asked for before a stage has a home of its own
Users = Mapping[str, Mapping[str, str]]
CHECKS = "not_a_server_error,object_level_authorization,ignored_auth,response_schema_conformance"
MODULES = "xss,permanentxss,sql,exec,file,redirect,crlf"  # the others ask servers of others, or guess names of files
LEFT_ALONE = ("leave", "sign-out", "open-again", "devices/*", "enter/again")  # they end the session
SECONDS_EACH = 30  # for the crawl, and for each kind of attack
INJECTED, CLEAN = "identified the following injection point", "do not appear to be injectable"
FAULTS = re.compile(r"^5\d\d \(", re.MULTILINE)


@dataclass
class Scanned:
    """What one scanner said: where, how much it tried, and what it found."""

    tool: str
    where: str
    tried: int
    found: list[str]
    seconds: float


def install() -> int:
    """Make an environment for each scanner, from its lock with hashes."""
    for name in TOOLS:
        place = PLACE / name
        lock = ROOT / "benchmarks" / "scan" / f"{name}.txt"
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        subprocess.run([place / "bin" / "pip", "install", "-q", "--require-hashes", "-r", lock], check=True)
    return 0


def program(name: str, entry: str) -> str:
    """The program of a scanner.

    Refuses: SystemExit where it is not installed.
    """
    path = PLACE / name / "bin" / entry
    if not path.exists():
        raise SystemExit(f"{name} is not installed: python -m benchmarks.scan install")
    return str(path)


def ran(command: list[str], folder: Path, log: str) -> str:
    """Run a scanner in a folder, with no settings of whoever runs it. Gives what it printed."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with (folder / log).open("wb") as out:
        subprocess.run(
            command, cwd=folder, env=bare, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False
        )
    return (folder / log).read_text(encoding="utf-8", errors="replace")


def schemathesis(site: str, description: dict[str, Any], users: Users, cases: int, folder: Path) -> Scanned:
    """So many cases as the first user; what they are shown, the others ask for too, and may not be given."""
    begun, operations = time.monotonic(), sum(len(ways) for ways in description["paths"].values())
    folder.mkdir(exist_ok=True)
    (folder / "api.json").write_text(json.dumps(description))
    auth = [
        {"name": name, "fixedHeaders": [{"name": one, "value": value} for one, value in headers.items()]}
        for name, headers in users.items()
    ]
    (folder / "users.json").write_text(json.dumps({"auth": auth}))
    (folder / "schemathesis.toml").write_text(f'[auth.wfc]\npath = "users.json"\npeers = {json.dumps(list(users))}\n')
    command = [
        program("schemathesis", "st"), "run", "api.json", "--url", site, "--checks", CHECKS, "--continue-on-failure",
        "--max-examples", str(max(1, cases // operations)), "--seed", "11", "--suppress-health-check", "all",
        "--report", "json", "--report-json-path", "said.json", "--no-color",
    ]  # fmt: skip
    ran(command, folder, "schemathesis.log")
    said = json.loads((folder / "said.json").read_text()) if (folder / "said.json").exists() else {}
    found = [f"{one['title']}: {', '.join(one['operations'])}" for one in said.get("failures", [])]
    found += [f"error: {one}" for one in said.get("errors", [])]
    found += [] if said.get("complete") else ["it did not come to its end"]
    found += [] if _shown(said) else ["no address with an id in it ever showed a thing: nothing was there to be leaked"]
    tried = said.get("test_cases", {}).get("generated", 0)
    return Scanned("schemathesis", f"as {' and '.join(users)}", tried, found, time.monotonic() - begun)


def _shown(said: dict[str, Any]) -> list[str]:
    """The addresses with an id in them that showed something."""
    rates = said.get("valid_rates", {}).items()
    shown = [name for name, phases in rates if "{" in name and any(one["accepted"] for one in phases.values())]
    print(f"  something was shown at {len(shown)} addresses with an id in them", flush=True)
    return shown


def sqlmap(site: str, path: str, folder: Path, *, form: str = "", cookie: str = "") -> Scanned:
    """Every parameter of an address, of a form, or the place marked with a star, as a part of a statement."""
    begun = time.monotonic()
    folder.mkdir(exist_ok=True)
    (folder / "traffic").unlink(missing_ok=True)
    command = [
        program("sqlmap", "sqlmap"), "-u", site + path, "--batch", "--disable-coloring", "--flush-session",
        "--level", "2", "--technique", "BEUS", "--dbms", "PostgreSQL", "--ignore-code", "401,403,404,422",
        "--skip", "csrfmiddlewaretoken,once", "--output-dir", "out", "-t", "traffic",
        *(["--data", form] if form else []), *(["--cookie", cookie] if cookie else []),
    ]  # fmt: skip
    words = ran(command, folder, "sqlmap.log")
    found = ["an injection"] if INJECTED in words else []
    found += ["answers of 500 or more"] if FAULTS.search(words) else []
    found += [] if INJECTED in words or CLEAN in words else [f"it did not come to its end: {words[-300:]}"]
    traffic = folder / "traffic"
    tried = traffic.read_bytes().count(b"HTTP request [#") if traffic.exists() else 0
    return Scanned("sqlmap", path, tried, found, time.monotonic() - begun)


def wapiti(site: str, ways_in: tuple[str, ...], cookie: str, folder: Path) -> Scanned:
    """Crawl from some pages and try every field of what is found."""
    begun = time.monotonic()
    folder.mkdir(exist_ok=True)
    bounds = {"-d": 4, "--max-links-per-page": 25, "--max-files-per-dir": 8, "--max-scan-time": SECONDS_EACH,
              "--max-attack-time": SECONDS_EACH, "-v": 2}  # fmt: skip
    command = [
        program("wapiti", "wapiti"), "-u", f"{site}/", "-m", MODULES, "-f", "json", "-o", "said.json",
        "--flush-session", "--no-bugreport", "--store-session", "session", "--store-config", "config",
        *(str(word) for bound in bounds.items() for word in bound),
        *(word for way in ways_in for word in ("-s", site + way)),
        *(word for one in LEFT_ALONE for word in ("-x", f"{site}/{one}")), *(["-C", cookie] if cookie else []),
    ]  # fmt: skip
    words = ran(command, folder, "wapiti.log")
    said = json.loads((folder / "said.json").read_text()) if (folder / "said.json").exists() else {}
    kinds = {**said.get("vulnerabilities", {}), **said.get("anomalies", {})}
    found = [f"{kind}: {one['method']} {urlsplit(one['path']).path} {one['parameter']}" for kind, all_ in kinds.items()
             for one in all_]  # fmt: skip
    found += [] if said.get("infos", {}).get("crawled_pages_nbr") else ["it crawled nothing"]
    tried = sum(line.startswith(("[+] ", "[\u00a8] ")) for line in words.splitlines())
    return Scanned("wapiti", ", ".join(ways_in), tried, found, time.monotonic() - begun)
