"""A folder of courses, or one course: check all of it, stamp translations, tell their state."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from lms.courses.source.files import FENCE, read_page
from lms.courses.source.items import State
from lms.courses.source.model import Published
from lms.courses.source.pages import digest_of
from lms.courses.source.problems import Problem, Problems
from lms.courses.source.reading import BOX_HINTS, COURSE_FILE, Reading, read_course
from lms.courses.source.wording import read_glossary

GLOSSARY = "glossary.toml"


def course_folders(path: Path) -> list[Path]:
    """The course folders at a path: itself, or those inside it."""
    if (path / COURSE_FILE).is_file():
        return [path]
    if not path.is_dir():
        return []
    return sorted(
        folder
        for folder in path.iterdir()
        if (folder / COURSE_FILE).is_file() and not folder.is_symlink()
    )


def read_tree(
    path: Path,
    *,
    published: Mapping[str, Published] | None = None,
    box_hints: Mapping[str, str] = BOX_HINTS,
) -> tuple[dict[Path, Reading], list[Problem]]:
    """Read every course at a path. Problems carry paths as seen from where the command runs."""
    folders = course_folders(path)
    if not folders:
        return {}, [
            Problem(str(path), 1, 1, "E000", "no course here: a course folder has a course.toml")
        ]
    problems = Problems()
    glossary = read_glossary(folders[0].parent, GLOSSARY, problems)
    readings: dict[Path, Reading] = {}
    for folder in folders:
        readings[folder] = read_course(
            folder, glossary=glossary, published=published, box_hints=box_hints
        )
    found = [_seen_from_here(folders[0].parent, problem) for problem in problems.in_order()]
    found += _ids_used_twice(readings)
    for folder, reading in readings.items():
        found += [_seen_from_here(folder, problem) for problem in reading.problems]
    return readings, sorted(set(found))


def _ids_used_twice(readings: Mapping[Path, Reading]) -> Iterable[Problem]:
    first: dict[str, tuple[Path, str, int]] = {}
    for folder, reading in readings.items():
        for key, (path, line) in reading.keys.items():
            if key in first:
                other, other_path, other_line = first[key]
                message = (
                    f"id {key!r} is used twice, first in {other.name}/{other_path}:{other_line}"
                )
                yield _seen_from_here(folder, Problem(path, line, 1, "E102", message))
            else:
                first[key] = (folder, path, line)


def _seen_from_here(folder: Path, problem: Problem) -> Problem:
    return replace(problem, path=os.path.relpath(folder / problem.path))


# ---------------------------------------------------------------- stamping


_STAMP = re.compile(r"translated_from[ \t]*=")


def stamp(folder: Path, readings: Reading) -> list[str]:
    """Write into every translation of a course what it was made from; answer the files that changed."""
    return [
        state.path
        for state in readings.states
        if state.state in ("unstamped", "stale")
        and _write_stamp(folder / state.path, state.source_now)
    ]


def _write_stamp(path: Path, digest: str) -> bool:
    lines = path.read_text(encoding="utf-8").split("\n")
    end = next(number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE)
    line = f'translated_from = "{digest}"'
    present = next((number for number in range(1, end) if _STAMP.match(lines[number])), None)
    if present is not None:
        lines[present] = line
    else:
        table = next((number for number in range(1, end) if lines[number].startswith("[")), end)
        lines.insert(table, line)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text("\n".join(lines), encoding="utf-8", newline="")
    temporary.replace(path)
    return True


# ---------------------------------------------------------------- the table of translations


def status_table(states: Iterable[State]) -> str:
    """Lesson by language: ok, stale, missing, draft."""
    rows: dict[str, dict[str, str]] = {}
    languages: list[str] = []
    for state in states:
        name = re.sub(r"\.[a-z]{2,3}(-[A-Z][a-z]{3})?\.md$", "", state.path)
        stale = f" (made from {state.made_from})" if state.state == "stale" else ""
        rows.setdefault(name, {})[state.language] = state.state + stale
        if state.language not in languages:
            languages.append(state.language)
    if not rows:
        return "One language only."
    width = max(len(name) for name in rows)
    lines = [f"{'':{width}}  " + "  ".join(f"{language:<10}" for language in languages)]
    for name, cells in rows.items():
        lines.append(
            f"{name:{width}}  "
            + "  ".join(f"{cells.get(language, ''):<10}" for language in languages)
        )
    return "\n".join(line.rstrip() for line in lines)


def source_digest(folder: Path, relative: str) -> str:
    """What `translated_from` of a translation of this file has to be; empty when it cannot be read."""
    page = read_page(folder, relative, Problems())
    return digest_of(page.raw) if page else ""
