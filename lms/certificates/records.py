"""What is done with certificates: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from lms.certificates.models import Certificate
from lms.certificates.rules import State
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, own

CERTIFICATES = Holding(
    80,
    _l("Certificates: course, number, day"),
    _l("You; whoever has the number"),
    lambda: str(_l("The number stays checkable, without you")),
)


def _course(row: Mapping[str, Any], _owner: str, lang: str) -> str:
    return str(row["record"][lang]["course"])


def _unprinted(person_id: int) -> ColumnElement[bool]:
    unprinted = Certificate.state.in_((State.WAITING, State.ISSUING))
    return (Certificate.person_id == person_id) & unprinted


_NOT_HERS = dict.fromkeys(("person_id", "name_sealed", "pdf_sealed", "commitment", "salt"))

RECORDS = (
    Record(
        Certificate,
        CERTIFICATES,
        mine=own(Certificate.person_id),
        copy=(
            *("record", "number", "state", "completed_at", "issued_at", "ended_at", "ended_by"),
            *("reason", "lang", "neutral"),
        ),
        told={"record": _course},
        apart=(
            *("id", "public_id", "person_id", "course_key", "course_version", "contract_hash"),
            # The file itself stays where it is: its own page gives it out, as often as she likes.
            *("salt", "commitment", "name_sealed", "pdf_sealed", "asked_by_id"),
        ),
        # The paper is in somebody's hands already: its number goes on answering, about nobody.
        erase=(
            Delete(_unprinted),
            Blank(own(Certificate.person_id), _NOT_HERS),
            Blank(own(Certificate.asked_by_id), {"asked_by_id": None}),
        ),
        stays=(
            *("id", "public_id", "number", "course_key", "course_version", "contract_hash"),
            *("record", "state", "completed_at", "lang", "neutral", "issued_at", "ended_at"),
            *("ended_by", "reason"),
        ),
    ),
)
