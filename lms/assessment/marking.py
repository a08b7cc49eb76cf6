"""From what a form sent to a mark. Values in, values out: no session, no request, no clock.

Whatever arrives is either a response or a refusal with a reason; nothing here raises for bad input.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from lms.core.text import fold, is_clean
from lms.courses.questions import Kind, Question, QuestionText

MAX_TEXT = 200
MAX_NUMBER = 40
MAX_VALUES = 64

Form = Mapping[str, Sequence[str]]

CHOICE = "choice"
TEXT = "text"


def place_field(row: int) -> str:
    """Name of the field that holds the place of a row of an order question (rows from 1)."""
    return f"place-{row}"


def pair_field(row: int) -> str:
    """Name of the select beside a row of a match question (rows from 1)."""
    return f"pair-{row}"


# --- Responses -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """Letters picked in a single or multi question, in source order."""

    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """Words as they were typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, with the text as it was typed."""

    text: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Ordered:
    """All letters of an order question, first place first."""

    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """For each letter on the left, in source order, the letter of the text chosen on the right."""

    pairs: tuple[tuple[str, str], ...]


Response = Chosen | Typed | Figure | Ordered | Paired


class Reason(StrEnum):
    """Why a form is not an answer. Words for people are made where the page is made."""

    EMPTY = "empty"
    CHOOSE_ONE = "choose-one"
    UNKNOWN_CHOICE = "unknown-choice"
    TOO_LONG = "too-long"
    HIDDEN_CHARACTERS = "hidden-characters"
    NOT_A_NUMBER = "not-a-number"
    THOUSANDS_OR_DECIMALS = "thousands-or-decimals"
    PLACE_MISSING = "place-missing"
    PLACE_NOT_A_NUMBER = "place-not-a-number"
    PLACE_TWICE = "place-twice"
    PAIR_MISSING = "pair-missing"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The form is not an answer: why, and the field to look at."""

    reason: Reason
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """In which order the options, and the right-hand texts of a match question, stand on the page.

    Forms send positions in this order (from 1), never letters: in order and match questions the
    letters are the key.
    """

    options: tuple[str, ...]
    rights: tuple[str, ...]

    @classmethod
    def as_written(cls, question: Question) -> Layout:
        """Everything in source order; only for choices, where that gives nothing away."""
        return cls(question.options, question.options)


# --- Reading a form ------------------------------------------------------------------------------


def parse_response(
    question: Question, form: Form, layout: Layout | None = None
) -> Response | Refusal:
    """Read the answer to `question` from form fields, or say why it cannot be read."""
    layout = layout or Layout.as_written(question)
    match question.kind:
        case Kind.SINGLE | Kind.MULTI:
            return _parse_choice(question, form, layout)
        case Kind.SHORT:
            return _parse_text(form)
        case Kind.NUMBER:
            return _parse_number(form)
        case Kind.ORDER:
            return _parse_order(form, layout)
        case Kind.MATCH:
            return _parse_match(question, form, layout)


def _parse_choice(question: Question, form: Form, layout: Layout) -> Chosen | Refusal:
    sent = form.get(CHOICE, ())
    if len(sent) > MAX_VALUES:
        return Refusal(Reason.UNKNOWN_CHOICE, CHOICE)
    letters = {_at(layout.options, value) for value in sent if value}
    if not letters:
        return Refusal(Reason.EMPTY, CHOICE)
    if None in letters:
        return Refusal(Reason.UNKNOWN_CHOICE, CHOICE)
    if question.kind is Kind.SINGLE and len(letters) > 1:
        return Refusal(Reason.CHOOSE_ONE, CHOICE)
    return Chosen(tuple(letter for letter in question.options if letter in letters))


def _parse_text(form: Form) -> Typed | Refusal:
    text = _line(form, TEXT, MAX_TEXT)
    if isinstance(text, Refusal):
        return text
    return Typed(text) if fold(text) else Refusal(Reason.EMPTY, TEXT)


