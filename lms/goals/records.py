"""What is done with what a pair works on: copy, erasure, keeping."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.accounts import vault
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import signed_in
from lms.core.records import Delete, Holding, Record, days
from lms.core.sealing import CannotOpen
from lms.courses.titles import item_title
from lms.goals import actions, queries, reviews
from lms.goals.models import Goal, GoalStep, Review, ReviewFile, ReviewQuestion, ReviewRound
from lms.mentoring import queries as mentoring
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.rules import KEPT_AFTER_END


def _kept() -> str:
    return _("%(days)s after the pair ends", days=days(KEPT_AFTER_END.days))


def _goals_kept() -> str:
    return _(
        "Words %(days)s after the pair ends; whether a goal was reached while you have an account",
        days=days(KEPT_AFTER_END.days),
    )


GOALS = Holding(
    67,
    _l("Goals and steps in a pair"),
    _l("You and the other side; coordinators see how many were reached"),
    _goals_kept,
    actions.forget_old,
)
TEXTS = Holding(
    68,
    _l("Texts that you ask a mentor to read, with questions and answers"),
    _l("You and the other side"),
    _kept,
    actions.forget_old,
)


def _pairs(person_id: int) -> Any:
    return select(Match.id).where(or_(Match.mentor_id == person_id, Match.mentee_id == person_id))


def _goals(person_id: int) -> ColumnElement[bool]:
    return Goal.match_id.in_(_pairs(person_id))


def _steps(person_id: int) -> ColumnElement[bool]:
    return GoalStep.goal_id.in_(select(Goal.id).where(_goals(person_id)))


def _reviews(person_id: int) -> ColumnElement[bool]:
    return Review.match_id.in_(_pairs(person_id))


def _rounds(person_id: int) -> ColumnElement[bool]:
    return ReviewRound.review_id.in_(select(Review.id).where(_reviews(person_id)))


def _of_rounds(column: Any) -> Callable[[int], ColumnElement[bool]]:
    return lambda person_id: column.in_(select(ReviewRound.id).where(_rounds(person_id)))


# --- Words, in the request of somebody who may read them -----------------------------------------

_PAIR_OF: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "goal": lambda row: select(Match.public_id).where(Match.id == row["match_id"]),
    "goal_step": lambda row: (
        select(Match.public_id)
        .join(Goal, Goal.match_id == Match.id)
        .where(Goal.id == row["goal_id"])
    ),
    "review": lambda row: select(Match.public_id).where(Match.id == row["match_id"]),
    "review_round": lambda row: (
        select(Match.public_id)
        .join(Review, Review.match_id == Match.id)
        .where(Review.id == row["review_id"])
    ),
}
_PAIR_OF_ROUND = (
    select(Match.public_id)
    .join(Review, Review.match_id == Match.id)
    .join(ReviewRound, ReviewRound.review_id == Review.id)
)


def _pair(table: str, row: Mapping[str, Any]) -> Pair | None:
    find = _PAIR_OF.get(table)
    found = find(row) if find else _PAIR_OF_ROUND.where(ReviewRound.id == row["round_id"])
    return mentoring.pair(db.session.scalar(found) or "")


def _opened(table: str, column: str) -> Callable[[Mapping[str, Any], str, str], str]:
    """The words of a column; empty when their key is gone, or when nothing was written."""

    def tell(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
        pair = _pair(table, row)
        if pair is None or row[column] is None:
            return ""
        keys = actions.keys_of(pair, signed_in().id, vault.unlocked())
        where = queries.place(table, column, row["public_id"], pair)
        return queries.opened(keys, row[column], where) or ""

    return tell


def _item(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return item_title(row["item_id"], lang) if row["item_id"] else ""


def _file(row: Mapping[str, Any], _owner: str, _lang: str) -> tuple[str, bytes]:
    """A file of a text, opened; empty when its key is gone."""
    name, pair = f"text-{row['public_id']}.{row['kind']}", _pair("review_file", row)
    if pair is None:
        return name, b""
    keys = actions.keys_of(pair, signed_in().id, vault.unlocked())
    try:
        data = keys.open(row["sealed"], reviews.place_of_file(row["public_id"], pair))
    except CannotOpen:
        return name, b""
    return name, base64.b64decode(data)


RECORDS = (
    Record(
        Goal,
        GOALS,
        mine=_goals,
        copy=("due_on", "state", "made_at", "closed_at", "looked_at"),
        personal={name: _opened("goal", name) for name in ("title", "measure", "evidence")},
        apart=("id", "public_id", "match_id", "reopened"),
        erase=(Delete(_goals),),
    ),
    Record(
        GoalStep,
        GOALS,
        mine=_steps,
        copy=("item_id", "due_on", "done_at"),
        told={"item_id": _item},
        personal={"words": _opened("goal_step", "words")},
        apart=("id", "public_id", "goal_id"),
        erase=(Delete(_steps),),
    ),
    Record(
        Review,
        TEXTS,
        mine=_reviews,
        copy=("state", "round", "due_on", "made_at"),
        personal={"title": _opened("review", "title")},
        apart=("id", "public_id", "match_id", "reminded"),
        erase=(Delete(_reviews),),
    ),
    Record(
        ReviewRound,
        TEXTS,
        mine=_rounds,
        copy=("number", "asked_at", "answered_at"),
        personal={name: _opened("review_round", name) for name in ("body", "answer")},
        apart=("id", "public_id", "review_id"),
        erase=(Delete(_rounds),),
    ),
    Record(
        ReviewQuestion,
        TEXTS,
        mine=_of_rounds(ReviewQuestion.round_id),
        copy=("number",),
        personal={name: _opened("review_question", name) for name in ("words", "answer")},
        apart=("id", "public_id", "round_id"),
        erase=(Delete(_of_rounds(ReviewQuestion.round_id)),),
    ),
    Record(
        ReviewFile,
        TEXTS,
        mine=_of_rounds(ReviewFile.round_id),
        copy=("public_id", "kind", "size", "kept_at"),
        told={"public_id": lambda row, _owner, _lang: f"text-{row['public_id']}.{row['kind']}"},
        apart=("id", "round_id", "sealed"),
        file=_file,
        erase=(Delete(_of_rounds(ReviewFile.round_id)),),
    ),
)
