"""The door plate of goals."""

from __future__ import annotations

from typing import Any

from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.goals import actions, cards
from lms.goals.policy import RULES
from lms.goals.records import RECORDS
from lms.goals.views import bp, goals, texts  # noqa: F401 - read for their routes


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.remind()


ROOM = Room(
    name="goals",
    blueprints=(bp,),
    rules=RULES,
    cards={"pair": cards.pair},
    jobs=(Job("goals.daily", effect=_daily),),
    daily=(Daily("goals.daily", hour=5),),
    records=RECORDS,
)
