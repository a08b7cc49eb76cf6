"""How a pair goes from one state to the next: the row is locked, the table asked, the step written down."""

from __future__ import annotations

from sqlalchemy import select

from lms.core.db import db
from lms.mentoring.models import Match
from lms.mentoring.states import Side, State, Step, move
from lms.programmes import trail
from lms.programmes.models import MentorProfile

MACHINE = "match"


def locked(match_id: int) -> Match:
    """The row of a pair as it is now; whoever else wants to change it waits."""
    mine = select(Match).where(Match.id == match_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def lock_places(*mentor_ids: int) -> None:
    """Let places of these mentors be counted by one at a time, always in the same order."""
    # On SQLite the whole writing transaction is the lock already.
    mine = MentorProfile.person_id.in_(mentor_ids)
    db.session.execute(
        select(MentorProfile.id).where(mine).order_by(MentorProfile.id).with_for_update()
    )


def take(row: Match, step: Step, side: Side, by: int | None = None, reason: str = "") -> State:
    """Make a step and write it down. `by` is who did it, None for the house. Raises NotAllowed."""
    before = State(row.state)
    reached = move(before, step, side)
    row.state = reached.value
    trail.record(
        MACHINE, row.public_id, [(before, reached)], about=row.mentee_id, by=by, reason=reason
    )
    db.session.flush()
    return reached


def record_agreement(public_id: str, about: int, by: int, before: str, after: str) -> None:
    """Write down that somebody signed what a pair agrees on."""
    trail.record("agreement", public_id, [(before, after)], about=about, by=by)
