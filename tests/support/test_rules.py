"""When somebody asks, who hears of a quiet pair, what a programme sees of pulses. Values in, values out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.support.rules import (
    AHEAD,
    LATE_AFTER,
    Asked,
    CheckState,
    Pulse,
    Signs,
    Stall,
    Stalled,
    check_ins_to_make,
    closing_begins,
    due_on,
    is_open,
    means,
    on_time,
    stalled,
    standing,
    wave_on,
)

START = date(2026, 11, 2)
BEGAN = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAYS = st.integers(0, 900)
AGES = st.integers(0, 400)


def day(number: int) -> date:
    return START + timedelta(days=number)


def moment(days: float) -> datetime:
    return BEGAN + timedelta(days=days)


# --- Check-ins -----------------------------------------------------------------------------------


def test_the_days_of_check_ins() -> None:
    days = [(due_on(START, number) - START).days for number in range(6)]
    assert days == [2, 14, 30, 60, 90, 120]


def test_a_new_pair_has_its_first_three() -> None:
    made = check_ins_to_make(START, START, timedelta(days=30))
    assert made == [(0, day(2)), (1, day(14)), (2, day(30))]


@given(DAYS)
def test_whoever_looks_daily_misses_no_check_in(age: int) -> None:
    # One that falls on this day was made on one of the days before, and none is made later than that.
    made = {
        number
        for back in range(AHEAD.days + 1)
        for number, _ in check_ins_to_make(START, day(age - back))
    }
    due_now = {number for number in range(40) if due_on(START, number) == day(age)}
    assert due_now <= made


@given(DAYS)
def test_nothing_is_born_overdue(age: int) -> None:
    today = day(age)
    for number, due in check_ins_to_make(START, today):
        assert due == due_on(START, number)
        assert standing("due", due, today) is not CheckState.OVERDUE
        assert due <= today + AHEAD


@given(DAYS, DAYS)
def test_a_check_in_only_moves_forward(due: int, today: int) -> None:
    order = [CheckState.TO_COME, CheckState.DUE, CheckState.OVERDUE]
    now, later = (standing("due", day(due), day(today + more)) for more in (0, 1))
    assert order.index(now) <= order.index(later)
    assert (now is CheckState.OVERDUE) == (day(today) - day(due) > LATE_AFTER)


@pytest.mark.parametrize("state", ["done", "skipped"])
@given(age=DAYS)
def test_what_is_over_stays_over(state: str, age: int) -> None:
    assert standing(state, START, day(age)) == state


def test_on_time_is_within_the_week() -> None:
    assert on_time(START, day(7))
    assert not on_time(START, day(8))


# --- Quiet pairs ---------------------------------------------------------------------------------


def test_no_first_meeting_for_ten_days() -> None:
    signs = Signs(BEGAN)
    assert stalled(signs, moment(9.9)) is None
    assert stalled(signs, moment(10)) == Stalled(Stall.NO_FIRST_MEETING, BEGAN)


def test_a_word_starts_the_clock_anew() -> None:
    signs = Signs(BEGAN, last_sign=moment(9))
    assert stalled(signs, moment(22.9)) is None
    assert stalled(signs, moment(23)) == Stalled(Stall.QUIET, moment(9))


def test_who_has_a_date_is_not_quiet() -> None:
    signs = Signs(BEGAN, next_meeting_at=moment(40))
    assert stalled(signs, moment(39)) is None
    assert stalled(signs, moment(41)) == Stalled(Stall.NO_FIRST_MEETING, BEGAN)


def test_the_staff_hear_a_week_after_the_mentor() -> None:
    found = Stalled(Stall.QUIET, BEGAN)
    assert found.begins == moment(14)
    assert not found.staff_hears(moment(20.9))
    assert found.staff_hears(moment(21))


@given(AGES, st.none() | AGES, st.none() | AGES, AGES)
def test_a_sign_never_makes_a_pair_more_stalled(
    began: int, sign: int | None, meeting: int | None, now: int
) -> None:
    def at(days: int | None) -> datetime | None:
        return None if days is None else moment(days)

    signs = Signs(moment(min(began, now)), at(sign), at(meeting))
    found = stalled(signs, moment(now))
    assert stalled(Signs(signs.started_at, moment(now), at(meeting)), moment(now)) is None
    if found:
        assert moment(now) >= found.begins
        assert found.days(moment(now)) >= 10
        assert not found.staff_hears(found.begins)


# --- Questions -----------------------------------------------------------------------------------


def test_the_days_of_pulses() -> None:
    first = {wave_on(START, day(age)): age for age in reversed(range(400))}
    del first[None]
    assert first == {0: 30, 1: 90, 2: 150, 3: 210, 4: 270, 5: 330, 6: 390}


@given(DAYS)
def test_a_wave_that_is_asked_is_open(age: int) -> None:
    wave = wave_on(START, day(age))
    assert wave is None or is_open(day(30 + 60 * wave), day(age))


@pytest.mark.parametrize(("safe", "calls"), [(1, True), (2, True), (3, False), (5, False)])
def test_who_does_not_feel_safe_is_called(safe: int, calls: bool) -> None:
    assert Pulse(heard=5, useful=5, safe=safe).calls is calls


def test_no_mean_of_fewer_than_five_people() -> None:
    four = [(person, Pulse(4, 4, 4)) for person in (1, 2, 3, 4)]
    assert means([*four, (4, Pulse(1, 1, 1))], asked=9) is None
    found = means([*four, (5, Pulse(4, 4, 1))], asked=9)
    assert found is not None
    assert (found.heard, found.safe, found.answered, found.asked) == (4, 3.4, 5, 9)


def test_the_closing_talk_opens_three_weeks_before_the_end() -> None:
    assert not closing_begins(START, 24, day(24 * 7 - 22))
    assert closing_begins(START, 24, day(24 * 7 - 21))


def test_kinds_are_what_the_table_allows() -> None:
    assert [kind.value for kind in Asked] == ["fit", "pulse", "last"]
