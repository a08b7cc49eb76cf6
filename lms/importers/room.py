"""The door plate of importers."""

from __future__ import annotations

from lms.cohorts.others import OTHER_CODES, OtherCode
from lms.core.policy import Actor
from lms.core.room import Card, Room
from lms.importers import invitations
from lms.importers.policy import RULES
from lms.importers.records import RECORDS
from lms.importers.views import bp


def _staff(_person: Actor) -> list[Card]:
    return [Card("importers/card_staff.html", {}, 90, aside=True)]


ROOM = Room(
    name="importers",
    blueprints=(bp,),
    rules=RULES,
    cards={"staff": _staff},
    fills=((OTHER_CODES, OtherCode(invitations.made, invitations.check, invitations.use)),),
    records=RECORDS,
)
