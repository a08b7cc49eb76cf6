"""What may happen to a meeting: the table and nothing beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.meetings.rules import (
    NotAllowed,
    State,
    Step,
    Who,
    counts_by_itself,
    move,
    needs_agreement,
    who,
)

OWN, OTHER, STAFF, HOUSE = Who.OWN, Who.OTHER, Who.STAFF, Who.HOUSE
# mentoring.md 2.2; calling a proposal off and letting one lapse are ours.
ALLOWED = {
    (State.PROPOSED, Step.AGREE): (State.PLANNED, {OTHER}),
    (State.PROPOSED, Step.MOVE): (State.PROPOSED, {OWN, OTHER}),
    (State.PROPOSED, Step.CANCEL): (State.CANCELLED, {OWN, OTHER}),
    (State.PROPOSED, Step.LAPSE): (State.CANCELLED, {HOUSE}),
    (State.PLANNED, Step.MOVE): (State.PROPOSED, {OWN, OTHER}),
    (State.PLANNED, Step.CANCEL): (State.CANCELLED, {OWN, OTHER}),
    (State.PLANNED, Step.LAPSE): (State.CANCELLED, {HOUSE}),
    (State.PLANNED, Step.LOG_HELD): (State.HELD, {OWN, OTHER}),
    (State.PLANNED, Step.LOG_MISSED): (State.MISSED, {OWN, OTHER}),
    (State.HELD, Step.CONFIRM): (State.HELD, {OTHER, HOUSE}),
    (State.HELD, Step.OBJECT): (State.DISPUTED, {OTHER}),
    (State.MISSED, Step.OBJECT): (State.DISPUTED, {OTHER}),
    (State.DISPUTED, Step.SETTLE_HELD): (State.HELD, {STAFF}),
    (State.DISPUTED, Step.SETTLE_MISSED): (State.MISSED, {STAFF}),
}


def test_every_state_step_and_actor() -> None:
    for state in State:
        for step in Step:
            for actor in Who:
                reached, actors = ALLOWED.get((state, step), (None, set()))
                if actor in actors:
                    assert move(state, step, actor) is reached
                else:
                    with pytest.raises(NotAllowed):
                        move(state, step, actor)


def test_whose_word_it_is() -> None:
    assert who(7, 7) is OWN
    assert who(7, 8) is OTHER
    assert who(None, 8) is OTHER


def test_minutes_count_by_themselves_after_seven_days() -> None:
    logged = datetime(2027, 3, 1, tzinfo=UTC)
    assert not counts_by_itself(logged, logged + timedelta(days=7, seconds=-1))
    assert counts_by_itself(logged, logged + timedelta(days=7))


def test_the_agreement_is_needed_from_the_second_meeting_on() -> None:
    assert [needs_agreement(held) for held in (0, 1, 5)] == [False, True, True]
