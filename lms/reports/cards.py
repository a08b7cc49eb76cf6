"""Where coordinators find the report: beside what waits for them today."""

from __future__ import annotations

from lms.core.policy import Actor, may
from lms.core.room import Card
from lms.reports.policy import Permission


def staff(person: Actor) -> list[Card]:
    """A link to the report, for those who may read it. No statement: the page says the rest."""
    if not may(person, Permission.READ):
        return []
    return [Card("reports/card_staff.html", {}, order=80, aside=True)]
