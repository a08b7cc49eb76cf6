"""Hours of two people across a change of clocks. The rules of the zones come from the system, as in production."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.meetings.clocks import Hour, again, apart, exists, moment, on_clock, shift, told

wall = datetime.fromisoformat
VILNIUS, TASHKENT = "Europe/Vilnius", "Asia/Tashkent"
ZONES = st.sampled_from(
    [
        *(VILNIUS, TASHKENT, "Asia/Almaty", "Asia/Bishkek", "Asia/Tbilisi", "Europe/Chisinau"),
        *("Europe/Kyiv", "Europe/London", "America/New_York", "Asia/Kathmandu", "UTC"),
    ]
)
# 28 March 2027 (clocks go forward in Europe) and 31 October 2027 (back) lie inside.
HOURS = st.datetimes(wall("2027-01-01T00:00"), wall("2028-01-01T00:00")).map(
    lambda at: at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
)


def hour(local: datetime, zone: str) -> Hour:
    return Hour(zone, local, moment(local, zone))


@given(HOURS, ZONES, st.integers(1, 60))
def test_the_proposer_keeps_her_hour(local: datetime, zone: str, days: int) -> None:
    later = again(local, days)
    if exists(local, zone) and exists(later, zone):
        assert on_clock(moment(later, zone), zone).time() == local.time()
        assert shift(moment(local, zone), moment(later, zone), zone) == 0


@given(HOURS, ZONES, ZONES, st.integers(1, 60))
def test_the_other_side_is_told_exactly_when_her_hour_changes(
    local: datetime, zone: str, reader: str, days: int
) -> None:
    first, second = hour(local, zone), hour(again(local, days), zone)
    changed = on_clock(first.at, reader).time() != on_clock(second.at, reader).time()
    assert bool(told(first, second, reader)) is changed


@given(HOURS, ZONES)
def test_an_hour_that_is_left_out_is_met_an_hour_later(local: datetime, zone: str) -> None:
    met = on_clock(moment(local, zone), zone)
    assert (met == local) is exists(local, zone)
    if met != local:
        assert timedelta(0) < met - local <= timedelta(hours=1)


@given(HOURS, ZONES, ZONES)
def test_two_clocks_are_as_far_apart_as_they_show(at: datetime, first: str, second: str) -> None:
    there = moment(at, first)
    ahead = timedelta(minutes=apart(first, second, there))
    assert on_clock(there, second) == on_clock(there, first) + ahead


def test_across_28_march_2027() -> None:
    # Thursday before and after, at six in the evening in Vilnius.
    before, after = (hour(wall(f"2027-{day}T18:00"), VILNIUS) for day in ("03-25", "04-01"))
    assert on_clock(before.at, TASHKENT) == wall("2027-03-25T21:00")
    assert on_clock(after.at, TASHKENT) == wall("2027-04-01T20:00")
    assert told(before, after, TASHKENT) == -60
    assert told(before, after, VILNIUS) == 0
    assert not exists(wall("2027-03-28T03:30"), VILNIUS)
    assert exists(wall("2027-03-28T03:30"), TASHKENT)


def test_across_the_last_sunday_of_october() -> None:
    # Proposed in Tashkent, which has no summer time: the hour changes in Vilnius.
    before, after = (hour(wall(f"2027-{day}T20:00"), TASHKENT) for day in ("10-28", "11-04"))
    assert on_clock(before.at, VILNIUS) == wall("2027-10-28T18:00")
    assert on_clock(after.at, VILNIUS) == wall("2027-11-04T17:00")
    assert told(before, after, VILNIUS) == -60
    assert told(before, after, TASHKENT) == 0
    # An hour that comes twice is the first of the two.
    twice = moment(wall("2027-10-31T03:30"), VILNIUS)
    assert on_clock(twice + timedelta(hours=1), VILNIUS) == wall("2027-10-31T03:30")


def test_a_change_that_the_proposer_made_herself_needs_no_word() -> None:
    first = hour(wall("2027-03-25T18:00"), VILNIUS)
    assert told(first, hour(wall("2027-04-01T19:00"), VILNIUS), TASHKENT) == 0
    assert told(first, hour(wall("2027-04-01T18:00"), TASHKENT), VILNIUS) == 0


def test_an_hour_on_a_clock_has_no_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        moment(moment(wall("2027-03-01T00:00"), VILNIUS), VILNIUS)
