"""What is done with what pairs write and are: copy, erasure, keeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from lms.accounts import vault
from lms.cohorts.records import NAMES
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import signed_in
from lms.core.records import Blank, Delete, Holding, Record, days
from lms.core.sealing import CannotOpen, unseal
from lms.courses.titles import course_title
from lms.mentoring import actions, conversation, queries, words
from lms.mentoring.models import Agreement, Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.rules import KEPT_AFTER_END, MESSAGES_KEPT, PROPOSALS_KEPT
from lms.mentoring.states import NOTHING_CAME, State


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


def _known(person_id: int) -> ColumnElement[bool]:
    """The pairs that a person knows of: a mentor hears of one only when she is asked."""
    asked = Match.started_at.is_not(None) | (Match.state == State.OFFERED_TO_MENTOR.value)
    return or_((Match.mentor_id == person_id) & asked, Match.mentee_id == person_id)


def _state(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    """Where a pair stands; of one that did not come about nobody learns who said no."""
    nothing = row["state"] in NOTHING_CAME
    return State.WITHDRAWN.value if nothing else str(row["state"])


def _after_hers(person_id: int) -> ColumnElement[bool]:
    """Later pairs of a mentee, which remember the one before."""
    before = aliased(Match)
    hers = or_(before.mentor_id == person_id, before.mentee_id == person_id)
    return Match.predecessor_id.in_(select(before.id).where(hers))


def _in_pair(column: Any) -> Any:
    return lambda person_id: column.in_(select(Match.id).where(_sides(person_id)))


def _readable_notes(person_id: int) -> ColumnElement[bool]:
    pairs = _in_pair(Note.match_id)(person_id)
    readable: ColumnElement[bool] = pairs & (
        (Note.kind == "shared") | (Note.author_id == person_id)
    )
    return readable


def _end_words(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    """What she wrote to staff when it ended; of the other side's words nothing opens with her key."""
    if not row["end_words"]:
        return ""
    try:
        return unseal(row["end_words"], queries.end_place(row["public_id"], owner))
    except CannotOpen:
        return ""


def _agreement(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    if row["body"] is None:
        return "\n".join(text for _title, text in words.agreed_texts(None))
    said = _opened("agreement", row)
    return "\n".join(text for _title, text in words.agreed_texts(json.loads(said))) if said else ""


def _opened(table: str, row: Mapping[str, Any]) -> str:
    """The text of a note or message, in the request of somebody who may read it; empty when its key is gone."""
    reader = signed_in().id
    public_id = db.session.scalar(select(Match.public_id).where(Match.id == row["match_id"]))
    found = queries.pair(public_id or "")
    if found is None:
        return ""
    opener = vault.unlocked()
    keys = opener if row.get("kind") == "mine" else conversation.shared_keys(found, reader, opener)
    place = conversation.body_place(table, row["public_id"], found.owner_of(row["author_id"]))
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
        mine=_known,
        copy=(
            *("mentor_name", "mentee_name", "languages", "state", "asked_at", "started_at"),
            *("ended_at", "share_quizzes", "share_tasks", "track", "ends_on", "awaiting"),
            *("awaiting_since", "next_meeting_at", "end_words", "signed", "agreed_at"),
        ),
        told={"end_words": _end_words, "state": _state},
        apart=(
            *("id", "public_id", "programme_id", "request_id", "mentor_id", "mentee_id"),
            *("proposed_by", "ended_by", "never_again", "change_wanted", "end_reason", "offer"),
            *("rank", "wanted", "run", "reminded_at", "nudged", "last_sign_at", "predecessor_id"),
        ),
        erase=(Blank(_after_hers, {"predecessor_id": None}), Delete(_sides)),
        numbers=("proposed_by",),
    ),
    Record(
        Agreement,
        NOTES,
        mine=_in_pair(Agreement.match_id),
        copy=("version", "signed_by_mentor_at", "signed_by_mentee_at", "created_at"),
        personal={"body": _agreement},
        apart=("id", "public_id", "match_id", "author_id"),
        erase=(Delete(_in_pair(Agreement.match_id)),),
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
