"""The one clock. Rules take `now` as an argument; only actions, views and jobs ask here."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC, to the second (finer times would only help to track people)."""
    return datetime.now(UTC).replace(microsecond=0)
