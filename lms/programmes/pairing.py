"""What programmes asks the rooms above, which know pairs: where somebody stands, and who has how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lms.core.room import Slot


@dataclass(frozen=True, slots=True)
class Standing:
    """A pair or offer in which somebody is the mentee, and the page that belongs to it.

    `asked`: her own answer is awaited; `active`: the pair has begun.
    """

    url: str
    active: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Load:
    """What a mentor has at the moment: live pairs and open offers, and when a message passed last."""

    taken: int = 0
    last_word: datetime | None = None


# Each answer is person -> her standing as a mentee, None when there is nothing.
STANDINGS: Slot[Callable[[int], Standing | None]] = Slot()
# Each answer is () -> mentor -> load; who has none is left out.
LOADS: Slot[Callable[[], dict[int, Load]]] = Slot()


def standing_of(person_id: int) -> Standing | None:
    """Where somebody's way to a mentor stands above the list; None while she only waits, or does not."""
    return next((found for answer in STANDINGS if (found := answer(person_id))), None)


def loads() -> dict[int, Load]:
    """Mentor → what she has at the moment. One statement for each room that answers."""
    return {person_id: load for answer in LOADS for person_id, load in answer().items()}
