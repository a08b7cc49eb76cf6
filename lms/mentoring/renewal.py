"""Going on after the agreed time: staff propose it, each of the two is asked, and it does when both say yes.

Where it stands is the last step of its trail. The row of the pair is locked for each, so two answers at once
are taken one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from lms.core.clock import now
from lms.core.db import db
from lms.core.events import publish
from lms.mentoring import queries
from lms.mentoring.events import PairResumed
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import (
    NotAllowed,
    Renewal,
    Side,
    State,
    Step,
    answered,
    is_asked,
    may_be_asked,
)
from lms.mentoring.steps import locked, take
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import trail
from lms.programmes.models import Transition

MACHINE = "renewal"
WEEKS = (4, 8, 12, 24)

# For an outer join with pairs: the last step of each one's renewal, and what it says.
_steps = (Transition.machine == MACHINE) & (Transition.subject == Match.public_id)
LAST_STEP = Transition.id == (
    select(func.max(Transition.id)).where(_steps).correlate(Match).scalar_subquery()
)
COLUMNS = (Transition.to_state, Transition.reason)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the renewal of a pair stands, and for how many weeks it is proposed."""

    state: Renewal = Renewal.NONE
    weeks: int = 0

    @classmethod
    def of(cls, to_state: str | None, reason: str | None) -> Standing:
        """What a last step says; without one nobody was asked."""
        return cls(Renewal(to_state), int(reason or 0)) if to_state else cls()

    def asks(self, side: Side | None) -> bool:
        """Whether this side has not answered yet."""
        return side is not None and is_asked(self.state, side)

    @property
    def open(self) -> bool:
        """Whether staff may propose it."""
        return may_be_asked(self.state)


def closing() -> list[tuple[Pair, Standing]]:
    """Pairs whose agreed time is over or nearly so, the first to end in front. One statement."""
    ends = (Match.state == State.CLOSING) & ~Match.change_wanted & Match.ends_on.is_not(None)
    statement = queries.pairs_with(*COLUMNS).outerjoin(Transition, LAST_STEP).where(ends)
    rows = db.session.execute(statement.order_by(Match.ends_on, Match.id))
    return [(queries.pair_of(row), Standing.of(row[-2], row[-1])) for row in rows]


def propose(found: Pair, weeks: int, by: int) -> None:
    """Ask both whether they go on for so many weeks. Raises NotAllowed."""
    row = locked(found.id)
    before = _standing(row)
    if State(row.state) is not State.CLOSING or row.change_wanted or not before.open:
        raise NotAllowed(f"{row.state}: {before.state}")
    _record(row, before, Renewal.ASKED, weeks, about=row.mentee_id, by=by)
    for each in (row.mentee_id, row.mentor_id):
        messaging.notify(each, Kind.AGREEMENT, pair=row.public_id)


def answer(found: Pair, person_id: int, *, yes: bool) -> bool:
    """One side says yes or no; nobody is told who said no. Return whether the pair goes on. Raises NotAllowed."""
    row, side = locked(found.id), found.side(person_id)
    before = _standing(row)
    if State(row.state) is not State.CLOSING or side is None:
        raise NotAllowed(row.state)
    after = answered(before.state, side, yes=yes)
    # About whoever answers: a no stands in nobody else's copy.
    _record(row, before, after, before.weeks, about=person_id, by=person_id)
    messaging.seen(person_id, Kind.AGREEMENT, pair=row.public_id)
    if after is Renewal.DECLINED:
        messaging.seen(found.other(person_id), Kind.AGREEMENT, pair=row.public_id)
    if after is Renewal.AGREED:
        _go_on(row, found, person_id, side, before.weeks)
    return after is Renewal.AGREED


def _go_on(row: Match, found: Pair, person_id: int, side: Side, weeks: int) -> None:
    today = now().date()
    take(row, Step.RENEW, side, person_id)
    row.ends_on = max(row.ends_on or today, today) + timedelta(weeks=weeks)
    row.last_sign_at, row.nudged = now(), 0
    row.awaiting_since = now() if row.awaiting_since else None
    db.session.flush()
    for each in (row.mentee_id, row.mentor_id):
        messaging.seen(each, Kind.PAIR_CLOSING, pair=row.public_id)
    messaging.notify(found.other(person_id), Kind.PAIR_RESUMED, pair=row.public_id)
    publish(PairResumed(row.id, row.mentor_id, row.mentee_id, row.track))


def _standing(row: Match) -> Standing:
    steps = trail.steps_of(MACHINE, row.public_id)
    return Standing.of(steps[-1].to_state, steps[-1].reason) if steps else Standing()


def _record(
    row: Match, before: Standing, after: Renewal, weeks: int, *, about: int, by: int
) -> None:
    # Whoever says no does not read in a copy that the other side had said yes.
    said = Renewal.ASKED if after is Renewal.DECLINED else before.state
    step = [(said.value, after.value)]
    trail.record(MACHINE, row.public_id, step, about=about, by=by, reason=str(weeks))
