"""Tests are shared out by name: what is drawn by chance in a name makes two processes disagree about what there is."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BY_CHANCE = {"uuid1", "uuid4", "now", "today", "time", "random", "choice", "randint", "token_hex", "token_bytes"}


def called(node: ast.AST) -> set[str]:
    """The names of what is called anywhere inside."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


def texts(node: ast.AST) -> Iterator[ast.AST]:
    """What is made into a text, and so into a name; of anything else a name is only counted."""
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Call) and getattr(one.func, "id", "") == "str"):
            yield one


def drawn(source: str) -> Iterator[int]:
    """The lines of sets of arguments in which a text is drawn by chance and not named by `ids`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize":
            named = any(one.arg == "ids" for one in node.keywords)
            if not named and any(called(text) & BY_CHANCE for one in node.args for text in texts(one)):
                yield node.lineno


def test_no_name_of_a_test_is_drawn_by_chance():
    files = [*ROOT.glob("src/**/tests/*.py"), *ROOT.glob("tests/**/*.py")]
    assert len(files) > 100
    assert [f"{one.name}:{line}" for one in files for line in drawn(one.read_text(encoding="utf-8"))] == []


def test_such_a_name_is_noticed():
    assert list(drawn("@pytest.mark.parametrize('line', ['1', str(uuid4())])\ndef test_it(line): ...")) == [1]
    assert list(drawn("@pytest.mark.parametrize('line', ['1', '2'])\ndef test_it(line): ...")) == []
