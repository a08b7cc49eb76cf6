"""Answers as people type them, and as people who mean harm send them."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment import marking
from lms.assessment.marking import (
    Chosen,
    Figure,
    Layout,
    Ordered,
    Paired,
    Reason,
    Refusal,
    Typed,
    from_json,
    mark,
    parse_response,
    read_number,
    to_json,
)
from lms.core.text import fold
from lms.courses.questions import Kind, NumberRange, Question, QuestionText

SINGLE = Question("q-one", Kind.SINGLE, 1, ("a", "b", "c"), ("b",))
MULTI = Question("q-many", Kind.MULTI, 2, ("a", "b", "c", "d"), ("a", "c"))
SHORT = Question("q-word", Kind.SHORT)
NUMBER = Question("q-days", Kind.NUMBER, ranges=(NumberRange(Decimal("1.3"), Decimal("1.5")),))
ORDER = Question("q-steps", Kind.ORDER, 2, ("a", "b", "c", "d"))
MATCH = Question("q-pairs", Kind.MATCH, 3, ("a", "b", "c"))
ALL = (SINGLE, MULTI, SHORT, NUMBER, ORDER, MATCH)

EN = QuestionText("?", accepted=("pseudonym", "Made-up name"), rights={"a": "Court", "b": "Police"})
RU = QuestionText("?", accepted=("псевдоним", "счётчик"))
WORDS = (EN, RU)


def form(**fields: str | list[str]) -> dict[str, list[str]]:
    return {
        name.replace("_", "-"): [value] if isinstance(value, str) else value
        for name, value in fields.items()
    }


# --- Folding and numbers ---


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("  Pseudonym ", "pseudonym"),
        ("ПСЕВДОНИМ", "псевдоним"),
        ("счетчик", "счётчик"),
        ("сче\u0308тчик", "счётчик"),
        ("made\u2011up   name", "Made-up name"),
        ("made—up\u00a0name", "Made-up name"),
        ("«ёлочки»", '"елочки"'),
        ("„лапки“", "“лапки”"),
        ("don’t", "don't"),
        ("ｆｕｌｌ", "full"),
        ("псев\u00adдо\u200bним", "псевдоним"),
        ("Straße", "STRASSE"),
    ],
)
def test_short_answers_meet_halfway(typed: str, accepted: str) -> None:
    assert fold(typed) == fold(accepted)


@pytest.mark.parametrize("typed", ["pseudonyms", "pseudo nym", "псевдонимы", "pseudonim"])
def test_short_answers_are_never_fuzzy(typed: str) -> None:
    assert not mark(SHORT, WORDS, Typed(typed)).correct


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("5", "5"),
        ("1,4", "1.4"),
        ("1.4", "1.4"),
        (" 1 234,5 ", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("12\u2009345.25", "12345.25"),
        ("−3", "-3"),
        ("–3", "-3"),
        ("- 3", "-3"),
        ("+3", "3"),
        (",5", "0.5"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("１２", "12"),
        ("007", "7"),
    ],
)
def test_numbers_as_people_write_them(typed: str, value: str) -> None:
    assert read_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    [
        "five",
        "5 days",
        "1e5",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "1.2.3",
        "1,2,3",
        "--5",
        "5-",
        "12 34",
        "1 23",
        "0x10",
        "٣",
        "1_000",
        "5%",
        "=5",
        "½",
        "5.",
        "\x005",
        "",
        " ",
        "-",
        ",",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert isinstance(read_number(typed), Reason)


def test_a_comma_that_two_readers_read_differently_is_asked_about() -> None:
    assert read_number("1,234") is Reason.THOUSANDS_OR_DECIMALS


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(".,"))
def test_every_plain_number_is_read_back(value: Decimal, sign: str) -> None:
    read = read_number(f"{value:f}".replace(".", sign))
    assert read in (value, Reason.THOUSANDS_OR_DECIMALS)
    assert sign == "," or read == value


def test_both_ends_of_a_range_count() -> None:
    given_marks = {
        v: mark(NUMBER, WORDS, Figure(v, Decimal(v))).correct
        for v in ("1.29", "1.3", "1.4", "1.50", "1.51")
    }
    assert given_marks == {"1.29": False, "1.3": True, "1.4": True, "1.50": True, "1.51": False}


# --- Marks ---


def test_single() -> None:
    assert mark(SINGLE, WORDS, Chosen(("b",))).points == 1
    assert mark(SINGLE, WORDS, Chosen(("a",))).points == 0
    assert mark(SINGLE, WORDS, Chosen(("a", "b"))).points == 0


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("ac", 2), ("a", 1), ("ab", 0), ("abc", 1), ("abcd", 0), ("bd", 0), ("d", 0)],
)
def test_multi_counts_right_minus_wrong(chosen: str, points: int) -> None:
    marked = mark(MULTI, WORDS, Chosen(tuple(chosen)))
    assert marked.points == points
    assert marked.correct is (chosen == "ac")


def test_multi_says_letter_by_letter_what_was_right() -> None:
    marked = mark(MULTI, WORDS, Chosen(("a", "b")))
    assert marked.detail == {"a": True, "b": False, "c": False, "d": True}


@pytest.mark.parametrize("typed", ["Pseudonym", "псевдоним", "СЧЕТЧИК", "made-up name"])
def test_a_short_answer_counts_in_any_language_of_the_course(typed: str) -> None:
    assert mark(SHORT, WORDS, Typed(typed)).correct


def test_an_empty_accepted_answer_accepts_nothing() -> None:
    assert not mark(SHORT, [QuestionText("?", accepted=(" ",))], Typed("\u200b")).correct


def test_order_is_all_or_nothing_and_counts_places() -> None:
    assert mark(ORDER, WORDS, Ordered(("a", "b", "c", "d"))).points == 2
    near = mark(ORDER, WORDS, Ordered(("a", "b", "d", "c")))
    assert (near.points, near.hits, near.outof) == (Fraction(0), 2, 4)
    assert near.detail == {"a": True, "b": True, "d": False, "c": False}


def test_match_earns_by_pair() -> None:
    marked = mark(MATCH, WORDS, Paired((("a", "a"), ("b", "c"), ("c", "b"))))
    assert (marked.points, marked.hits) == (Fraction(1), 1)


def test_rows_with_the_same_right_hand_text_may_swap() -> None:
    words = [QuestionText("?", rights={"a": "Court", "b": "Court", "c": "Police"})]
    assert mark(MATCH, words, Paired((("a", "b"), ("b", "a"), ("c", "c")))).correct


responses = st.one_of(
    st.builds(Chosen, st.lists(st.sampled_from("abcdx"), max_size=5).map(tuple)),
    st.builds(Typed, st.text(max_size=10)),
    st.builds(Figure, st.just("1"), st.decimals(allow_nan=False, allow_infinity=False)),
    st.builds(Ordered, st.lists(st.sampled_from("abcdx"), max_size=5).map(tuple)),
    st.builds(
        Paired,
        st.lists(st.tuples(st.sampled_from("abcx"), st.sampled_from("abcx")), max_size=4).map(
            tuple
        ),
    ),
)


@given(st.sampled_from(ALL), responses)
def test_a_mark_lies_between_nothing_and_all(
    question: Question, response: marking.Response
) -> None:
    marked = mark(question, WORDS, response)
    assert 0 <= marked.points <= question.points
    assert marked.correct == (marked.points == question.points)


@given(responses)
def test_responses_survive_storage(response: marking.Response) -> None:
    assert from_json(json.loads(json.dumps(to_json(response)))) == response


# --- Forms ---

MIXED = Layout(("c", "a", "d", "b"), ())


def test_forms_send_positions_not_letters() -> None:
    assert parse_response(
        ORDER, form(place_1="3", place_2="1", place_3="4", place_4="2"), MIXED
    ) == Ordered(("a", "b", "c", "d"))
    layout = Layout(("a", "b", "c"), ("c", "b", "a"))
    assert parse_response(MATCH, form(pair_1="3", pair_2="2", pair_3="1"), layout) == Paired(
        (("a", "a"), ("b", "b"), ("c", "c"))
    )
    assert parse_response(MULTI, form(choice=["4", "1"]), MIXED) == Chosen(("b", "c"))


@pytest.mark.parametrize(
    ("question", "fields", "reason"),
    [
        (SINGLE, form(), Reason.EMPTY),
        (SINGLE, form(choice=""), Reason.EMPTY),
        (SINGLE, form(choice=["1", "2"]), Reason.CHOOSE_ONE),
        (SINGLE, form(choice="4"), Reason.UNKNOWN_CHOICE),
        (SINGLE, form(choice="0"), Reason.UNKNOWN_CHOICE),
        (SINGLE, form(choice="-1"), Reason.UNKNOWN_CHOICE),
        (SINGLE, form(choice="b"), Reason.UNKNOWN_CHOICE),
        (SINGLE, form(choice="²"), Reason.UNKNOWN_CHOICE),
        (SINGLE, form(choice="9" * 10**6), Reason.UNKNOWN_CHOICE),
        (MULTI, form(choice=["1"] * 10**5), Reason.UNKNOWN_CHOICE),
        (MULTI, form(choice=["1", "99"]), Reason.UNKNOWN_CHOICE),
        (SHORT, form(), Reason.EMPTY),
        (SHORT, form(text=" \u00a0 "), Reason.EMPTY),
        (SHORT, form(text="x" * 10**6), Reason.TOO_LONG),
        (SHORT, form(text="a\x00b"), Reason.HIDDEN_CHARACTERS),
        (SHORT, form(text="a\u202eb"), Reason.HIDDEN_CHARACTERS),
        (SHORT, form(text="a\ud800b"), Reason.HIDDEN_CHARACTERS),
        (NUMBER, form(text="NaN"), Reason.NOT_A_NUMBER),
        (NUMBER, form(text="1e999999999"), Reason.NOT_A_NUMBER),
        (NUMBER, form(text="9" * 10**6), Reason.TOO_LONG),
        (ORDER, form(place_1="1", place_2="2", place_3="3"), Reason.PLACE_MISSING),
        (ORDER, form(place_1="1", place_2="1", place_3="3", place_4="4"), Reason.PLACE_TWICE),
        (
            ORDER,
            form(place_1="1", place_2="9", place_3="3", place_4="4"),
            Reason.PLACE_NOT_A_NUMBER,
        ),
        (ORDER, form(place_1="1.5"), Reason.PLACE_NOT_A_NUMBER),
        (ORDER, form(place_1=["1", "2"]), Reason.PLACE_MISSING),
        (MATCH, form(pair_1="1", pair_2="", pair_3="2"), Reason.PAIR_MISSING),
        (MATCH, form(pair_1="1", pair_2="7", pair_3="2"), Reason.UNKNOWN_CHOICE),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(
    question: Question, fields: dict[str, list[str]], reason: Reason
) -> None:
    refusal = parse_response(question, fields)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason


names = st.sampled_from(
    ["choice", "text", *(f"{n}-{i}" for n in ("place", "pair") for i in range(6))]
)
values = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["1", "2", "3", "4", "", "NaN", "-0", "1e9", "9" * 5000, "\x00", "１", "٣", "²"]
    ),
    st.integers().map(str),
)


@given(st.sampled_from(ALL), st.dictionaries(names, st.lists(values, max_size=4)))
def test_no_form_raises(question: Question, fields: dict[str, list[str]]) -> None:
    response = parse_response(question, fields)
    if not isinstance(response, Refusal):
        assert from_json(json.loads(json.dumps(to_json(response)))) == response
        assert 0 <= mark(question, WORDS, response).points <= question.points
