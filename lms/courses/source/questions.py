"""Questions: from the lines of a block to `Question` and `QuestionText`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lms.core.markup import plain, render, render_inline
from lms.core.text import fold, latin_look_alike
from lms.courses.questions import Kind, NumberRange, Question, QuestionText
from lms.courses.source.blocks import QuestionBlock, read_ident
from lms.courses.source.fields import nearest
from lms.courses.source.problems import Problems

PURPOSES = ("hint", "explain", "right", "wrong")
OPENING_KEYS = ("points", "mode")
CHOICE = (Kind.SINGLE, Kind.MULTI)
LETTERED = (*CHOICE, Kind.ORDER, Kind.MATCH)
MARKS = {" ": False, "": False, "x": True, "X": True, "х": True, "Х": True}
MOST_OPTIONS = 12

_OPTION = re.compile(
    r"(?P<bullet>-|\d{1,2}\.)[ \t]+(?:(?P<mark>[(\[][^)\]]{0,3}[)\]])[ \t]+)?"
    r"(?P<id>[^\s()\[\]*_`]{1,3})\)(?:[ \t]+(?P<text>.*))?$"
)
_MARK_ONLY = re.compile(r"-[ \t]+[(\[][ xXхХ]?[)\]]")
_FEEDBACK = re.compile(r"[ \t]{2,}>[ \t]?(.*)$")
_PURPOSE = re.compile(r"@(\w+)[ \t]*(.*)$")
_ANSWER = re.compile(r"=[ \t]*(.*?)[ \t]*$")
_ARROW = re.compile(r"[ \t]+=>[ \t]+")
_SETTING = re.compile(r"(\w[\w-]*)=(\S+)$")
_NUMBER = r"[-−]?\d{1,12}(?:[.,]\d{1,9})?"
_EXACT = re.compile(rf"({_NUMBER})$")
_TOLERANCE = re.compile(rf"({_NUMBER})[ \t]*(?:\+-|±|\+/-)[ \t]*({_NUMBER})$")
_BETWEEN = re.compile(rf"\[[ \t]*({_NUMBER})[ \t]*(?:;[ \t]*|,[ \t]+)({_NUMBER})[ \t]*\]$")


@dataclass(slots=True)
class Option:
    """One lettered line: where its letter stands, its mark if one is written, its words and feedback."""

    letter: str
    line: int
    column: int
    mark: bool | None
    words: list[str]
    feedback: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A question as written in one file, source or translation."""

    key: str
    kind: Kind
    line: int
    points: int = 1
    practice: bool = False
    prompt: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    purposes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[str, ...]:
        """Option letters as written."""
        return tuple(option.letter for option in self.options)

    @property
    def marked(self) -> tuple[str, ...]:
        """Letters with a mark, in order."""
        return tuple(option.letter for option in self.options if option.mark)


