"""What may happen to a pair, who may be paired, who waits for a word: decisions, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lms.mentoring.rules import (
    BARS,
    Call,
    Clock,
    Mentee,
    Mentor,
    Reason,
    Signs,
    Stall,
    closes,
    nudges_due,
    reasons_against,
    stall,
    waits,
)
from lms.mentoring.states import (
    ENDED,
    LIVE,
    OFFERED,
    TOGETHER,
    NotAllowed,
    Side,
    State,
    Step,
    awaited,
    move,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEPS = st.tuples(st.sampled_from(Step), st.sampled_from(Side))
HOUSE = {Side.HOUSE, Side.STAFF}


class AnyPair(RuleBasedStateMachine):
    """A pair to which anybody tries to do anything."""

    @initialize()
    def offer(self) -> None:
        self.state = State.OFFERED_TO_MENTEE
        self.agreed: set[Side] = set()
        self.over = False

    @rule(step=STEPS)
    def attempt(self, step: tuple[Step, Side]) -> None:
        before = self.state
        try:
            self.state = move(before, *step)
        except NotAllowed:
            assert self.state is before
            return
        assert not self.over, "nothing follows an end"
        if step[0] is Step.AGREE:
            assert step[1] is awaited(before), "only the one who is asked agrees"
            self.agreed.add(step[1])
        if step[0] is Step.DECLINE:
            assert step[1] not in HOUSE, "the house declines for nobody"
        self.over = self.state not in LIVE

    @precondition(lambda self: self.state in OFFERED)
    @rule()
    def the_house_can_always_take_an_offer_back(self) -> None:
        assert move(self.state, Step.WITHDRAW, Side.HOUSE) is State.WITHDRAWN

    @precondition(lambda self: self.state in TOGETHER)
    @rule(side=st.sampled_from([Side.MENTEE, Side.MENTOR]))
    def either_side_can_always_end(self, side: Side) -> None:
        assert move(self.state, Step.END, side) is State.ENDED_EARLY

    @invariant()
    def a_pair_needs_both(self) -> None:
        if getattr(self, "state", None) in TOGETHER | ENDED:
            assert self.agreed == {Side.MENTEE, Side.MENTOR}
        if getattr(self, "state", None) is State.OFFERED_TO_MENTOR:
            assert self.agreed == {Side.MENTEE}, "the mentor is asked after the mentee's yes"


TestAnyPair = AnyPair.TestCase


@pytest.mark.parametrize(
    ("days", "due"), [(0, 0), (6, 0), (7, 1), (13, 1), (14, 2), (20, 2), (21, 3), (400, 3)]
)
def test_a_turn_is_brought_to_mind_three_times(days: int, due: int) -> None:
    assert nudges_due(NOW - timedelta(days=days), NOW) == due


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        (Clock(), None),
        (Clock(NOW - timedelta(days=27, hours=23)), None),
        (Clock(NOW - timedelta(days=28)), (Stall.TURN, 28)),
        (Clock(NOW - timedelta(days=40), paused=True), None),
        (Clock(NOW, away=True), (Stall.MENTOR_AWAY, 0)),
        (Clock(ends_on=NOW.date(), closing=True), None),
        (Clock(ends_on=NOW.date() - timedelta(days=3), closing=True), (Stall.TIME_OVER, 3)),
        (Clock(ends_on=NOW.date() - timedelta(days=3)), None),
    ],
)
def test_when_staff_look_at_a_pair(clock: Clock, found: tuple[Stall, int] | None) -> None:
    assert stall(clock, NOW) == found


def test_the_last_weeks_are_three() -> None:
    today = NOW.date()
    assert closes(today + timedelta(weeks=3), today)
    assert not closes(today + timedelta(weeks=3, days=1), today)
    assert not closes(None, today)


def mentor(**changes: object) -> Mentor:
    facts = {"person_id": 1, "languages": ("ru", "en"), "capacity": 3, "taken": 1, "paused": False}
    return Mentor(**{**facts, **changes})  # type: ignore[arg-type]


def mentee(**changes: object) -> Mentee:
    return Mentee(**{"person_id": 2, "languages": ("ru", "kk"), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "whom", "reasons"),
    [
        (mentor(), mentee(), []),
        (mentor(person_id=2), mentee(), [Reason.SAME_PERSON]),
        (mentor(languages=("en",)), mentee(), [Reason.NO_LANGUAGE]),
        (mentor(taken=3), mentee(), [Reason.NO_PLACE]),
        (mentor(taken=5), mentee(), [Reason.NO_PLACE]),
        (mentor(paused=True), mentee(), [Reason.PAUSED]),
        (mentor(), mentee(not_again=frozenset({1})), [Reason.ASKED_NOT_TO]),
        (mentor(), mentee(coordinators=frozenset({1})), [Reason.COORDINATES]),
        (mentor(), mentee(before=frozenset({1})), [Reason.OFFERED_BEFORE]),
        (
            mentor(paused=True, taken=3, languages=()),
            mentee(),
            [Reason.NO_LANGUAGE, Reason.PAUSED, Reason.NO_PLACE],
        ),
    ],
)
def test_reasons_against_a_pair(who: Mentor, whom: Mentee, reasons: list[Reason]) -> None:
    assert reasons_against(who, whom) == reasons


def test_what_a_coordinator_may_weigh_does_not_bar() -> None:
    assert set(Reason) - BARS == {Reason.COORDINATES, Reason.OFFERED_BEFORE}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("signs", "call", "days"),
    [
        (Signs(ago(40), asked_at=ago(3), task_at=ago(9), last_word=ago(3)), Call.ANSWER, 3),
        (Signs(ago(40), task_at=ago(9), last_word=ago(1)), Call.TASK, 9),
        (Signs(ago(2)), Call.HELLO, 2),
        (Signs(ago(40), last_word=ago(20), last_step=ago(16)), Call.QUIET, 16),
        (Signs(ago(40), last_word=ago(20), last_step=ago(14)), Call.QUIET, 14),
        (Signs(ago(40), last_word=ago(20), last_step=ago(13.9)), None, 0),
        (Signs(ago(40), last_word=ago(5), last_step=ago(30)), None, 0),
        (Signs(ago(40), last_word=ago(30)), None, 0),
    ],
)
def test_who_waits_for_a_word(signs: Signs, call: Call | None, days: int) -> None:
    found = waits(signs, NOW)
    assert (found.call if found else None) is call
    if found:
        assert found.days(NOW) == days


MOMENTS = st.none() | st.floats(0, 90).map(ago)


@given(st.floats(0, 90).map(ago), MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_a_question_always_comes_first_and_nothing_waits_in_the_future(
    started: datetime,
    asked: datetime | None,
    task: datetime | None,
    word: datetime | None,
    step: datetime | None,
) -> None:
    found = waits(Signs(started, asked, task, word, step), NOW)
    if asked:
        assert found is not None
        assert found.call is Call.ANSWER
    if found:
        assert found.since <= NOW
