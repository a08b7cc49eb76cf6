"""What changes in recognition: time is added, statements are asked for, approved, printed."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from lms.accounts import queries as people
from lms.accounts import vault
from lms.accounts.roles import Role
from lms.certificates import actions as certificates
from lms.certificates import number
from lms.core import ids, outbox, sealing
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.settings import Settings
from lms.meetings import queries as meetings
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.recognition import queries, words
from lms.recognition.models import GivenTime, HoursStatement
from lms.recognition.queries import Statement
from lms.recognition.rules import Month, State, Step, by_month, earned, months, move

PRINT = "recognition.print"


class NothingGiven(Exception):
    """There are no confirmed minutes in this period."""


def add(meeting_id: int, mentor_id: int) -> None:
    """Add the confirmed minutes of a meeting, once; offer a certificate where a milestone is reached."""
    found = meetings.by_id(meeting_id)
    if not found.held_minutes or found.planned_at is None:
        return
    row = insert_into(GivenTime).values(
        person_id=mentor_id,
        meeting=meeting_id,
        held_on=found.planned_at.date(),
        minutes=found.held_minutes,
    )
    added = row.on_conflict_do_nothing().returning(GivenTime.id)
    if db.session.scalar(added) is not None:
        offer_certificates(mentor_id)


def offer_certificates(person_id: int) -> None:
    """Offer a certificate of volunteering for each milestone that is reached; each one once."""
    for hours in earned(queries.total(person_id)):
        certificates.offer_record(person_id, f"support-{hours}", words.record(hours, _settings()))


def honour_end(person_id: int) -> None:
    """Offer one for a pair that went to its agreed end, to somebody who gave at least an hour; the first time."""
    if hours := queries.total(person_id) // 60:
        certificates.offer_record(person_id, "support-whole", words.record(hours, _settings()))


def ask(person_id: int, first: Month, last: Month, name: str, lang: str) -> str:
    """Ask for a statement with this name. Return its public id. Raises NothingGiven."""
    minutes = sum(by_month(queries.given(person_id, first, last), months(first, last)).values())
    if not minutes:
        raise NothingGiven
    public_id, owner = ids.public_id(), people.by_id(person_id).public_id
    row = HoursStatement(
        public_id=public_id,
        person_id=person_id,
        reference=number.new(),
        state=State.ASKED,
        first_month=str(first),
        last_month=str(last),
        minutes=minutes,
        lang=lang,
        name_sealed=sealing.seal(name, queries.name_place(public_id, owner)),
        asked_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    for coordinator in people.holders(Role.COORDINATOR):
        messaging.notify(coordinator, Kind.HOURS_ASKED)
    return public_id


def approve(found: Statement, staff_id: int) -> None:
    """A coordinator approves: the statement is printed. Raises NotAllowed."""
    row = _moved(found.id, Step.APPROVE)
    row.approved_by, row.approved_at = staff_id, now()
    outbox.enqueue(PRINT, {"statement": row.id}, key=f"{PRINT}:{row.id}")


def decline(found: Statement) -> None:
    """A coordinator declines; the name is destroyed. Raises NotAllowed."""
    row = _moved(found.id, Step.DECLINE)
    messaging.notify(row.person_id, Kind.HOURS_ANSWERED, statement=row.public_id)


def finish(statement_id: int, pdf: bytes) -> None:
    """Keep the file, sealed to its holder, and drop the name. A second run finds nothing to do."""
    found = queries.to_print(statement_id)
    if found is None:
        return
    statement, _name, owner = found
    row = _moved(statement_id, Step.PRINTED)
    row.pdf_sealed = vault.seal_bytes(pdf, queries.pdf_place(statement.public_id, owner))
    messaging.notify(row.person_id, Kind.HOURS_ANSWERED, statement=row.public_id)


def _moved(statement_id: int, step: Step) -> HoursStatement:
    locked = select(HoursStatement).where(HoursStatement.id == statement_id).with_for_update()
    row = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    row.state = move(State(row.state), step)
    if row.state in {State.READY, State.DECLINED}:
        row.name_sealed = None
    db.session.flush()
    return row


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
