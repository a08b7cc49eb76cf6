"""Codes of rooms above, typed where a cohort's are: whoever holds a slip need not know what it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms.core.room import Slot


@dataclass(frozen=True, slots=True)
class OtherCode:
    """Codes that another room gives out.

    `made` says whether a code (in its stored form) is one of them. `check` raises CodeRefused when it opens
    nothing for this person, or guest. `use` takes it for her and returns the address where she goes on.
    """

    made: Callable[[str], bool]
    check: Callable[[str, int | None], None]
    use: Callable[[int, str], str]


OTHER_CODES: Slot[OtherCode] = Slot()


def maker_of(code: str) -> OtherCode | None:
    """The room that made a code; None for a cohort's, and for one that nobody made."""
    return next((other for other in OTHER_CODES if other.made(code)), None)