class QuestionReader:
    """Reads the questions of one file."""

    def __init__(self, path: str, language: str, problems: Problems, *, translation: bool) -> None:
        self.path, self.language, self.problems, self.translation = (
            path,
            language,
            problems,
            translation,
        )

    def report(self, line: int, column: int, code: str, message: str) -> None:
        """Note a problem of this file."""
        self.problems.add(self.path, line, column, code, message)

    def read(self, block: QuestionBlock) -> Draft | None:
        """A block as a draft; nothing when it has no usable id."""
        key = read_ident(self.path, block.line, block.rest_column, block.rest, self.problems)
        if not key:
            return None
        draft = Draft(key, Kind(block.kind), block.line)
        self._settings(draft, block)
        self._lines(draft, block)
        self._complete(draft)
        return draft

    def _settings(self, draft: Draft, block: QuestionBlock) -> None:
        column = block.rest_column
        for word in block.rest.split(" ")[1:]:
            column = (
                block.rest_column + block.rest.find(word, column - block.rest_column + 1)
                if word
                else column
            )
            if word:
                self._setting(draft, block.line, column, word)

    def _setting(self, draft: Draft, line: int, column: int, word: str) -> None:
        match = _SETTING.match(word)
        if match is None:
            self.report(
                line, column, "E101", f"{word!r}: after the id only key=value, such as points=2"
            )
        elif match[1] not in OPENING_KEYS:
            self.report(
                line, column, "E006", f"unknown key {match[1]!r}: {nearest(match[1], OPENING_KEYS)}"
            )
        elif self.translation:
            self.report(
                line, column, "E201", f"{match[1]} is structure: it stands in the source file only"
            )
        elif match[1] == "mode":
            draft.practice = match[2] == "practice"
            if not draft.practice:
                self.report(
                    line, column, "E010", "mode=practice is the only mode of a single question"
                )
        elif match[2].isascii() and match[2].isdigit() and 1 <= int(match[2][:4]) <= 20:
            draft.points = int(match[2])
        else:
            self.report(line, column, "E010", "points must be a whole number from 1 to 20")

    def _lines(self, draft: Draft, block: QuestionBlock) -> None:
        target: list[str] | None = draft.prompt
        for number, line in enumerate(block.lines, block.line + 1):
            option = _OPTION.match(line) if draft.kind in LETTERED else None
            if option:
                target = self._option(draft, number, option)
            elif purpose := _PURPOSE.match(line):
                target = self._purpose(draft, number, purpose)
            elif line.startswith("="):
                self._answer(draft, number, line)
                target = None
            elif feedback := self._feedback(draft, line):
                draft.options[-1].feedback.append(feedback[1])
                target = draft.options[-1].feedback
            else:
                target = self._other(draft, number, line, target)

    def _feedback(self, draft: Draft, line: str) -> re.Match[str] | None:
        in_options = bool(draft.options) and not draft.purposes
        return _FEEDBACK.match(line) if in_options and draft.kind in CHOICE else None

    def _other(
        self, draft: Draft, number: int, line: str, target: list[str] | None
    ) -> list[str] | None:
        if draft.kind in CHOICE and _MARK_ONLY.match(line):
            self.report(
                number, 1, "E105", "an option needs a letter after its mark: `- ( ) a) text`"
            )
            return target
        of_option = bool(draft.options) and not draft.purposes
        if not line.strip():
            if target is not None and not of_option:
                target.append("")
            return target
        if target is None or (of_option and not line.startswith("  ")):
            column = len(line) - len(line.lstrip()) + 1
            self.report(
                number,
                column,
                "E113",
                "words after the options: put them above, or start the line with @explain",
            )
            return target
        target.append(line.strip() if of_option else line)
        return target

    def _option(self, draft: Draft, number: int, match: re.Match[str]) -> list[str]:
        self._bullet(draft, number, match)
        letter, column = match["id"], match.start("id") + 1
        if len(letter) == 1 and "a" <= letter <= "z":
            if letter in draft.letters:
                self.report(
                    number,
                    column,
                    "E111",
                    f"letter {letter!r} is used twice: every option has its own",
                )
        else:
            self.report(number, column, *_bad_letter(letter))
        option = Option(
            letter, number, column, self._mark(draft, number, match), [match["text"] or ""]
        )
        draft.options.append(option)
        return option.words

    def _bullet(self, draft: Draft, number: int, match: re.Match[str]) -> None:
        ordered = match["bullet"] != "-"
        if ordered and draft.kind is not Kind.ORDER:
            self.report(number, 1, "E105", f"options of {draft.kind} start with `- `")
        elif not ordered and draft.kind is Kind.ORDER:
            self.report(
                number,
                1,
                "E105",
                "steps of order start with a number: `1. a) text`, in the right order",
            )

    def _mark(self, draft: Draft, number: int, match: re.Match[str]) -> bool | None:
        mark = match["mark"]
        column = match.start("mark") + 1
        if draft.kind not in CHOICE:
            if mark:
                self.report(number, column, "E105", f"{draft.kind} has no marks: remove {mark}")
            return None
        brackets = "()" if draft.kind is Kind.SINGLE else "[]"
        if mark is None:
            if not self.translation:
                self.report(
                    number, 1, "E105", f"write a mark: `- {brackets[0]} {brackets[1]} a) text`"
                )
            return None
        if mark[0] + mark[-1] != brackets:
            self.report(
                number,
                column,
                "E105",
                f"{draft.kind} uses {brackets[0]} {brackets[1]} and {brackets[0]}x{brackets[1]}",
            )
        if mark[1:-1] not in MARKS:
            self.report(
                number, column + 1, "E105", "the mark is x for right, a space for not right"
            )
        return MARKS.get(mark[1:-1], False)

    def _purpose(self, draft: Draft, number: int, match: re.Match[str]) -> list[str]:
        name = match[1]
        if name not in PURPOSES:
            advice = nearest(name, (f"{purpose}" for purpose in PURPOSES))
            self.report(number, 1, "E106", f"unknown @{name}: {advice}")
        elif name in draft.purposes:
            self.report(number, 1, "E106", f"@{name} stands twice: join the two")
        lines = draft.purposes.setdefault(name, [])
        lines.append(match[2])
        return lines

    def _answer(self, draft: Draft, number: int, line: str) -> None:
        match = _ANSWER.match(line)
        words = match[1] if match else ""
        if draft.kind not in (Kind.SHORT, Kind.NUMBER):
            self.report(
                number, 1, "E108", f"`= …` lines belong to short and number, not to {draft.kind}"
            )
        elif not words:
            self.report(number, 1, "E112", "nothing after =: write the accepted answer")
        elif len(words) > 100:
            self.report(number, 1, "E010", "an accepted answer has at most 100 characters")
        else:
            draft.answers.append((number, words))

    def _complete(self, draft: Draft) -> None:
        if not any(line.strip() for line in draft.prompt):
            self.report(
                draft.line,
                1,
                "E118",
                f"{draft.key} asks nothing: write the question above the options",
            )
        if draft.kind in LETTERED:
            self._enough_options(draft)
        for option in draft.options:
            if not any(word.strip() for word in option.words):
                self.report(
                    option.line, option.column, "E105", f"option {option.letter!r} has no words"
                )
        if draft.kind is Kind.MATCH:
            self._pairs(draft)
        if draft.kind is Kind.SHORT and not draft.answers:
            self.report(
                draft.line, 1, "E112", f"{draft.key} accepts no answer: add a line `= word`"
            )
        if draft.kind in CHOICE:
            self._one_or_more_right(draft)

    def _enough_options(self, draft: Draft) -> None:
        if len(draft.options) > MOST_OPTIONS:
            self.report(
                draft.line,
                1,
                "E109",
                f"{draft.key} has more than {MOST_OPTIONS} options: ask two questions",
            )
        elif len(draft.options) < 2 and not self.translation:
            self.report(draft.line, 1, "E109", f"{draft.key} needs at least two options")

    def _pairs(self, draft: Draft) -> None:
        rights: set[str] = set()
        for option in draft.options:
            left, arrow, right = _split_pair(option)
            if not arrow or not left or not right:
                self.report(
                    option.line, option.column, "E117", "a pair is written `- a) left => right`"
                )
            elif fold(right) in rights:
                self.report(
                    option.line,
                    option.column,
                    "E117",
                    f"{right!r} stands twice on the right: the pair is not clear",
                )
            rights.add(fold(right))

    def _one_or_more_right(self, draft: Draft) -> None:
        if self.translation and all(option.mark is None for option in draft.options):
            return
        count = len(draft.marked)
        if draft.kind is Kind.SINGLE and count != 1 and not self.translation:
            self.report(
                draft.line,
                1,
                "E110",
                f"{draft.key} has {count} right options: single has exactly one (x)",
            )
        elif draft.kind is Kind.MULTI and not count and not self.translation:
            self.report(
                draft.line, 1, "E110", f"{draft.key} has no right option: mark at least one [x]"
            )

    def ranges(self, draft: Draft) -> tuple[NumberRange, ...]:
        """Accepted numbers of a draft."""
        result = []
        for line, words in draft.answers:
            accepted = number_range(words, comma=self.language != "en")
            if accepted is None:
                self.report(
                    line,
                    1,
                    "E116",
                    f"{words!r} is no number: write `= 5`, `= 1.4 +- 0.1` or `= [3, 5]`",
                )
            else:
                result.append(accepted)
        if draft.kind is Kind.NUMBER and not draft.answers and not self.translation:
            self.report(draft.line, 1, "E112", f"{draft.key} accepts no answer: add a line `= 5`")
        return tuple(result)


