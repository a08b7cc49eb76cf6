"""Who "the other one" is, behind an id in an address: rooms above know the people they bring together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms.core.room import Slot


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody, under the name that the asking person knows."""

    person_id: int
    name: str


# (public id of a pair or a membership, the person who asks) -> the other one, if she has to do with them.
OTHERS: Slot[Callable[[str, int], Other | None]] = Slot()


def other_of(reference: str, person_id: int) -> Other | None:
    """The other one behind this id, for somebody who has to do with them; None for everybody else."""
    found = (find(reference, person_id) for find in OTHERS) if reference else ()
    return next((one for one in found if one is not None), None)
