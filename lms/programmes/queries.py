"""Reads of programmes: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.core.db import db, fetch
from lms.core.sealing import Place, unseal
from lms.courses.models import Course
from lms.learning.models import Enrolment
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.rules import More, Organisations, Private, Track, wait_of
from lms.programmes.states import OPEN_REQUESTS, MentorState, ProgrammeState, RequestState

DEFAULT_PROGRAMME = "default"
LAST_MATCHED = 10


# --- Programmes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Running:
    """A programme with all that staff decide about it."""

    id: int
    public_id: str
    key: str
    title_en: str
    title_ru: str
    state: ProgrammeState
    starts_on: date | None
    ends_on: date | None
    tracks: Sequence[str]
    policy: str
    duration_weeks: int
    session_rhythm_days: int
    offer_days: int
    gate_course: str
    screens_requests: bool
    donor_code: str

    def title(self, lang: str) -> str:
        """Its title in a language, or in the other one; empty for the one that was made by itself."""
        return title_of(self.title_en, self.title_ru, lang)


def title_of(title_en: str, title_ru: str, lang: str) -> str:
    """The title of a programme in a language, or in the other one where that is empty."""
    return (title_ru or title_en) if lang == "ru" else (title_en or title_ru)


def _programmes() -> Select[Any]:
    return select(*(getattr(Programme, name) for name in Running.__slots__))


def _programme(row: Any) -> Running:
    values = dict(zip(Running.__slots__, row, strict=True))
    return Running(**{**values, "state": ProgrammeState(values["state"])})


def programmes() -> list[Running]:
    """All programmes, the latest first. One statement."""
    rows = db.session.execute(_programmes().order_by(Programme.id.desc()))
    return [_programme(row) for row in rows]


def programme(public_id: str) -> Running | None:
    """A programme by the id in its address."""
    row = db.session.execute(_programmes().where(Programme.public_id == public_id)).first()
    return _programme(row) if row else None


_PROGRAMME = _programmes().where(Programme.id == bindparam("programme_id"))


def programme_by_id(programme_id: int) -> Running:
    """The programme that something belongs to."""
    return _programme(fetch(_PROGRAMME, programme_id=programme_id).one())


def offer_days() -> int:
    """For how many days an offer waits for an answer."""
    days = select(Programme.offer_days).where(Programme.key == DEFAULT_PROGRAMME)
    return db.session.scalar(days) or 0


def has_completed(person_id: int, course_public_id: str) -> bool:
    """Whether somebody has completed a course."""
    done = (
        select(Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            Enrolment.person_id == person_id,
            Course.public_id == course_public_id,
            Enrolment.completed_at.is_not(None),
        )
    )
    return db.session.scalar(done) is not None


def completes_gate(course_id: int) -> list[int]:
    """The programmes whose training a course is."""
    found = select(Programme.id).join(Course, Course.public_id == Programme.gate_course)
    return list(db.session.scalars(found.where(Course.id == course_id)))


# --- Mentors -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """A mentor in one track. What is sealed stays so until `organisations_of` and `private_of`."""

    id: int
    public_id: str
    programme_id: int
    person_id: int
    person_public_id: str
    zone: str
    track: Track
    state: MentorState
    shown_name: str
    languages: Sequence[str]
    levels: Mapping[str, int]
    about: str
    capacity: int
    topics: Sequence[str]
    glad_topics: Sequence[str]
    experience: Sequence[str]
    style: Mapping[str, bool]
    hours: Sequence[Sequence[int]]
    async_only: bool
    channels: Sequence[str]
    countries_known: Sequence[str]
    organisations: bytes | None
    private: bytes | None
    private_rules: int
    adults_only: bool
    boundaries_at: datetime | None
    trained_at: datetime | None
    confirmed_at: datetime | None
    asked_at: datetime | None
    paused_until: date | None

    @property
    def paused(self) -> bool:
        """Whether nobody new is proposed to her, whatever the cause."""
        return self.state is not MentorState.AVAILABLE


_OF_PERSON = {"person_public_id": Person.public_id, "zone": Person.zone}


def _columns(kind: type[Any], model: type[Any]) -> list[Any]:
    return [_OF_PERSON.get(name, getattr(model, name, None)) for name in kind.__slots__]


def _profiles() -> Select[Any]:
    columns = _columns(Profile, MentorProfile)
    return select(*columns).join(Person, Person.id == MentorProfile.person_id)


def _profile(row: Any) -> Profile:
    values = dict(zip(Profile.__slots__, row, strict=True))
    told = {"track": Track(values["track"]), "state": MentorState(values["state"])}
    return Profile(**{**values, **told})


def profiles() -> list[Profile]:
    """All mentors, by name; a person with two tracks twice. One statement."""
    shown = _profiles().where(MentorProfile.person_id.not_in(hidden()))
    found = [_profile(row) for row in db.session.execute(shown)]
    return sorted(found, key=lambda profile: (profile.shown_name.casefold(), profile.id))


def profile(public_id: str) -> Profile | None:
    """A mentor by the id in her address."""
    shown = (MentorProfile.public_id == public_id) & MentorProfile.person_id.not_in(hidden())
    row = db.session.execute(_profiles().where(shown)).first()
    return _profile(row) if row else None


_PROFILES_OF = (
    _profiles().where(MentorProfile.person_id == bindparam("person_id")).order_by(MentorProfile.id)
)


def profiles_of(person_id: int) -> list[Profile]:
    """Somebody's own profiles, one for each track, the first one first."""
    return [_profile(row) for row in fetch(_PROFILES_OF, person_id=person_id)]


