"""The door plate of certificates."""

from __future__ import annotations

from lms.certificates import actions, cards, jobs
from lms.certificates.cli import check_printing, group
from lms.certificates.policy import RULES, Permission
from lms.certificates.records import RECORDS
from lms.certificates.views import bp, site
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.learning.events import CourseCompleted


def _offer(event: CourseCompleted) -> None:
    actions.offer(event.enrolment_id, event.person_id, event.version_id)


def _staff(person: Actor | None) -> bool:
    return may(person, Permission.WITHDRAW)


ROOM = Room(
    name="certificates",
    blueprints=(bp, site),
    rules=RULES,
    listeners=((CourseCompleted, _offer),),
    jobs=(jobs.ISSUE, jobs.OFFER),
    daily=(Daily(jobs.OFFER.kind, hour=3),),
    nav=(NavItem(_l("Certificates"), "certificates.withdrawals", "award", 30, _staff, bar=False),),
    commands=(group,),
    cards={"home": cards.home, "course": cards.course},
    checks=(check_printing,),
    records=RECORDS,
)
