"""The door plate of programmes."""

from __future__ import annotations

from lms.core.room import Room
from lms.programmes.policy import RULES
from lms.programmes.records import RECORDS
from lms.programmes.views import bp, own, staff  # noqa: F401 - read for their routes

ROOM = Room(name="programmes", blueprints=(bp,), rules=RULES, records=RECORDS)