def profile_of(person_id: int, track: Track | None = None) -> Profile | None:
    """Somebody's own profile, in this track or her first one."""
    return next((one for one in profiles_of(person_id) if track in (None, one.track)), None)


# --- People who wait -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who waits for a mentor. What she hopes for stays sealed until `goal_of`."""

    id: int
    public_id: str
    programme_id: int
    person_id: int
    person_public_id: str
    zone: str
    track: Track
    state: str
    shown_name: str
    languages: Sequence[str]
    levels: Mapping[str, int]
    goal: bytes | None
    needs: Sequence[str]
    experience: Sequence[str]
    style: Mapping[str, bool]
    hours: Sequence[Sequence[int]]
    async_only: bool
    channels: Sequence[str]
    organisations: bytes | None
    private: bytes | None
    private_rules: int
    under_18: bool
    priority: int
    waiting_since: datetime
    asked_at: datetime | None
    silences: int

    @property
    def has_goal(self) -> bool:
        """Whether she wrote what she hopes for."""
        return self.goal is not None


def _requests() -> Select[Any]:
    columns = _columns(Request, MentorRequest)
    return select(*columns).join(Person, Person.id == MentorRequest.person_id)


def _request(row: Any) -> Request:
    values = dict(zip(Request.__slots__, row, strict=True))
    return Request(**{**values, "track": Track(values["track"])})


def waiting() -> list[Request]:
    """People who wait, the longest first. One statement."""
    return _in_line(RequestState.WAITING)


def submitted() -> list[Request]:
    """Requests that staff have to look at before they join the line, the oldest first."""
    return _in_line(RequestState.SUBMITTED)


def _in_line(state: RequestState) -> list[Request]:
    shown = (MentorRequest.state == state) & (Person.state != LEAVING)
    rows = _requests().where(shown).order_by(MentorRequest.waiting_since, MentorRequest.id)
    return [_request(row) for row in db.session.execute(rows)]


def request(public_id: str) -> Request | None:
    """Somebody who waits, by the id in the address."""
    shown = (MentorRequest.public_id == public_id) & (Person.state != LEAVING)
    row = db.session.execute(_requests().where(shown)).first()
    return _request(row) if row else None


def request_by_id(request_id: int) -> Request:
    """The request that an offer was made for."""
    return _request(db.session.execute(_requests().where(MentorRequest.id == request_id)).one())


