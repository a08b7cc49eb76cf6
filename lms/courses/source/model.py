"""A course as it was read from its folder: structure once, words per language. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lms.courses.questions import Question, QuestionText, QuizRules


class ItemKind(StrEnum):
    """What an item of a module is."""

    LESSON = "lesson"
    QUIZ = "quiz"
    TASK = "task"


class Done(StrEnum):
    """When an item counts as done (`acceptance.md` 2.5)."""

    MARK = "mark"
    ANSWER_ALL = "answer-all"
    PASS = "pass"  # noqa: S105 - a rule, no password
    ACCEPTED = "accepted"


class Theme(StrEnum):
    """The six covers."""

    RIGHTS = "rights"
    EVIDENCE = "evidence"
    BUDGETS = "budgets"
    STORIES = "stories"
    FORUMS = "forums"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be served; `name` is `<first 20 hex digits of its SHA-256>.<suffix>`."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemText:
    """The words of an item in one language. `body_html` is safe; pictures are written as `pictures/<name>`."""

    title: str
    body_html: str
    questions: Mapping[str, QuestionText] = field(default_factory=dict)
    rubric: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A lesson, quiz or task. `texts` has the source language always, other languages when they are ready."""

    key: str
    kind: ItemKind
    texts: Mapping[str, ItemText]
    minutes: int = 0
    required: bool = True
    complete: Done = Done.MARK
    prerequisites: tuple[str, ...] = ()
    private: bool = False
    graded: bool = False
    offline: bool = True
    rules: QuizRules | None = None
    questions: tuple[Question, ...] = ()
    rubric: tuple[str, ...] = ()
    max_words: int = 0
    key_fix: str = ""


@dataclass(frozen=True, slots=True)
class SourceModule:
    """A module: an ordered part of a course with a title in each language."""

    key: str
    titles: Mapping[str, str]
    items: tuple[SourceItem, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it: name and role per language."""

    names: Mapping[str, str]
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CourseText:
    """The public page of a course in one language."""

    title: str
    summary: str
    outcomes: tuple[str, ...]
    about_html: str
    neutral_title: str


@dataclass(frozen=True, slots=True)
class Retired:
    """An id of an earlier version that is gone: what took its place, and whether having done it still counts."""

    key: str
    replaced_by: str = ""
    credit: bool = False


@dataclass(frozen=True, slots=True)
class SourceCourse:
    """Everything that publishing writes down as one version."""

    key: str
    source: str
    languages: tuple[str, ...]
    texts: Mapping[str, CourseText]
    modules: tuple[SourceModule, ...]
    hours: Decimal = Decimal(0)
    licence: str = ""
    theme: Theme = Theme.RIGHTS
    mentor: bool = False
    min_score: int = 0
    authors: tuple[Author, ...] = ()
    retired: tuple[Retired, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def items(self) -> tuple[SourceItem, ...]:
        """All items in reading order."""
        return tuple(item for module in self.modules for item in module.items)

    @property
    def keys(self) -> frozenset[str]:
        """Ids that something may be stored under: they may not vanish from the next version in silence."""
        modules = {module.key for module in self.modules}
        questions = {question.key for item in self.items for question in item.questions}
        return frozenset(modules | questions | {item.key for item in self.items})


@dataclass(frozen=True, slots=True)
class Published:
    """What the checker needs to know of the last published version."""

    version: int
    content_hash: str
    contract_hash: str
    keys: frozenset[str]
