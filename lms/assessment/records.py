"""What is done with attempts and answers: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.assessment.models import Allowance, Answer, Attempt
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Delete, Holding, Record, inside, own
from lms.courses.titles import item_title

ANSWERS = Holding(50, _l("Quiz answers"), _l("You; results also your mentor, if you switch it on"))


def _title(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return item_title(row["item_id"], lang)


_HERS = inside(Answer.attempt_id, Attempt.id, Attempt.person_id)

RECORDS = (
    Record(
        Attempt,
        ANSWERS,
        mine=own(Attempt.person_id),
        copy=(
            *("item_id", "number", "state", "started_at", "deadline_at", "submitted_at"),
            *("timed_out", "points", "out_of", "percent", "passed", "void_reason"),
        ),
        told={"item_id": _title},
        apart=("id", "public_id", "person_id", "item_version_id", "seed", "client_key"),
        erase=(Delete(own(Attempt.person_id)),),
    ),
    Record(
        Answer,
        ANSWERS,
        mine=_HERS,
        copy=("question", "seq", "response", "points", "correct", "late", "saved_at"),
        apart=("id", "attempt_id"),
        erase=(Delete(_HERS),),
    ),
    Record(
        Allowance,
        ANSWERS,
        mine=own(Allowance.person_id),
        copy=("item_id", "attempts", "time_percent", "reason", "given_at"),
        told={"item_id": _title},
        apart=("id", "person_id"),
        erase=(Delete(own(Allowance.person_id)),),
    ),
)
