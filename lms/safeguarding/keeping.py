"""How long concerns are kept, and their end."""

from __future__ import annotations

from sqlalchemy import delete, select

from lms.core import sealing
from lms.core.clock import now
from lms.core.db import db
from lms.safeguarding.models import Concern, ConcernEntry
from lms.safeguarding.rules import DECIDE_WITHIN


def destroy(public_id: str) -> None:
    """Destroy a concern, its log and its key: no copy of the database opens it from now on."""
    mine = select(Concern.id).where(Concern.public_id == public_id)
    db.session.execute(delete(ConcernEntry).where(ConcernEntry.concern_id.in_(mine)))
    db.session.execute(delete(Concern).where(Concern.public_id == public_id))
    sealing.destroy(public_id)


def forget_old() -> None:
    """Destroy what no lead has decided to keep within 90 days of its review."""
    due = select(Concern.public_id).where(Concern.review_at < now() - DECIDE_WITHIN)
    for public_id in db.session.scalars(due).all():
        destroy(public_id)
