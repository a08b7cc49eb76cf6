"""What a page may hold of a question: built from what is allowed to be seen, so no template meets a key.

`Sheet` is the question with fields to fill in, `Feedback` the question as results. HTML in them comes from
published words, which went through `core.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from lms.assessment import rules, wording
from lms.assessment.marking import (
    CHOICE,
    Chosen,
    Figure,
    Layout,
    Mark,
    Ordered,
    Paired,
    Response,
    Typed,
    mark,
    pair_field,
    place_field,
)
from lms.assessment.rules import Visible
from lms.core.i18n import gettext as _
from lms.core.i18n import ngettext
from lms.core.markup import plain
from lms.courses.questions import Kind, Question, QuestionText, QuizRules

_LAST_PARAGRAPH = re.compile(r"(?s)(?P<before>.*)<p>(?P<title>(?:(?!</?p>).)*)</p>\s*")
_ONE_PARAGRAPH = re.compile(r"(?s)\s*<p>(?P<inside>(?:(?!</?p>).)*)</p>\s*")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question's words: what leads up to it, and the question itself for the heading."""

    before: Markup
    title: Markup


def prompt(words: QuestionText) -> Prompt:
    """Take the last paragraph as the question itself; a heading can't hold more than one."""
    match = _LAST_PARAGRAPH.fullmatch(words.prompt_html)
    if match is None:
        return Prompt(Markup(words.prompt_html), Markup(""))  # noqa: S704
    return Prompt(Markup(match["before"]), Markup(match["title"]))  # noqa: S704


def heading(words: QuestionText) -> str:
    """The question itself as plain text, for lists."""
    found = prompt(words)
    return plain(str(found.title or found.before))


def inline(html: str) -> Markup:
    """HTML for a place that takes no paragraph of its own."""
    match = _ONE_PARAGRAPH.fullmatch(html)
    return Markup(match["inside"] if match else html)  # noqa: S704


Row = tuple[int, Markup]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A question to answer. Values are places on the page, never letters."""

    kind: str
    prompt: Prompt
    hint: Markup
    rows: list[Row] = field(default_factory=list)
    rights: list[tuple[int, str]] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    pairs: dict[int, int] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    text: str = ""


def sheet(
    question: Question,
    words: QuestionText,
    quiz: QuizRules,
    seed: int,
    saved: Response | None,
    typed: Mapping[str, Sequence[str]] | None = None,
) -> Sheet:
    """The question with what was answered before, or what was typed just now and could not be read."""
    layout = rules.layout(question, quiz, seed)
    rows = [(at, inline(words.options[letter])) for at, letter in enumerate(layout.options, 1)]
    rights = [(at, words.rights[letter]) for at, letter in enumerate(layout.rights, 1)]
    fields = _fields(layout, saved) if typed is None else typed
    return Sheet(
        kind=question.kind,
        prompt=prompt(words),
        hint=inline(words.hint_html),
        rows=rows,
        rights=_distinct(rights),
        chosen=_numbers(fields.get(CHOICE, ())),
        pairs=_pairs(len(rows), rights, fields),
        places={at: _first(fields, place_field(at)) or str(at) for at, _text in rows},
        text=_first(fields, "text")[:500],
    )


def _fields(layout: Layout, saved: Response | None) -> Mapping[str, Sequence[str]]:
    """What form fields would hold for a saved answer."""
    at = {letter: place for place, letter in enumerate(layout.options, 1)}
    right_at = {letter: place for place, letter in enumerate(layout.rights, 1)}
    match saved:
        case Chosen(letters):
            return {CHOICE: [str(at[letter]) for letter in letters]}
        case Typed(text) | Figure(text):
            return {"text": [text]}
        case Ordered(letters):
            return {place_field(at[one]): [str(place)] for place, one in enumerate(letters, 1)}
        case Paired(pairs):
            return {pair_field(at[left]): [str(right_at[right])] for left, right in pairs}
        case None:
            return {}


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(one) for one in values[:64] if one.isascii() and one.isdigit() and len(one) < 4]


def _distinct(rights: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Each text once: two rows may share a right-hand side."""
    firsts = {text: at for at, text in reversed(rights)}
    return [(at, text) for at, text in rights if firsts[text] == at]


def _pairs(
    rows: int, rights: Sequence[tuple[int, str]], fields: Mapping[str, Sequence[str]]
) -> dict[int, int]:
    firsts = {text: at for at, text in reversed(rights)}
    text_at = dict(rights)
    chosen = {at: _numbers([_first(fields, pair_field(at))]) for at in range(1, rows + 1)}
    return {at: firsts[text_at[one[0]]] for at, one in chosen.items() if one and one[0] in text_at}


