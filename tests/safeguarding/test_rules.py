"""The life of a concern as a table: what is allowed, and that nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lms.safeguarding import rules
from lms.safeguarding.rules import NEXT, Basis, NotAllowed, State, in_time, move

ALLOWED = {
    ("raised", "acknowledged"),
    ("acknowledged", "assessing"),
    ("assessing", "action_plan"),
    ("action_plan", "closed"),
    ("raised", "referred"),
    ("acknowledged", "referred"),
    ("assessing", "referred"),
    ("action_plan", "referred"),
    ("referred", "closed"),
}


@pytest.mark.parametrize("start", State)
@pytest.mark.parametrize("end", State)
@pytest.mark.parametrize("basis", [None, *Basis])
def test_every_step(start: State, end: State, basis: Basis | None) -> None:
    needs = end is State.REFERRED
    if (start.value, end.value) in ALLOWED and needs == (basis is not None):
        assert move(start, end, basis) is end
    else:
        with pytest.raises(NotAllowed):
            move(start, end, basis)


class Life(RuleBasedStateMachine):
    """Whatever is tried in whatever order: a concern that was passed on had a basis, a closed one rests."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.bases, self.seen = State.RAISED, set[Basis](), [State.RAISED]

    @rule(to=st.sampled_from(State), basis=st.none() | st.sampled_from(Basis))
    def attempt(self, to: State, basis: Basis | None) -> None:
        before = self.state
        try:
            self.state = move(before, to, basis)
        except NotAllowed:
            return
        assert before is not State.CLOSED
        if basis:
            self.bases.add(basis)
        self.seen.append(to)

    @invariant()
    def passed_on_for_a_reason(self) -> None:
        assert (State.REFERRED in self.seen) == bool(self.bases)
        assert len(self.seen) == len(set(self.seen)), "no state twice"


TestLife = Life.TestCase


def test_a_hole_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # The planted fault: closed concerns may be opened again.
    monkeypatch.setitem(NEXT, State.CLOSED, frozenset({State.RAISED}))
    with pytest.raises(pytest.fail.Exception):
        test_every_step(State.CLOSED, State.RAISED, None)


@given(st.integers(min_value=-60, max_value=60))
def test_the_day_is_a_day(minutes: int) -> None:
    raised = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # the clocks change meanwhile
    answered = raised + timedelta(hours=24, minutes=minutes)
    assert in_time(raised, answered) == (minutes <= 0)
    assert not in_time(raised, None)
    assert rules.due_at(raised) - raised == timedelta(hours=24)
