"""What is done with concerns and blocks: copy, erasure, keeping.

A concern may protect others, so erasure takes the person out of it and leaves the words: who raised it, whom
it is about and who handled it become empty. It is destroyed by its own clock. It is in no copy, since a copy
lies on a phone; who raised it reads it here.
"""

from __future__ import annotations

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import WITH_ACCOUNT, Blank, Delete, Holding, Record, days, inside, own
from lms.safeguarding import keeping
from lms.safeguarding.models import Block, Concern, ConcernEntry
from lms.safeguarding.rules import KEPT_AFTER_CLOSING


def _kept() -> str:
    return _(
        "%(days)s after it is closed, then looked at again; without your name if you erase your account",
        days=days(KEPT_AFTER_CLOSING.days),
    )


CONCERNS = Holding(
    67,
    _l("What you told us was wrong"),
    _l("You; the few who read concerns. In no copy"),
    _kept,
    keeping.forget_old,
)
BLOCKS = Holding(68, _l("Whom you have blocked"), _l("Only you"), lambda: str(WITH_ACCOUNT))

RECORDS = (
    Record(
        Concern,
        CONCERNS,
        mine=own(Concern.raised_by_id),
        apart=(
            *("id", "public_id", "raised_by_id", "about_id", "pair", "wish", "about", "body"),
            *("state", "basis", "handler_id", "raised_at", "acknowledged_at", "closed_at"),
            *("review_at", "code"),
        ),
        erase=(
            Blank(own(Concern.raised_by_id), {"raised_by_id": None, "pair": ""}),
            Blank(own(Concern.about_id), {"about_id": None, "about": None, "pair": ""}),
            Blank(own(Concern.handler_id), {"handler_id": None}),
        ),
        stays=(
            *("id", "public_id", "wish", "body", "state", "basis", "raised_at"),
            *("acknowledged_at", "closed_at", "review_at", "code"),
        ),
    ),
    Record(
        ConcernEntry,
        CONCERNS,
        mine=inside(ConcernEntry.concern_id, Concern.id, Concern.raised_by_id),
        apart=("id", "public_id", "concern_id", "author_id", "what", "detail", "body", "at"),
        erase=(Blank(own(ConcernEntry.author_id), {"author_id": None}),),
        stays=("id", "public_id", "concern_id", "what", "detail", "body", "at"),
    ),
    Record(
        Block,
        BLOCKS,
        mine=own(Block.by_id),
        copy=("name", "since"),
        apart=("id", "public_id", "by_id", "against_id"),
        erase=(Delete(own(Block.by_id)), Delete(own(Block.against_id))),
    ),
)