def _parse_number(form: Form) -> Figure | Refusal:
    text = _line(form, TEXT, MAX_NUMBER)
    if isinstance(text, Refusal):
        return text
    value = read_number(text)
    return Figure(text, value) if isinstance(value, Decimal) else Refusal(value, TEXT)


def _parse_order(form: Form, layout: Layout) -> Ordered | Refusal:
    placed: dict[int, str] = {}
    for row, letter in enumerate(layout.options, start=1):
        name = place_field(row)
        value = _only(form, name)
        if not value:
            return Refusal(Reason.PLACE_MISSING, name)
        place = _small_number(value)
        if place is None or not 1 <= place <= len(layout.options):
            return Refusal(Reason.PLACE_NOT_A_NUMBER, name)
        if place in placed:
            return Refusal(Reason.PLACE_TWICE, name)
        placed[place] = letter
    return Ordered(tuple(placed[place] for place in sorted(placed)))


def _parse_match(question: Question, form: Form, layout: Layout) -> Paired | Refusal:
    chosen: dict[str, str] = {}
    for row, letter in enumerate(layout.options, start=1):
        name = pair_field(row)
        value = _only(form, name)
        if not value:
            return Refusal(Reason.PAIR_MISSING, name)
        right = _at(layout.rights, value)
        if right is None:
            return Refusal(Reason.UNKNOWN_CHOICE, name)
        chosen[letter] = right
    return Paired(tuple((letter, chosen[letter]) for letter in question.options))


def _only(form: Form, name: str) -> str:
    """Return the one value of a field; repeated with different values counts as not given."""
    values = form.get(name, ())
    return values[0].strip() if values and all(v == values[0] for v in values[:MAX_VALUES]) else ""


def _line(form: Form, name: str, limit: int) -> str | Refusal:
    """Return one line of text, trimmed, or why it is none."""
    value = next(iter(form.get(name, ())), "")
    if len(value) > 4 * limit or len(text := value.strip()) > limit:
        return Refusal(Reason.TOO_LONG, name)
    if not text:
        return Refusal(Reason.EMPTY, name)
    return text if is_clean(text) else Refusal(Reason.HIDDEN_CHARACTERS, name)


def _small_number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else None


def _at(letters: Sequence[str], value: str) -> str | None:
    """Return the letter that stands at the position a form sent, if there is one."""
    position = _small_number(value.strip()) if len(value) <= MAX_NUMBER else None
    return letters[position - 1] if position and position <= len(letters) else None


