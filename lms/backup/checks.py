"""What the doctor is told about copies."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from lms.backup import sealed, store
from lms.core.clock import now
from lms.core.settings import Settings

OLDEST_COPY = timedelta(hours=1)
OLDEST_DRILL = timedelta(days=35)


def problems() -> list[str]:
    """Copies that nobody could open, that are too old, or that nobody has tried to put back."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mode != "production":
        return []
    return [*_recipients(settings), *_age(settings), *_drill(settings)]


def _recipients(settings: Settings) -> list[str]:
    try:
        sealed.recipients(settings.backup_recipients)
    except sealed.NoRecipient as missing:
        return [str(missing)]
    return []


def _age(settings: Settings) -> list[str]:
    newest = max(store.copies(settings.backups).values(), default=None)
    if newest is None:
        return [f"there is no backup in {settings.backups}: set up the timer (docs/backup.md)"]
    if (age := now() - newest) > OLDEST_COPY:
        hours = age.total_seconds() / 3600
        return [f"no backup for {hours:.0f} hours: systemctl status alongside-backup.timer"]
    return []


def _drill(settings: Settings) -> list[str]:
    drilled = store.record(settings).get("drilled_at")
    if drilled is None:
        return ["no backup was ever tried out: flask backup drill"]
    if (age := now() - datetime.fromisoformat(drilled)) > OLDEST_DRILL:
        return [f"backups were tried out {age.days} days ago: flask backup drill"]
    return []
