"""Reads of cohorts: frozen values made for a page. Progress is learning's; here it is only laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from lms.accounts.leaving import hidden
from lms.cohorts.models import Cohort, Invite, Seat
from lms.cohorts.rules import Place
from lms.core.db import db, fetch
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.learning import queries as learning
from lms.learning.queries import Progress, Task
from lms.learning.rules import Part, Standing, standing


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort; `taken` counts the seats of people who have not left."""

    id: int
    public_id: str
    name: str
    course_id: int
    version_id: int
    starts_on: date
    ends_on: date
    zone: str
    capacity: int
    coordinator_id: int
    coordinator_name: str
    state: str
    taken: int

    @property
    def is_open(self) -> bool:
        """Whether people can still join."""
        return self.state == "open"


def _cohorts() -> Select[Any]:
    counted = aliased(Seat)
    taken = (
        select(func.count())
        .where(counted.cohort_id == Cohort.id, counted.left_at.is_(None))
        .scalar_subquery()
    )
    return select(
        *(Cohort.id, Cohort.public_id, Cohort.name, Cohort.course_id, Cohort.version_id),
        *(Cohort.starts_on, Cohort.ends_on, Cohort.zone, Cohort.capacity),
        *(Cohort.coordinator_id, Cohort.coordinator_name, Cohort.state, taken),
    )


def cohort(public_id: str) -> CohortRow | None:
    """A cohort by the id in its address."""
    row = db.session.execute(_cohorts().where(Cohort.public_id == public_id)).first()
    return CohortRow(*row) if row else None


