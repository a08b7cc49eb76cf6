"""What cohorts tell the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class SeatTaken(Event):
    """A person has joined a cohort."""

    cohort_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class SeatLeft(Event):
    """A person has left a cohort."""

    cohort_id: int
    person_id: int
