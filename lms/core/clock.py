"""The one clock. Rules take `now` as an argument; only actions, views and jobs ask here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set_to: ContextVar[datetime | None] = ContextVar("set_to", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC, to the second (finer times would only help to track people)."""
    return _set_to.get() or datetime.now(UTC).replace(microsecond=0)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at this moment: for tests, and for demo data that has a past."""
    token = _set_to.set(moment.astimezone(UTC).replace(microsecond=0))
    try:
        yield
    finally:
        _set_to.reset(token)
