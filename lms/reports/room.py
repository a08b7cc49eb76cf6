"""The door plate of reports."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.reports import cards
from lms.reports.policy import RULES, Permission
from lms.reports.views import bp


def _reads(person: Actor | None) -> bool:
    return may(person, Permission.READ)


ROOM = Room(
    name="reports",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Numbers"), "reports.numbers", "table", 45, _reads, bar=False),),
    cards={"staff": cards.staff},
)
