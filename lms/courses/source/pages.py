"""One item file in one language: front matter and body read, rendered and looked over."""

from __future__ import annotations

import gzip
import hashlib
import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.core.markup import PictureAddress, Rendered, Target, is_safe_address, plain, render
from lms.courses.questions import QuestionText
from lms.courses.source.blocks import Body, QuestionBlock, Stretch, scan
from lms.courses.source.fields import Fields
from lms.courses.source.files import Page
from lms.courses.source.pictures import Pictures
from lms.courses.source.problems import Problems
from lms.courses.source.questions import CHOICE, Draft, QuestionReader, words_of
from lms.courses.source.wording import Glossary, avoid_message, check_words, long_sentences

# Ids around the text: a script or a link would find the wrong one first.
PAGES_OWN = frozenset({"errors", "lesson", "live", "main", "task-files"})
MAX_TEXT = 6 * 1024
SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the files of one course share while they are read."""

    problems: Problems
    pictures: Pictures
    glossary: Glossary
    box_hints: Mapping[str, str]


@dataclass(slots=True)
class ReadPage:
    """A file as read: what stands in it, and where."""

    path: str
    language: str
    fields: Fields
    digest: str
    body: Body
    title: str = ""
    body_html: str = ""
    drafts: dict[str, Draft] = field(default_factory=dict)
    questions: dict[str, QuestionText] = field(default_factory=dict)
    rubric: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[int, str, int]] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    words: str = ""
    bytes_sent: int = 0

    @property
    def boxes(self) -> dict[str, int]:
        """Ids of "Try it" boxes with their lines."""
        return {box.ident: box.line for box in self.body.boxes if box.ident}


def digest_of(raw: str) -> str:
    """The first 12 hex digits of the SHA-256 of a source file, whatever its line ends and trailing spaces."""
    lines = unicodedata.normalize("NFC", raw).rstrip().split("\n")
    normal = "\n".join(line.rstrip() for line in lines if not line.startswith("translated_from"))
    return hashlib.sha256(normal.encode()).hexdigest()[:12]


def read_item_page(
    page: Page, language: str, shared: Surroundings, *, translation: bool, lesson: bool
) -> ReadPage:
    """Read one file of an item. `lesson` decides whether its first paragraph is set larger."""
    problems = shared.problems
    body = scan(page.path, page.body, page.body_line, problems)
    read = ReadPage(page.path, language, Fields.of(page.head, problems), digest_of(page.raw), body)
    read.title = read.fields.text("title")
    reader = QuestionReader(page.path, language, problems, translation=translation)
    parts: list[str] = []
    for part in body.parts:
        if isinstance(part, Stretch):
            parts.append(_stretch(read, part, shared, lead=lesson and not parts))
        else:
            parts += _question(read, part, reader, lesson=lesson)
    read.body_html = "".join(parts)
    _look_over(read, page, shared)
    return read


def _stretch(read: ReadPage, part: Stretch, shared: Surroundings, *, lead: bool) -> str:
    def find(address: str) -> PictureAddress | None:
        return shared.pictures.find(read.path, read.language, address)

    hint = shared.box_hints.get(read.language) or shared.box_hints["en"]
    rendered = render("\n".join(part.lines), lead=lead, box_hint=hint, pictures=find)
    read.headings += [
        (heading.level, heading.anchor, part.line + heading.line) for heading in rendered.headings
    ]
    for link in rendered.links:
        read.links.append((link.address, *_place(link, part)))
    _pictures(read, rendered, part, shared)
    _sentences(read, rendered, part, shared.problems)
    return rendered.html


def _place(target: Target, part: Stretch) -> tuple[int, int]:
    """Line and column of an address: the first line of its block that holds it."""
    for number in range(target.first, min(target.last, len(part.lines))):
        column = part.lines[number].find(target.address)
        if column >= 0:
            return part.line + number, column + 1
    return part.line + target.first, 1


def _pictures(read: ReadPage, rendered: Rendered, part: Stretch, shared: Surroundings) -> None:
    for image in rendered.images:
        line, column = _place(image, part)
        if not image.label.strip():
            shared.problems.add(
                read.path,
                line,
                column,
                "E401",
                "no alternative text: say in the brackets what the picture shows",
            )
        refusal = shared.pictures.explain(read.path, read.language, image.address)
        if refusal:
            shared.problems.add(read.path, line, column, *refusal)
        read.bytes_sent += shared.pictures.size(read.path, read.language, image.address)


def _sentences(read: ReadPage, rendered: Rendered, part: Stretch, problems: Problems) -> None:
    ends = [heading.line for heading in rendered.headings if heading.anchor == SOURCES]
    for paragraph in rendered.paragraphs:
        if ends and paragraph.line > ends[0]:
            continue
        for number, start, count in long_sentences(paragraph):
            source_line = part.lines[number] if number < len(part.lines) else ""
            column = source_line.find(start) + 1
            message = f"a sentence of {count} words, at most 30: make two"
            problems.add(read.path, part.line + number, column, "W502", message)


def _question(
    read: ReadPage, part: QuestionBlock, reader: QuestionReader, *, lesson: bool
) -> list[str]:
    draft = reader.read(part)
    if draft is None:
        return []
    if draft.key in read.drafts:
        first = read.drafts[draft.key].line
        reader.report(
            part.line,
            part.rest_column,
            "E102",
            f"id {draft.key} is used twice, first in line {first}",
        )
        return []
    text = words_of(draft)
    read.drafts[draft.key], read.questions[draft.key] = draft, text
    if not lesson:
        return []
    return [_check_yourself(draft, text)] if draft.kind in CHOICE else []


def _check_yourself(draft: Draft, text: QuestionText) -> str:
    """A practice question of a lesson: each option opens its own feedback. Nothing is recorded or sent."""
    options = "".join(
        f'<details class="card"><summary>{text.options[letter]}</summary>'
        f"<p>{text.feedback.get(letter, '')}</p></details>\n"
        for letter in dict.fromkeys(draft.letters)
    )
    return (
        f'<section class="stack-s">\n{text.prompt_html}\n{options}{text.explain_html}</section>\n'
    )


def _look_over(read: ReadPage, page: Page, shared: Surroundings) -> None:
    problems = shared.problems
    _headings(read, problems)
    _links(read, problems)
    check_words(
        shared.glossary, read.language, "\n".join(page.body), read.path, page.body_line, problems
    )
    for _position, term, instead in shared.glossary.find(read.language, read.title):
        read.fields.report("W501", avoid_message(term, instead), "title")
    spoken = [
        html.unescape(part)
        for text in read.questions.values()
        for part in (text.prompt_html, *text.options.values())
    ]
    read.words = plain(" ".join((read.body_html, *spoken)))
    read.bytes_sent += len(gzip.compress(read.body_html.encode(), 6, mtime=0))
    size = (
        len(gzip.compress(read.body_html.encode(), 6, mtime=0))
        if len(read.body_html) > MAX_TEXT
        else 0
    )
    if size > MAX_TEXT:
        problems.add(
            read.path,
            1,
            1,
            "E403",
            f"the text is {size / 1024:.1f} KB packed, at most {MAX_TEXT // 1024} KB: make two lessons",
        )


def _headings(read: ReadPage, problems: Problems) -> None:
    before, seen = 1, set(read.boxes)
    for level, anchor, line in read.headings:
        if level == 1:
            problems.add(
                read.path, line, 1, "E114", "the title is the first heading already: start with ##"
            )
        elif level > before + 1:
            problems.add(
                read.path, line, 1, "E114", f"heading skips a level: use {'#' * (before + 1)}"
            )
        before = max(level, 2) if level == 1 else level
        if anchor in PAGES_OWN:
            problems.add(read.path, line, 1, "E102", f"{{#{anchor}}} is an id of the page itself")
        if anchor and anchor in seen:
            problems.add(read.path, line, 1, "E102", f"{{#{anchor}}} is used twice on this page")
        seen.add(anchor)


def _links(read: ReadPage, problems: Problems) -> None:
    anchors = (
        {anchor for _level, anchor, _line in read.headings} | set(read.boxes) | set(read.drafts)
    )
    for address, line, column in read.links:
        if address.startswith("#"):
            if address[1:] not in anchors:
                problems.add(
                    read.path, line, column, "E412", f"no heading {{{address}}} on this page"
                )
        elif address.startswith("/") or not is_safe_address(address):
            message = f"link {address!r}: only https://…, http://…, mailto:… or #heading"
            problems.add(read.path, line, column, "E411", message)


def kinds_allowed(read: ReadPage, kind_of_item: str, problems: Problems) -> None:
    """Questions stand in quizzes; a lesson may have practice ones with one or several answers; a task none."""
    for draft in read.drafts.values():
        if kind_of_item == "task":
            problems.add(
                read.path, draft.line, 1, "E115", "a task has no questions: put them in a quiz"
            )
        elif kind_of_item == "lesson" and (draft.kind not in CHOICE or not draft.practice):
            message = (
                "in a lesson only single and multi with mode=practice: put this question in a quiz"
            )
            problems.add(read.path, draft.line, 1, "E115", message)
        elif kind_of_item == "lesson" and any(not option.feedback for option in draft.options):
            problems.add(
                read.path, draft.line, 1, "E115", "in a lesson every option needs its `> feedback`"
            )
        elif kind_of_item == "quiz" and draft.practice:
            problems.add(
                read.path,
                draft.line,
                1,
                "E115",
                "mode=practice stands in the front matter of a quiz",
            )
