"""What is done with the journal: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.accounts import vault
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Delete, Holding, Record, inside, own
from lms.core.sealing import CannotOpen
from lms.courses.titles import item_title
from lms.journal import actions, queries
from lms.journal.models import JournalCopy, JournalEntry
from lms.mentoring.models import Match

JOURNAL = Holding(61, _l("Journal"), _l("You alone"))
COPIES = Holding(
    62,
    _l("Entries of the journal that you show to a mentor"),
    _l("You and that mentor"),
    lambda: str(_l("Until you show it no more, or the pair ends")),
    actions.forget_old,
)

_WRITTEN = inside(JournalCopy.entry_id, JournalEntry.id, JournalEntry.person_id)


def _in_pair(person_id: int) -> ColumnElement[bool]:
    sides = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    return JournalCopy.match_id.in_(select(Match.id).where(sides))


def _item(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return item_title(row["item_id"], lang) if row["item_id"] else ""


def _body(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    """The text, in its writer's own request; empty when its key is gone."""
    try:
        return vault.unlocked().open(row["body"], queries.entry_place(row["public_id"], owner))
    except CannotOpen:
        return ""


RECORDS = (
    Record(
        JournalEntry,
        JOURNAL,
        mine=own(JournalEntry.person_id),
        copy=("item_id", "made_at", "saved_at"),
        told={"item_id": _item},
        personal={"body": _body},
        apart=("id", "public_id", "person_id"),
        erase=(Delete(own(JournalEntry.person_id)),),
    ),
    # The same words once more: that it was shown, and when, is what the copy tells.
    Record(
        JournalCopy,
        COPIES,
        mine=_WRITTEN,
        copy=("shared_at",),
        apart=("entry_id", "match_id", "body"),
        erase=(Delete(_WRITTEN), Delete(_in_pair)),
    ),
)
