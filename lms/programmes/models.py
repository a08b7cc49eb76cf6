"""Tables of programmes: what pairs belong to, who can be a mentor, who waits for one, and every step of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from lms.core.db import S1, S2, Model
from lms.programmes.states import MentorState, ProgrammeState, RequestState

_LIVE_REQUEST = text("state IN ('draft', 'submitted', 'accepted', 'waiting', 'offered', 'dormant')")
_TRACK = "track IN ('peer', 'scientist')"


def _one_of(states: Any) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in states))


class Programme(Model):
    """What pairs belong to, and its rhythm. One is made when it is first needed.

    `gate_course` is the public id of the course that mentors finish before they are proposed to anybody.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint(_one_of(ProgrammeState), name="state"),
        CheckConstraint("policy IN ('coverage', 'quality')", name="policy"),
        CheckConstraint("duration_weeks BETWEEN 4 AND 104", name="duration"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    key: Mapped[str] = mapped_column(String(40), unique=True, info=S1)
    title_en: Mapped[str] = mapped_column(String(80), default="", info=S1)
    title_ru: Mapped[str] = mapped_column(String(80), default="", info=S1)
    state: Mapped[str] = mapped_column(String(12), default="running", info=S1)
    starts_on: Mapped[date | None] = mapped_column(info=S1)
    ends_on: Mapped[date | None] = mapped_column(info=S1)
    tracks: Mapped[list[Any]] = mapped_column(default=lambda: ["peer", "scientist"], info=S1)
    policy: Mapped[str] = mapped_column(String(12), default="coverage", info=S1)
    duration_weeks: Mapped[int] = mapped_column(default=24, info=S1)
    session_rhythm_days: Mapped[int] = mapped_column(default=14, info=S1)
    offer_days: Mapped[int] = mapped_column(default=7, info=S1)
    gate_course: Mapped[str] = mapped_column(String(12), default="", info=S1)
    screens_requests: Mapped[bool] = mapped_column(default=False, info=S1)
    donor_code: Mapped[str] = mapped_column(String(40), default="", info=S1)


class MentorProfile(Model):
    """Somebody who can be paired as a mentor in one track: what learners read about her, and her places.

    `levels` says how well she speaks each of `languages`; `glad_topics` are those of `topics` that she likes
    best. `hours` are weekly slots [weekday, minute, minute]
    in her own time. `organisations` is sealed for staff, `private` for the rules alone; of the latter staff
    see `private_rules`, their number. `adults_only` until a safeguarding lead clears her for people of 16 and 17.
    """

    __tablename__ = "mentor_profile"
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id", "track"),
        CheckConstraint("capacity BETWEEN 1 AND 10", name="capacity"),
        CheckConstraint(_TRACK, name="track"),
        CheckConstraint(_one_of(MentorState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    track: Mapped[str] = mapped_column(String(12), default="peer", info=S1)
    state: Mapped[str] = mapped_column(String(12), default="available", info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    languages: Mapped[list[Any]] = mapped_column(info=S1)
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict, info=S1)
    about: Mapped[str] = mapped_column(String(200), default="", info=S1)
    capacity: Mapped[int] = mapped_column(info=S1)
    topics: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    glad_topics: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    experience: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    style: Mapped[dict[str, Any]] = mapped_column(default=dict, info=S1)
    hours: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    async_only: Mapped[bool] = mapped_column(default=False, info=S1)
    channels: Mapped[list[Any]] = mapped_column(default=lambda: ["platform"], info=S1)
    countries_known: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    organisations: Mapped[bytes | None] = mapped_column(info=S2)
    private: Mapped[bytes | None] = mapped_column(info=S2)
    private_rules: Mapped[int] = mapped_column(default=0, info=S1)
    adults_only: Mapped[bool] = mapped_column(default=True, info=S1)
    boundaries_at: Mapped[datetime | None] = mapped_column(info=S1)
    trained_at: Mapped[datetime | None] = mapped_column(info=S1)
    confirmed_at: Mapped[datetime | None] = mapped_column(info=S1)
    asked_at: Mapped[datetime | None] = mapped_column(info=S1)
    paused_until: Mapped[date | None] = mapped_column(info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)

    # Whoever is not in the pool takes nobody new, whatever the cause.
    paused = column_property(state != MentorState.AVAILABLE.value)


class MentorRequest(Model):
    """Somebody who waits for a mentor in one track. `waiting_since` stays when an offer comes to nothing.

    `needs` begins with the first need. `under_18` is what staff know. The other columns are as in `MentorProfile`.
    """

    __tablename__ = "mentor_request"
    __table_args__ = (
        CheckConstraint(_one_of(RequestState), name="state"),
        CheckConstraint(_TRACK, name="track"),
        CheckConstraint("priority BETWEEN 0 AND 200", name="priority"),
        Index(
            "uq_mentor_request_live",
            "programme_id",
            "person_id",
            "track",
            unique=True,
            sqlite_where=_LIVE_REQUEST,
            postgresql_where=_LIVE_REQUEST,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    track: Mapped[str] = mapped_column(String(12), default="peer", info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    languages: Mapped[list[Any]] = mapped_column(info=S1)
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict, info=S1)
    goal: Mapped[bytes | None] = mapped_column(info=S2)
    needs: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    experience: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    style: Mapped[dict[str, Any]] = mapped_column(default=dict, info=S1)
    hours: Mapped[list[Any]] = mapped_column(default=list, info=S1)
    async_only: Mapped[bool] = mapped_column(default=False, info=S1)
    channels: Mapped[list[Any]] = mapped_column(default=lambda: ["platform"], info=S1)
    organisations: Mapped[bytes | None] = mapped_column(info=S2)
    private: Mapped[bytes | None] = mapped_column(info=S2)
    private_rules: Mapped[int] = mapped_column(default=0, info=S1)
    under_18: Mapped[bool] = mapped_column(default=False, info=S1)
    priority: Mapped[int] = mapped_column(default=0, info=S1)
    waiting_since: Mapped[datetime] = mapped_column(index=True, info=S1)
    asked_at: Mapped[datetime | None] = mapped_column(info=S1)
    silences: Mapped[int] = mapped_column(default=0, info=S1)
    matched_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)
    state: Mapped[str] = mapped_column(String(12), default="waiting", info=S1)


class Transition(Model):
    """One step of one thing from a state to another one. Written once, never changed.

    `subject` is the public id of the thing, `person_id` whom it is about, `actor_id` who did it; nobody when
    the house did it by itself. `reason` is a code, never words.
    """

    __tablename__ = "transition"
    __table_args__ = (Index("ix_transition_subject", "machine", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    machine: Mapped[str] = mapped_column(String(16), info=S1)
    subject: Mapped[str] = mapped_column(String(12), info=S1)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    from_state: Mapped[str] = mapped_column(String(24), info=S1)
    to_state: Mapped[str] = mapped_column(String(24), info=S1)
    reason: Mapped[str] = mapped_column(String(24), default="", info=S1)
    at: Mapped[datetime] = mapped_column(info=S1)
