"""What changes about a certificate: offered, claimed, printed, replaced, withdrawn."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import update

from lms.accounts import vault
from lms.certificates import names, number, queries, record
from lms.certificates.events import CertificateIssued, CertificateWithdrawn
from lms.certificates.models import Certificate
from lms.certificates.queries import Held
from lms.certificates.rules import NotAllowed, Reason, State, may_ask_anew, may_confirm, move
from lms.core import events, ids, outbox, sealing, throttle
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.learning import queries as learning
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind

ISSUE = "certificates.issue"
FREE_PRINTS = 5


class MustWait(Exception):
    """Too many certificates were asked for in a row; the next one may be asked for `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def offer(enrolment_id: int, person_id: int, version_id: int) -> None:
    """Freeze the record of a finished course; from now on its certificate waits for a name.

    Done twice is done once: there is one live certificate a person and course.
    """
    outline = courses.outline(version_id, "en")
    finished = learning.completed_enrolment(enrolment_id)
    if outline is None or finished is None or finished.completed_at is None:
        return
    self_checked = learning.was_self_checked(enrolment_id)
    made = _insert(
        person_id=person_id,
        course_key=outline.course_key,
        course_version=outline.number,
        contract_hash=outline.contract_hash,
        record=record.freeze(version_id, _settings(), self_checked=self_checked),
        completed_at=finished.completed_at,
    )
    if made is not None:
        messaging.notify(person_id, Kind.CERTIFICATE)


def offer_record(person_id: int, key: str, record_: record.Record) -> bool:
    """Offer a certificate of something that is no course, with its own frozen record. Return whether it is new.

    Done twice is done once: there is one live certificate a person and key.
    """
    made = _insert(
        person_id=person_id,
        course_key=key,
        course_version=0,
        contract_hash="",
        record=record_,
        completed_at=now(),
    )
    if made is not None:
        messaging.notify(person_id, Kind.CERTIFICATE)
    return made is not None


def offer_missing() -> int:
    """Offer certificates of courses that were finished before there were any. Return how many."""
    found = queries.completed_without()
    for enrolment_id, person_id, version_id in found:
        offer(enrolment_id, person_id, version_id)
    return len(found)


def claim(held: Held, holder_public_id: str, name: str, lang: str, *, neutral: bool) -> str:
    """Have a certificate printed with this name; return the public id of the one that is being made.

    A printed one is replaced: its number keeps telling so. Raises NotAllowed and MustWait.
    """
    if until := throttle.wait_until("certificate-print", holder_public_id, FREE_PRINTS):
        raise MustWait(until)
    throttle.count("certificate-print", holder_public_id)
    row = queries.row(held.id)
    if row.state != State.WAITING:
        row = _successor(row)
    row.state = move(row.state, State.ISSUING)
    row.lang, row.neutral, row.issued_at = lang, neutral, now()
    row.salt = os.urandom(names.SALT_BYTES)
    row.commitment = names.commitment(commitment_key(), row.salt, name)
    row.name_sealed = sealing.seal(name, _place("name_sealed", row.public_id, holder_public_id))
    if row.person_id is not None:
        messaging.seen(row.person_id, Kind.CERTIFICATE)
    outbox.enqueue(ISSUE, {"certificate": row.id}, key=f"{ISSUE}:{row.id}")
    return row.public_id


def _successor(row: Certificate) -> Certificate:
    """Return a waiting certificate of the same record, in place of a printed or self-withdrawn one."""
    if row.state == State.ISSUED:
        row.state, row.ended_at, row.ended_by = State.REPLACED, now(), "holder"
        _forget_contents(row)
    elif not may_ask_anew(row.state, row.ended_by):
        raise NotAllowed(row.state)
    db.session.flush()
    made = _insert(
        person_id=row.person_id,
        course_key=row.course_key,
        course_version=row.course_version,
        contract_hash=row.contract_hash,
        record=row.record,
        completed_at=row.completed_at,
    )
    if made is None:
        raise NotAllowed("another one is live")
    return queries.row(made)


def finish(certificate_id: int, pdf: bytes) -> None:
    """Keep the file and drop the name, in one step. A second run finds nothing to do."""
    found = queries.to_print(certificate_id)
    if found is None:
        return
    held, _name, holder_public_id = found
    row = queries.row(certificate_id)
    row.state, row.name_sealed = move(row.state, State.ISSUED), None
    # With the holder's public key only: the worker can seal the file, and nothing here can open it.
    row.pdf_sealed = vault.seal_bytes(pdf, queries.pdf_place(held, holder_public_id))
    db.session.flush()
    events.publish(CertificateIssued(certificate_id, held.person_id))


def withdraw(held: Held) -> None:
    """Withdraw at the holder's wish alone. Raises NotAllowed."""
    _end(queries.row(held.id), "holder")


def ask_to_withdraw(held: Held, staff_id: int, reason: Reason) -> None:
    """Write down that one member of staff wants it withdrawn. Raises NotAllowed."""
    row = queries.row(held.id)
    if row.state != State.ISSUED or row.asked_by_id is not None or staff_id == row.person_id:
        raise NotAllowed(row.state)
    row.asked_by_id, row.reason = staff_id, reason


def agree_to_withdraw(held: Held, staff_id: int) -> None:
    """Withdraw, as the second member of staff. Raises NotAllowed."""
    row = queries.row(held.id)
    if not may_confirm(row.asked_by_id, staff_id, row.person_id):
        raise NotAllowed("a second person is needed")
    _end(row, "staff")
    if row.person_id is not None:
        messaging.notify(row.person_id, Kind.CERTIFICATE_ENDED)


def keep_after_all(held: Held) -> None:
    """Drop a wish to withdraw; any member of staff may. Raises NotAllowed where it is withdrawn meanwhile."""
    row = queries.row(held.id)
    if row.ended_at is not None:
        raise NotAllowed("it is withdrawn, and the reason stays")
    row.asked_by_id = row.reason = None


def forget_person(person_id: int) -> None:
    """Take the person out of her certificates; their numbers stay checkable. For erasure."""
    nothing = {
        "person_id": None,
        "name_sealed": None,
        "pdf_sealed": None,
        "commitment": None,
        "salt": None,
    }
    unprinted = Certificate.state.in_((State.WAITING, State.ISSUING))
    mine = Certificate.person_id == person_id
    db.session.execute(Certificate.__table__.delete().where(mine, unprinted))  # type: ignore[attr-defined]
    db.session.execute(update(Certificate).where(mine).values(**nothing))
    asked = update(Certificate).where(Certificate.asked_by_id == person_id)
    db.session.execute(asked.values(asked_by_id=None))


def commitment_key() -> bytes:
    """The key of name commitments: of its own, and outside the database."""
    digest: bytes = current_app.extensions["keys"].digest("certificate", "name")
    return digest


def _end(row: Certificate, by: str) -> None:
    row.state, row.ended_at, row.ended_by = move(row.state, State.WITHDRAWN), now(), by
    _forget_contents(row)
    db.session.flush()
    events.publish(CertificateWithdrawn(row.id, row.person_id, by))


def _forget_contents(row: Certificate) -> None:
    """An ended certificate needs neither its file nor a way to try names on it."""
    row.pdf_sealed = row.salt = row.commitment = None


def _insert(**values: Any) -> int | None:
    row = insert_into(Certificate).values(
        public_id=ids.public_id(),
        number=number.new(),
        state=State.WAITING,
        neutral=False,
        **values,
    )
    return db.session.scalar(row.on_conflict_do_nothing().returning(Certificate.id))


def _place(column: str, row_public_id: str, owner: str) -> sealing.Place:
    return sealing.Place("certificate", column, row_public_id, owner)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
