"""The door plate of safeguarding."""

from __future__ import annotations

from lms.core.room import Room
from lms.safeguarding.policy import RULES
from lms.safeguarding.records import RECORDS

ROOM = Room(name="safeguarding", rules=RULES, records=RECORDS)
