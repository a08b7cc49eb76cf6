"""What the doctor is told about concerns."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import func, select

from lms.core.clock import now
from lms.core.db import db
from lms.core.settings import Settings
from lms.safeguarding import queries
from lms.safeguarding.models import Concern
from lms.safeguarding.rules import ACKNOWLEDGE_WITHIN


def problems() -> list[str]:
    """Nobody who reads concerns, or one that nobody has answered within its day."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mode != "production":
        return []
    found = []
    if not queries.has_lead():
        found.append("nobody reads concerns: flask accounts grant HANDLE safeguarding")
    late = Concern.acknowledged_at.is_(None) & (Concern.raised_at < now() - ACKNOWLEDGE_WITHIN)
    if number := db.session.scalar(select(func.count()).where(late)):
        found.append(f"{number} concerns were not answered within a day: call who reads them")
    return found
