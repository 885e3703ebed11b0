"""Turns one rule of a module at a time: a condition denied, a word or a step left out, an order turned round.

Each mutant is a whole tree of the module's code with one difference, ready to be run instead of the module.
"""

import ast
import copy
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

OTHER = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
Change = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """One difference: where it is, and the code with it."""

    module: str
    where: str
    tree: ast.Module


def mutants_of(name: str, only: frozenset[str] = frozenset()) -> list[Mutant]:
    """Every mutant of a module, or of those of its assignments that are named."""
    tree = unchanged(name).tree
    wanted = {id(node) for one in tree.body if not only or _names(one) & only for node in ast.walk(one)}
    found = []
    for number, node in enumerate(ast.walk(tree)):
        for what, change in _changes(node) if id(node) in wanted else ():
            other = copy.deepcopy(tree)
            target = next(one for at, one in enumerate(ast.walk(other)) if at == number)
            change(target)
            line = getattr(node, "lineno", 0)
            found.append(Mutant(name, f"{name}:{line} {what}", ast.fix_missing_locations(other)))
    return found


def unchanged(name: str) -> Mutant:
    """The module as it is, to show that it runs the same way."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin
    with open(spec.origin, encoding="utf-8") as source:
        return Mutant(name, "unchanged", ast.parse(source.read()))


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    yield from _of_conditions(node)
    yield from _of_lists(node)


def _of_conditions(node: ast.AST) -> Iterator[tuple[str, Change]]:
    said = ast.unparse(node) if isinstance(node, ast.expr) else ""
    if isinstance(node, ast.If | ast.IfExp):
        yield f"not ({ast.unparse(node.test)})", _deny_test
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OTHER:
        yield f"other than {said}", _turn_comparison
    if isinstance(node, ast.BoolOp):
        yield f"and/or of {said}", _turn_bool
        yield from ((f"without {ast.unparse(one)}", _without_operand(at)) for at, one in enumerate(node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"without not: {said}", _double_not


def _of_lists(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Tuple):
        for at, one in enumerate(node.value.elts):
            yield f"without {ast.unparse(one)}", _without_element("value", at)
    if isinstance(node, ast.Set) and len(node.elts) > 1:
        yield from ((f"without {ast.unparse(one)}", _without_element("", at)) for at, one in enumerate(node.elts))
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant) and node.arg != "frozen":
        if isinstance(node.value.value, bool):
            yield f"other than {ast.unparse(node)}", _turn_constant


def _deny_test(node: ast.AST) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _turn_comparison(node: ast.AST) -> None:
    node.ops = [OTHER[type(node.ops[0])]()]  # type: ignore[attr-defined]


def _turn_bool(node: ast.AST) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()  # type: ignore[attr-defined]


def _double_not(node: ast.AST) -> None:
    node.operand = ast.UnaryOp(ast.Not(), node.operand)  # type: ignore[attr-defined]


def _turn_constant(node: ast.AST) -> None:
    node.value = ast.Constant(not node.value.value)  # type: ignore[attr-defined]


def _without_operand(at: int) -> Change:
    def change(node: ast.AST) -> None:
        node.values[at] = ast.Constant(isinstance(node.op, ast.And))  # type: ignore[attr-defined]

    return change


def _without_element(field: str, at: int) -> Change:
    return lambda node: (getattr(node, field) if field else node).elts.pop(at)


@contextmanager
def living(mutant: Mutant, *followers: str) -> Iterator[tuple[ModuleType, ...]]:
    """The mutant in the place of its module, and fresh copies of the modules that use it."""
    names = [mutant.module, *followers]
    before = {name: sys.modules[name] for name in names}
    parents = {name: (sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2]) for name in names}
    try:
        yield tuple(_run(name, mutant) for name in names)
    finally:
        for name, module in before.items():
            sys.modules[name] = module
            setattr(*parents[name], module)


def _run(name: str, mutant: Mutant) -> ModuleType:
    origin = sys.modules[name].__file__
    module = ModuleType(name)
    module.__file__ = origin
    sys.modules[name] = module
    parent, _dot, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
    if name == mutant.module:
        code = compile(mutant.tree, str(origin), "exec")
    else:
        with open(str(origin), encoding="utf-8") as source:
            code = compile(source.read(), str(origin), "exec")
    exec(code, module.__dict__)  # our own rules
    return module
