"""Who must show a second factor although she holds no role: rooms above say it, as a condition on Person."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement

from lms.core.room import Slot

TRUSTED: Slot[Callable[[], ColumnElement[bool]]] = Slot()
