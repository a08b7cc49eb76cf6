"""The door plate of goals."""

from __future__ import annotations

from typing import Any

from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.goals import actions, cards, listeners
from lms.goals.policy import RULES
from lms.goals.records import RECORDS
from lms.goals.views import bp, goals, texts  # noqa: F401 - read for their routes
from lms.mentoring.events import PairEnded


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.remind()


ROOM = Room(
    name="goals",
    blueprints=(bp,),
    rules=RULES,
    listeners=((PairEnded, listeners.drop_notices),),
    cards={"pair": cards.pair, "staff": cards.staff},
    jobs=(Job("goals.daily", effect=_daily),),
    daily=(Daily("goals.daily", hour=5),),
    records=RECORDS,
)
