"""The number: every slip of a hand is noticed, every keyboard can type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates import number

numbers = st.text(number.ALPHABET, min_size=11, max_size=11).map(
    lambda free: free + number.check_symbol(free)
)
places = st.integers(0, number.LENGTH - 1)
CYRILLIC = str.maketrans("ACEHKMPTX3", "АСЕНКМРТХЗ")


def test_new_numbers_are_valid_and_differ():
    made = {number.new() for _ in range(200)}
    assert len(made) == 200
    assert all(number.is_valid(one) for one in made)


def test_look_alikes_are_not_in_the_alphabet():
    assert not set("0O1ILB5S2Z6G8B") & set(number.ALPHABET) - set("2568")
    assert len(number.ALPHABET) == 17


@given(numbers, places, st.sampled_from(number.ALPHABET))
def test_every_wrong_symbol_is_noticed(right, place, symbol):
    wrong = right[:place] + symbol + right[place + 1 :]
    assert number.is_valid(wrong) == (wrong == right)


@given(numbers, places, places)
def test_every_swap_is_noticed(right, one, other):
    swapped = list(right)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert number.is_valid("".join(swapped)) == (right[one] == right[other])


@given(
    numbers,
    st.sampled_from(["", " ", "-", " – ", "‑", ".", "\u00a0"]),
    st.booleans(),
    st.booleans(),
)
def test_typed_on_any_keyboard(right, separator, lower, cyrillic):
    typed = separator.join(right[start : start + 4] for start in (0, 4, 8))
    typed = typed.translate(CYRILLIC) if cyrillic else typed
    assert number.parse(f" {typed.lower() if lower else typed}\n") == right


def test_misread_symbols_are_read_as_the_only_ones_they_can_be():
    assert number.parse(number.shown("23456789ACEC").replace("8", "B").replace("5", "s")) == (
        "23456789ACEC" if number.is_valid("23456789ACEC") else None
    )


@pytest.mark.parametrize(
    "text", ["", " ", "-", "0" * 12, "7QK4-M2XD", "A" * 10_000_00, "\0", "٣" * 12, "<script>"]
)
def test_what_is_no_number(text):
    assert number.parse(text) is None


@given(st.text())
def test_any_text_is_answered(text):
    parsed = number.parse(text)
    assert parsed is None or number.is_valid(parsed)


@given(numbers)
def test_shown_in_three_groups(right):
    assert [len(group) for group in number.shown(right).split("-")] == [4, 4, 4]
    assert number.parse(number.shown(right)) == right