def _bad_letter(letter: str) -> tuple[str, str]:
    latin = latin_look_alike(letter) if len(letter) == 1 else ""
    name = unicodedata.name(letter, "") if len(letter) == 1 else ""
    if latin:
        return "E207", f"option id {letter!r} is not Latin ({name}); did you mean {latin!r}?"
    if name and not letter.isascii():
        return "E207", f"option id {letter!r} is not Latin ({name}): use a letter from a to z"
    return "E105", f"option id {letter!r}: use one small Latin letter, such as a)"


def number_range(words: str, *, comma: bool) -> NumberRange | None:
    """An accepted number as written; `comma` says whether 1,4 is one number in this language."""
    if not comma and re.search(r"\d,\d", words):
        return None
    if match := _EXACT.match(words):
        return NumberRange(_decimal(match[1]), _decimal(match[1]))
    if match := _TOLERANCE.match(words):
        middle, away = _decimal(match[1]), _decimal(match[2])
        return NumberRange(middle - away, middle + away) if away >= 0 else None
    if match := _BETWEEN.match(words):
        low, high = _decimal(match[1]), _decimal(match[2])
        return NumberRange(low, high) if low <= high else None
    return None


def _decimal(words: str) -> Decimal:
    return Decimal(words.replace(",", ".").replace("−", "-"))


