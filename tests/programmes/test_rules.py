"""What people tick becomes hours in UTC that hold over changes of the clocks; silence has its days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.matching.hours import HALF_HOURS, common_minutes
from lms.programmes import rules
from lms.programmes.rules import Part, Private, Wish

pytestmark = pytest.mark.sqlite_only
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TICKS = [f"{day}-{part}" for day in range(7) for part in Part]


def of_week(bits: int, number: int) -> int:
    return bits >> HALF_HOURS * number & (1 << HALF_HOURS) - 1


@given(st.sets(st.sampled_from(TICKS)))
def test_ticks_come_back_as_they_were_made(ticked: set[str]) -> None:
    assert set(rules.ticks(rules.slots(sorted(ticked)))) == ticked


@given(st.lists(st.text(max_size=12)))
def test_nothing_else_becomes_an_hour(typed: list[str]) -> None:
    assert len(rules.slots(typed)) == len(set(typed) & set(TICKS))


def test_an_evening_in_tashkent_is_an_afternoon_in_utc() -> None:
    bits = rules.week(rules.slots(["0-evening"]), "Asia/Tashkent", date(2026, 11, 2))
    first = of_week(bits, 0)
    assert [n for n in range(48) if first >> n & 1] == [24, 25, 26, 27, 28, 29], (
        "17–20 is 12–15 UTC"
    )


@pytest.mark.parametrize(
    ("since", "summer_weeks"),
    [(date(2026, 10, 12), 2), (date(2027, 3, 15), 2)],
    ids=["25 October 2026", "28 March 2027"],
)
def test_tashkent_and_vilnius_over_a_change_of_the_clocks(since: date, summer_weeks: int) -> None:
    """Tashkent keeps its clocks, Vilnius moves: what they have in common is another thing after the Sunday."""
    tashkent = rules.week([[2, 19 * 60, 21 * 60]], "Asia/Tashkent", since)
    vilnius = rules.week([[2, 17 * 60, 19 * 60]], "Europe/Vilnius", since)
    weeks = [(of_week(tashkent, n) & of_week(vilnius, n)).bit_count() * 30 for n in range(4)]
    autumn = since.month == 10
    # In summer Vilnius is UTC+3, so 17–19 there is 14–16 UTC, as 19–21 in Tashkent; in winter an hour later.
    assert weeks == ([120, 120, 60, 60] if autumn else [60, 60, 120, 120])
    assert common_minutes(tashkent, vilnius) == 60, "the least of the four weeks counts"


@given(
    st.sampled_from(["Asia/Tashkent", "Europe/Vilnius", "Europe/Chisinau"]),
    st.sets(st.sampled_from(TICKS), min_size=1),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)
def test_two_people_of_one_town_have_all_their_common_hours(
    zone: str, ticked: set[str], since: date
) -> None:
    slots = rules.slots(sorted(ticked))
    bits = rules.week(slots, zone, since)
    whole = sum(end - start for _day, start, end in slots)
    assert abs(common_minutes(bits, bits) - whole) <= 60, "a change of the clocks costs an hour"


class TestPrivate:
    """Rules that nobody reads."""

    def test_facts_about_oneself_are_no_rules(self) -> None:
        assert Private(country="KZ", gender="woman").count == 0

    def test_each_rule_counts(self) -> None:
        said = Private(same_country=Wish.NEVER, avoid_countries=("RU",), avoid_people=("Igor",))
        assert said.count == 3

    @given(
        st.builds(
            Private,
            country=st.sampled_from(("", *rules.COUNTRIES)),
            same_country=st.sampled_from(Wish),
            gender_wish=st.sampled_from(Wish),
            mentor_gender=st.sampled_from(("", *rules.GENDERS)),
            avoid_countries=st.lists(st.sampled_from(rules.COUNTRIES), max_size=3).map(tuple),
            avoid_people=st.lists(st.text(max_size=8), max_size=3).map(tuple),
        )
    )
    def test_sealing_keeps_all_of_it(self, said: Private) -> None:
        assert Private.of_json(said.as_json()) == said


class TestSilence:
    """Who is asked, and what silence means."""

    def test_a_mentor_is_asked_once_before_she_lapses(self) -> None:
        confirmed = NOW - timedelta(days=26)
        assert rules.due_to_confirm(confirmed, None, NOW)
        assert not rules.due_to_confirm(confirmed, NOW - timedelta(days=1), NOW)
        assert not rules.due_to_confirm(NOW - timedelta(days=20), None, NOW)

    def test_she_lapses_after_30_days(self) -> None:
        assert not rules.lapses(NOW - timedelta(days=30), NOW)
        assert rules.lapses(NOW - timedelta(days=30, seconds=1), NOW)
        assert rules.lapses(None, NOW)

    def test_who_waits_is_asked_every_30_days(self) -> None:
        assert not rules.due_to_ask(NOW - timedelta(days=29), None, NOW)
        assert rules.due_to_ask(NOW - timedelta(days=30), None, NOW)
        assert not rules.due_to_ask(NOW - timedelta(days=300), NOW - timedelta(days=29), NOW)


def test_the_gate_needs_the_page_and_the_course_where_there_is_one() -> None:
    assert not rules.ready(NOW, None, gate=False)
    assert rules.ready(None, NOW, gate=False)
    assert not rules.ready(None, NOW, gate=True)
    assert rules.ready(NOW, NOW, gate=True)


def test_the_first_need_stands_first_and_counts_as_ticked() -> None:
    assert rules.first_before(["law", "budget"], "budget") == ["budget", "law"]
    assert rules.first_before([], "budget") == ["budget"]
    assert rules.first_before(["law"], "") == ["law"]


def test_an_honest_wait_is_the_median() -> None:
    assert rules.wait_of([]) is None
    assert rules.wait_of([timedelta(days=day) for day in (1, 3, 90)]) == 3
