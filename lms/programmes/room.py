"""The door plate of programmes."""

from __future__ import annotations

from typing import Any

from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.learning.events import CourseCompleted
from lms.programmes import listeners, profiles, waiting
from lms.programmes.policy import RULES
from lms.programmes.records import RECORDS
from lms.programmes.views import bp, own, staff  # noqa: F401 - read for their routes


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    profiles.look_after()
    waiting.look_after()


ROOM = Room(
    name="programmes",
    blueprints=(bp,),
    rules=RULES,
    listeners=((CourseCompleted, listeners.complete_training),),
    jobs=(Job("programmes.daily", effect=_daily),),
    daily=(Daily("programmes.daily", hour=4),),
    records=RECORDS,
)
