"""Vendor front-end files from npm packages. Standard library and the npm client only; run by a maintainer.

python tools/vendor.py            fetch the pinned versions, copy the named files, write vendor.lock.json
python tools/vendor.py --check    offline: hold every committed file against vendor.lock.json
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONF = ROOT / "vendor.toml"
LOCK = ROOT / "vendor.lock.json"
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
)


def sha256(path: Path) -> str:
    """The fingerprint that the lock names."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sprite(names: list[str], folder: str, read: Callable[[str], bytes]) -> str:
    """One SVG file of symbols, so that a page asks once for all its icons."""
    symbols = []
    for name in sorted(names):
        inner = re.search(r"<svg[^>]*>(.*)</svg>", read(f"{folder}/{name}.svg").decode(), re.S)
        if inner is None:
            raise SystemExit(f"{folder}/{name}.svg is not an SVG file.")
        symbols.append(SYMBOL.format(name=name, inner=re.sub(r"\n\s*", "", inner.group(1)).strip()))
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def _ring(topology: dict[str, Any], arcs: list[int]) -> list[int]:
    """One outline as whole numbers: the first place, then the step to each next one."""
    places: list[tuple[int, int]] = []
    for index in arcs:
        x = y = 0
        arc = []
        for dx, dy in topology["arcs"][index if index >= 0 else ~index]:
            x, y = x + dx, y + dy
            arc.append((x, y))
        places += (arc if index >= 0 else arc[::-1])[1 if places else 0 :]
    before = [(0, 0), *places]
    return [step for (x, y), (bx, by) in zip(places, before, strict=False) for step in (x - bx, y - by)]


def shapes(topology: dict[str, Any]) -> str:
    """Outlines one a line, so that a map reads only the lines it needs and never holds the whole country."""
    lines = [json.dumps(topology["transform"])]
    for kind in ("states", "counties"):
        for geometry in topology["objects"][kind]["geometries"]:
            parts = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
            rings = [_ring(topology, arcs) for part in parts for arcs in part]
            row = [kind, str(geometry["id"]), geometry["properties"]["name"], rings]
            lines.append(json.dumps(row, separators=(",", ":"), ensure_ascii=False))
    return "\n".join(lines) + "\n"


def pack(name: str, version: str, folder: str) -> tuple[Path, str]:
    """Let npm fetch one package into the folder; return the file and npm's integrity string."""
    command = ["npm", "pack", f"{name}@{version}", "--json", "--silent"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603 our own pins
    answer = json.loads(done.stdout)
    info = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    return Path(folder, info["filename"].replace("@", "").replace("/", "-")), info["integrity"]


def unpack(archive: Path, package: dict[str, Any]) -> list[Path]:
    """Copy the named files of one package to where they are served or used; return what was written."""
    written = []
    with tarfile.open(archive) as tar:

        def read(member: str) -> bytes:
            handle = tar.extractfile("package/" + member)
            if handle is None:
                raise SystemExit(f"{archive.name} holds no file {member}.")
            return handle.read()

        contents = {to: read(member) for member, to in package["files"].items()}
        if drawn := package.get("sprite"):
            contents[drawn["to"]] = sprite(drawn["names"], drawn["from"], read).encode()
        if outlined := package.get("shapes"):
            contents[outlined["to"]] = shapes(json.loads(read(outlined["from"]))).encode()
    for to, body in contents.items():
        path = ROOT / to
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        written.append(path)
    return written


def fetch() -> int:
    """Fetch every package of vendor.toml and write the lock."""
    lock: dict[str, dict[str, Any]] = {"packages": {}, "files": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, package in tomllib.loads(CONF.read_text())["packages"].items():
            archive, integrity = pack(name, package["version"], folder)
            about = {"version": package["version"], "licence": package["licence"], "integrity": integrity}
            lock["packages"][name] = about
            lock["files"] |= {str(p.relative_to(ROOT)): sha256(p) for p in unpack(archive, package)}
    LOCK.write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n")
    print(f"{len(lock['files'])} files vendored")
    return 0


def problems() -> list[str]:
    """Files that are missing or differ from the lock, and packages whose version is not the locked one."""
    lock = json.loads(LOCK.read_text())
    wanted = {name: package["version"] for name, package in tomllib.loads(CONF.read_text())["packages"].items()}
    locked = {name: package["version"] for name, package in lock["packages"].items()}
    found = [
        f"{name} {version}: not in both vendor.toml and the lock" for name, version in wanted.items() ^ locked.items()
    ]
    for name, digest in lock["files"].items():
        path = ROOT / name
        if not path.exists():
            found.append(f"{name}: missing")
        elif sha256(path) != digest:
            found.append(f"{name}: changed by hand")
    return found


def check() -> int:
    """Offline check of the committed files."""
    found = problems()
    print("\n".join(found) or "vendored files are as locked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else fetch())
