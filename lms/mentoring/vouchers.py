"""What accounts wants to know of pairs: who is trusted with somebody, and who can vouch for whom."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from lms.accounts.models import Person
from lms.core.db import db
from lms.mentoring.models import Match
from lms.mentoring.states import TOGETHER


def mentors_now() -> ColumnElement[bool]:
    """Condition on Person: she is the mentor of a pair that has begun."""
    return exists().where(Match.mentor_id == Person.id, Match.state.in_(TOGETHER))


def mentees_of(mentor_id: int) -> list[tuple[int, str, str]]:
    """(Number, public id of the pair, name in the pair) of everybody whose mentor this person is now."""
    mine = (Match.mentor_id == mentor_id) & (Match.state.in_(TOGETHER))
    found = select(Match.mentee_id, Match.public_id, Match.mentee_name).where(mine)
    return [(row[0], row[1], row[2]) for row in db.session.execute(found.order_by(Match.id))]
