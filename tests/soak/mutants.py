"""Small wrong changes to a module, one at a time: a test that can fail must fail for each of them."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module with one change: where, what; `home` is the function whose body it is in."""

    line: int
    change: str
    what: str
    home: str
    number: int
    tree: ast.AST = field(repr=False, compare=False)

    @property
    def source(self) -> str:
        """The whole wrong module."""
        wrong = copy.deepcopy(self.tree)
        node = next(islice(ast.walk(wrong), self.number, None))
        _apply(node, self.change.partition(" ")[2])
        return ast.unparse(ast.fix_missing_locations(wrong))


def mutants(source: str) -> Iterator[Mutant]:
    """Every small wrong change of a module. Annotations and docstrings are no behaviour and stay."""
    tree = ast.parse(source)
    notes = {id(deep) for note in _annotations(tree) for deep in ast.walk(note)}
    homes = dict(_homes(tree))
    named = {id(one.value): one for one in ast.walk(tree) if isinstance(one, ast.keyword)}
    for number, node in enumerate(ast.walk(tree)):
        for change in _changes(node) if id(node) not in notes else []:
            name = f"{type(node).__name__} {change}"
            what = ast.unparse(named.get(id(node), node)).partition("\n")[0]
            home = homes.get(id(node), "")
            yield Mutant(getattr(node, "lineno", 0), name, what, home, number, tree)


def _homes(tree: ast.AST, prefix: str = "") -> Iterator[tuple[int, str]]:
    # The outermost function counts; what stands in a class or a module alone runs at the import.
    for one in ast.iter_child_nodes(tree):
        if isinstance(one, ast.FunctionDef):
            for part in one.body:
                yield from ((id(deep), prefix + one.name) for deep in ast.walk(part))
        elif isinstance(one, ast.ClassDef):
            yield from _homes(one, f"{prefix}{one.name}.")


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for one in ast.walk(tree):
        yield from filter(None, (getattr(one, "annotation", None), getattr(one, "returns", None)))


def _changes(node: ast.AST) -> list[str]:
    return next((names(node) for kind, names, _ in _KINDS if isinstance(node, kind)), [])


def _apply(node: ast.AST, change: str) -> None:
    next(make for kind, _, make in _KINDS if isinstance(node, kind))(node, change)


# --- What can be wrong with each kind of node ----------------------------------------------------


def _of_compare(node: ast.Compare) -> list[str]:
    return [f"swap {place}" for place, one in enumerate(node.ops) if type(one) in SWAPS]


def _of_operation(node: ast.BoolOp | ast.BinOp) -> list[str]:
    return ["swap"] if type(node.op) in SWAPS else []


def _of_unary(node: ast.UnaryOp) -> list[str]:
    return ["drop"] if isinstance(node.op, ast.Not | ast.Invert) else []


def _of_constant(node: ast.Constant) -> list[str]:
    return ["other value"] if type(node.value) in {bool, int} else []


def _of_return(node: ast.Return) -> list[str]:
    return [] if node.value is None or _is_none(node.value) else ["nothing"]


def _of_call(node: ast.Expr) -> list[str]:
    return ["drop"] if isinstance(node.value, ast.Call) else []


def _of_tuple(node: ast.Tuple) -> list[str]:
    if not isinstance(node.ctx, ast.Load):
        return []
    return [f"without {place}" for place in range(len(node.elts))]


def _of_dict(node: ast.Dict) -> list[str]:
    # The rows of a policy table are tuples of predicates. What is open to all can't be opened.
    return [
        f"open {place}"
        for place, row in enumerate(node.values)
        if isinstance(row, ast.Tuple) and "anyone" not in ast.unparse(row)
    ]


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _other_operator(node: ast.Compare, change: str) -> None:
    place = int(change.split()[1])
    node.ops[place] = SWAPS[type(node.ops[place])]()  # type: ignore[call-overload]


def _other_operation(node: ast.BoolOp | ast.BinOp, _change: str) -> None:
    node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]


def _twice(node: ast.UnaryOp, _change: str) -> None:
    node.operand = ast.UnaryOp(type(node.op)(), node.operand)


def _other_value(node: ast.Constant, _change: str) -> None:
    node.value = not node.value if isinstance(node.value, bool) else int(str(node.value)) + 1


def _returns_nothing(node: ast.Return, _change: str) -> None:
    node.value = ast.Constant(None)


def _decided(node: ast.If | ast.IfExp, change: str) -> None:
    node.test = ast.Constant(change == "always")


def _shorter(node: ast.Tuple, change: str) -> None:
    del node.elts[int(change.split()[1])]


def _opened(node: ast.Dict, change: str) -> None:
    row = node.values[int(change.split()[1])]
    row.elts.append(ast.parse("lambda *_: True", mode="eval").body)  # type: ignore[attr-defined]


def _dropped(node: ast.AST, _change: str) -> None:
    node.__class__ = ast.Pass


_KINDS: tuple[tuple[Any, Callable[[Any], list[str]], Callable[[Any, str], None]], ...] = (
    (ast.Compare, _of_compare, _other_operator),
    (ast.BoolOp | ast.BinOp, _of_operation, _other_operation),
    (ast.UnaryOp, _of_unary, _twice),
    (ast.Constant, _of_constant, _other_value),
    (ast.Return, _of_return, _returns_nothing),
    (ast.Raise, lambda _node: ["drop"], _dropped),
    (ast.Expr, _of_call, _dropped),
    (ast.If | ast.IfExp, lambda _node: ["always", "never"], _decided),
    (ast.Tuple, _of_tuple, _shorter),
    (ast.Dict, _of_dict, _opened),
)
