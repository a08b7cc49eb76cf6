"""What a line of the record says, and when a chain of lines is whole. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

START = b""
Digest = Callable[[str], bytes]


class Role(StrEnum):
    """In which role somebody looked."""

    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    READER = "reader"
    SAFEGUARDING = "safeguarding"


class What(StrEnum):
    """What was looked at. Each kind has its sentence in `templates/audit/sentence.html`."""

    PAGE = "page"
    TASK = "task"
    MESSAGES = "messages"
    REQUEST = "request"
    OFFER = "offer"
    WAITING = "waiting"
    MENTEES = "mentees"
    MEETINGS = "meetings"
    COHORT = "cohort"
    COHORT_FILE = "cohort_file"
    CERTIFICATE = "certificate"
    ATTEMPT = "attempt"
    SUPPORT = "support"
    NOTED = "noted"
    ENDING = "ending"
    TABLES = "tables"
    CONCERN = "concern"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks: `shown` is the name that the other person knows, never a handle; empty where there is none."""

    id: int
    role: Role
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chain, as it is sealed."""

    person_id: int
    number: int
    actor_id: int
    role: str
    shown: str
    what: str
    about: str
    day: date | None
    at: datetime

    def seal(self, previous: bytes, digest: Digest) -> bytes:
        """The keyed hash over this line and the one before it."""
        day = self.day.isoformat() if self.day else ""
        facts = [
            self.person_id,
            self.number,
            self.actor_id,
            self.role,
            self.shown,
            self.what,
            self.about,
        ]
        return digest(json.dumps([previous.hex(), *facts, day, self.at.isoformat()]))


def first_broken(
    lines: Iterable[tuple[Line, bytes, bytes]], end: tuple[int, bytes], digest: Digest
) -> int | None:
    """Return the number of the first line that does not fit, or None when the chain is whole.

    `lines` are (line, previous, hash) in order; `end` is the number and hash that the chain should end with.
    """
    expected, number = START, 0
    for line, previous, sealed in lines:
        number += 1
        if line.number != number or previous != expected or line.seal(previous, digest) != sealed:
            return number
        expected = sealed
    return None if (number, expected) == end else number + 1
