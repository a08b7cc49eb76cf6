"""What is done with progress and tasks: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, inside, own
from lms.core.sealing import unseal
from lms.courses.titles import course_title, item_title
from lms.learning.models import Completion, Enrolment, Submission, SubmissionFile
from lms.learning.queries import place

PROGRESS = Holding(
    40,
    _l("Progress: what is done and when"),
    _l("You; your mentor, of the courses that you share; your coordinator"),
)
TASKS = Holding(60, _l("Texts of tasks"), _l("You and the person who reads them"))


def _course(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return course_title(row["course_id"], lang)


def _item(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return item_title(row["item_id"], lang)


def _body(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    return unseal(row["body"], place("body", row["public_id"], owner))


def _feedback(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    sealed = row["feedback"]
    return unseal(sealed, place("feedback", row["public_id"], owner)) if sealed else ""


_DONE = inside(Completion.enrolment_id, Enrolment.id, Enrolment.person_id)
_WRITTEN = inside(Submission.enrolment_id, Enrolment.id, Enrolment.person_id)


def _attached(person_id: int) -> ColumnElement[bool]:
    rounds = select(Submission.id).where(_WRITTEN(person_id))
    return SubmissionFile.submission_id.in_(rounds)


RECORDS = (
    Record(
        Enrolment,
        PROGRESS,
        mine=own(Enrolment.person_id),
        copy=("course_id", "started_at", "completed_at"),
        told={"course_id": _course},
        apart=("id", "public_id", "person_id", "version_id"),
        erase=(Delete(own(Enrolment.person_id)),),
    ),
    Record(
        Completion,
        PROGRESS,
        mine=_DONE,
        copy=("item_id", "done_at", "source"),
        told={"item_id": _item},
        apart=("enrolment_id", "rule"),
        erase=(Delete(_DONE),),
    ),
    Record(
        SubmissionFile,
        TASKS,
        mine=_attached,
        copy=("number",),
        apart=("file_id", "submission_id"),
        erase=(Delete(_attached),),
    ),
    Record(
        Submission,
        TASKS,
        mine=_WRITTEN,
        copy=(
            *("item_id", "round", "state", "body", "feedback", "self_checked"),
            *("saved_at", "submitted_at", "answered_at"),
        ),
        told={"item_id": _item, "body": _body, "feedback": _feedback},
        apart=("id", "public_id", "enrolment_id", "reader_id"),
        # What somebody answered to another person's task is that person's; only who it was goes.
        erase=(Delete(_WRITTEN), Blank(own(Submission.reader_id), {"reader_id": None})),
    ),
)
