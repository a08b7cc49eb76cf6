"""What is done with the access record: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.audit.actions import answer_place
from lms.audit.models import AccessChain, AccessEvent, AccessQuestion
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, own
from lms.core.sealing import unseal


def _answer(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    sealed = row["answer"]
    return unseal(sealed, answer_place(row["public_id"], owner)) if sealed else ""


VISITS = Holding(90, _l("Who has looked at your data"), _l("You"))

RECORDS = (
    Record(
        AccessEvent,
        VISITS,
        mine=own(AccessEvent.person_id),
        copy=("number", "role", "shown", "what", "day", "at"),
        apart=("id", "person_id", "actor_id", "about", "previous", "hash"),
        # Her looks at others are their record. It can't be changed unnoticed, so their lines stay as written.
        erase=(Delete(own(AccessEvent.person_id)),),
        numbers=("actor_id",),
    ),
    Record(
        AccessQuestion,
        VISITS,
        mine=own(AccessQuestion.person_id),
        copy=("number", "asked_at", "answer", "answered_at"),
        told={"answer": _answer},
        apart=("id", "public_id", "person_id", "answered_by_id"),
        erase=(
            Delete(own(AccessQuestion.person_id)),
            Blank(own(AccessQuestion.answered_by_id), {"answered_by_id": None}),
        ),
    ),
    Record(
        AccessChain,
        VISITS,
        mine=own(AccessChain.person_id),
        apart=("person_id", "number", "hash"),
        erase=(Delete(own(AccessChain.person_id)),),
    ),
)
