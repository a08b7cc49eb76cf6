"""What privacy tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class PersonErased(Event):
    """A person's rows are about to be destroyed, in this transaction; others may have to be told."""

    person_id: int
