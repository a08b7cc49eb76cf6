"""Months, milestones, bars and the states of a statement. Pure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.recognition.rules import (
    Month,
    NotAllowed,
    State,
    Step,
    by_month,
    earned,
    heights,
    last_months,
    months,
    move,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def test_every_state_and_step() -> None:
    allowed = {
        (State.ASKED, Step.APPROVE): State.PRINTING,
        (State.ASKED, Step.DECLINE): State.DECLINED,
        (State.PRINTING, Step.PRINTED): State.READY,
    }
    for state in State:
        for step in Step:
            if (state, step) in allowed:
                assert move(state, step) is allowed[state, step]
            else:
                with pytest.raises(NotAllowed):
                    move(state, step)


@given(DAYS)
def test_twelve_months_end_with_this_one(today: date) -> None:
    found = last_months(today)
    assert len(found) == 12
    assert found[-1] == Month.of(today)
    assert [month.next for month in found[:-1]] == found[1:]
    assert [Month.read(str(month)) for month in found] == found


@given(st.lists(st.tuples(DAYS, st.integers(1, 480)), max_size=30), DAYS, DAYS)
def test_no_minute_is_lost_or_counted_twice(
    entries: list[tuple[date, int]], one: date, other: date
) -> None:
    wanted = months(*sorted((Month.of(one), Month.of(other))))
    inside = [minutes for day, minutes in entries if Month.of(day) in set(wanted)]
    assert sum(by_month(entries, wanted).values()) == sum(inside)


def test_milestones() -> None:
    assert earned(20 * 60 - 1) == []
    assert earned(20 * 60) == [20]
    assert earned(120 * 60) == [20, 50, 100]


def test_bars_show_what_is_there() -> None:
    assert heights([0, 1, 60, 600], 100) == [0, 2, 10, 100]
    assert heights([0, 0], 100) == [0, 0]
