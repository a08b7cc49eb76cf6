"""Groups in the fairness report: nothing that is left out can be worked out from what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.workbench import fairness
from lms.workbench.fairness import OTHER, POSSIBLE, SMALLEST, Group, behind, suppressed

SIZES = st.lists(st.integers(0, 12), min_size=1, max_size=6)


def groups(sizes: list[int], shares: list[int]) -> list[Group]:
    return [
        Group(f"g{n}", size, min(size, share))
        for n, (size, share) in enumerate(zip(sizes, shares, strict=False))
    ]


def could_be(shown: list[Group], total: int) -> list[set[int]]:
    """For each number that is left out, what it could be: every filling is tried that gives the same table."""
    hidden = [one for one in shown if one.found is None]
    rest = total - sum(one.found or 0 for one in shown)
    found: list[set[int]] = [set() for _ in hidden]
    for values in product(*(range(one.people + 1) for one in hidden)):
        if sum(values) == rest and any(
            _small(one, v) for one, v in zip(hidden, values, strict=True)
        ):
            for kept, value in zip(found, values, strict=True):
                kept.add(value)
    return found


def _small(group: Group, value: int) -> bool:
    return 0 < value < SMALLEST or 0 < group.people - value < SMALLEST


@given(SIZES, st.lists(st.integers(0, 12), min_size=6, max_size=6))
@settings(max_examples=150)
def test_nothing_that_is_left_out_follows_from_the_rest(
    sizes: list[int], shares: list[int]
) -> None:
    asked = groups(sizes, shares)
    shown = suppressed(asked)
    total = sum(one.found or 0 for one in asked)
    if len(shown) > 1 and any(one.found is not None for one in shown):
        for possible in could_be(shown, total):
            assert len(possible) >= POSSIBLE, (asked, shown)
    by_name = {one.name: one for one in asked}
    for one in shown:
        assert one.people >= SMALLEST
        if one.name != OTHER:
            assert one.people == by_name[one.name].people
        if one.found is not None and len(shown) > 1:
            assert not _small(one, one.found)
    if shown:
        # Who is counted together is more than one group: else its size were the whole without the rest.
        named = {one.name for one in shown}
        apart = [one for one in asked if one.people and one.name not in named]
        assert sum(one.people for one in shown) == sum(one.people for one in asked)
        assert len(apart) != 1 or len(shown) == 1


def test_a_planted_leak_is_found() -> None:
    """The check above finds a table in which only the small number itself was left out."""
    leaky = [Group("a", 20, 15), Group("b", 8, None)]
    assert any(len(possible) < POSSIBLE for possible in could_be(leaky, 15 + 3))


def test_too_few_people_give_no_table() -> None:
    assert suppressed([Group("a", 3, 2), Group("b", 1, 1)]) == []


@pytest.mark.parametrize(
    ("one", "other", "flagged"),
    [((20, 18), (10, 0), ["b"]), ((20, 20), (10, 10), []), ((20, 15), (20, 14), [])],
)
def test_a_group_far_behind_is_named(
    one: tuple[int, int], other: tuple[int, int], flagged: list[str]
) -> None:
    found = behind([Group("a", *one), Group("b", *other)])
    assert [group.name for group in found] == flagged


def test_the_whole_is_never_hidden_from_itself() -> None:
    assert fairness.suppressed([Group("a", 9, 3)]) == [Group("a", 9, 3)]
