"""Reads of courses: frozen values made for a page. Published rows never change, so outlines are kept in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import Select, bindparam, select

from lms.core.db import db, fetch
from lms.core.discretion import titles_are_neutral
from lms.core.text import fold
from lms.courses import stored
from lms.courses.models import (
    Course,
    CourseFile,
    CourseText,
    CourseVersion,
    Item,
    ItemText,
    ItemVersion,
    Module,
    ModuleText,
    QuestionVersion,
    QuestionWords,
)
from lms.courses.questions import Question, QuestionText, QuizRules
from lms.courses.source.model import Author, Done, ItemKind, Published

KEPT_OUTLINES = 256
# What else stands in an address is not asked for: PostgreSQL refuses a NUL with an error.
_PUBLIC_ID = re.compile(r"[0-9a-z]{12}")
_FILE_NAME = re.compile(r"[0-9a-f]{20}\.[a-z]{3,4}")

# ---------------------------------------------------------------- catalogue


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A course on its card. `lang` is the language of the words, which may not be the reader's."""

    course_id: int
    version_id: int
    public_id: str
    lang: str
    title: str
    summary: str
    theme: str
    mentor: bool
    hours: Decimal
    languages: tuple[str, ...]


def catalogue(
    lang: str, words: str = "", spoken: str = "", *, with_mentor: bool = False
) -> list[CatalogueEntry]:
    """Latest versions, by title. `words` are searched in every language, without regard to case and ё.

    `spoken` keeps courses that exist in a language. One statement.
    """
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_latest_texts()):
        found.setdefault(row.version_id, []).append(row)
    wanted = fold(words[:200]).split()
    entries = [
        _entry(rows, lang)
        for rows in found.values()
        if (not spoken or any(row.lang == spoken for row in rows))
        and (rows[0].mentor or not with_mentor)
        and all(any(word in row.folded for row in rows) for word in wanted)
    ]
    return sorted(entries, key=lambda entry: fold(entry.title))


def _latest_texts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Course.id.label("course_id"),
            Course.public_id,
            CourseVersion.id.label("version_id"),
            *(CourseVersion.source, CourseVersion.theme, CourseVersion.mentor, CourseVersion.hours),
            *(CourseText.lang, CourseText.title, CourseText.neutral_title),
            *(CourseText.summary, CourseText.folded),
        )
        .join(
            CourseVersion,
            (CourseVersion.course_id == Course.id) & (CourseVersion.number == Course.version),
        )
        .join(CourseText, CourseText.version_id == CourseVersion.id)
    )


def _entry(rows: Sequence[Any], lang: str) -> CatalogueEntry:
    row = _in_language(rows, lang)
    spoken = sorted(row.lang for row in rows)
    plain = titles_are_neutral()
    title, summary = (row.neutral_title, "") if plain else (row.title, row.summary)
    return CatalogueEntry(
        *(row.course_id, row.version_id, row.public_id, row.lang, title, summary),
        *(row.theme, row.mentor, row.hours, tuple(spoken)),
    )


def _in_language(rows: Sequence[Any], lang: str) -> Any:
    """The row in a language, else the one in the source language."""
    by_language = {row.lang: row for row in rows}
    return by_language.get(lang) or by_language.get(rows[0].source) or rows[0]