# --- Feedback ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One row of results; `state` is "", "yours", "best" or "both", `word` stands on its tag."""

    text: Markup
    state: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A question as results: only what may be seen now.

    `correct` is None while that is not told. `said` are the author's words, `count` how much is right.
    """

    prompt: Prompt
    lines: list[Line]
    correct: bool | None
    count: str = ""
    said: list[Markup] = field(default_factory=list)
    answer: list[Line] = field(default_factory=list)


def feedback(
    question: Question,
    words: QuestionText,
    quiz: QuizRules,
    seed: int,
    given: Response | None,
    visible: Visible,
) -> Feedback:
    """The question as results, with no more in it than `visible` allows."""
    marked = mark(question, [words], given) if given else None
    layout = rules.layout(question, quiz, seed)
    lines, answer = _lines(question, words, layout, given, visible, marked)
    if marked is None or not visible.mark:
        explained = _explained(words, visible)
        return Feedback(prompt(words), lines, None, said=explained, answer=answer)
    return Feedback(
        prompt(words),
        lines,
        marked.correct,
        count="" if marked.correct else _count(question, marked),
        said=[*_said(question, words, given, visible, marked), *_explained(words, visible)],
        answer=answer,
    )


def _explained(words: QuestionText, visible: Visible) -> list[Markup]:
    return [Markup(words.explain_html)] if visible.explain and words.explain_html else []  # noqa: S704


def _said(
    question: Question,
    words: QuestionText,
    given: Response | None,
    visible: Visible,
    marked: Mark,
) -> list[Markup]:
    found = [words.right_html if marked.correct else words.wrong_html]
    if question.kind is Kind.SINGLE and isinstance(given, Chosen):
        found = [*(words.feedback.get(letter, "") for letter in given.letters), *found]
    if not marked.correct and not visible.key:
        found.append(words.hint_html)
    return [_block(html) for html in found if html]


def _block(html: str) -> Markup:
    return Markup(html if html.lstrip().startswith("<") else f"<p>{html}</p>")  # noqa: S704


def _count(question: Question, marked: Mark) -> str:
    match question.kind:
        case Kind.ORDER:
            return ngettext(
                "%(hits)s of %(num)s line is in its place.",
                "%(hits)s of %(num)s lines are in their place.",
                marked.outof,
                hits=marked.hits,
            )
        case Kind.MATCH:
            return ngettext(
                "%(hits)s of %(num)s pair is right.",
                "%(hits)s of %(num)s pairs are right.",
                marked.outof,
                hits=marked.hits,
            )
        case Kind.MULTI if marked.points:
            return _("Part of it is right.")
        case _:
            return ""


def _lines(
    question: Question,
    words: QuestionText,
    layout: Layout,
    given: Response | None,
    visible: Visible,
    marked: Mark | None,
) -> tuple[list[Line], list[Line]]:
    """The rows of results, and the right answer where it can't stand in the same rows."""
    good = bool(marked and visible.mark and marked.correct)
    detail = marked.detail if marked and visible.key else {}
    match question.kind:
        case Kind.SINGLE | Kind.MULTI:
            chosen = given.letters if isinstance(given, Chosen) else ()
            right = question.right if visible.key or good else ()
            rows = [_choice(question, words, o, chosen, right, visible) for o in layout.options]
            return rows, []
        case Kind.ORDER:
            order = given.letters if isinstance(given, Ordered) else ()
            key = question.options if visible.key else ()
            return _in_order(words, order, detail), _in_order(words, key, {}, "best")
        case Kind.MATCH:
            pairs = given.pairs if isinstance(given, Paired) else ()
            solved = [(o, o) for o in question.options] if visible.key else []
            return _in_pairs(words, pairs, detail), _in_pairs(words, solved, {}, "best")
        case Kind.SHORT | Kind.NUMBER:
            text = given.text if isinstance(given, Typed | Figure) else ""
            yours = Line(escape(text), "both" if good else "yours", _("Your answer"))
            return [yours] if text else [], _in_words(question, words) if visible.key else []


def _choice(
    question: Question,
    words: QuestionText,
    letter: str,
    chosen: Sequence[str],
    right: Sequence[str],
    visible: Visible,
) -> Line:
    text = inline(words.options[letter])
    own, best = letter in chosen, letter in right
    if (
        question.kind is Kind.MULTI
        and visible.mark
        and (own or best)
        and words.feedback.get(letter)
    ):
        text += Markup('<br><span class="hint">{}</span>').format(inline(words.feedback[letter]))
    state = {(True, True): "both", (True, False): "yours", (False, True): "best"}.get(
        (own, best), ""
    )
    said = {"both": _("Your answer"), "yours": _("Your answer"), "best": _("Right answer")}
    return Line(text, state, said.get(state, ""))


def _in_order(
    words: QuestionText, letters: Sequence[str], detail: Mapping[str, bool], state: str = ""
) -> list[Line]:
    texts = [inline(words.options[letter]) for letter in letters]
    return [
        _judged(Markup("<b>{}.</b> {}").format(place, text), detail.get(letter), state)
        for place, (letter, text) in enumerate(zip(letters, texts, strict=True), 1)
    ]


def _in_pairs(
    words: QuestionText,
    pairs: Sequence[tuple[str, str]],
    detail: Mapping[str, bool],
    state: str = "",
) -> list[Line]:
    return [
        _judged(
            Markup("{} → <b>{}</b>").format(inline(words.options[left]), words.rights[right]),
            detail.get(left),
            state,
        )
        for left, right in pairs
    ]


def _judged(text: Markup, good: bool | None, state: str) -> Line:
    """A row of an answer in several rows; `good` is None while nothing is told about it."""
    if good is None:
        return Line(text, state)
    return Line(text, "both", _("Right")) if good else Line(text, "yours")


def _in_words(question: Question, words: QuestionText) -> list[Line]:
    if question.kind is Kind.NUMBER:
        text = wording.accepted_numbers(question.ranges)
    else:
        text = next(iter(words.accepted), "")
    return [Line(escape(text), "best")] if text else []
