"""The door plate of cohorts."""

from __future__ import annotations

from lms.accounts.admission import DOORS, Door
from lms.cohorts import cards, listeners
from lms.cohorts.policy import RULES, Permission
from lms.cohorts.records import RECORDS
from lms.cohorts.views import bp, own, staff  # noqa: F401 - staff is read for its routes
from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.learning.events import TaskSubmitted
from lms.learning.readers import READERS


def _runs_cohorts(person: Actor | None) -> bool:
    return may(person, Permission.OPEN)


ROOM = Room(
    name="cohorts",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Cohorts"), "cohorts.index", "users", 5, _runs_cohorts, tab=True),),
    listeners=((TaskSubmitted, listeners.tell_coordinator),),
    cards={"home": cards.home},
    fills=((READERS, listeners.readers), (DOORS, Door("cohorts.code", own.has_shown_code))),
    kept={"code": own.keep_code},
    records=RECORDS,
)
