"""Shares, survival and suppression: checked by hand on small numbers, and by property on all others."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings as pace
from hypothesis import strategies as st

from lms.reports.rules import Life, Share, Told, is_small, merged, nth, survival

pytestmark = pytest.mark.sqlite_only

shares = st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
lives = st.lists(st.builds(Life, st.integers(0, 200), st.booleans()), max_size=60)
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 20))


def test_the_interval_is_wilsons():
    # 48 of 60: the textbook's 68 to 88 percent, the "± 10 points" of eighty percent of sixty pairs.
    assert Share(48, 60).percent == 80
    assert Share(48, 60).interval == (68, 88)
    assert Share(60, 60).interval == (94, 100)
    assert Share(0, 60).interval == (0, 6)


@given(shares)
def test_no_share_tells_of_fewer_than_five(share):
    found = Share(*share)
    few = found.of < 5 or is_small(found.hits) or is_small(found.of - found.hits)
    assert (found.percent is None) is few
    assert (found.interval is None) is few
    assert (found.told is Told.ALL) is not few
    if found.interval and found.percent is not None:
        assert 0 <= found.interval[0] <= found.percent <= found.interval[1] <= 100


def test_the_curve_is_kaplans_and_meiers():
    """Ten pairs, five end on day 20, five go on and were followed for 100 days."""
    curve = survival([Life(20, True)] * 5 + [Life(100, False)] * 5)
    assert [(one.day, one.percent) for one in curve[:4]] == [(0, 100), (30, 50), (60, 50), (90, 50)]
    assert all(one.percent is None for one in curve[4:])
    # Who is still followed counts until then: of twenty, ten left the count before the five ended.
    later = survival([Life(10, False)] * 10 + [Life(20, True)] * 5 + [Life(100, False)] * 5)
    assert later[1].percent == 50
    assert later[1].low is not None
    assert later[1].low < 50 < later[1].high


@pace(max_examples=200)
@given(lives)
def test_no_two_points_of_a_curve_tell_of_fewer_than_five(some):
    shown = [one for one in survival(some) if one.percent is not None]
    assert all(one.followed >= 5 for one in shown)
    for one in shown:
        for other in shown:
            assert not is_small(abs(one.ended - other.ended))
    assert [one.percent for one in shown] == sorted((one.percent for one in shown), reverse=True)


@pace(max_examples=300)
@given(counts)
def test_what_is_merged_can_not_be_taken_apart_by_subtraction(some):
    found = merged(some, "rest")
    assert not any(is_small(one) for one in found.values())
    total = sum(some.values())
    assert sum(found.values()) == (0 if is_small(total) else total)
    # Nothing that is left out alone: the rest is never the one small kind.
    left_out = {kind: count for kind, count in some.items() if count and kind not in found}
    assert not (found and len(left_out) == 1 and is_small(next(iter(left_out.values()))))


def test_a_rest_that_is_too_small_takes_the_next_with_it():
    assert merged(Counter(a=9, b=6, c=2), "rest") == {"a": 9, "rest": 8}
    assert merged(Counter(a=2), "rest") == {}


def test_half_and_nine_of_ten():
    assert nth([5, 1, 2, 3, 4, 10, 9, 8, 7, 6], 50) == 5
    assert nth([5, 1, 2, 3, 4, 10, 9, 8, 7, 6], 90) == 9
    assert nth([1, 2, 3, 4], 50) is None


def test_a_merge_that_shows_a_small_rest_would_be_found():
    def careless(some, rest):
        shown = {kind: count for kind, count in some.items() if count >= 5}
        return {**shown, rest: sum(some.values()) - sum(shown.values())}

    assert any(is_small(one) for one in careless(Counter(a=9, b=6, c=2), "rest").values())
