"""From a folder to a published version: read, tell what would happen, write. Broken folders write nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.core.i18n import LANGUAGES, force_locale
from lms.core.i18n import gettext as _
from lms.courses import actions, queries
from lms.courses.source.model import Published
from lms.courses.source.problems import Problem
from lms.courses.source.reading import Reading
from lms.courses.source.tree import read_tree


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do with one folder: `problems` say why not, `changes` what would change."""

    folder: Path
    reading: Reading
    problems: tuple[Problem, ...]
    changes: tuple[str, ...]
    is_new: bool

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands against it."""
        return self.reading.course is not None and not any(
            problem.is_error for problem in self.problems
        )


def plan(path: Path) -> list[Plan]:
    """Read the folders at a path and compare them with what is published."""
    with reading():
        published = queries.published()
    readings, problems = read_tree(path, published=published, box_hints=box_hints())
    if not readings:
        return [Plan(path, Reading(None, ()), tuple(problems), (), is_new=False)]
    return [_plan(folder, found, problems, published) for folder, found in readings.items()]


def _plan(
    folder: Path, found: Reading, problems: list[Problem], published: Mapping[str, Published]
) -> Plan:
    inside = [
        problem for problem in problems if folder.resolve() in Path(problem.path).resolve().parents
    ]
    changes = tuple(problem.message for problem in inside if problem.code.startswith("C"))
    last = published.get(found.course.key) if found.course else None
    same = any(problem.code == "C600" for problem in inside)
    return Plan(folder, found, tuple(inside), (*changes, *_ids(found, last)), is_new=not same)


def _ids(found: Reading, last: Published | None) -> tuple[str, ...]:
    """New and gone ids, so that a slip is seen before it is written."""
    if last is None or found.course is None:
        return ("first version",) if found.course else ()
    keys = found.course.keys
    new, gone = sorted(keys - last.keys), sorted(last.keys - keys)
    lines = (f"new: {', '.join(new)}" if new else "", f"retired: {', '.join(gone)}" if gone else "")
    return tuple(line for line in lines if line)


def carry_out(plan: Plan, notes: Mapping[str, str]) -> actions.Outcome:
    """Write what was planned, in one transaction of its own. Again with the same folder it writes nothing."""
    if plan.reading.course is None or not plan.is_possible:
        raise ValueError("a folder with errors is never published")
    commit = commit_of(plan.folder)
    with transaction():
        return actions.publish(plan.reading.course, now(), notes=notes, commit=commit)


def box_hints() -> dict[str, str]:
    """The line under every "Try it" box, in each language of the interface."""
    hints = {}
    for lang in LANGUAGES:
        with force_locale(lang):
            hints[lang] = _(
                "Kept on this phone only. Leave out names and streets you would not say aloud."
            )
    return hints


def commit_of(folder: Path) -> str:
    """The git commit that a folder stands at; empty outside git."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    return done.stdout.strip()[:64] if done.returncode == 0 else ""