# --- Numbers --------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def read_number(text: str) -> Decimal | Reason:
    """Read a number written with a decimal comma or point and spaces between thousands.

    `1,234` is refused: it is one thousand and more to one reader and one and a bit to another.
    """
    if len(text) > MAX_NUMBER:
        return Reason.TOO_LONG
    plain = fold(text)
    if plain[:2] in {"- ", "+ "}:
        plain = plain[0] + plain[2:]
    if _EITHER.fullmatch(plain):
        return Reason.THOUSANDS_OR_DECIMALS
    if not (_PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        return Reason.NOT_A_NUMBER
    return Decimal(plain.replace(" ", "").replace(",", "."))


# --- Marking -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth.

    `detail` says, letter by letter, whether what was done with it is right.
    `hits` of `outof` is the count that may be told without giving the key away.
    """

    points: Fraction
    correct: bool
    hits: int
    outof: int
    detail: dict[str, bool] = field(default_factory=dict)


def mark(question: Question, texts: Collection[QuestionText], response: Response) -> Mark:
    """Mark `response`. `texts` are the words of the question in every language of the course.

    single, short, number: all or nothing. Short answers count in any language of the course.
    multi: each right option chosen earns its share, each wrong one chosen takes a share away, never
    below nothing; so ticking everything earns little. order: all or nothing, with the number of
    steps that are in place. match: each right pair earns its share.
    A response of another kind than the question earns nothing.
    """
    match question.kind, response:
        case (Kind.SINGLE, Chosen(letters)):
            return _whole(question, letters == question.right, _chosen_well(question, letters))
        case (Kind.MULTI, Chosen(letters)):
            return _mark_multi(question, letters)
        case (Kind.SHORT, Typed(text)):
            return _whole(question, fold(text) in _accepted(texts))
        case (Kind.NUMBER, Figure(_, value)):
            return _whole(question, any(r.low <= value <= r.high for r in question.ranges))
        case (Kind.ORDER, Ordered(letters)):
            return _mark_order(question, letters)
        case (Kind.MATCH, Paired(pairs)):
            return _mark_match(question, texts, pairs)
        case _:
            return _whole(question, correct=False)


def _whole(question: Question, correct: bool, detail: dict[str, bool] | None = None) -> Mark:
    return Mark(Fraction(question.points * correct), correct, int(correct), 1, detail or {})


def _chosen_well(question: Question, letters: Collection[str]) -> dict[str, bool]:
    return {o: (o in letters) == (o in question.right) for o in question.options}


def _accepted(texts: Iterable[QuestionText]) -> set[str]:
    return {fold(answer) for text in texts for answer in text.accepted} - {""}


def _mark_multi(question: Question, letters: Collection[str]) -> Mark:
    right = set(question.right)
    hits = len(right & set(letters))
    earned = max(0, hits - len(set(letters) - right))
    share = Fraction(earned, len(right)) if right else Fraction(0)
    return Mark(
        points=question.points * share,
        correct=set(letters) == right,
        hits=hits,
        outof=len(right),
        detail=_chosen_well(question, letters),
    )


def _mark_order(question: Question, letters: Sequence[str]) -> Mark:
    detail = {here: here == there for here, there in zip(letters, question.options, strict=False)}
    correct = tuple(letters) == question.options
    return Mark(
        points=Fraction(question.points * correct),
        correct=correct,
        hits=sum(detail.values()),
        outof=len(question.options),
        detail=detail,
    )


def _mark_match(
    question: Question, texts: Collection[QuestionText], pairs: Iterable[tuple[str, str]]
) -> Mark:
    chosen = dict(pairs)
    detail = {o: _same_right(texts, o, chosen.get(o, "")) for o in question.options}
    hits, outof = sum(detail.values()), len(question.options)
    return Mark(
        points=question.points * Fraction(hits, outof) if outof else Fraction(0),
        correct=hits == outof > 0,
        hits=hits,
        outof=outof,
        detail=detail,
    )


def _same_right(texts: Iterable[QuestionText], letter: str, chosen: str) -> bool:
    """Two rows may share one right-hand text; then either letter is right."""
    return letter == chosen or any(
        letter in text.rights and text.rights[letter] == text.rights.get(chosen) for text in texts
    )


# --- Storage -------------------------------------------------------------------------------------

Json = dict[str, str | list[str] | list[list[str]]]


def to_json(response: Response) -> Json:
    """Return the response in the form in which it is stored: letters, not positions."""
    match response:
        case Chosen(letters):
            return {"chosen": list(letters)}
        case Typed(text):
            return {"text": text}
        case Figure(text, value):
            return {"text": text, "number": str(value)}
        case Ordered(letters):
            return {"order": list(letters)}
        case Paired(pairs):
            return {"pairs": [list(pair) for pair in pairs]}


def from_json(stored: Mapping[str, object]) -> Response:
    """Return the response that `to_json` stored."""
    match stored:
        case {"chosen": list(letters)}:
            return Chosen(tuple(letters))
        case {"text": str(text), "number": str(value)}:
            return Figure(text, Decimal(value))
        case {"text": str(text)}:
            return Typed(text)
        case {"order": list(letters)}:
            return Ordered(tuple(letters))
        case {"pairs": list(pairs)}:
            return Paired(tuple((left, right) for left, right in pairs))
        case _:
            raise ValueError(f"not a stored response: {sorted(stored)}")
