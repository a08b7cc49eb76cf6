"""The table of a pair's states: what it allows is said twice, here by hand, and nothing else is allowed."""

from __future__ import annotations

from itertools import product

import pytest

from lms.mentoring.states import (
    ENDED,
    LIVE,
    NOTHING_CAME,
    OFFERED,
    TOGETHER,
    NotAllowed,
    Renewal,
    Side,
    State,
    Step,
    answered,
    awaited,
    may_be_asked,
    move,
)

MENTEE, MENTOR, STAFF, HOUSE = Side.MENTEE, Side.MENTOR, Side.STAFF, Side.HOUSE
ALLOWED = """
proposed          approve   approved          mentee staff house
proposed          dismiss   dismissed         mentee staff house
approved          offer     offered_to_mentee mentee staff house
offered_to_mentee agree     offered_to_mentor mentee
offered_to_mentee decline   declined          mentee
offered_to_mentee expire    expired           house
offered_to_mentee withdraw  withdrawn         staff house
offered_to_mentor agree     active            mentor
offered_to_mentor decline   declined          mentor
offered_to_mentor expire    expired           house
offered_to_mentor withdraw  withdrawn         staff house
active            pause     paused            mentee mentor
active            close     closing           mentee mentor staff house
active            end       ended_early       mentee mentor staff house
paused            resume    active            mentee mentor
paused            close     closing           mentee mentor staff house
paused            end       ended_early       mentee mentor staff house
closing           renew     active            mentee mentor
closing           complete  completed         mentee mentor staff house
closing           end       ended_early       mentee mentor staff house
"""
TABLE = {
    (State(before), Step(step), Side(who)): State(after)
    for before, step, after, *whole in map(str.split, ALLOWED.strip().splitlines())
    for who in whole
}


@pytest.mark.parametrize("key", list(product(State, Step, Side)), ids="-".join)
def test_the_table_and_nothing_else(key: tuple[State, Step, Side]) -> None:
    if key in TABLE:
        assert move(*key) is TABLE[key]
    else:
        with pytest.raises(NotAllowed):
            move(*key)


def test_every_state_is_of_one_kind_and_no_way_leads_out_of_an_end() -> None:
    kinds = [{State.PROPOSED}, {State.APPROVED}, OFFERED, TOGETHER, ENDED, NOTHING_CAME]
    assert sorted(state for kind in kinds for state in kind) == sorted(State)
    over = ENDED | NOTHING_CAME
    assert not any(before in over for before, _step, _side in TABLE)
    reached = set(TABLE.values()) | {State.PROPOSED}
    assert reached == set(State)
    assert {before for before, _step, _side in TABLE} == set(State) - over


def test_a_pair_becomes_live_with_approval_and_stays_so_until_it_is_over() -> None:
    into = {key for key, after in TABLE.items() if after in LIVE and key[0] not in LIVE}
    assert {(before, step) for before, step, _side in into} == {(State.PROPOSED, Step.APPROVE)}
    assert awaited(State.OFFERED_TO_MENTEE) is MENTEE
    assert awaited(State.OFFERED_TO_MENTOR) is MENTOR
    assert awaited(State.ACTIVE) is None


def test_nobody_but_the_two_makes_them_a_pair() -> None:
    """`active` needs both acceptances, whatever way a pair takes."""
    ways = {State.OFFERED_TO_MENTOR: {MENTEE}, State.ACTIVE: {MENTOR, MENTEE}}
    for (before, _step, side), after in TABLE.items():
        if after in ways and before not in TOGETHER:
            assert side in ways[after]


def test_a_pair_goes_on_when_both_say_yes_and_not_otherwise() -> None:
    for first, other in ((MENTEE, MENTOR), (MENTOR, MENTEE)):
        half = answered(Renewal.ASKED, first, yes=True)
        assert half == first.value
        assert answered(half, other, yes=True) is Renewal.AGREED
        assert answered(half, other, yes=False) is Renewal.DECLINED
        assert answered(Renewal.ASKED, first, yes=False) is Renewal.DECLINED
        for settled in (half, Renewal.NONE, Renewal.AGREED, Renewal.DECLINED):
            with pytest.raises(NotAllowed):
                answered(settled, first, yes=True)
    with pytest.raises(NotAllowed):
        answered(Renewal.ASKED, STAFF, yes=True)
    assert {one for one in Renewal if may_be_asked(one)} == {Renewal.NONE, Renewal.AGREED}
