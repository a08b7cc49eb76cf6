"""The door plate of the journal."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.policy import Actor
from lms.core.room import NavItem, Room
from lms.journal import cards, listeners
from lms.journal.policy import RULES
from lms.journal.records import RECORDS
from lms.journal.views import bp
from lms.mentoring.events import PairEnded


def _learns(person: Actor | None) -> bool:
    staff = ("mentor", "coordinator", "administrator", "author")
    return person is not None and not any(person.has(role) for role in staff)


ROOM = Room(
    name="journal",
    blueprints=(bp,),
    rules=RULES,
    nav=(NavItem(_l("Journal"), "journal.index", "file-text", 40, _learns),),
    listeners=((PairEnded, listeners.forget_copies),),
    cards={"lesson": cards.lesson, "pair": cards.pair},
    records=RECORDS,
)
