"""Reading one file of a course folder: bytes to text, front matter to values with their places."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms.core.text import Unsafe, find_unsafe
from lms.courses.source.problems import Problems

MAX_BYTES = 64 * 1024
MAX_LINE = 4_000
MAX_BRACKETS = 2_000
MAX_FILES = 3_000
FENCE = "+++"

_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TABLE = re.compile(r"[ \t]*(\[\[?)[ \t]*([A-Za-z0-9_.\-\"' ]+?)[ \t]*\]\]?")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_\-]+|\"[^\"]*\")(?:[ \t]*\.[ \t]*([A-Za-z0-9_\-]+))?[ \t]*=")

Step = str | int


@dataclass(slots=True)
class Head:
    """A TOML text as values, with the line and column of each key."""

    path: str
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[Step, ...], tuple[int, int]] = field(default_factory=dict)
    first_line: int = 1

    def place(self, *steps: Step) -> tuple[int, int]:
        """Line and column of a key, or of the nearest table around it."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.places:
                return self.places[steps[:length]]
        return self.first_line, 1


@dataclass(slots=True)
class Page:
    """A Markdown file: front matter, and body lines with the number of the first."""

    path: str
    head: Head
    body: list[str]
    body_line: int
    raw: str


def read_text(root: Path, relative: str, problems: Problems) -> str | None:
    """The text of a file, or nothing and a message.

    Refused: links, devices, files over the limit, bytes that are not UTF-8, characters that can hide or
    reorder words.
    """
    data = read_bytes(root / relative, relative, MAX_BYTES, problems)
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problems.add(
            relative, line, column, "E005", "not UTF-8 from here on: save the file as UTF-8"
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unsafe = find_unsafe(text, multiline=True)
    if unsafe is None:
        return text if _is_reasonable(text, relative, problems) else None
    line, column = line_and_column(text, unsafe.position)
    problems.add(relative, line, column, "E012", _UNSAFE_MESSAGE[unsafe.why])
    return None


def _is_reasonable(text: str, relative: str, problems: Problems) -> bool:
    """Refuse what no author writes and what parsers take minutes for."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            problems.add(
                relative,
                number,
                MAX_LINE + 1,
                "E014",
                f"a line over {MAX_LINE} characters: break it",
            )
            return False
    if text.count("[") > MAX_BRACKETS:
        problems.add(
            relative, 1, 1, "E014", f"more than {MAX_BRACKETS} opening brackets: split the file"
        )
        return False
    return True


_UNSAFE_MESSAGE = {
    Unsafe.NUL: "a NUL character: is this a text file? Remove it",
    Unsafe.SURROGATE: "half of a character: type it again",
    Unsafe.CONTROL: "a control character: remove it",
    Unsafe.BIDI: "a character that changes the direction of text: remove it",
    Unsafe.INVISIBLE: "an invisible character: remove it",
}


def read_bytes(path: Path, relative: str, limit: int, problems: Problems) -> bytes | None:
    """The bytes of an ordinary file within a limit, or nothing and a message."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            problems.add(relative, 1, 1, "E008", "a link or special file: put the file itself here")
            return None
        if status.st_size > limit:
            problems.add(
                relative,
                1,
                1,
                "E007",
                f"{status.st_size // 1024} KB, at most {limit // 1024} KB: split the file",
            )
            return None
        return path.read_bytes()
    except OSError as error:
        problems.add(
            relative, 1, 1, "E008", f"cannot be read: {error.strerror or 'unknown reason'}"
        )
        return None


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Line and column, counted from 1, of a position in a text."""
    line = text.count("\n", 0, position) + 1
    return line, position - (text.rfind("\n", 0, position) + 1) + 1


def list_files(root: Path, problems: Problems) -> list[str]:
    """Every file below a folder as sorted relative paths; links are reported and not followed."""
    found: list[str] = []
    for folder, folders, names in os.walk(root, followlinks=False):
        here = Path(folder)
        for name in list(folders):
            if (here / name).is_symlink():
                folders.remove(name)
                problems.add(
                    _relative(here / name, root),
                    1,
                    1,
                    "E008",
                    "a link to a folder: put the folder itself here",
                )
            elif name.startswith("."):
                folders.remove(name)
        found += [_relative(here / name, root) for name in names if not name.startswith(".")]
        if len(found) > MAX_FILES:
            problems.add(
                ".", 1, 1, "E013", f"more than {MAX_FILES} files: a course is smaller than that"
            )
            return []
    return sorted(found)


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def parse_toml(text: str, path: str, problems: Problems, first_line: int = 1) -> Head | None:
    """TOML values with places, or nothing and a message at the exact place of the error."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line, column = _toml_error_place(str(error), text)
        reason = (
            _TOML_PLACE.sub("", str(error)).replace("(at end of document)", "at the end").strip()
        )
        if isinstance(error, RecursionError):
            reason = "lists inside lists inside lists"
        problems.add(path, line + first_line - 1, column, "E003", f"TOML: {reason}")
        return None
    return Head(path, values, _key_places(text.split("\n"), first_line), first_line)


def _toml_error_place(message: str, text: str) -> tuple[int, int]:
    match = _TOML_PLACE.search(message)
    if match:
        return int(match[1]), int(match[2])
    if "end of document" in message:
        return line_and_column(text, len(text.rstrip("\n")))
    return 1, 1


def _key_places(lines: Sequence[str], first_line: int) -> dict[tuple[Step, ...], tuple[int, int]]:
    """Where each key stands. Keys inside inline tables share the place of the outer key."""
    places: dict[tuple[Step, ...], tuple[int, int]] = {}
    table: tuple[Step, ...] = ()
    counts: dict[str, int] = {}
    open_quote = ""
    for number, line in enumerate(lines, first_line):
        if open_quote:
            if line.count(open_quote) % 2:
                open_quote = ""
            continue
        header = _TABLE.match(line)
        if header and "=" not in line[: header.end()]:
            name = header[2].strip()
            table = tuple(part.strip(" \"'") for part in name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (*table, counts[name])
            places.setdefault(table, (number, header.start(1) + 1))
            continue
        key = _KEY.match(line)
        if key:
            steps = (*table, key[1].strip('"'), *((key[2],) if key[2] else ()))
            places.setdefault(steps, (number, key.start(1) + 1))
            places.setdefault(steps[: len(table) + 1], (number, key.start(1) + 1))
        open_quote = next((quote for quote in ('"""', "'''") if line.count(quote) % 2), "")
    return places


def read_page(root: Path, relative: str, problems: Problems) -> Page | None:
    """A Markdown file with its front matter, or nothing and a message."""
    text = read_text(root, relative, problems)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        problems.add(relative, 1, 1, "E001", f"no front matter: the first line must be {FENCE}")
        return None
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), 0)
    if not end:
        problems.add(
            relative, 1, 1, "E002", f"front matter is never closed: add a line {FENCE} after it"
        )
        return None
    head = parse_toml("\n".join(lines[1:end]), relative, problems, first_line=2)
    if head is None:
        return None
    return Page(relative, head, lines[end + 1 :], end + 2, text)
