"""Titles by the number of a course or item, for what a person takes along: a bare number tells her nothing."""

from __future__ import annotations

from sqlalchemy import select

from lms.core.db import db
from lms.courses.models import CourseText, CourseVersion, ItemText, ItemVersion


def course_title(course_id: int, lang: str) -> str:
    """The newest title of a course, in this language if there is one."""
    found = (
        select(CourseText.title)
        .join(CourseVersion, CourseVersion.id == CourseText.version_id)
        .where(CourseVersion.course_id == course_id)
        .order_by(CourseText.lang != lang, CourseVersion.number.desc())
    )
    return db.session.scalar(found.limit(1)) or ""


def item_title(item_id: int, lang: str) -> str:
    """The newest title of an item, in this language if there is one."""
    found = (
        select(ItemText.title)
        .join(ItemVersion, ItemVersion.id == ItemText.item_version_id)
        .join(CourseVersion, CourseVersion.id == ItemVersion.version_id)
        .where(ItemVersion.item_id == item_id)
        .order_by(ItemText.lang != lang, CourseVersion.number.desc())
    )
    return db.session.scalar(found.limit(1)) or ""
