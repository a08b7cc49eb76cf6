"""The door plate of assessment."""

from __future__ import annotations

from lms.assessment import actions, pages
from lms.assessment.cli import group
from lms.assessment.policy import RULES
from lms.assessment.records import RECORDS
from lms.assessment.views import KEPT, bp
from lms.core.outbox import Job
from lms.core.room import Room

ROOM = Room(
    name="assessment",
    blueprints=(bp,),
    rules=RULES,
    jobs=(Job(actions.OVERDUE, effect=actions.submit_overdue),),
    kept={KEPT: pages.start_kept},
    commands=(group,),
    records=RECORDS,
)