_OPEN = MentorRequest.state.in_(sorted(OPEN_REQUESTS))
_REQUESTS_OF = (
    _requests()
    .where(MentorRequest.person_id == bindparam("person_id"), _OPEN)
    .order_by(MentorRequest.id)
)


def requests_of(person_id: int) -> list[Request]:
    """Somebody's own requests that are open, one for each track, the first one first."""
    return [_request(row) for row in fetch(_REQUESTS_OF, person_id=person_id)]


def request_of(person_id: int, track: Track | None = None) -> Request | None:
    """Somebody's own request that is open, in this track or her first one."""
    return next((one for one in requests_of(person_id) if track in (None, one.track)), None)


@dataclass(frozen=True, slots=True)
class Line:
    """Where somebody stands who waits: her place among those who share a language, and how long it took others.

    `days` is the median wait of the ten who were paired last; None as long as nobody was.
    """

    place: int
    days: int | None


def line_of(found: Request) -> Line:
    """An honest word about the wait. Two statements."""
    same = (
        (MentorRequest.track == found.track)
        & (MentorRequest.state == RequestState.WAITING)
        & (MentorRequest.programme_id == found.programme_id)
    )
    before = (MentorRequest.waiting_since < found.waiting_since) & (MentorRequest.id != found.id)
    ahead = db.session.scalars(
        select(MentorRequest.languages).where(
            same, before, MentorRequest.person_id.not_in(hidden())
        )
    )
    place = 1 + sum(bool(set(spoken) & set(found.languages)) for spoken in ahead)
    matched = db.session.execute(
        select(MentorRequest.waiting_since, MentorRequest.matched_at)
        .where(MentorRequest.track == found.track, MentorRequest.matched_at.is_not(None))
        .order_by(MentorRequest.matched_at.desc())
        .limit(LAST_MATCHED)
    )
    return Line(place, wait_of([until - since for since, until in matched if until]))


# --- What is sealed ------------------------------------------------------------------------------

Sealed = TypeVar("Sealed", Profile, Request)


def place_of(found: Profile | Request, column: str) -> Place:
    """Where one of the sealed columns of a profile or request is sealed."""
    table = "mentor_profile" if isinstance(found, Profile) else "mentor_request"
    return Place(table, column, found.public_id, found.person_public_id)


def goal_place(request_public_id: str, owner: str) -> Place:
    """Where what somebody hopes for is sealed."""
    return Place("mentor_request", "goal", request_public_id, owner)


def goal_of(found: Request) -> str:
    """Open what somebody hopes for. Who calls leaves the line."""
    if found.goal is None:
        return ""
    return unseal(found.goal, goal_place(found.public_id, found.person_public_id))


def organisations_of(found: Profile | Request) -> Organisations:
    """Open with whom somebody works. For herself, staff (who leave the line) and the rules."""
    if found.organisations is None:
        return Organisations()
    said = json.loads(unseal(found.organisations, place_of(found, "organisations")))
    return Organisations(tuple(said["own"]), tuple(said["conflict"]))


def private_of(found: Profile | Request) -> Private:
    """Open somebody's private rules. For herself and the rules of matching: no page of staff calls this."""
    if found.private is None:
        return Private()
    return Private.of_json(json.loads(unseal(found.private, place_of(found, "private"))))


def more_of(found: Profile | Request) -> More:
    """All that somebody said about herself beyond the short form, opened; for her own page."""
    mentor = isinstance(found, Profile)
    return More(
        levels=found.levels,
        topics=found.topics if isinstance(found, Profile) else found.needs,
        glad_topics=found.glad_topics if isinstance(found, Profile) else (),
        experience=found.experience,
        style=found.style,
        hours=found.hours,
        async_only=found.async_only,
        channels=found.channels,
        countries_known=found.countries_known if mentor else (),  # type: ignore[union-attr]
        organisations=organisations_of(found),
        private=private_of(found),
    )


def of_people(found: Iterable[Profile]) -> list[int]:
    """The numbers of the people behind profiles, each once."""
    return list(dict.fromkeys(one.person_id for one in found))
