"""The door plate of meetings."""

from __future__ import annotations

from typing import Any

from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.meetings import actions, cards
from lms.meetings.policy import RULES
from lms.meetings.records import RECORDS
from lms.meetings.views import bp, calendar, pairs, staff  # noqa: F401 - read for their routes
from lms.mentoring.events import PairEnded


def _call_off(event: PairEnded) -> None:
    actions.end_of_pair(event.match_id)


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.daily()


ROOM = Room(
    name="meetings",
    blueprints=(bp,),
    rules=RULES,
    listeners=((PairEnded, _call_off),),
    jobs=(Job("meetings.daily", effect=_daily),),
    daily=(Daily("meetings.daily", hour=3),),
    cards={"pair": cards.pair},
    records=RECORDS,
)
