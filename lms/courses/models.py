"""Tables of courses. What has a version is written once at publishing and never changed.

A course and its items keep one row each through all versions, so what a person has done stays hers when
the words change. Versions point to them. Nothing here is about a person.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S0, Model
from lms.core.ids import public_id


def _never_again() -> int:
    """A random number as key: it is not given twice, so a process may keep what it read under it for ever."""
    return secrets.randbelow(2**31 - 1) + 1


class Course(Model):
    """A course through all its versions. `version` is the number of the latest."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True, info=S0)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=public_id, info=S0)
    key: Mapped[str] = mapped_column(String(40), unique=True, info=S0)
    version: Mapped[int] = mapped_column(default=0, info=S0)


class Item(Model):
    """A lesson, quiz or task through all versions of its course. Facts about people point here."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S0)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), info=S0)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=public_id, info=S0)
    key: Mapped[str] = mapped_column(String(40), info=S0)


class CourseVersion(Model):
    """One published version. The number counts within its course."""

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("min_score BETWEEN 0 AND 100", name="min_score"),
    )

    id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, default=_never_again, info=S0
    )
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), info=S0)
    number: Mapped[int] = mapped_column(info=S0)
    content_hash: Mapped[str] = mapped_column(String(64), info=S0)
    contract_hash: Mapped[str] = mapped_column(String(64), info=S0)
    commit_id: Mapped[str] = mapped_column(String(64), default="", info=S0)
    published_at: Mapped[datetime] = mapped_column(info=S0)
    notes: Mapped[dict[str, Any]] = mapped_column(info=S0)
    source: Mapped[str] = mapped_column(String(8), info=S0)
    languages: Mapped[list[Any]] = mapped_column(info=S0)
    hours: Mapped[Decimal] = mapped_column(Numeric(5, 2), info=S0)
    licence: Mapped[str] = mapped_column(String(40), info=S0)
    theme: Mapped[str] = mapped_column(String(16), info=S0)
    mentor: Mapped[bool] = mapped_column(info=S0)
    min_score: Mapped[int] = mapped_column(info=S0)
    authors: Mapped[list[Any]] = mapped_column(info=S0)
    retired: Mapped[list[Any]] = mapped_column(info=S0)
    keys: Mapped[list[Any]] = mapped_column(info=S0)


class CourseText(Model):
    """The public page of a version in one language; `folded` is what the catalogue searches."""

    __tablename__ = "course_text"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("course_version.id"), primary_key=True, info=S0
    )
    lang: Mapped[str] = mapped_column(String(8), primary_key=True, info=S0)
    title: Mapped[str] = mapped_column(String(80), info=S0)
    neutral_title: Mapped[str] = mapped_column(String(80), info=S0)
    summary: Mapped[str] = mapped_column(String(200), info=S0)
    outcomes: Mapped[list[Any]] = mapped_column(info=S0)
    about_html: Mapped[str] = mapped_column(Text, info=S0)
    folded: Mapped[str] = mapped_column(Text, info=S0)


class Module(Model):
    """A module of a version."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S0)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), info=S0)
    key: Mapped[str] = mapped_column(String(40), info=S0)
    position: Mapped[int] = mapped_column(info=S0)


class ModuleText(Model):
    """The title of a module in one language."""

    __tablename__ = "module_text"

    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), primary_key=True, info=S0)
    lang: Mapped[str] = mapped_column(String(8), primary_key=True, info=S0)
    title: Mapped[str] = mapped_column(String(80), info=S0)


class ItemVersion(Model):
    """An item as it is in one version: its rules and its place."""

    __tablename__ = "item_version"
    __table_args__ = (
        UniqueConstraint("version_id", "item_id"),
        CheckConstraint("kind IN ('lesson', 'quiz', 'task')", name="kind"),
        CheckConstraint("complete IN ('mark', 'answer-all', 'pass', 'accepted')", name="complete"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S0)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), info=S0)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True, info=S0)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True, info=S0)
    position: Mapped[int] = mapped_column(info=S0)
    kind: Mapped[str] = mapped_column(String(8), info=S0)
    minutes: Mapped[int] = mapped_column(info=S0)
    required: Mapped[bool] = mapped_column(info=S0)
    complete: Mapped[str] = mapped_column(String(12), info=S0)
    prerequisites: Mapped[list[Any]] = mapped_column(info=S0)
    private: Mapped[bool] = mapped_column(info=S0)
    graded: Mapped[bool] = mapped_column(info=S0)
    offline: Mapped[bool] = mapped_column(info=S0)
    rules: Mapped[dict[str, Any] | None] = mapped_column(info=S0)
    rubric: Mapped[list[Any]] = mapped_column(info=S0)
    max_words: Mapped[int] = mapped_column(info=S0)


class ItemText(Model):
    """The words of an item in one language. `body_html` went through `core.markup` at publishing."""

    __tablename__ = "item_text"

    item_version_id: Mapped[int] = mapped_column(
        ForeignKey("item_version.id"), primary_key=True, info=S0
    )
    lang: Mapped[str] = mapped_column(String(8), primary_key=True, info=S0)
    title: Mapped[str] = mapped_column(String(80), info=S0)
    body_html: Mapped[str] = mapped_column(Text, info=S0)
    rubric: Mapped[dict[str, Any]] = mapped_column(info=S0)


class QuestionVersion(Model):
    """Structure and key of a question in one version (`questions.Question`). The key never goes to a page."""

    __tablename__ = "question_version"
    __table_args__ = (
        UniqueConstraint("item_version_id", "key"),
        CheckConstraint(
            "kind IN ('single', 'multi', 'short', 'number', 'order', 'match')", name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S0)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), info=S0)
    key: Mapped[str] = mapped_column(String(40), info=S0)
    position: Mapped[int] = mapped_column(info=S0)
    kind: Mapped[str] = mapped_column(String(8), info=S0)
    points: Mapped[int] = mapped_column(info=S0)
    structure: Mapped[dict[str, Any]] = mapped_column(info=S0)


class QuestionWords(Model):
    """The words of a question in one language (`questions.QuestionText`)."""

    __tablename__ = "question_words"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("question_version.id"), primary_key=True, info=S0
    )
    lang: Mapped[str] = mapped_column(String(8), primary_key=True, info=S0)
    words: Mapped[dict[str, Any]] = mapped_column(info=S0)


class CourseFile(Model):
    """A picture, kept once under the name that its content gives it."""

    __tablename__ = "course_file"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=S0)
    data: Mapped[bytes] = mapped_column(info=S0)
