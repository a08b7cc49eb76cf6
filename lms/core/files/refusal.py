"""Why a file is not taken. Known to both processes, so without anything that the child must not have."""

from __future__ import annotations

from enum import StrEnum

# How the child ends when it has a reason; any other end is a death.
REFUSED = 3


class Why(StrEnum):
    """The reasons; `words` says each of them to people."""

    EMPTY = "empty"
    LARGE = "large"
    MANY = "many"
    KIND = "kind"
    DIFFERENT = "different"
    BROKEN = "broken"
    PIXELS = "pixels"
    MOVING = "moving"
    PROGRAM = "program"
    NOT_TEXT = "not_text"
    SLOW = "slow"
    PAUSE = "pause"
    ENTRIES = "entries"
    UNPACKED = "unpacked"
    NAMES = "names"
    LOCKED = "locked"
    NESTED = "nested"
    OVERLAPPING = "overlapping"
    LINK = "link"


class Refused(Exception):
    """A file or an archive is not taken. `why` is all that leaves the child; never a part of the content."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
