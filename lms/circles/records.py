"""What is done with circles and questions: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.accounts import vault
from lms.circles import actions, answering, queries, questions
from lms.circles.models import (
    Answer,
    CaseSheet,
    Circle,
    CircleKey,
    CircleMeeting,
    CircleMember,
    CirclePost,
    CirclePresence,
    Question,
)
from lms.circles.rules import KEPT_AFTER_END, POSTS_KEPT, QUESTIONS_KEPT
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import signed_in
from lms.core.records import Blank, Delete, Holding, Record, days, inside, own
from lms.core.sealing import CannotOpen, Place, unseal


def _talk_kept() -> str:
    kept, after = days(POSTS_KEPT.days), days(KEPT_AFTER_END.days)
    return _("%(days)s, or %(after)s after the circle ends", days=kept, after=after)


def _circles_kept() -> str:
    return _("%(days)s after the circle ends", days=days(KEPT_AFTER_END.days))


def _questions_kept() -> str:
    return _("%(days)s after a question is closed", days=days(QUESTIONS_KEPT.days))


CIRCLES = Holding(
    69,
    _l("Circles: which, under which name, when you came"),
    _l("The people of the circle"),
    _circles_kept,
    actions.forget_old,
)
TALK = Holding(
    70,
    _l("What you say in circles"),
    _l("The people who are in the circle then"),
    _talk_kept,
    actions.forget_old,
)
QUESTIONS = Holding(
    71,
    _l("Questions to scientists and their answers"),
    _l("You; mentors who answer questions"),
    _questions_kept,
    answering.forget_old,
)


def _opened(row: Mapping[str, Any], column: str, place: Place) -> str:
    """What somebody said in a circle, in her own request; empty when its key is gone."""
    public_id = db.session.scalar(select(Circle.public_id).where(Circle.id == row["circle_id"]))
    found = queries.circle(public_id or "")
    if found is None:
        return ""
    try:
        keys = queries.shared_keys(found, signed_in().id, vault.unlocked())
        return keys.open(row[column], place)
    except CannotOpen:
        return ""


def _circle_of(row: Mapping[str, Any]) -> str:
    return str(db.session.scalar(select(Circle.public_id).where(Circle.id == row["circle_id"])))


def _post(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    place = queries.place("circle_post", "body", row["public_id"], _circle_of(row))
    return _opened(row, "body", place)


def _sheet(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    place = queries.place("case_sheet", "body", row["public_id"], _circle_of(row))
    return _opened(row, "body", place)


def _change(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    if row["change"] is None:
        return ""
    met = db.session.execute(
        select(CircleMeeting.public_id, CircleMeeting.circle_id).where(
            CircleMeeting.id == row["meeting_id"]
        )
    ).one()
    whole = {**row, "circle_id": met.circle_id}
    where = f"{met.public_id}-{row['person_id']}"
    return _opened(
        whole, "change", queries.place("circle_presence", "change", where, _circle_of(whole))
    )


def _question(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    return unseal(row["body"], questions.body_place(row["public_id"], owner))


def _answered(column: str) -> Any:
    def tell(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
        found = db.session.scalar(
            select(Question.public_id).where(Question.id == row["question_id"])
        )
        one = questions.question(found or "")
        if one is None or row[column] is None:
            return ""
        try:
            return unseal(row[column], questions.answer_place(column, row["public_id"], one.owner))
        except CannotOpen:
            return ""

    return tell


def _answers(person_id: int) -> ColumnElement[bool]:
    asked = select(Question.id).where(Question.asker_id == person_id)
    found: ColumnElement[bool] = or_(Answer.question_id.in_(asked), Answer.author_id == person_id)
    return found


RECORDS = (
    Record(
        Circle,
        CIRCLES,
        mine=own(Circle.facilitator_id),
        copy=("title", "rhythm_days", "next_at", "made_at", "closed_at", "state"),
        apart=("id", "public_id", "facilitator_id", "code"),
        erase=(Blank(own(Circle.facilitator_id), {"facilitator_id": None}),),
        stays=(
            *("id", "public_id", "title", "state", "code", "rhythm_days", "next_at"),
            *("made_at", "closed_at"),
        ),
    ),
    Record(
        CircleMember,
        CIRCLES,
        mine=own(CircleMember.person_id),
        copy=("name", "state", "joined_at"),
        apart=("id", "public_id", "circle_id", "person_id"),
        erase=(Delete(own(CircleMember.person_id)),),
    ),
    Record(
        CircleKey,
        TALK,
        mine=own(CircleKey.person_id),
        apart=("circle_id", "number", "person_id", "wrapped"),
        erase=(Delete(own(CircleKey.person_id)),),
    ),
    # What she said goes with her, and a case of hers with all that was said about it.
    Record(
        CaseSheet,
        TALK,
        mine=own(CaseSheet.author_id),
        copy=("stage", "confirmed_at"),
        personal={"body": _sheet},
        apart=("id", "public_id", "circle_id", "author_id"),
        erase=(Delete(own(CaseSheet.author_id)),),
    ),
    Record(
        CirclePost,
        TALK,
        mine=own(CirclePost.author_id),
        copy=("stage", "at"),
        personal={"body": _post},
        apart=("id", "public_id", "circle_id", "sheet_id", "author_id"),
        erase=(
            Delete(own(CirclePost.author_id)),
            Delete(inside(CirclePost.sheet_id, CaseSheet.id, CaseSheet.author_id)),
        ),
    ),
    Record(
        CircleMeeting,
        None,
        apart=("id", "public_id", "circle_id", "at"),
        stays=("id", "public_id", "circle_id", "at"),
    ),
    Record(
        CirclePresence,
        CIRCLES,
        mine=own(CirclePresence.person_id),
        copy=("came",),
        personal={"change": _change},
        apart=("meeting_id", "person_id"),
        erase=(Delete(own(CirclePresence.person_id)),),
    ),
    Record(
        Question,
        QUESTIONS,
        mine=own(Question.asker_id),
        copy=(
            *("name", "topic", "lang", "body", "state", "asked_at", "first_answered_at"),
            *("answered_at", "thanked", "closed_at"),
        ),
        told={"body": _question},
        apart=("id", "public_id", "asker_id", "claimed_by_id", "claim_until"),
        erase=(
            Delete(own(Question.asker_id)),
            Blank(own(Question.claimed_by_id), {"claimed_by_id": None}),
        ),
        numbers=("claimed_by_id",),
    ),
    # An answer belongs to the question, so it stays without the name when its author goes.
    Record(
        Answer,
        QUESTIONS,
        mine=_answers,
        copy=("name", "body", "sources", "at"),
        told={"body": _answered("body"), "sources": _answered("sources")},
        apart=("id", "public_id", "question_id", "author_id"),
        erase=(
            Delete(inside(Answer.question_id, Question.id, Question.asker_id)),
            Blank(own(Answer.author_id), {"author_id": None, "name": ""}),
        ),
    ),
)
