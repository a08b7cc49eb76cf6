"""Reads of certificates. None of them lists holders, and none reads a sealed column but `pdf_of`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from lms.accounts.models import Person
from lms.accounts.vault import Opener
from lms.certificates.models import Certificate
from lms.certificates.record import Record, day_of
from lms.certificates.rules import PRINTED, State
from lms.core.db import db, fetch
from lms.core.sealing import Place
from lms.courses.models import Course
from lms.learning.models import Enrolment


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate as its pages see it: everything but what is sealed."""

    id: int
    public_id: str
    number: str
    person_id: int | None
    course_key: str
    record: Record
    state: str
    completed_at: datetime
    lang: str | None
    neutral: bool
    salt: bytes | None
    commitment: bytes | None
    issued_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None
    asked_by_id: int | None

    def title(self, lang: str) -> str:
        """The course as this certificate calls it."""
        return str(self.record[lang]["neutral_title" if self.neutral else "course"])

    def day(self, moment: datetime | None) -> date | None:
        """A moment as the day that the paper shows."""
        return day_of(self.record, moment) if moment else None


_COLUMNS = tuple(getattr(Certificate, name) for name in Held.__slots__)


def _held() -> Select[Any]:
    return select(*_COLUMNS)


_HERS = _held().where(Certificate.person_id == bindparam("person_id"))
_OF_PERSON = _HERS.order_by(Certificate.id.desc())
_OWN = _HERS.where(Certificate.public_id == bindparam("public_id"))
_LIVE = _HERS.where(
    Certificate.course_key == bindparam("course_key"),
    Certificate.state.in_((State.WAITING, State.ISSUING, State.ISSUED)),
)
_PRINTED = _held().where(
    Certificate.number == bindparam("number"), Certificate.state.in_(tuple(PRINTED))
)


def of_person(person_id: int) -> list[Held]:
    """Everything that a person holds or held, the newest first. One statement."""
    return [Held(*row) for row in fetch(_OF_PERSON, person_id=person_id)]


def own(person_id: int, public_id: str) -> Held | None:
    """A certificate of this person by the id in its address."""
    row = fetch(_OWN, person_id=person_id, public_id=public_id).first()
    return Held(*row) if row else None


def live(person_id: int, course_key: str) -> Held | None:
    """The person's live certificate of a course."""
    row = fetch(_LIVE, person_id=person_id, course_key=course_key).first()
    return Held(*row) if row else None


def printed(number: str) -> Held | None:
    """What a stranger's check finds: nothing that was not on a paper once."""
    row = fetch(_PRINTED, number=number).first()
    return Held(*row) if row else None


def asked_to_withdraw() -> list[Held]:
    """Certificates that one member of staff wants withdrawn and no second has agreed yet."""
    asked = Certificate.asked_by_id.is_not(None) & (Certificate.state == State.ISSUED)
    found = db.session.execute(_held().where(asked).order_by(Certificate.id))
    return [Held(*row) for row in found]


def everything() -> list[Held]:
    """All certificates for the operator's list: no names exist to be listed."""
    return [Held(*row) for row in db.session.execute(_held().order_by(Certificate.id))]


def row(certificate_id: int) -> Certificate:
    """The certificate itself, to be changed."""
    return db.session.get_one(Certificate, certificate_id, with_for_update=True)


def pdf_of(held: Held, opener: Opener) -> bytes | None:
    """The finished file, opened with its holder's own key. Raises CannotOpen when that key is gone."""
    sealed = db.session.scalar(select(Certificate.pdf_sealed).where(Certificate.id == held.id))
    return opener.open_bytes(sealed, pdf_place(held, opener.owner)) if sealed else None


def pdf_place(held: Held, holder_public_id: str) -> Place:
    """Where the finished file is sealed."""
    return Place("certificate", "pdf_sealed", held.public_id, holder_public_id)


def to_print(certificate_id: int) -> tuple[Held, bytes, str] | None:
    """(certificate, sealed name, holder's public id) while it waits for its file."""
    waiting = (Certificate.id == certificate_id) & (Certificate.state == State.ISSUING)
    found = select(*_COLUMNS, Certificate.name_sealed, Person.public_id).join(
        Person, Person.id == Certificate.person_id
    )
    row = db.session.execute(found.where(waiting)).first()
    return (Held(*row[:-2]), row[-2], row[-1]) if row else None


def completed_without() -> list[tuple[int, int, int]]:
    """(enrolment, person, version) of finished courses of which no certificate was ever offered."""
    offered = exists().where(
        Certificate.person_id == Enrolment.person_id, Certificate.course_key == Course.key
    )
    finished = (
        select(Enrolment.id, Enrolment.person_id, Enrolment.version_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.completed_at.is_not(None), ~offered)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(finished.limit(500))]
