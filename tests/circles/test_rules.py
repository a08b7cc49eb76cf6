"""The tables of circles and questions: what may follow what, and that nothing else may."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.circles.rules import (
    CODE,
    NEXT,
    Check,
    NotAllowed,
    Stage,
    State,
    Step,
    following,
    may_speak,
    missing,
    moment,
    move,
    next_stage,
    on_clock,
    released,
    usual_wait,
)

ALLOWED = {
    ("queued", "claim", "claimed"),
    ("reopened", "claim", "claimed"),
    ("claimed", "release", "queued"),
    ("claimed", "answer", "answered"),
    ("answered", "reopen", "reopened"),
    ("answered", "close", "closed"),
    ("queued", "close", "closed"),
    ("reopened", "close", "closed"),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_every_step_of_a_question(state: State, step: Step) -> None:
    ends = {end for start, how, end in ALLOWED if (start, how) == (state, step)}
    if ends:
        assert {move(state, step)} == ends
    else:
        with pytest.raises(NotAllowed):
            move(state, step)


def test_a_hole_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NEXT, (State.QUEUED, Step.ANSWER), State.ANSWERED)
    with pytest.raises(pytest.fail.Exception):
        test_every_step_of_a_question(State.QUEUED, Step.ANSWER)


def test_a_claim_ends_where_it_began() -> None:
    assert released(answered_before=False) is State.QUEUED
    assert released(answered_before=True) is State.REOPENED


@given(st.lists(st.integers(min_value=0, max_value=10**7), max_size=30))
def test_the_usual_wait_is_the_median_of_the_last_ten(seconds: list[int]) -> None:
    found = usual_wait([timedelta(seconds=one) for one in seconds])
    if not seconds:
        assert found is None, "no figure is made up"
    else:
        assert found == timedelta(seconds=median(seconds[-10:]))


@given(st.sets(st.sampled_from(list(Check))))
def test_a_sheet_needs_every_item(confirmed: set[Check]) -> None:
    assert set(missing({one.value for one in confirmed})) == set(Check) - confirmed
    assert 9 <= len(Check) <= 10


def test_the_order_of_the_talk() -> None:
    stages, stage = [Stage.QUESTIONS], Stage.QUESTIONS
    while stage is not Stage.CLOSED:
        stage = next_stage(stage)
        stages.append(stage)
    assert stages == list(Stage)
    with pytest.raises(NotAllowed):
        next_stage(Stage.CLOSED)
    assert [may_speak(one, facilitator=False) for one in Stage] == [True, True, False, False, False]
    assert [may_speak(one, facilitator=True) for one in Stage] == [True, True, True, True, False]


ZONES = st.sampled_from(["Europe/Vilnius", "Asia/Almaty", "America/New_York", "Asia/Tbilisi"])


@given(
    st.dates(date(2026, 1, 1), date(2028, 1, 1)).map(lambda day: datetime.combine(day, time(18))),
    st.sampled_from([7, 14, 21, 28]),
    ZONES,
)
def test_the_next_meeting_is_at_the_same_hour(local: datetime, days: int, zone: str) -> None:
    # Also over 28 March 2027, when clocks in Europe change.
    after = on_clock(following(moment(local, zone), days, zone), zone)
    assert after == local + timedelta(days=days)


def test_an_hour_in_words() -> None:
    assert moment(datetime.combine(date(2027, 3, 29), time(18)), "Europe/Vilnius") == datetime(
        2027, 3, 29, 15, tzinfo=UTC
    )


@given(st.integers(min_value=0, max_value=7), st.sampled_from("23456789ACEHKMPTX"))
def test_a_slip_in_a_code_is_noticed(place: int, symbol: str) -> None:
    code = CODE.new()
    assert CODE.parse(CODE.shown(code).lower()) == code
    if code[place] != symbol:
        assert CODE.parse(code[:place] + symbol + code[place + 1 :]) is None
