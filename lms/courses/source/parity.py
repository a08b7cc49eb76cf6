"""Source and translation side by side: nothing missing, nothing more, the same key, the same links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lms.core.markup import host_of
from lms.courses.questions import Kind, NumberRange
from lms.courses.source.pages import ReadPage
from lms.courses.source.problems import Problems
from lms.courses.source.questions import CHOICE, Draft

LEAST, MOST = 0.5, 2.0
LANGUAGE_HOSTS = ("ru.", "en.", "www.")


def compare(
    source: ReadPage,
    translation: ReadPage,
    ranges: Mapping[str, Mapping[str, tuple[NumberRange, ...]]],
    problems: Problems,
) -> None:
    """Report every difference between the two files; `ranges` are the numbers of each language by question."""
    _same_questions(source, translation, problems)
    for key, theirs in translation.drafts.items():
        mine = source.drafts.get(key)
        if mine:
            _same_question(mine, theirs, translation.path, problems)
            _same_numbers(key, theirs, ranges, translation, problems)
    _same_rubric(source, translation)
    _same_boxes(source, translation, problems)
    _same_links(source, translation, problems)
    _same_headings(source, translation, problems)
    _similar_length(source, translation, problems)


def _same_questions(source: ReadPage, translation: ReadPage, problems: Problems) -> None:
    for key, draft in source.drafts.items():
        if key not in translation.drafts:
            problems.add(
                translation.path,
                1,
                1,
                "E202",
                f"question {key!r} is missing (source line {draft.line})",
            )
    for key, draft in translation.drafts.items():
        if key not in source.drafts:
            problems.add(
                translation.path,
                draft.line,
                1,
                "E205",
                f"question {key!r} is not in the source {source.path}",
            )


def _same_question(mine: Draft, theirs: Draft, path: str, problems: Problems) -> None:
    if mine.kind is not theirs.kind:
        problems.add(
            path,
            theirs.line,
            1,
            "E206",
            f"{mine.key} is {mine.kind} in the source, {theirs.kind} here",
        )
        return
    lines = {option.letter: option.line for option in mine.options}
    for letter in mine.letters:
        if letter not in theirs.letters:
            problems.add(
                path,
                theirs.line,
                1,
                "E203",
                f"{mine.key}: option {letter!r} is missing (source line {lines[letter]})",
            )
    for option in theirs.options:
        if option.letter not in mine.letters and option.letter.isascii():
            problems.add(
                path,
                option.line,
                option.column,
                "E205",
                f"{mine.key}: option {option.letter!r} is not in the source",
            )
    if mine.kind in CHOICE and any(option.mark is not None for option in theirs.options):
        _same_marks(mine, theirs, path, problems)
    if (
        mine.kind is Kind.ORDER
        and set(mine.letters) == set(theirs.letters)
        and mine.letters != theirs.letters
    ):
        message = f"{mine.key}: order {list(theirs.letters)} but the key is {list(mine.letters)}"
        problems.add(path, theirs.line, 1, "E204", message)


def _same_marks(mine: Draft, theirs: Draft, path: str, problems: Problems) -> None:
    if set(mine.marked) == set(theirs.marked):
        return
    wrong = [
        option for option in theirs.options if bool(option.mark) != (option.letter in mine.marked)
    ]
    line = wrong[0].line if wrong else theirs.line
    message = f"{mine.key}: marks {list(theirs.marked)} but the key is {list(mine.marked)}"
    problems.add(path, line, 1, "E204", message)


def _same_numbers(
    key: str,
    draft: Draft,
    ranges: Mapping[str, Mapping[str, tuple[NumberRange, ...]]],
    translation: ReadPage,
    problems: Problems,
) -> None:
    theirs = ranges.get(translation.language, {}).get(key, ())
    mine = next(
        (
            table[key]
            for language, table in ranges.items()
            if language != translation.language and key in table
        ),
        (),
    )
    if draft.kind is Kind.NUMBER and theirs and theirs != mine:
        line = draft.answers[0][0]
        problems.add(
            translation.path,
            line,
            1,
            "E204",
            f"{key}: another number than in the source; leave the = lines out",
        )


def _same_rubric(source: ReadPage, translation: ReadPage) -> None:
    for key in source.rubric:
        if key not in translation.rubric:
            translation.fields.report(
                "E202", f"criterion {key!r} of the rubric is missing", "rubric"
            )
    for key in translation.rubric:
        if key not in source.rubric:
            translation.fields.report(
                "E205", f"criterion {key!r} is not in the source", "rubric", key
            )


def _same_boxes(source: ReadPage, translation: ReadPage, problems: Problems) -> None:
    for key, line in source.boxes.items():
        if key not in translation.boxes:
            problems.add(
                translation.path, 1, 1, "E202", f"box {key!r} is missing (source line {line})"
            )
    for key, line in translation.boxes.items():
        if key not in source.boxes:
            problems.add(translation.path, line, 1, "E205", f"box {key!r} is not in the source")


def _same_links(source: ReadPage, translation: ReadPage, problems: Problems) -> None:
    mine = Counter(_target(address) for address, _line, _column in source.links)
    theirs = Counter(_target(address) for address, _line, _column in translation.links)
    for target in mine - theirs:
        line = next(line for address, line, _column in source.links if _target(address) == target)
        problems.add(
            translation.path, 1, 1, "E208", f"no link to {target} as in line {line} of the source"
        )
    for target in theirs - mine:
        line, column = next(
            place for address, *place in translation.links if _target(address) == target
        )
        problems.add(
            translation.path,
            line,
            column,
            "E208",
            f"a link to {target} that the source does not have",
        )


def _target(address: str) -> str:
    """What two languages must have in common: the anchor, or the host without its language."""
    host = host_of(address)
    for prefix in LANGUAGE_HOSTS:
        host = host.removeprefix(prefix)
    return host or address


def _same_headings(source: ReadPage, translation: ReadPage, problems: Problems) -> None:
    mine = [(level, anchor) for level, anchor, _line in source.headings]
    theirs = [(level, anchor) for level, anchor, _line in translation.headings]
    if mine == theirs:
        return
    at = next(
        (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
        min(len(mine), len(theirs)),
    )
    line = translation.headings[at][2] if at < len(theirs) else 1
    wanted = f"{'#' * mine[at][0]} … {{#{mine[at][1]}}}" if at < len(mine) else "no more headings"
    problems.add(
        translation.path, line, 1, "W303", f"heading {at + 1} differs: the source has {wanted}"
    )


def _similar_length(source: ReadPage, translation: ReadPage, problems: Problems) -> None:
    if len(source.words) < 200:
        return
    ratio = len(translation.words) / len(source.words)
    if not LEAST <= ratio <= MOST:
        message = f"{ratio:.1f} times as long as the source: is something missing or added?"
        problems.add(translation.path, 1, 1, "W304", message)
