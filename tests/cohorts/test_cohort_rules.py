"""Rules of cohorts: weeks, pace, the module that slows people, names, codes, formulas."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts import rules
from lms.cohorts.rules import BadName, Phase, Place
from lms.core.codes import ALPHABET, CodeShape

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, rules.LONGEST_DAYS)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)


# ---------------------------------------------------------------- weeks and pace


def test_the_picture_is_in_week_8_of_12() -> None:
    found = rules.week(date(2026, 9, 28), date(2026, 12, 19), date(2026, 11, 21))
    assert (found.number, found.total, found.phase) == (8, 12, Phase.RUNNING)


@given(SPANS, st.integers(-30, 800))
def test_weeks_stay_inside_and_grow_by_one_every_seventh_day(
    span: tuple[date, date], offset: int
) -> None:
    first, last = span
    today = first + timedelta(days=offset)
    found = rules.week(first, last, today)
    assert 0 <= found.number <= found.total
    assert (found.number == 0) == (today < first)
    assert (found.phase is Phase.RUNNING) == (first <= today <= last)
    later = rules.week(first, last, today + timedelta(days=7))
    if later.phase is Phase.RUNNING and found.phase is Phase.RUNNING:
        assert later.number == found.number + 1
    assert rules.week(first, last, last).number == found.total, "the last day is in the last week"


@given(SPANS, st.integers(-30, 800))
def test_the_plan_grows_from_nothing_to_all(span: tuple[date, date], offset: int) -> None:
    first, last = span
    today = first + timedelta(days=offset)
    share = rules.planned_percent(first, last, today)
    assert 0 <= share <= 100
    assert rules.planned_percent(first, last, today + timedelta(days=1)) >= share
    assert rules.planned_percent(first, last, last) == 100
    assert rules.planned_percent(first, last, first - timedelta(days=1)) == 0


def test_days_are_counted_on_the_readers_calendar() -> None:
    late_evening = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert rules.days_ago(late_evening, NOW, "Asia/Almaty") == 1
    # In Almaty it was half past eleven at night; in Vilnius half past eight in the evening of the same day.
    assert (
        rules.days_ago(late_evening, datetime(2026, 11, 20, 19, 30, tzinfo=UTC), "Asia/Almaty") == 1
    )
    assert (
        rules.days_ago(late_evening, datetime(2026, 11, 20, 19, 30, tzinfo=UTC), "Europe/Vilnius")
        == 0
    )


def test_the_last_moment_is_the_cohorts_midnight() -> None:
    assert rules.last_moment(date(2026, 12, 19), "Asia/Almaty") == datetime(
        2026, 12, 19, 18, 59, tzinfo=UTC
    )


# ---------------------------------------------------------------- the slow module


def place(item: int | None, module: int, days: int, done: int = 3) -> Place:
    return Place(item, module, NOW - timedelta(days=days), done)


def test_two_who_stand_still_make_a_module_slow() -> None:
    places = [place(9, 4, 8), place(9, 4, 16), place(7, 3, 8), place(9, 4, 2), place(None, 0, 40)]
    found = rules.slow_module(places, NOW)
    assert found is not None
    assert (found.module, found.people, found.item_id, found.people_at_item) == (4, 2, 9, 2)


@pytest.mark.parametrize(
    "places",
    [
        [],
        [place(9, 4, 8)],
        [place(9, 4, 6), place(9, 4, 6)],
        [place(1, 1, 30, done=0), place(1, 1, 30, done=0)],
        [place(None, 0, 30), place(None, 0, 30)],
        [place(9, 4, 8), place(12, 5, 8)],
    ],
    ids=["nobody", "one", "moving", "not begun", "finished", "two modules"],
)
def test_no_module_is_blamed_without_reason(places: list[Place]) -> None:
    assert rules.slow_module(places, NOW) is None


@given(
    st.lists(
        st.builds(
            place,
            st.one_of(st.none(), st.integers(1, 6)),
            st.integers(1, 3),
            st.integers(0, 20),
            st.integers(0, 3),
        )
    )
)
def test_who_moves_or_has_finished_never_makes_a_module_slow(places: list[Place]) -> None:
    found = rules.slow_module(places, NOW)
    if found is None:
        return
    there = [p for p in places if p.module == found.module and p.item_id and p.done]
    stopped = [p for p in there if NOW - p.last_step >= rules.STOPPED_AFTER]
    assert found.people == len(stopped) >= 2
    assert found.people_at_item == sum(p.item_id == found.item_id for p in stopped) >= 1


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name", ["Aida", "Lena 82", "Rustam B.", "Степной Лис", "Д'Артаньян", "Ян-42"]
)
def test_names_of_people_are_taken(name: str) -> None:
    assert rules.bad_name(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("A", BadName.LENGTH),
        ("x" * 33, BadName.LENGTH),
        ("=cmd", BadName.SHAPE),
        ("@all", BadName.SHAPE),
        ("a;=1", BadName.SHAPE),
        ("<b>Aida</b>", BadName.SHAPE),
        ("Cаша", BadName.MIXED),
        ("aida.", BadName.TAKEN),
        ("Аidа".replace("А", "A").replace("а", "a"), BadName.TAKEN),
    ],
)
def test_names_that_deceive_or_command_are_refused(name: str, problem: BadName) -> None:
    assert rules.bad_name(name, ["Aida"]) is problem


@given(st.text("ab 1", min_size=2, max_size=32), st.lists(st.text("ab 1", max_size=32), max_size=6))
def test_a_free_name_is_free_and_fits(wanted: str, others: list[str]) -> None:
    found = rules.free_name(wanted, others)
    assert rules.look(found) not in {rules.look(other) for other in others}
    assert len(found) <= rules.NAME_LONGEST


# ---------------------------------------------------------------- codes

CODES = st.text(ALPHABET, min_size=9, max_size=9).map(
    lambda free: free + rules.CODE.check_symbol(free)
)


@given(CODES)
def test_a_code_reads_back_however_it_is_typed(code: str) -> None:
    shown = rules.CODE.shown(code)
    assert re.fullmatch(r".{5}-.{5}", shown)
    russian = code.translate(str.maketrans("ACEHKMPTX", "АСЕНКМРТХ"))
    for typed in (
        code,
        shown,
        shown.lower(),
        f" {shown} ",
        russian,
        russian.lower(),
        shown.replace("-", " "),
    ):
        assert rules.CODE.parse(typed) == code


@given(CODES, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(code: str, at: int, other: str) -> None:
    changed = code[:at] + other + code[at + 1 :]
    assert rules.CODE.parse(changed) == (code if changed == code else None)


@given(CODES, st.integers(0, 8))
def test_two_swapped_symbols_are_always_noticed(code: str, at: int) -> None:
    changed = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (rules.CODE.parse(changed) is None) == (changed != code)


@given(st.text(max_size=80))
def test_nothing_typed_breaks_the_reader(typed: str) -> None:
    found = rules.CODE.parse(typed)
    assert found is None or rules.CODE.is_valid(found)


def test_new_codes_are_valid_and_differ() -> None:
    made = {CodeShape(12, 4).new() for _ in range(50)}
    assert len(made) == 50
    assert all(CodeShape(12, 4).is_valid(code) for code in made)


# ---------------------------------------------------------------- formulas

TRIGGERS = "=+-@\uff1d\uff0b\uff0d\uff20"
NASTY = st.text(st.sampled_from(list("=+-@;,|\t\"' \nа1＝")), max_size=30)


@given(NASTY)
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    guarded = rules.guard(cell)
    assert not guarded.strip().startswith(tuple(TRIGGERS)), guarded
    for part in re.split(r"[;,|\t\r\n]", guarded):
        assert not part.strip().startswith(tuple(TRIGGERS)), guarded


@given(st.lists(NASTY, min_size=1, max_size=4), st.sampled_from(";,"))
def test_guarded_cells_survive_the_file(cells: list[str], delimiter: str) -> None:
    guarded = [rules.guard(cell) for cell in cells]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(guarded)
    read = next(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter))
    assert read == guarded


def test_plain_words_are_left_alone() -> None:
    assert rules.guard("Lena 82, Алматы") == "Lena 82, Алматы"
