"""What is done with what pairs write and are: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.accounts import vault
from lms.cohorts.records import NAMES
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import signed_in
from lms.core.records import Delete, Holding, Record, days
from lms.core.sealing import CannotOpen
from lms.courses.titles import course_title
from lms.mentoring import actions, queries
from lms.mentoring.models import Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.rules import KEPT_AFTER_END, MESSAGES_KEPT, PROPOSALS_KEPT


def _after_end() -> str:
    return _("%(days)s after the pair ends", days=days(KEPT_AFTER_END.days))


def _messages_kept() -> str:
    kept, after = days(MESSAGES_KEPT.days), days(KEPT_AFTER_END.days)
    return _("%(days)s, or %(after)s after the pair ends", days=kept, after=after)


def _pairs_kept() -> str:
    kept = days(PROPOSALS_KEPT.days)
    return _("While you have an account; one that did not come about %(days)s", days=kept)


MESSAGES = Holding(
    64, _l("Messages in a pair"), _l("You and the other side"), _messages_kept, actions.forget_old
)
NOTES = Holding(
    65,
    _l("Notes"),
    _l("Shared ones both sides; others only their author"),
    _after_end,
    actions.forget_old,
)
PAIRS = Holding(
    63,
    _l("Pairs: with whom, from when to when"),
    _l("You, the other side, coordinators"),
    _pairs_kept,
    actions.forget_old,
)


def _sides(person_id: int) -> ColumnElement[bool]:
    return or_(Match.mentor_id == person_id, Match.mentee_id == person_id)


def _in_pair(column: Any) -> Any:
    return lambda person_id: column.in_(select(Match.id).where(_sides(person_id)))


def _readable_notes(person_id: int) -> ColumnElement[bool]:
    pairs = _in_pair(Note.match_id)(person_id)
    readable: ColumnElement[bool] = pairs & (
        (Note.kind == "shared") | (Note.author_id == person_id)
    )
    return readable


def _opened(table: str, row: Mapping[str, Any]) -> str:
    """The text of a note or message, in the request of somebody who may read it; empty when its key is gone."""
    reader = signed_in().id
    public_id = db.session.scalar(select(Match.public_id).where(Match.id == row["match_id"]))
    found = queries.pair(public_id or "")
    if found is None:
        return ""
    opener = vault.unlocked()
    keys = opener if row.get("kind") == "mine" else queries.shared_keys(found, reader, opener)
    place = queries.body_place(table, row["public_id"], found.owner_of(row["author_id"]))
    try:
        return keys.open(row["body"], place)
    except CannotOpen:
        return ""


def _note(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    return _opened("note", row)


def _message(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    return _opened("message", row)


def _course(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return course_title(row["course_id"], lang)


RECORDS = (
    # A pair is about both: when one side is erased, all of it goes, with every word of both.
    Record(
        Match,
        PAIRS,
        mine=_sides,
        copy=(
            *("mentor_name", "mentee_name", "languages", "state", "asked_at", "started_at"),
            *("ended_at", "share_quizzes"),
        ),
        apart=(
            *("id", "public_id", "programme_id", "request_id", "mentor_id", "mentee_id"),
            *("proposed_by", "ended_by", "never_again"),
        ),
        erase=(Delete(_sides),),
        numbers=("proposed_by",),
    ),
    Record(
        MatchShare,
        NAMES,
        mine=_in_pair(MatchShare.match_id),
        copy=("course_id",),
        told={"course_id": _course},
        apart=("match_id",),
        erase=(Delete(_in_pair(MatchShare.match_id)),),
    ),
    Record(
        MatchKey,
        NOTES,
        mine=_in_pair(MatchKey.match_id),
        apart=("match_id", "number", "person_id", "wrapped"),
        erase=(Delete(_in_pair(MatchKey.match_id)),),
    ),
    Record(
        Note,
        NOTES,
        mine=_readable_notes,
        copy=("kind", "created_at"),
        personal={"body": _note},
        apart=("id", "public_id", "match_id", "author_id"),
        erase=(Delete(_in_pair(Note.match_id)),),
    ),
    Record(
        Message,
        MESSAGES,
        mine=_in_pair(Message.match_id),
        copy=("sent_at", "read_at"),
        personal={"body": _message},
        apart=("id", "public_id", "match_id", "author_id"),
        erase=(Delete(_in_pair(Message.match_id)),),
    ),
)
