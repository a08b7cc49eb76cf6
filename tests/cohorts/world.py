"""Builders for tests of cohorts: a published course, a cohort, people with progress in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.cohorts import actions, queries
from lms.cohorts.models import Seat
from lms.cohorts.queries import CohortRow
from lms.cohorts.rules import today_in
from lms.core import clock, ids
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.learning import actions as learning
from lms.learning import queries as progress
from lms.learning.models import Completion, Enrolment
from tests.courses.world import publish_course
from tests.world import Somebody, make_person


def make_course(folder: Path, lang: str = "en") -> Outline:
    """The small course, published. Needs an application context."""
    outcome = publish_course(folder)
    with reading():
        found = courses.outline(outcome.version_id, lang)
        assert found is not None
        return found


def make_cohort(
    outline: Outline,
    coordinator: Somebody | None = None,
    *,
    name: str = "Central Asia, autumn",
    capacity: int = 12,
    starts_on: date | None = None,
    ends_on: date | None = None,
    zone: str = "Asia/Almaty",
) -> CohortRow:
    """A cohort in its third week of twelve, unless other days are given."""
    coordinator = coordinator or make_person("", Role.COORDINATOR)
    first = starts_on or today_in(zone, now()) - timedelta(days=15)
    plan = actions.Plan(name, first, ends_on or first + timedelta(days=83), zone, capacity, "Irina")
    with transaction():
        public_id = actions.open_cohort(coordinator.id, outline.course_id, outline.version_id, plan)
    return again(public_id)


def again(public_id: str) -> CohortRow:
    """The cohort as it stands now."""
    with reading():
        found = queries.cohort(public_id)
        assert found is not None
        return found


def make_codes(cohort: CohortRow, count: int = 1, expires_on: date | None = None) -> list[str]:
    """One-time codes, good for a month."""
    with transaction():
        return actions.make_codes(cohort, count, expires_on or now().date() + timedelta(days=30))


def seat_person(cohort: CohortRow, name: str = "", *, at: datetime | None = None) -> Somebody:
    """Somebody who has joined with a code, at a moment of the past or now."""
    with clock.at(at or now()):
        person = make_person()
        code = make_codes(cohort)[0]
        with transaction():
            actions.join(person.id, code)
            if name:
                actions.name_yourself(person.id, cohort.id, name)
    return person


def do_items(person: Somebody, outline: Outline, count: int, *, at: datetime | None = None) -> None:
    """Complete the first required items of the course, as the rules of each would."""
    with clock.at(at or now()), transaction():
        for item in [item for item in outline.items if item.required][:count]:
            found = progress.progress(person.id, outline.course_id)
            assert found is not None
            learning.complete(found, outline, item, source="system")


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile, without BEGIN and COMMIT."""
    found: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(cohort: CohortRow, outline: Outline, count: int) -> None:
    """Many people at once, with progress, straight into the tables: for counting statements."""
    moment, required = now(), sorted(outline.required)
    with transaction():
        people = [
            Person(
                public_id=ids.public_id(),
                handle=f"Many {number}",
                skeleton=f"many{number}x{cohort.id}",
                zone="UTC",
                salt=b"",
                memory_kib=8,
                passes=1,
                verifier_hash=b"",
                public_key=b"",
                private_by_passphrase=b"",
            )
            for number in range(count)
        ]
        db.session.add_all(people)
        db.session.flush()
        course = {"course_id": outline.course_id, "version_id": outline.version_id}
        started = [
            Enrolment(public_id=ids.public_id(), person_id=person.id, started_at=moment, **course)
            for person in people
        ]
        db.session.add_all(started)
        db.session.flush()
        for number, (person, enrolment) in enumerate(zip(people, started, strict=True)):
            db.session.add(
                Seat(
                    public_id=ids.public_id(),
                    cohort_id=cohort.id,
                    person_id=person.id,
                    enrolment_id=enrolment.id,
                    shown_name=f"Many {number:03}",
                    joined_at=moment,
                )
            )
            for item in required[: number % (len(required) + 1)]:
                facts = {"done_at": moment - timedelta(days=number % 30), "rule": "mark"}
                row = Completion(enrolment_id=enrolment.id, item_id=item, source="self", **facts)
                db.session.add(row)
