"""What both sides say about themselves beyond name and languages, as the columns that keep it."""

from __future__ import annotations

import json
from typing import Any

from lms.core.sealing import Place, seal
from lms.programmes.queries import Profile, Request, place_of
from lms.programmes.rules import More

# What leaves with somebody who leaves: nobody needs it any more.
NOTHING: dict[str, Any] = {"organisations": None, "private": None, "private_rules": 0, "hours": []}


def columns(found: Profile | Request, more: More) -> dict[str, Any]:
    """What was said, by column; what only the rules of matching read is sealed."""
    told = {"own": more.organisations.own, "conflict": more.organisations.conflict}
    private = None if more.private.empty else json.dumps(more.private.as_json())
    return {
        "levels": {code: int(level) for code, level in more.levels.items()},
        "experience": list(more.experience),
        "style": dict(more.style),
        "hours": [list(slot) for slot in more.hours],
        "async_only": more.async_only,
        "channels": list(more.channels),
        "organisations": _seal(
            json.dumps(told) if any(told.values()) else None,
            place_of(found, "organisations"),
        ),
        "private": _seal(private, place_of(found, "private")),
        "private_rules": more.private.count,
    }


def _seal(text: str | None, place: Place) -> bytes | None:
    return seal(text, place) if text else None
