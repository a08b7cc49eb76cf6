"""The door plate of the workbench."""

from __future__ import annotations

from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.workbench import actions
from lms.workbench.policy import RULES, Permission
from lms.workbench.records import RECORDS
from lms.workbench.views import bp, places, rounds, waiting  # noqa: F401 - read for their routes


def _coordinates(person: Actor | None) -> bool:
    return may(person, Permission.COORDINATE)


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.weekly()


ROOM = Room(
    name="workbench",
    blueprints=(bp,),
    rules=RULES,
    nav=(
        NavItem(_l("Matching"), "workbench.waiting", "heart-handshake", 3, _coordinates, tab=True),
    ),
    jobs=(
        Job(actions.JOB, effect=actions.store, work=actions.work),
        Job("workbench.weekly", effect=_daily),
    ),
    daily=(Daily("workbench.weekly", hour=4),),
    records=RECORDS,
)
