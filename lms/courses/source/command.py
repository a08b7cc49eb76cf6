"""What the commands print: for `flask courses …` and for `python -m lms.courses.source`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lms.courses.source.model import Published
from lms.courses.source.problems import FORMATS, Problem
from lms.courses.source.reading import BOX_HINTS
from lms.courses.source.tree import read_tree, stamp, status_table


def check(
    path: Path,
    *,
    form: str = "text",
    strict: bool = False,
    published: Mapping[str, Published] | None = None,
    box_hints: Mapping[str, str] = BOX_HINTS,
) -> tuple[str, bool]:
    """The report on a path, and whether it passes."""
    _readings, problems = read_tree(path, published=published, box_hints=box_hints)
    passes = not any(problem.is_error or (strict and problem.is_warning) for problem in problems)
    report = FORMATS[form](problems)
    if form == "text":
        report = "\n".join(part for part in (report, _summary(problems)) if part)
    return report, passes


def _summary(problems: list[Problem]) -> str:
    errors = sum(problem.is_error for problem in problems)
    warnings = sum(problem.is_warning for problem in problems)
    return f"{errors} to fix, {warnings} to look at." if errors or warnings else "All good."


def stamp_all(path: Path) -> str:
    """Stamp every translation at a path and say which files changed."""
    readings, _problems = read_tree(path)
    changed = [
        str(folder / name)
        for folder, reading in readings.items()
        for name in stamp(folder, reading)
    ]
    return "\n".join((*changed, f"{len(changed)} stamped."))


def status(path: Path) -> str:
    """The table of translations of every course at a path."""
    readings, _problems = read_tree(path)
    return "\n\n".join(
        f"{folder.name}\n{status_table(reading.states)}" for folder, reading in readings.items()
    )