def cohorts_of(coordinator_id: int | None = None) -> list[CohortRow]:
    """A coordinator's cohorts, or all of them: open ones first, and of these the one that ends first."""
    statement = _cohorts().order_by(Cohort.state.desc(), Cohort.ends_on, Cohort.id)
    if coordinator_id is not None:
        statement = statement.where(Cohort.coordinator_id == coordinator_id)
    return [CohortRow(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """A person's own seat with what she sees of the cohort."""

    person_id: int
    public_id: str
    shown_name: str
    cohort: CohortRow


_OWN_SEATS = (
    _cohorts()
    .add_columns(Seat.person_id, Seat.public_id, Seat.shown_name)
    .join(Seat, Seat.cohort_id == Cohort.id)
    .where(Seat.person_id == bindparam("person_id"), Seat.left_at.is_(None))
    .order_by(Cohort.ends_on, Cohort.id)
)
_OWN_SEAT = _OWN_SEATS.where(Cohort.public_id == bindparam("cohort"))


def own_seats(person_id: int, cohort_public_id: str | None = None) -> list[OwnSeat]:
    """The seats that a person has not left, in one statement; the cohort that ends first comes first."""
    if cohort_public_id is None:
        rows = fetch(_OWN_SEATS, person_id=person_id)
    else:
        rows = fetch(_OWN_SEAT, person_id=person_id, cohort=cohort_public_id)
    return [OwnSeat(row[-3], row[-2], row[-1], CohortRow(*row[:-3])) for row in rows]


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Somebody in a cohort, as its coordinator knows her."""

    public_id: str
    person_id: int
    enrolment_id: int
    shown_name: str
    joined_at: datetime
    left_at: datetime | None


def seats(cohort_id: int) -> list[SeatRow]:
    """Everybody who ever sat in the cohort, by name."""
    columns = (
        *(Seat.public_id, Seat.person_id, Seat.enrolment_id, Seat.shown_name),
        *(Seat.joined_at, Seat.left_at),
    )
    shown = (Seat.cohort_id == cohort_id) & Seat.person_id.not_in(hidden())
    rows = db.session.execute(select(*columns).where(shown))
    return sorted((SeatRow(*row) for row in rows), key=lambda seat: seat.shown_name.casefold())


def seat(cohort_id: int, public_id: str) -> SeatRow | None:
    """Somebody who sits in the cohort now."""
    found = [seat for seat in seats(cohort_id) if seat.public_id == public_id]
    return next((seat for seat in found if seat.left_at is None), None)


def shown_names(cohort_id: int, *, but: int | None = None) -> list[str]:
    """The names in use in a cohort, without one person's own."""
    names = select(Seat.shown_name).where(Seat.cohort_id == cohort_id, Seat.left_at.is_(None))
    return list(db.session.scalars(names.where(Seat.person_id != but) if but else names))


def coordinators_of(person_id: int, course_id: int) -> list[tuple[int, str]]:
    """(coordinator, the name that people know) of the cohorts in which somebody takes a course."""
    found = (
        select(Cohort.coordinator_id, Cohort.coordinator_name)
        .join(Seat, Seat.cohort_id == Cohort.id)
        .where(Seat.person_id == person_id, Seat.left_at.is_(None), Cohort.course_id == course_id)
        .order_by(Cohort.id)
    )
    return list(db.session.execute(found))


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the table: a person and where she stands, as learning judges it.

    `parts` holds her part of each module of the cohort's version, None for a module that her own version
    (begun before she joined) does not have.
    """

    seat: SeatRow
    progress: Progress
    standing: Standing
    parts: tuple[Part | None, ...]

    @property
    def place(self) -> Place:
        """Where she stands, for the rules."""
        item, module = self.standing.here, self.standing.part_here
        return Place(item, module, self.progress.last_step, self.standing.done)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everybody in a cohort with progress and tasks; four statements, however many people."""

    outline: Outline
    members: tuple[Member, ...]
    left: int
    tasks: tuple[Task, ...]

    @property
    def person_ids(self) -> tuple[int, ...]:
        """Who sits in it."""
        return tuple(member.seat.person_id for member in self.members)


def overview(cohort: CohortRow, lang: str) -> Overview:
    """Read a cohort for its pages."""
    everybody = seats(cohort.id)
    here = [seat for seat in everybody if seat.left_at is None]
    ids = [seat.person_id for seat in here]
    facts = {found.person_id: found for found in _progress(ids, cohort.course_id)}
    outlines = {
        version: _outline(version, lang)
        for version in {cohort.version_id, *(found.version_id for found in facts.values())}
    }
    outline = outlines[cohort.version_id]
    members = tuple(
        _member(seat, facts[seat.person_id], outlines, outline)
        for seat in here
        if seat.person_id in facts
    )
    tasks = learning.tasks_of(ids, [cohort.course_id]) if ids else []
    return Overview(outline, members, len(everybody) - len(here), tuple(tasks))


def member(cohort: CohortRow, found: SeatRow, lang: str) -> tuple[Member, Outline, list[Task]]:
    """One person of a cohort, the outline of the version that she is on, her tasks."""
    progress = _progress([found.person_id], cohort.course_id)[0]
    outlines = {
        version: _outline(version, lang) for version in {cohort.version_id, progress.version_id}
    }
    own = outlines[progress.version_id]
    tasks = learning.tasks_of([found.person_id], [cohort.course_id])
    return _member(found, progress, outlines, outlines[cohort.version_id]), own, tasks


def _progress(person_ids: Sequence[int], course_id: int) -> list[Progress]:
    return learning.progress_of_many(person_ids, [course_id]) if person_ids else []


def _outline(version_id: int, lang: str) -> Outline:
    found = courses.outline(version_id, lang)
    if found is None:
        raise LookupError(f"course version {version_id} is gone")
    return found


def _member(
    found: SeatRow, facts: Progress, outlines: Mapping[int, Outline], shown: Outline
) -> Member:
    # Judged on her own version, so that she and her coordinator see the same; laid out by the cohort's.
    own = outlines[facts.version_id]
    judged = standing(own.items, facts.done)
    by_key = {own.modules[part.number - 1].key: part for part in judged.parts}
    return Member(found, facts, judged, tuple(by_key.get(module.key) for module in shown.modules))


@dataclass(frozen=True, slots=True)
class InviteRow:
    """A code on the coordinator's page; `code` is empty once it is used."""

    sealed: bytes | None
    digest: bytes
    expires_on: date
    used_at: datetime | None


def invites(cohort_id: int) -> list[InviteRow]:
    """All codes of a cohort, in the order in which they were made."""
    columns = (Invite.sealed, Invite.digest, Invite.expires_on, Invite.used_at)
    found = select(*columns).where(Invite.cohort_id == cohort_id).order_by(Invite.id)
    return [InviteRow(*row) for row in db.session.execute(found)]


def course_choices(lang: str) -> list[tuple[str, str]]:
    """(public id, title) of every published course."""
    return [(entry.public_id, entry.title) for entry in courses.catalogue(lang)]
