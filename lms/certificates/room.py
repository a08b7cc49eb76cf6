"""The door plate of certificates."""

from __future__ import annotations

from lms.certificates import actions, cards, jobs
from lms.certificates.cli import check_printing, group
from lms.certificates.policy import RULES
from lms.certificates.views import bp, site
from lms.core.outbox import Daily
from lms.core.room import Room
from lms.learning.events import CourseCompleted


def _offer(event: CourseCompleted) -> None:
    actions.offer(event.enrolment_id, event.person_id, event.version_id)


ROOM = Room(
    name="certificates",
    blueprints=(bp, site),
    rules=RULES,
    listeners=((CourseCompleted, _offer),),
    jobs=(jobs.ISSUE, jobs.OFFER),
    daily=(Daily(jobs.OFFER.kind, hour=3),),
    commands=(group,),
    cards={"home": cards.home, "course": cards.course},
    checks=(check_printing,),
)
