"""What audit tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class WhyAsked(Event):
    """A person asks why somebody looked at her data. `question` is the public id of it."""

    person_id: int
    actor_id: int
    question: str


@dataclass(frozen=True, slots=True)
class WhyAnswered(Event):
    """The question has its answer."""

    person_id: int
