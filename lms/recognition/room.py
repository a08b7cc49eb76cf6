"""The door plate of recognition."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.meetings.events import MinutesConfirmed
from lms.mentoring.events import PairEnded
from lms.recognition import actions, jobs
from lms.recognition.policy import RULES, Permission
from lms.recognition.records import RECORDS
from lms.recognition.views import bp


def _add(event: MinutesConfirmed) -> None:
    actions.add(event.meeting_id, event.mentor_id)


def _honour(event: PairEnded) -> None:
    if not event.early:
        actions.honour_end(event.mentor_id)


def _gives(person: Actor | None) -> bool:
    return may(person, Permission.HOURS)


ROOM = Room(
    name="recognition",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Hours"), "recognition.hours", "clock", 45, _gives, bar=False),),
    listeners=((MinutesConfirmed, _add), (PairEnded, _honour)),
    jobs=(jobs.JOB,),
    records=RECORDS,
)
