"""What is done with check-ins, notes, answers and closing words: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from lms.accounts import vault
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import signed_in
from lms.core.records import Delete, Holding, Record, Whose, days, own
from lms.core.sealing import CannotOpen, unseal
from lms.mentoring import conversation
from lms.mentoring import queries as pairs
from lms.mentoring.models import Match
from lms.support import actions, queries
from lms.support.models import CheckIn, ClosingWord, Nudge, ProgrammeNote, Pulse
from lms.support.rules import KEPT_AFTER_END
from lms.support.rules import Pulse as Answers


def _kept() -> str:
    return _("%(days)s after the pair ends", days=days(KEPT_AFTER_END.days))


CHECK_INS = Holding(
    70,
    _l("Check-ins: when a coordinator asked how your pair is"),
    _l("You, the other side, coordinators"),
    _kept,
    actions.forget_old,
)
NOTED = Holding(
    71,
    _l("What coordinators noted about you in a pair"),
    _l("You, coordinators"),
    _kept,
    actions.forget_old,
)
ANSWERS = Holding(
    72,
    _l("Your answers to short questions about a pair"),
    _l("You; coordinators only means, and that you should be called"),
    _kept,
    actions.forget_old,
)
WORDS = Holding(
    73, _l("What you wrote at the end of a pair"), _l("The two of you"), _kept, actions.forget_old
)


def _of_pairs(column: Any) -> Whose:
    def hers(person_id: int) -> Any:
        sides = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
        return column.in_(select(Match.id).where(sides))

    return hers


def _note(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    return unseal(row["body"], queries.note_place(row["public_id"], owner))


def _answers(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    if row["answers"] is None:
        return ""
    place = queries.answers_place(row["public_id"], owner)
    said = queries.from_text(unseal(row["answers"], place))
    if isinstance(said, Answers):
        return f"{said.heard}, {said.useful}, {said.safe}"
    return said.value


def _words(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    """The closing words, in the request of somebody who may read them; empty when the key is gone."""
    public_id = db.session.scalar(select(Match.public_id).where(Match.id == row["match_id"]))
    found = pairs.pair(public_id or "")
    if found is None:
        return ""
    keys = conversation.shared_keys(found, signed_in().id, vault.unlocked())
    place = queries.word_place(row["public_id"], found.owner_of(row["author_id"]))
    try:
        said = queries.look_back_of(keys.open(row["body"], place))
    except CannotOpen:
        return ""
    return "\n\n".join(filter(None, (said.reached, said.next, said.thanks)))


RECORDS = (
    # A pair is about both: when one side is erased, all of it goes.
    Record(
        CheckIn,
        CHECK_INS,
        mine=_of_pairs(CheckIn.match_id),
        copy=("due_on", "state", "done_at"),
        apart=(
            *("id", "public_id", "match_id", "number", "spoke_with", "channel", "reason"),
            "done_by",
        ),
        erase=(Delete(_of_pairs(CheckIn.match_id)),),
        numbers=("done_by",),
    ),
    Record(
        Nudge,
        CHECK_INS,
        mine=_of_pairs(Nudge.match_id),
        apart=("match_id", "told_at"),
        erase=(Delete(_of_pairs(Nudge.match_id)),),
    ),
    Record(
        ProgrammeNote,
        NOTED,
        mine=own(ProgrammeNote.person_id),
        copy=("body", "written_at"),
        told={"body": _note},
        apart=("id", "public_id", "match_id", "person_id", "author_id"),
        erase=(Delete(_of_pairs(ProgrammeNote.match_id)),),
        numbers=("author_id",),
    ),
    Record(
        Pulse,
        ANSWERS,
        mine=own(Pulse.person_id),
        copy=("kind", "asked_on", "state", "answers"),
        told={"answers": _answers},
        apart=(
            *("id", "public_id", "match_id", "person_id", "number", "call_by", "called_at"),
            "called_by",
        ),
        erase=(Delete(_of_pairs(Pulse.match_id)),),
        numbers=("called_by",),
    ),
    Record(
        ClosingWord,
        WORDS,
        mine=_of_pairs(ClosingWord.match_id),
        copy=("written_at",),
        personal={"body": _words},
        apart=("id", "public_id", "match_id", "author_id"),
        erase=(Delete(_of_pairs(ClosingWord.match_id)),),
    ),
)
