"""Texts and their translations. Needs no system gettext: Babel reads and writes, Django names the template tags.

python tools/messages.py extract [folder ...]   write new texts of each app into its locale/es/LC_MESSAGES/django.po
python tools/messages.py check [folder ...]     say what is missing, empty, fuzzy, unused, or has other placeholders
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "manypaths"
LANGUAGE = "es"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "lazy", "translate"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|%[sd]|\{\w*\}")
SKIPPED = {"tests", "migrations", "locale", "__pycache__", "management"}
sys.path.insert(0, str(ROOT / "src"))

from babel.messages.catalog import Catalog, Message  # noqa: E402
from babel.messages.extract import extract_python  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402


def folders() -> list[Path]:
    """Every app of the house: the folders that may hold texts and a locale folder of their own."""
    without = {"web", "config"}  # config names only languages, which Django's own catalogue knows
    rooms = [p for p in PACKAGE.iterdir() if (p / "__init__.py").exists() and p.name not in without]
    doors = [p for p in (PACKAGE / "web").iterdir() if (p / "__init__.py").exists()]
    return sorted(rooms) + sorted(doors)


def sources(folder: Path) -> Iterator[Path]:
    """The Python files and templates of one app."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.suffix in {".py", ".html", ".txt"} and not SKIPPED.intersection(inside):
            yield path


def _template_as_python(text: str, name: str) -> str:
    """Django's own reading of a template, line by line without indents, so that Python's tokens can be read from it."""
    from django.conf import settings
    from django.utils.translation import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    return "\n".join(line.lstrip() for line in templatize(text, origin=name).split("\n"))


def texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The texts of one file, each with its context where it has one."""
    code = path.read_text()
    if path.suffix != ".py":
        code = _template_as_python(code, path.name)
    for _line, function, found, _comments in extract_python(
        io.BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"}
    ):
        yield from _read_call(function, found)


def _read_call(function: str, found: object) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    parts = list(found) if isinstance(found, list | tuple) else [found]
    context = parts.pop(0) if function.startswith(("p", "np")) else None
    wanted = 2 if function.startswith("n") else 1
    words = [part for part in parts[:wanted] if isinstance(part, str) and part]
    if len(words) == wanted:
        yield (tuple(words) if wanted == 2 else words[0]), context


def po_path(folder: Path, language: str = LANGUAGE) -> Path:
    """Where an app keeps its translations."""
    return folder / "locale" / language / "LC_MESSAGES" / "django.po"


def fresh(folder: Path) -> Catalog:
    """The texts an app has now."""
    catalogue = Catalog(locale=LANGUAGE, charset="utf-8")
    for path in sources(folder):
        for words, context in texts(path):
            catalogue.add(words, context=context, locations=[(str(path.relative_to(folder)), 0)])
    return catalogue


def kept(folder: Path, language: str = LANGUAGE) -> Catalog:
    """The translations an app keeps; none yet is an empty catalogue."""
    path = po_path(folder, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=language)


def memory() -> dict[object, object]:
    """Every translation of the house, so that a text that was translated once is not translated again."""
    known: dict[object, object] = {}
    for folder in folders():
        known |= {(m.id, m.context): m.string for m in kept(folder) if m.id and _is_done(m)}
    return known


def _is_done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


def extract(folder: Path, known: dict[object, object]) -> int:
    """Bring an app's file up to date: new texts in, unused out, translations kept. Returns how many lack one."""
    now, before = fresh(folder), {(m.id, m.context): m for m in kept(folder) if m.id}
    if not [m for m in now if m.id]:
        return 0
    for message in now:
        if not message.id:
            continue
        key = (message.id, message.context)
        message.string = before[key].string if key in before else known.get(key, message.string)
        if key in before:
            message.flags |= before[key].flags & {"fuzzy"}
    _write(folder, now)
    return sum(1 for m in now if m.id and not _is_done(m))


def _write(folder: Path, catalogue: Catalog) -> None:
    head = b'msgid ""\nmsgstr ""\n"Language: es\\n"\n"MIME-Version: 1.0\\n"\n'
    head += b'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    body = io.BytesIO()
    write_po(body, catalogue, omit_header=True, include_lineno=False, sort_by_file=True, width=110)
    path = po_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + body.getvalue().strip() + b"\n")


def _placeholders(words: object) -> list[list[str]]:
    forms = words if isinstance(words, tuple | list) else (words,)
    return [sorted(PLACEHOLDER.findall(str(form))) for form in forms]


def _differs(message: Message) -> bool:
    """Whether a translation has other placeholders than its text. A singular may leave its number out."""
    wanted = {str(p) for p in _placeholders(message.id)}
    return any(str(found) not in wanted for found in _placeholders(message.string))


def problems(folder: Path) -> list[str]:
    """What is wrong with the translations of one app, one sentence each."""
    now = {(m.id, m.context): m for m in fresh(folder) if m.id}
    have = {(m.id, m.context): m for m in kept(folder) if m.id}
    name = str(folder.relative_to(PACKAGE))
    found = [f"{name}: no Spanish for {key[0]!r}" for key in now.keys() - have.keys()]
    found += [f"{name}: not used any more: {key[0]!r}" for key in have.keys() - now.keys()]
    for key in now.keys() & have.keys():
        message = have[key]
        if not _is_done(message):
            found.append(f"{name}: {'fuzzy' if message.fuzzy else 'empty'} Spanish for {key[0]!r}")
        elif _differs(message):
            found.append(f"{name}: other placeholders in the Spanish of {key[0]!r}")
    return sorted(found)


def main(words: list[str]) -> int:
    """The command line."""
    if not words or words[0] not in {"extract", "check"}:
        print(__doc__)
        return 2
    chosen = [Path(w).resolve() for w in words[1:]] or folders()
    if words[0] == "extract":
        known = memory()
        for folder in chosen:
            if lacking := extract(folder, known):
                print(f"{folder.relative_to(PACKAGE)}: {lacking} without Spanish")
        return 0
    found = [problem for folder in chosen for problem in problems(folder)]
    print("\n".join(found) or "every text has its Spanish")
    return 1 if found else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