# ---------------------------------------------------------------- outline


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """An item in the outline: everything about it but its words."""

    id: int
    item_version_id: int
    public_id: str
    key: str
    kind: ItemKind
    title: str
    lang: str
    module: int
    minutes: int
    required: bool
    complete: Done
    prerequisites: tuple[str, ...]
    private: bool
    graded: bool
    rules: QuizRules | None
    rubric: tuple[str, ...]
    max_words: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """A module in the outline; `number` counts from 1."""

    id: int
    key: str
    number: int
    title: str
    items: tuple[OutlineItem, ...]

    @property
    def minutes(self) -> int:
        """How long it takes, as its author says."""
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True)
class Outline:
    """A course version in one language, without the bodies of its items. Immutable: share it freely.

    `lang` is the language that was asked for; a missing text stands in the source language, and `text_lang`
    (and `OutlineItem.lang`) say so.
    """

    version_id: int
    course_id: int
    public_id: str
    course_key: str
    number: int
    lang: str
    text_lang: str
    full_title: str
    neutral_title: str
    summary: str
    outcomes: tuple[str, ...]
    about_html: str
    source: str
    languages: tuple[str, ...]
    hours: Decimal
    licence: str
    theme: str
    mentor: bool
    min_score: int
    content_hash: str
    contract_hash: str
    authors: tuple[tuple[str, str], ...]
    modules: tuple[OutlineModule, ...] = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called everywhere but on its own page and on paper."""
        return self.neutral_title if titles_are_neutral() else self.full_title

    @cached_property
    def items(self) -> tuple[OutlineItem, ...]:
        """All items in reading order."""
        return tuple(item for module in self.modules for item in module.items)

    @cached_property
    def required(self) -> frozenset[int]:
        """Ids of the items that count for progress."""
        return frozenset(item.id for item in self.items if item.required)

    @cached_property
    def by_public_id(self) -> Mapping[str, OutlineItem]:
        """Items by what stands in their address."""
        return {item.public_id: item for item in self.items}

    @cached_property
    def by_id(self) -> Mapping[int, OutlineItem]:
        """Items by their number."""
        return {item.id: item for item in self.items}

    @cached_property
    def by_key(self) -> Mapping[str, OutlineItem]:
        """Items by their key in the files."""
        return {item.key: item for item in self.items}

    def module_of(self, item: OutlineItem) -> OutlineModule:
        """The module that an item stands in."""
        return self.modules[item.module]

    def around(self, item: OutlineItem) -> tuple[OutlineItem | None, OutlineItem | None]:
        """The items before and after."""
        at = self.items.index(item)
        before = self.items[at - 1] if at else None
        return before, self.items[at + 1] if at + 1 < len(self.items) else None


_outlines: dict[tuple[int, str], Outline] = {}
_outlines_lock = Lock()


def outline(version_id: int, lang: str) -> Outline | None:
    """The outline of a version. Costs no statement but the first time in a process."""
    found = _outlines.get((version_id, lang))
    if found is None and (found := _read_outline(version_id, lang)):
        with _outlines_lock:
            if len(_outlines) >= KEPT_OUTLINES:
                _outlines.pop(next(iter(_outlines)))
            _outlines[version_id, lang] = found
    return found


def _read_outline(version_id: int, lang: str) -> Outline | None:
    version = db.session.execute(
        select(Course.public_id, Course.key, CourseVersion)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .where(CourseVersion.id == version_id)
    ).first()
    if version is None:
        return None
    public_id, key, about = version
    texts = db.session.scalars(select(CourseText).where(CourseText.version_id == version_id)).all()
    by_language = {text.lang: text for text in texts}
    words = by_language.get(lang) or by_language[about.source]
    return Outline(
        version_id=version_id,
        course_id=about.course_id,
        public_id=public_id,
        course_key=key,
        number=about.number,
        lang=lang,
        text_lang=words.lang,
        full_title=words.title,
        neutral_title=words.neutral_title,
        summary=words.summary,
        outcomes=tuple(words.outcomes),
        about_html=words.about_html,
        source=about.source,
        languages=tuple(sorted(by_language)),
        hours=about.hours,
        licence=about.licence,
        theme=about.theme,
        mentor=about.mentor,
        min_score=about.min_score,
        content_hash=about.content_hash,
        contract_hash=about.contract_hash,
        authors=_authors(about.authors, words.lang, about.source),
        modules=_modules(version_id, lang, about.source),
    )


def _authors(
    rows: Sequence[Mapping[str, Any]], lang: str, source: str
) -> tuple[tuple[str, str], ...]:
    authors = [Author(row["names"], row["roles"]) for row in rows]
    return tuple(
        (
            author.names.get(lang) or author.names[source],
            author.roles.get(lang) or author.roles[source],
        )
        for author in authors
    )


def _modules(version_id: int, lang: str, source: str) -> tuple[OutlineModule, ...]:
    rows = db.session.execute(
        select(Module.id, Module.key, Module.position, ModuleText.lang, ModuleText.title)
        .join(ModuleText, ModuleText.module_id == Module.id)
        .where(Module.version_id == version_id, ModuleText.lang.in_((lang, source)))
        .order_by(Module.position, ModuleText.lang == source)
    ).all()
    firsts = {row.id: row for row in reversed(rows)}
    ordered = sorted(firsts.values(), key=lambda row: row.position)
    items = _items(version_id, lang, source, {row.id: number for number, row in enumerate(ordered)})
    return tuple(
        OutlineModule(
            row.id,
            row.key,
            number,
            row.title,
            tuple(item for item in items if item.module == number - 1),
        )
        for number, row in enumerate(ordered, 1)
    )


def _items(version_id: int, lang: str, source: str, places: Mapping[int, int]) -> list[OutlineItem]:
    rows = db.session.execute(
        select(Item.public_id, Item.key, ItemVersion, ItemText.lang, ItemText.title)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(ItemText, ItemText.item_version_id == ItemVersion.id)
        .where(ItemVersion.version_id == version_id)
        .order_by(ItemVersion.position)
    ).all()
    texts: dict[int, dict[str, str]] = {}
    for row in rows:
        texts.setdefault(row.ItemVersion.id, {})[row.lang] = row.title
    items = []
    for row in {row.ItemVersion.id: row for row in rows}.values():
        spoken = texts[row.ItemVersion.id]
        shown = lang if lang in spoken else source
        items.append(
            _item(
                row.ItemVersion,
                row.public_id,
                row.key,
                spoken[shown],
                shown,
                tuple(sorted(spoken)),
                places,
            )
        )
    return items


def _item(
    row: ItemVersion,
    public_id: str,
    key: str,
    title: str,
    lang: str,
    languages: tuple[str, ...],
    places: Mapping[int, int],
) -> OutlineItem:
    return OutlineItem(
        id=row.item_id,
        item_version_id=row.id,
        public_id=public_id,
        key=key,
        kind=ItemKind(row.kind),
        title=title,
        lang=lang,
        module=places[row.module_id],
        minutes=row.minutes,
        required=row.required,
        complete=Done(row.complete),
        prerequisites=tuple(row.prerequisites),
        private=row.private,
        graded=row.graded,
        rules=stored.rules_from(row.rules) if row.rules else None,
        rubric=tuple(row.rubric),
        max_words=row.max_words,
        languages=languages,
    )


# ---------------------------------------------------------------- which version


_LATEST = select(CourseVersion.id).join(
    Course, (Course.id == CourseVersion.course_id) & (Course.version == CourseVersion.number)
)
_LATEST_AT = _LATEST.where(Course.public_id == bindparam("public_id"))
_LATEST_OF = _LATEST.where(Course.id == bindparam("course_id"))


def latest_version(course_public_id: str) -> int | None:
    """The id of the latest version of a course, by the course's public id as it came in an address."""
    if not _PUBLIC_ID.fullmatch(course_public_id):
        return None
    found: int | None = fetch(_LATEST_AT, public_id=course_public_id).scalar()
    return found


