"""The line scanner: splits a body into stretches of Markdown and questions, and checks every `:::` fence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.markup import BOXES, TRY
from lms.courses.questions import Kind
from lms.courses.source.fields import KEY, look_alike, nearest
from lms.courses.source.problems import Problems

LATER_KINDS = ("scale", "open")
REFLECT = "reflect"
QUESTION_KINDS = frozenset(Kind)

_FENCE = re.compile(r"([ \t]*):::+[ \t]*(.*?)[ \t]*$")
_CODE = re.compile(r" {0,3}(```+|~~~+)")
_NAME = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of Markdown with its boxes; `line` is the number of the first."""

    line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionBlock:
    """A question as written: `rest` is what follows the kind on the opening line, `rest_column` where."""

    line: int
    kind: str
    rest: str
    rest_column: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """The opening of a box of Markdown: callout, quote or "Try it"; `ident` only for the last."""

    line: int
    name: str
    ident: str
    column: int


@dataclass(frozen=True, slots=True)
class Body:
    """A body in parts, in order."""

    parts: tuple[Stretch | QuestionBlock, ...]
    boxes: tuple[Box, ...]

    @property
    def questions(self) -> tuple[QuestionBlock, ...]:
        """The questions in order."""
        return tuple(part for part in self.parts if isinstance(part, QuestionBlock))


def scan(path: str, lines: Sequence[str], first_line: int, problems: Problems) -> Body:
    """Split a body. A fence that is wrong is reported and read as plain text."""
    return _Scanner(path, lines, first_line, problems).run()


class _Scanner:
    def __init__(
        self, path: str, lines: Sequence[str], first_line: int, problems: Problems
    ) -> None:
        self.path, self.lines, self.first, self.problems = path, lines, first_line, problems
        self.parts: list[Stretch | QuestionBlock] = []
        self.boxes: list[Box] = []
        self.text: list[str] = []
        self.text_line = first_line

    def run(self) -> Body:
        at, code = 0, ""
        while at < len(self.lines):
            line = self.lines[at]
            fence = _CODE.match(line)
            if fence and not code:
                code = fence[1]
            elif fence and fence[1].startswith(code) and line.strip() == fence[1]:
                code = ""
            opening = None if code else _FENCE.match(line)
            at = self._fence(at, opening) if opening else self._keep(at, line)
        self._flush(len(self.lines))
        return Body(tuple(self.parts), tuple(self.boxes))

    def _keep(self, at: int, line: str) -> int:
        self.text.append(line)
        return at + 1

    def _flush(self, next_line: int) -> None:
        if any(line.strip() for line in self.text):
            self.parts.append(Stretch(self.text_line, tuple(self.text)))
        self.text = []
        self.text_line = self.first + next_line

    def _report(self, at: int, column: int, code: str, message: str) -> None:
        self.problems.add(self.path, self.first + at, column, code, message)

    def _fence(self, at: int, opening: re.Match[str]) -> int:
        """Take the fence that opens at a line; answer where to go on."""
        name_match = _NAME.match(opening[2])
        if name_match is None:
            self._report(
                at,
                1,
                "E101",
                "this ::: closes nothing: name what opens, such as `::: single #q-id`",
            )
            return self._keep(at, "")
        name = name_match[0]
        if opening[1]:
            self._report(
                at,
                1,
                "E101",
                "a fence must stand at the start of the line: remove the spaces before :::",
            )
        end = self._closing(at, name)
        if end is None:
            return self._keep(at, "")
        column = opening.start(2) + 1
        rest = opening[2][len(name) :]
        rest_column = column + len(name) + len(rest) - len(rest.lstrip())
        if name in QUESTION_KINDS:
            self._flush(end + 1)
            block = QuestionBlock(
                self.first + at, name, rest.strip(), rest_column, tuple(self.lines[at + 1 : end])
            )
            self.parts.append(block)
        elif name in BOXES:
            self._box(at, end, name, rest.strip(), rest_column)
        elif name == REFLECT:
            self._reflect(at, end, rest.strip(), rest_column)
        else:
            self._unknown(at, column, name)
            self.text += [""] * (end + 1 - at)
        return end + 1

    def _closing(self, at: int, name: str) -> int | None:
        for number in range(at + 1, len(self.lines)):
            match = _FENCE.match(self.lines[number])
            if match is None:
                continue
            if not match[2]:
                return number
            break
        self._report(
            at,
            1,
            "E104",
            f"::: {name} is never closed: add a line ::: after it (boxes cannot be nested)",
        )
        return None

    def _box(self, at: int, end: int, name: str, rest: str, column: int) -> None:
        ident = ""
        if name == TRY:
            ident = read_ident(self.path, self.first + at, column, rest, self.problems)
            if ident and not rest.partition(" ")[2].strip():
                self._report(
                    at, column, "E101", f"the box needs a label: `::: try #{ident} Your five lines`"
                )
        self.boxes.append(Box(self.first + at, name, ident, column))
        self.text += self.lines[at : end + 1]

    def _reflect(self, at: int, end: int, rest: str, column: int) -> None:
        """A question for oneself is a "Try it" box: its words are the label, nothing is sent."""
        ident = read_ident(self.path, self.first + at, column, rest, self.problems)
        words = " ".join(" ".join(self.lines[at + 1 : end]).split())
        self._report(
            at,
            1,
            "W311",
            f"reflect is a box kept on the phone, sharing is not supported yet: write ::: try #{ident}",
        )
        self.boxes.append(Box(self.first + at, TRY, ident, column))
        blank = [""] * (end - at - 1)
        self.text += [f"::: {TRY} #{ident} {words}", *blank, ":::"] if ident else ["", *blank, ""]

    def _unknown(self, at: int, column: int, name: str) -> None:
        if name in LATER_KINDS:
            self._report(at, column, "E107", f"questions of kind {name} are not supported yet")
        else:
            self._report(
                at,
                column,
                "E101",
                f"unknown box {name!r}: {nearest(name, {*BOXES, *QUESTION_KINDS})}",
            )


def read_ident(path: str, line: int, column: int, rest: str, problems: Problems) -> str:
    """The `#id` at the start of what follows the name of a fence; empty, with a message, when it is wrong."""
    word = rest.partition(" ")[0]
    ident = word[1:]
    if not word.startswith("#"):
        problems.add(
            path, line, column, "E103", "an id is missing: write `#q-something` after the kind"
        )
        return ""
    if KEY.fullmatch(ident):
        return ident
    position, advice = look_alike(ident)
    if position >= 0:
        problems.add(path, line, column + 1 + position, "E207", f"id {ident!r}: {advice}")
    else:
        problems.add(
            path, line, column, "E103", f"id {ident!r}: 3 to 40 of a-z, 0-9 and -, a letter first"
        )
    return ""
