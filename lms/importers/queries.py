"""Everything that staff entered, as rows of the tables that can be read in again. No sealed text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.core.db import db
from lms.importers.rules import COLUMNS, Kind
from lms.mentoring.models import Match
from lms.mentoring.states import TOGETHER
from lms.programmes.models import MentorProfile, MentorRequest
from lms.support.models import CheckIn

CHECKS = ("pair", "number", "due", "state", "spoke with", "how", "reason")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, its head, its rows, and whom it is about."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    people: frozenset[int]


def tables() -> list[Table]:
    """All of them. One statement each."""
    return [_mentors(), _waiting(), _pairs(), _check_ins()]


def head(kind: Kind) -> list[str]:
    """The columns of a table that can be read in."""
    return [column.key for column in COLUMNS[kind]]


def _mentors() -> Table:
    rows = db.session.execute(
        select(
            *(Person.handle, MentorProfile.shown_name, MentorProfile.languages),
            *(MentorProfile.track, MentorProfile.capacity, MentorProfile.about, Person.id),
        )
        .join(Person, Person.id == MentorProfile.person_id)
        .where(Person.id.not_in(hidden()))
        .order_by(MentorProfile.id)
    ).all()
    lines = [(row[0], row[1], ", ".join(row[2]), row[3], str(row[4]), row[5]) for row in rows]
    return Table(Kind.MENTORS, head(Kind.MENTORS), lines, frozenset(row[6] for row in rows))


def _waiting() -> Table:
    waits = MentorRequest.state.in_(("submitted", "accepted", "waiting", "offered", "dormant"))
    rows = db.session.execute(
        select(
            *(Person.handle, MentorRequest.shown_name, MentorRequest.languages),
            *(MentorRequest.track, MentorRequest.waiting_since, Person.id),
        )
        .join(Person, Person.id == MentorRequest.person_id)
        .where(waits, Person.id.not_in(hidden()))
        .order_by(MentorRequest.id)
    ).all()
    names = [name for name in head(Kind.WAITING) if name != "goal"]
    lines = [(row[0], row[1], ", ".join(row[2]), row[3], row[4].date().isoformat()) for row in rows]
    return Table(Kind.WAITING, names, lines, frozenset(row[5] for row in rows))


def _pairs() -> Table:
    mentor, mentee = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(
            *(mentor.handle, mentee.handle, Match.mentor_name, Match.mentee_name),
            *(Match.languages, Match.track, Match.started_at, Match.mentor_id, Match.mentee_id),
        )
        .join(mentor, mentor.id == Match.mentor_id)
        .join(mentee, mentee.id == Match.mentee_id)
        .where(
            Match.state.in_(sorted(TOGETHER)),
            mentor.id.not_in(hidden()),
            mentee.id.not_in(hidden()),
        )
        .order_by(Match.id)
    ).all()
    lines = [
        (*row[:4], ", ".join(row[4]), row[5], row[6].date().isoformat() if row[6] else "")
        for row in rows
    ]
    people = frozenset(person for row in rows for person in row[7:9])
    return Table(Kind.PAIRS, head(Kind.PAIRS), lines, people)


def _check_ins() -> Table:
    rows = db.session.execute(
        select(
            *(Match.public_id, CheckIn.number, CheckIn.due_on, CheckIn.state),
            *(CheckIn.spoke_with, CheckIn.channel, CheckIn.reason),
            *(Match.mentor_id, Match.mentee_id),
        )
        .join(Match, Match.id == CheckIn.match_id)
        .where(Match.mentor_id.not_in(hidden()), Match.mentee_id.not_in(hidden()))
        .order_by(CheckIn.id)
    ).all()
    lines = [(row[0], str(row[1] + 1), row[2].isoformat(), *row[3:7]) for row in rows]
    people = frozenset(person for row in rows for person in row[7:9])
    return Table("check-ins", CHECKS, lines, people)


def examples(lang: str) -> Mapping[str, str]:
    """One row for the template, with invented people."""
    ru = lang == "ru"
    name, other = ("Сокол 12", "Журавль 7") if ru else ("Falcon 12", "Heron 7")
    spoken = "русский, английский" if ru else "Russian, English"
    day = "2026-09-01"
    people = {"name": name, "shown name": name, "mentor": name, "mentor name": name}
    others = {"mentee": other, "mentee name": other}
    said = {"languages": spoken, "track": "peer", "places": "2", "about": "", "goal": ""}
    return {**people, **others, **said, "waiting since": day, "together since": day}
