"""A meeting as calendars on phones read it. It says "Call" and a time, and nothing else at all.

Times are in UTC: no reader needs a zone's rules for that, and no zone tells where the other side lives.
There is no METHOD, since a published method asks for an organizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from lms.core.i18n import language

# Fixed words and no texts for translators: whoever searches a phone reads them.
TITLES = {"en": "Call", "ru": "Звонок"}
MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar gets to know."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    changed_at: datetime
    cancelled: bool


def written(entries: Iterable[Entry]) -> bytes:
    """The calendar file of these meetings, in the language of the request."""
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.starts_at.astimezone(UTC) + timedelta(minutes=entry.minutes))
    event.add("summary", TITLES[language()])
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return event
