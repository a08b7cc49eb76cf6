"""Meetings in words: kinds, states, clocks, and three questions for each stage of a pair."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from lms.core.i18n import format_day, format_time, language, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.meetings.clocks import Minutes
from lms.meetings.rules import Kind, Missed, State

KINDS = {
    Kind.CALL: _l("A call"),
    Kind.CHAT: _l("In writing, at the same time"),
    Kind.ASYNC: _l("In writing, each in one’s own time"),
    Kind.IN_PERSON: _l("In person"),
    Kind.CASE_REVIEW: _l("Reading a case together"),
}
MISSED = {
    Missed.NOT_SAID: _l("Nobody has to say"),
    Missed.NO_CONNECTION: _l("No connection"),
    Missed.COULD_NOT: _l("Something came up"),
    Missed.FORGOTTEN: _l("It was forgotten"),
}
STATES = {
    State.PROPOSED: _l("Proposed"),
    State.PLANNED: _l("Planned"),
    State.HELD: _l("Held"),
    State.MISSED: _l("Missed"),
    State.CANCELLED: _l("Called off"),
    State.DISPUTED: _l("With a coordinator"),
}
TAGS = {
    State.PROPOSED: "sun",
    State.PLANNED: "pine",
    State.HELD: "plain",
    State.MISSED: "plain",
    State.CANCELLED: "plain",
    State.DISPUTED: "sun",
}
_FIRST = (
    _l("What would make these meetings worth your time?"),
    _l("What should I never ask or do?"),
    _l("How do we write to each other between meetings, and how fast?"),
)
_EARLY = (
    _l("What has changed since we last spoke?"),
    _l("Which one thing do we want to move by next time?"),
    _l("What stands in the way, and who else could help?"),
)
_MIDDLE = (
    _l("What worked that we did not expect?"),
    _l("Are our goals still the right ones?"),
    _l("What should we do differently from here on?"),
)
_CLOSING = (
    _l("What can you do now that you could not before?"),
    _l("What is left, and who goes on with it?"),
    _l("How do we say goodbye, and what do we keep?"),
)


def questions(held: int, *, closing: bool) -> tuple[str, ...]:
    """Three questions to begin with, for this stage of a pair."""
    if closing:
        return _CLOSING
    if held == 0:
        return _FIRST
    return _EARLY if held < 4 else _MIDDLE


def minutes(number: int) -> str:
    """`40 minutes`."""
    return ngettext("%(num)s minute", "%(num)s minutes", number)


def when(at: datetime, zone: str) -> str:
    """`Tuesday, 25 November, 18:00`, on a clock in this zone."""
    return f"{weekday(at, zone)}, {format_day(at, zone, year=False)}, {format_time(at, zone)}"


def weekday(at: datetime, zone: str) -> str:
    """`Tuesday`, with a capital letter."""
    return _day_part(at, zone, "EEEE").capitalize()


def block(at: datetime, zone: str) -> tuple[str, str, str]:
    """`Tue`, `25`, `Nov`: a day as its block shows it."""
    short, month = _day_part(at, zone, "EEE"), _day_part(at, zone, "MMM")
    return short.capitalize(), _day_part(at, zone, "d"), month.rstrip(".")


def _day_part(at: datetime, zone: str, pattern: str) -> str:
    return str(format_date(at.astimezone(ZoneInfo(zone)).date(), pattern, locale=language()))


def difference(ahead: Minutes, name: str) -> str:
    """How far the other side's clock is from the reader's."""
    if ahead == 0:
        return _("%(name)s’s clock shows the same hour as yours.", name=name)
    span = _span(abs(ahead))
    if ahead > 0:
        return _("%(name)s’s clock is %(span)s ahead of yours.", name=name, span=span)
    return _("%(name)s’s clock is %(span)s behind yours.", name=name, span=span)


def _span(total: Minutes) -> str:
    hours, rest = divmod(total, 60)
    said = ngettext("%(num)s hour", "%(num)s hours", hours) if hours else ""
    return " ".join(part for part in (said, minutes(rest) if rest else "") if part)