def _split_pair(option: Option) -> tuple[str, bool, str]:
    parts = _ARROW.split(" ".join(option.words), maxsplit=1)
    return parts[0].strip(), len(parts) == 2, parts[-1].strip() if len(parts) == 2 else ""


def structure_of(draft: Draft, ranges: tuple[NumberRange, ...]) -> Question:
    """The structure and key of a question, from its source draft."""
    return Question(
        key=draft.key,
        kind=draft.kind,
        points=draft.points,
        options=draft.letters,
        right=draft.marked if draft.kind in CHOICE else (),
        ranges=ranges,
    )


def words_of(draft: Draft) -> QuestionText:
    """The words of a question in the language of its draft."""
    pairs = (
        {option.letter: _split_pair(option) for option in draft.options}
        if draft.kind is Kind.MATCH
        else {}
    )
    return QuestionText(
        prompt_html=_html(draft.prompt),
        options={
            option.letter: render_inline(
                pairs[option.letter][0] if pairs else " ".join(option.words)
            )
            for option in draft.options
        },
        rights={
            letter: plain(render_inline(right)) for letter, (_left, _arrow, right) in pairs.items()
        },
        feedback={
            option.letter: render_inline(" ".join(option.feedback))
            for option in draft.options
            if option.feedback
        },
        accepted=tuple(words for _line, words in draft.answers) if draft.kind is Kind.SHORT else (),
        hint_html=_html(draft.purposes.get("hint", ())),
        explain_html=_html(draft.purposes.get("explain", ())),
        right_html=_html(draft.purposes.get("right", ())),
        wrong_html=_html(draft.purposes.get("wrong", ())),
    )


def _html(lines: Sequence[str]) -> str:
    source = "\n".join(lines).strip()
    return render(source).html.strip() if source else ""
