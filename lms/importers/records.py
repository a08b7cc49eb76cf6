"""What is done with rows about people who had no account: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, days, own
from lms.core.sealing import unseal
from lms.importers import invitations, words
from lms.importers.models import InvitedRow
from lms.importers.rules import INVITED_KEPT, Kind, unpacked


def _kept() -> str:
    return _("Until you answer, at most %(days)s", days=days(INVITED_KEPT.days))


PREPARED = Holding(
    72,
    _l("What a coordinator wrote down for you, when you came with a code for it"),
    _l("You; until you came, the coordinators who wrote it"),
    _kept,
    invitations.forget_old,
)


def _said(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    if row["words"] is None:
        return ""
    place = invitations.place(row["public_id"], owner)
    found = unpacked(Kind(row["kind"]), unseal(row["words"], place))
    return "\n".join(f"{name}: {value}" for name, value in words.facts(found))


RECORDS = (
    Record(
        InvitedRow,
        PREPARED,
        mine=own(InvitedRow.claimed_by),
        copy=("kind", "track", "words", "answer"),
        told={
            "kind": lambda row, _owner, _lang: str(words.TITLES[Kind(row["kind"])]),
            "words": _said,
        },
        apart=(
            "id",
            "public_id",
            "who",
            "digest",
            "batch",
            "brought_by",
            "claimed_by",
            "expires_on",
        ),
        erase=(
            Delete(own(InvitedRow.claimed_by)),
            Blank(own(InvitedRow.brought_by), {"brought_by": None}),
        ),
    ),
)
