"""How much this answer says: what the operator's policy and a person's discreet view leave out.

Rooms ask here and need not know where the choice is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, g, has_request_context

from lms.core.settings import Settings

_asks: list[Callable[[], bool]] = []


def decide_by(find: Callable[[], bool]) -> None:
    """Set how the discreet view of a request is found (`accounts.discreet`)."""
    _asks[:] = [find]


def discreet() -> bool:
    """Whether this request's person wants to see courses only, and has not opened the rest just now."""
    if not has_request_context():
        return False
    if "discreet" not in g:
        g.discreet = any(find() for find in _asks)
    found: bool = g.discreet
    return found


def titles_are_neutral() -> bool:
    """Whether courses go by their neutral title outside their own pages."""
    settings: Settings = current_app.extensions["settings"]
    return settings.titles_are_neutral or discreet()
