"""Small wrong changes to a module, one at a time: a test that can fail must fail for each of them."""

from __future__ import annotations

import ast
import copy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "lms",
    "tests",
    "courses",
    "migrations",
    "translations",
    "config.py",
    "wsgi.py",
    "pyproject.toml",
)
LONGEST = 240
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module with one change: where, what, the whole source."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every small wrong change of a module. Annotations and docstrings are no behaviour and stay."""
    tree = ast.parse(source)
    notes = {id(deep) for note in _annotations(tree) for deep in ast.walk(note)}
    for number, node in enumerate(ast.walk(tree)):
        for change in _changes(node) if id(node) not in notes else []:
            wrong = copy.deepcopy(tree)
            _apply(next(islice(ast.walk(wrong), number, None)), change)
            text = ast.unparse(ast.fix_missing_locations(wrong))
            yield Mutant(getattr(node, "lineno", 0), f"{type(node).__name__} {change}", text)


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for one in ast.walk(tree):
        yield from filter(None, (getattr(one, "annotation", None), getattr(one, "returns", None)))


def _changes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare):
        return [f"swap {place}" for place, one in enumerate(node.ops) if type(one) in SWAPS]
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in SWAPS:
        return ["swap"]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        return ["drop"]
    if isinstance(node, ast.Constant) and type(node.value) in {bool, int}:
        return ["other value"]
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        return ["nothing"]
    if isinstance(node, ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        return ["drop"]
    if isinstance(node, ast.If | ast.IfExp):
        return ["always", "never"]
    return []


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _apply(node: ast.AST, change: str) -> None:
    if isinstance(node, ast.Compare):
        place = int(change.split()[1])
        node.ops[place] = SWAPS[type(node.ops[place])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(type(node.op)(), node.operand)
    elif isinstance(node, ast.Constant):
        value = node.value
        node.value = not value if isinstance(value, bool) else int(str(value)) + 1
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.Constant(change == "always")
    else:
        node.__class__ = ast.Pass  # type: ignore[assignment]


class Workshop:
    """A copy of the project in which a module can be wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=unwanted)
            else:
                shutil.copy(source, folder / name)

    def green(self, tests: list[str]) -> bool:
        """Whether the tests are content. Who hangs is not."""
        command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:randomly", *tests]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def survives(self, module: str, mutant: Mutant, tests: list[str]) -> bool:
        """Whether no test notices."""
        place = self.folder / module
        sound = place.read_text("utf-8")
        try:
            place.write_text(mutant.source, "utf-8")
            return self.green(tests)
        finally:
            place.write_text(sound, "utf-8")
