"""What the checker says: one line per problem, with the place and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. Codes E… stop a publish, W… ask for a look, C… inform."""

    path: str
    line: int
    column: int
    code: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether nothing may be published because of it."""
        return self.code.startswith("E")

    @property
    def is_warning(self) -> bool:
        """Whether it fails a strict check."""
        return self.code.startswith("W")

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


@dataclass(slots=True)
class Problems:
    """Collects findings while a folder is read. At most `limit` are kept for one file."""

    limit: int = 200
    found: list[Problem] = field(default_factory=list)
    _per_file: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, line: int, column: int, code: str, message: str) -> None:
        """Note a problem; line and column count from 1."""
        count = self._per_file[path] = self._per_file.get(path, 0) + 1
        if count <= self.limit:
            self.found.append(
                Problem(printable(path), max(line, 1), max(column, 1), code, printable(message))
            )

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops a publish."""
        return any(problem.is_error for problem in self.found)

    def in_order(self) -> list[Problem]:
        """Findings by file, line and column, each once."""
        return sorted(set(self.found))


def printable(text: str) -> str:
    """One line that no terminal can be tricked with."""
    short = text if len(text) <= 400 else text[:397] + "…"
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in short)


def as_text(problems: Iterable[Problem]) -> str:
    """The clickable form."""
    return "\n".join(str(problem) for problem in problems)


def as_json(problems: Iterable[Problem]) -> str:
    """A list of objects, for editors."""
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1)


def as_github(problems: Iterable[Problem]) -> str:
    """Workflow commands that put the message beside the line of a pull request."""
    return "\n".join(_github_line(problem) for problem in problems)


def _github_line(problem: Problem) -> str:
    level = "error" if problem.is_error else "warning" if problem.is_warning else "notice"
    path = problem.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    message = problem.message.replace("%", "%25")
    return (
        f"::{level} file={path},line={problem.line},col={problem.column}::{problem.code} {message}"
    )


FORMATS = {"text": as_text, "json": as_json, "github": as_github}
