"""What changes courses: publishing, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.core import events
from lms.core.db import db
from lms.core.markup import plain
from lms.core.text import fold
from lms.courses import stored
from lms.courses.events import CourseVersionPublished
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
from lms.courses.source.hashes import content_hash, contract_hash
from lms.courses.source.model import SourceCourse, SourceItem, SourceModule


@dataclass(frozen=True, slots=True)
class Outcome:
    """What publishing did: the version that is the latest now, and whether it was written just now."""

    course_id: int
    version_id: int
    number: int
    written: bool
    same_contract: bool


def publish(
    source: SourceCourse,
    now: datetime,
    *,
    notes: Mapping[str, str] | None = None,
    commit: str = "",
) -> Outcome:
    """Write a course as its next version, in the open transaction, unless the latest has the same content.

    Older versions stay as they are.
    """
    course = _course(source.key)
    latest = _latest(course)
    content, contract = content_hash(source), contract_hash(source)
    same_contract = latest is not None and latest.contract_hash == contract
    if latest is not None and latest.content_hash == content:
        return Outcome(course.id, latest.id, latest.number, written=False, same_contract=True)
    version = CourseVersion(
        course_id=course.id,
        number=course.version + 1,
        content_hash=content,
        contract_hash=contract,
        commit_id=commit,
        published_at=now,
        notes=dict(notes or {}),
        keys=sorted(source.keys),
        **_facts(source),
    )
    db.session.add(version)
    db.session.flush()
    _write_texts(source, version.id)
    _write_pictures(source)
    _write_modules(source, course.id, version.id)
    course.version = version.number
    db.session.flush()
    before = latest.id if latest else None
    events.publish(CourseVersionPublished(course.id, version.id, before, same_contract))
    return Outcome(course.id, version.id, version.number, written=True, same_contract=same_contract)


def _course(key: str) -> Course:
    course = db.session.scalar(select(Course).where(Course.key == key).with_for_update())
    if course is None:
        course = Course(key=key)
        db.session.add(course)
        db.session.flush()
    return course


def _latest(course: Course) -> CourseVersion | None:
    return db.session.scalar(
        select(CourseVersion).where(
            CourseVersion.course_id == course.id, CourseVersion.number == course.version
        )
    )


def _facts(source: SourceCourse) -> dict[str, Any]:
    return {
        "source": source.source,
        "languages": list(source.languages),
        "hours": source.hours,
        "licence": source.licence,
        "theme": source.theme.value,
        "mentor": source.mentor,
        "min_score": source.min_score,
        "authors": [
            {"names": dict(author.names), "roles": dict(author.roles)} for author in source.authors
        ],
        "retired": [asdict(row) for row in source.retired],
    }


def _write_texts(source: SourceCourse, version_id: int) -> None:
    for lang, text in source.texts.items():
        db.session.add(
            CourseText(
                version_id=version_id,
                lang=lang,
                title=text.title,
                neutral_title=text.neutral_title,
                summary=text.summary,
                outcomes=list(text.outcomes),
                about_html=text.about_html,
                folded=_searched(source, lang),
            )
        )


def _searched(source: SourceCourse, lang: str) -> str:
    """What the catalogue searches: the public page and the titles of modules and items."""
    text = source.texts[lang]
    titles = [module.titles.get(lang, "") for module in source.modules]
    titles += [item.texts[lang].title for item in source.items if lang in item.texts]
    return fold(
        " ".join((text.title, text.summary, *text.outcomes, *titles, plain(text.about_html)))
    )


def _write_pictures(source: SourceCourse) -> None:
    names = [picture.name for picture in source.pictures]
    there = set(db.session.scalars(select(CourseFile.name).where(CourseFile.name.in_(names))))
    db.session.add_all(
        CourseFile(name=picture.name, data=picture.data)
        for picture in source.pictures
        if picture.name not in there
    )


def _write_modules(source: SourceCourse, course_id: int, version_id: int) -> None:
    items = _items(source, course_id)
    position = 0
    for number, module in enumerate(source.modules, 1):
        row = _write_module(module, number, version_id)
        for item in module.items:
            position += 1
            _write_item(item, items[item.key], row.id, version_id, position)


def _items(source: SourceCourse, course_id: int) -> dict[str, int]:
    """The lasting row of each item, made at its first publishing."""
    rows = db.session.execute(select(Item.key, Item.id).where(Item.course_id == course_id))
    known = {row.key: row.id for row in rows}
    new = [
        Item(course_id=course_id, key=item.key) for item in source.items if item.key not in known
    ]
    db.session.add_all(new)
    db.session.flush()
    return {**known, **{item.key: item.id for item in new}}


def _write_module(module: SourceModule, number: int, version_id: int) -> Module:
    row = Module(version_id=version_id, key=module.key, position=number)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        ModuleText(module_id=row.id, lang=lang, title=title)
        for lang, title in module.titles.items()
    )
    return row


def _write_item(
    item: SourceItem, item_id: int, module_id: int, version_id: int, position: int
) -> None:
    row = ItemVersion(
        version_id=version_id,
        module_id=module_id,
        item_id=item_id,
        position=position,
        kind=item.kind.value,
        minutes=item.minutes,
        required=item.required,
        complete=item.complete.value,
        prerequisites=list(item.prerequisites),
        private=item.private,
        graded=item.graded,
        offline=item.offline,
        rules=stored.rules_of(item.rules) if item.rules else None,
        rubric=list(item.rubric),
        max_words=item.max_words,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        ItemText(
            item_version_id=row.id,
            lang=lang,
            title=text.title,
            body_html=text.body_html,
            rubric=dict(text.rubric),
        )
        for lang, text in item.texts.items()
    )
    for number, question in enumerate(item.questions, 1):
        structure = stored.structure_of(question)
        made = QuestionVersion(
            item_version_id=row.id,
            key=question.key,
            position=number,
            kind=question.kind.value,
            points=question.points,
            structure=structure,
        )
        db.session.add(made)
        db.session.flush()
        db.session.add_all(
            QuestionWords(
                question_id=made.id, lang=lang, words=stored.words_of(text.questions[question.key])
            )
            for lang, text in item.texts.items()
        )
