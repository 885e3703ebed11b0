"""Compile every translation with Babel, so that no system gettext is needed."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def catalogues(root: Path = PACKAGE) -> list[Path]:
    """Every .po file of the house."""
    return sorted(root.glob("**/locale/*/LC_MESSAGES/django.po"))


def is_stale(po: Path) -> bool:
    """Whether the compiled file is missing or older than its source."""
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_one(po: Path) -> None:
    """Write the .mo beside its .po in one move, so that two starts at once do not meet. Fuzzy entries stay out."""
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    draft = po.with_suffix(f".{os.getpid()}.new")
    with draft.open("wb") as target:
        write_mo(target, catalogue)
    draft.replace(po.with_suffix(".mo"))


def compile_all(root: Path = PACKAGE, *, force: bool = False) -> int:
    """Compile what is stale; return how many files were written."""
    stale = [po for po in catalogues(root) if force or is_stale(po)]
    for po in stale:
        compile_one(po)
    return len(stale)
