"""What is done with meetings and calendars: copy, erasure, keeping."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, own
from lms.meetings import actions
from lms.meetings.models import CalendarFeed, Meeting, MeetingStep, MeetingTime
from lms.mentoring.models import Match

MEETINGS = Holding(
    67,
    _l("Meetings: when, how long, whether they were held"),
    _l("You and the other side; coordinators the dates, the state and the minutes"),
    lambda: str(_l("As long as the pair is kept")),
)
CALENDAR = Holding(
    68,
    _l("That your calendar fetches your meetings"),
    _l("Nobody; of the secret address only a hash is kept"),
    lambda: str(_l("Until you stop it or are in no pair any more")),
    actions.end_feeds,
)


def _sides(person_id: int) -> ColumnElement[bool]:
    return or_(Match.mentor_id == person_id, Match.mentee_id == person_id)


def _mine(person_id: int) -> ColumnElement[bool]:
    return Meeting.match_id.in_(select(Match.id).where(_sides(person_id)))


def _of_mine(column: Any) -> Any:
    return lambda person_id: column.in_(select(Meeting.id).where(_mine(person_id)))


RECORDS = (
    Record(
        Meeting,
        MEETINGS,
        mine=_mine,
        copy=(
            *("kind", "state", "planned_at", "zone", "local", "minutes", "held_minutes"),
            *("logged_at", "confirmed_at", "missed_reason"),
        ),
        apart=(
            *("id", "public_id", "match_id", "acted_by", "uid", "sequence", "changed_at"),
            "logged_by",
        ),
        erase=(Delete(_mine),),
    ),
    Record(
        MeetingTime,
        MEETINGS,
        mine=_of_mine(MeetingTime.meeting_id),
        copy=("starts_at", "local"),
        apart=("meeting_id", "number"),
        erase=(Delete(_of_mine(MeetingTime.meeting_id)),),
    ),
    Record(
        MeetingStep,
        MEETINGS,
        mine=_of_mine(MeetingStep.meeting_id),
        copy=("at", "step", "state_before", "state_after"),
        apart=("id", "meeting_id", "person_id"),
        erase=(
            Delete(_of_mine(MeetingStep.meeting_id)),
            # Staff who settled something: the line stays with the meeting, without its writer.
            Blank(own(MeetingStep.person_id), {"person_id": None}),
        ),
        stays=("id", "meeting_id", "at", "step", "state_before", "state_after"),
    ),
    Record(
        CalendarFeed,
        CALENDAR,
        mine=own(CalendarFeed.person_id),
        copy=("made_at",),
        apart=("person_id", "digest"),
        erase=(Delete(own(CalendarFeed.person_id)),),
    ),
)
