"""The door plate of support."""

from __future__ import annotations

from typing import Any

from flask import url_for

from lms.accounts.views.base import FIRST_PAGES
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.meetings.events import MeetingLogged
from lms.mentoring.events import PairClosing, PairStarted
from lms.support import actions, cards, listeners
from lms.support.policy import RULES, Permission
from lms.support.records import RECORDS
from lms.support.views import bp, own, staff  # noqa: F401 - read for their routes


def _works_here(person: Actor | None) -> bool:
    return may(person, Permission.DESK)


def _begins(person: Actor) -> str | None:
    """Whoever works here begins with what waits today; home stays one tap away."""
    return url_for("support.today") if _works_here(person) else None


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.daily()


ROOM = Room(
    name="support",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Today"), "support.today", "list-checks", 1, _works_here, tab=True),),
    listeners=(
        (PairStarted, listeners.begin),
        (MeetingLogged, listeners.ask_after_the_first),
        (PairClosing, listeners.ask_at_the_end),
    ),
    cards={"home": cards.home, "pair": cards.pair},
    jobs=(Job("support.daily", effect=_daily),),
    daily=(Daily("support.daily", hour=4),),
    fills=((FIRST_PAGES, _begins),),
    records=RECORDS,
)
