"""What support does when a pair or a meeting goes on."""

from __future__ import annotations

from sqlalchemy import select

from lms.core.db import db
from lms.meetings.events import MeetingLogged
from lms.meetings.models import Meeting
from lms.mentoring.events import PairClosing, PairStarted
from lms.support import actions


def begin(event: PairStarted) -> None:
    """A pair begins: the check-ins of its first month are settled."""
    actions.begin(event.match_id)


def ask_after_the_first(event: MeetingLogged) -> None:
    """The first meeting that was held: each side is asked once whether it is a good fit."""
    state = db.session.scalar(select(Meeting.state).where(Meeting.id == event.meeting_id))
    if state == "held":
        actions.ask_fit(event.match_id)


def ask_at_the_end(event: PairClosing) -> None:
    """The last weeks: both are asked the three questions once more."""
    actions.ask_last(event.match_id)
