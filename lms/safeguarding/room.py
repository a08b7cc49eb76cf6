"""The door plate of safeguarding."""

from __future__ import annotations

from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.safeguarding import actions, cards, checks
from lms.safeguarding.policy import RULES, Permission
from lms.safeguarding.records import RECORDS
from lms.safeguarding.views import blocks, bp, desk, digits, report  # noqa: F401 - read for their routes


def _reads(person: Actor | None) -> bool:
    return may(person, Permission.DESK)


def _remind(payload: dict[str, Any], _result: Any) -> None:
    actions.remind(payload["concern"])


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.call_for_reviews()


ROOM = Room(
    name="safeguarding",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Concerns"), "safeguarding.desk", "shield-check", 36, _reads),),
    jobs=(Job(actions.REMIND, effect=_remind), Job("safeguarding.daily", effect=_daily)),
    daily=(Daily("safeguarding.daily", hour=3),),
    cards={"pair": cards.pair},
    checks=(checks.problems,),
    records=RECORDS,
)
