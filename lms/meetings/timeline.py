"""Meetings in the timeline of their pair: what comes next, what was held or missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import url_for

from lms.core.i18n import format_day
from lms.core.i18n import gettext as _
from lms.meetings import words
from lms.meetings.queries import Appointment
from lms.meetings.rules import State
from lms.meetings.shown import Reader, on_clocks
from lms.mentoring.timeline import Moment

TOLD = frozenset({State.PLANNED, State.HELD, State.MISSED, State.DISPUTED})
FILTER = "meetings"


def moments(meetings: Sequence[Appointment], reader: Reader, now: datetime) -> list[Moment]:
    """An entry for each that has a time; held ones are numbered from the first."""
    dated = [(one.planned_at, one) for one in meetings if one.planned_at and one.state in TOLD]
    dated.sort(key=lambda pair: pair[0])
    soonest = next((at for at, one in dated if _comes(one, at, now)), None)
    found, held = [], 0
    for at, one in dated:
        held += one.state is State.HELD
        if one.state is State.PLANNED:
            found.append(_planned(one, at, reader, now, soonest))
        elif one.state is State.HELD:
            found.append(_held(one, at, reader, now, held))
        else:
            tag = (str(words.STATES[one.state]), words.TAGS[one.state], None)
            found.append(_gone_by(_("Meeting"), one, at, reader, now, tag))
    return found


def _comes(one: Appointment, at: datetime, now: datetime) -> bool:
    return one.state is State.PLANNED and at > now


def _planned(
    one: Appointment, at: datetime, reader: Reader, now: datetime, soonest: datetime | None
) -> Moment:
    on = on_clocks(at, reader)
    title = _("Next: %(when)s", when=on.own) if at == soonest else on.own
    said = f"{on.other}. {words.KINDS[one.kind]}, {words.minutes(one.minutes)}."
    if not _comes(one, at, now):
        tag = (_("Not said yet"), "sun", None)
        return Moment("next", title, at, "", tag, said, filter=FILTER)
    url = url_for("meetings.meeting", meeting=one.public_id)
    return Moment("next", title, at, "", None, said, "", url, _("Prepare"), FILTER)


def _held(one: Appointment, at: datetime, reader: Reader, now: datetime, number: int) -> Moment:
    length = words.minutes(one.held_minutes or one.minutes)
    title = _("Meeting %(number)s, %(length)s", number=number, length=length)
    tag = None if one.confirmed_at else (_("Not confirmed yet"), "sun", None)
    return _gone_by(title, one, at, reader, now, tag)


def _gone_by(
    title: str,
    one: Appointment,
    at: datetime,
    reader: Reader,
    now: datetime,
    tag: tuple[str, str, str | None] | None,
) -> Moment:
    day = format_day(at, reader.zone, year=at.year != now.year)
    return Moment("mentor", title, at, day, tag, f"{words.KINDS[one.kind]}.", filter=FILTER)
