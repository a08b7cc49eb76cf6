"""The three machines: nothing moves but by their tables, and the tables say what was agreed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.programmes.states import (
    MENTOR,
    PROGRAMME,
    REQUEST,
    By,
    MentorState,
    MentorStep,
    NotAllowed,
    ProgrammeState,
    ProgrammeStep,
    RequestState,
    RequestStep,
    move,
    steps_from,
)

pytestmark = pytest.mark.sqlite_only
MACHINES = [
    (PROGRAMME, ProgrammeState, ProgrammeStep),
    (MENTOR, MentorState, MentorStep),
    (REQUEST, RequestState, RequestStep),
]


@pytest.mark.parametrize(("table", "states", "steps"), MACHINES)
def test_nothing_moves_that_the_table_does_not_name(table: Any, states: Any, steps: Any) -> None:
    """Every cell of state × step × actor: a named one moves, every other one raises."""
    moved = 0
    for state in states:
        for step in steps:
            for by in By:
                if (state, step, by) in table:
                    assert move(table, state, step, by) in states
                    moved += 1
                else:
                    with pytest.raises(NotAllowed):
                        move(table, state, step, by)
    assert moved == len(table)


@given(st.lists(st.tuples(st.sampled_from(MentorStep), st.sampled_from(By)), max_size=30))
def test_whatever_is_tried_nobody_is_available_unscreened(tries: list[tuple[Any, By]]) -> None:
    """From a draft on: the pool is reached by staff's word alone, and a suspension is lifted by a lead alone."""
    state, seen = MentorState.DRAFT, []
    for step, by in tries:
        before = state
        try:
            state = move(MENTOR, state, step, by)
        except NotAllowed:
            continue
        seen.append((step, by))
        if before is MentorState.SUSPENDED:
            assert by is By.SAFEGUARDING
    if state is MentorState.AVAILABLE:
        words = {(MentorStep.ACCEPT, By.STAFF), (MentorStep.VOUCH, By.STAFF)}
        # A suspension that was lifted is a lead's word about somebody whom she knows.
        assert words & set(seen) or (MentorStep.LIFT, By.SAFEGUARDING) in seen


@given(st.lists(st.tuples(st.sampled_from(RequestStep), st.sampled_from(By)), max_size=30))
def test_nobody_is_paired_without_an_offer(tries: list[tuple[Any, By]]) -> None:
    state, seen = RequestState.DRAFT, []
    for step, by in tries:
        try:
            state = move(REQUEST, state, step, by)
        except NotAllowed:
            continue
        seen.append(step)
    if state is RequestState.MATCHED:
        assert RequestStep.OFFER in seen
    if state is RequestState.DECLINED:
        assert seen[-1] is RequestStep.DECLINE, "declined is an end"


def test_the_programmes_way_and_its_rest() -> None:
    way = [ProgrammeStep.OPEN, ProgrammeStep.START, ProgrammeStep.PAUSE, ProgrammeStep.RESUME,
           ProgrammeStep.CLOSE_DOWN, ProgrammeStep.CLOSE, ProgrammeStep.ARCHIVE]  # fmt: skip
    state = ProgrammeState.DRAFT
    for step in way:
        state = move(PROGRAMME, state, step, By.STAFF)
    assert state is ProgrammeState.ARCHIVED
    assert steps_from(PROGRAMME, state, By.STAFF) == []


def test_a_mentor_pauses_and_comes_back_by_herself_alone() -> None:
    for by in By:
        if by is By.SELF:
            assert move(MENTOR, MentorState.AVAILABLE, MentorStep.PAUSE, by) is MentorState.PAUSED
        else:
            with pytest.raises(NotAllowed):
                move(MENTOR, MentorState.AVAILABLE, MentorStep.PAUSE, by)


def test_a_safeguarding_lead_reaches_everybody() -> None:
    for state in set(MentorState) - {MentorState.SUSPENDED}:
        assert move(MENTOR, state, MentorStep.SUSPEND, By.SAFEGUARDING) is MentorState.SUSPENDED
