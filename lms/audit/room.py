"""The door plate of audit."""

from __future__ import annotations

from lms.audit.cli import group
from lms.audit.policy import RULES
from lms.audit.records import RECORDS
from lms.audit.views import bp
from lms.core.room import Room

ROOM = Room(name="audit", blueprints=(bp,), rules=RULES, commands=(group,), records=RECORDS)