def latest_version_of(course_id: int) -> int | None:
    """The id of the latest version of a course, by its number."""
    found: int | None = fetch(_LATEST_OF, course_id=course_id).scalar()
    return found


def published() -> dict[str, Published]:
    """The latest version of every course by its key, as the checker wants to know it."""
    rows = db.session.execute(
        select(
            *(Course.key, CourseVersion.number, CourseVersion.content_hash),
            *(CourseVersion.contract_hash, CourseVersion.keys),
        ).join(
            CourseVersion,
            (CourseVersion.course_id == Course.id) & (CourseVersion.number == Course.version),
        )
    )
    return {
        key: Published(number, content, contract, frozenset(keys))
        for key, number, content, contract, keys in rows
    }


# ---------------------------------------------------------------- words of an item


@dataclass(frozen=True, slots=True)
class ItemBody:
    """The words of an item; `lang` may be the source language when the wanted one is missing."""

    lang: str
    title: str
    html: str
    rubric: Mapping[str, str]


_BODY = select(ItemText.title, ItemText.body_html, ItemText.rubric).where(
    ItemText.item_version_id == bindparam("item_version_id"), ItemText.lang == bindparam("lang")
)


def item_body(item: OutlineItem) -> ItemBody:
    """The words of an item in the language of its outline. One statement."""
    row = fetch(_BODY, item_version_id=item.item_version_id, lang=item.lang).one()
    return ItemBody(item.lang, row.title, row.body_html, row.rubric)


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question of a quiz: its number in the database, its structure with the key, its words."""

    id: int
    question: Question
    words: QuestionText


def quiz_questions(item_version_id: int, lang: str) -> list[QuizQuestion]:
    """All questions of a quiz in order, in a language that all of them exist in. One statement."""
    rows = db.session.execute(
        select(
            *(
                QuestionVersion.id,
                QuestionVersion.key,
                QuestionVersion.kind,
                QuestionVersion.points,
            ),
            *(QuestionVersion.structure, QuestionWords.words),
        )
        .join(QuestionWords, QuestionWords.question_id == QuestionVersion.id)
        .where(QuestionVersion.item_version_id == item_version_id, QuestionWords.lang == lang)
        .order_by(QuestionVersion.position)
    )
    return [
        QuizQuestion(
            row.id,
            stored.question_from(row.key, row.kind, row.points, row.structure),
            stored.words_from(row.words),
        )
        for row in rows
    ]


def accepted_answers(item_version_id: int) -> dict[str, tuple[str, ...]]:
    """Accepted short answers of a quiz in all its languages, by question: a reader may answer in any."""
    rows = db.session.execute(
        select(QuestionVersion.key, QuestionWords.words)
        .join(QuestionWords, QuestionWords.question_id == QuestionVersion.id)
        .where(QuestionVersion.item_version_id == item_version_id, QuestionVersion.kind == "short")
        .order_by(QuestionVersion.position, QuestionWords.lang)
    )
    found: dict[str, tuple[str, ...]] = {}
    for key, words in rows:
        found[key] = (*found.get(key, ()), *stored.words_from(words).accepted)
    return found


def course_file(name: str) -> bytes | None:
    """A picture by its name as it came in an address."""
    if not _FILE_NAME.fullmatch(name):
        return None
    return db.session.scalar(select(CourseFile.data).where(CourseFile.name == name))


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list of `flask courses list`."""

    key: str
    public_id: str
    number: int
    published_at: Any
    languages: tuple[str, ...]
    latest: bool


def versions() -> list[VersionLine]:
    """Every version of every course, latest first."""
    rows = db.session.execute(
        select(Course.key, Course.public_id, Course.version, CourseVersion)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .order_by(Course.key, CourseVersion.number.desc())
    )
    return [
        VersionLine(
            key, public_id, row.number, row.published_at, tuple(row.languages), latest == row.number
        )
        for key, public_id, latest, row in rows
    ]
