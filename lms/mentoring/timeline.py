"""Entries of a pair's timeline, in words. Rooms above bring theirs with the cards that they hang on its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.core.room import Card

# What a card's context may hold beside what its template needs: a list of moments.
BROUGHT = "moments"
FILTERS = ("meetings", "course", "notes")


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: `kind` is whose mark stands beside it, `filter` under which heading it is found."""

    kind: str
    title: str
    at: datetime
    day: str
    tag: tuple[str, str, str | None] | None = None
    detail: str = ""
    text: str = ""
    url: str = ""
    action: str = ""
    filter: str = "notes"

    @property
    def when(self) -> str:
        """The line below the title."""
        return ". ".join(part for part in (self.day, self.detail) if part)


def brought(cards: Iterable[Card]) -> list[Moment]:
    """The entries that rooms above bring."""
    return [moment for card in cards for moment in card.context.get(BROUGHT, ())]


def shown(entries: Iterable[Moment], show: str) -> list[Moment]:
    """The entries of one heading, or all of them; what comes next and the latest first."""
    kept = [entry for entry in entries if show not in FILTERS or entry.filter == show]
    return sorted(kept, key=lambda entry: entry.at, reverse=True)
