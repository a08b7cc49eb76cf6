"""H1 to H12, one pair at a time: the smallest change that breaks each, and who may decide otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.matching.constraints import DECIDERS, PIN_BREAKS, PRIVATE, Bar, Decider, against
from lms.matching.facts import Level, Track, Weights, Wish
from lms.matching.hours import Slot, common_minutes, expand
from tests.matching.world import NOW, mentee, mentor, settings, week

pytestmark = pytest.mark.sqlite_only

BREAKS = [
    (Bar.STATUS, {"available": False}, {}),
    (Bar.STATUS, {"trained": False}, {}),
    (Bar.STATUS, {"confirmed_at": None}, {}),
    (Bar.STATUS, {"confirmed_at": NOW - timedelta(days=31)}, {}),
    (Bar.STATUS, {"track": Track.SCIENTIST}, {}),
    (Bar.STATUS, {"programme": "another"}, {}),
    (Bar.STATUS, {}, {"waiting": False}),
    (Bar.LANGUAGE, {"languages": {"en": Level.FIRST}}, {}),
    (Bar.CONFLICT, {"organisations": frozenset({"o"})}, {"organisations": frozenset({"o"})}),
    (
        Bar.CONFLICT,
        {"conflict_organisations": frozenset({"o"})},
        {"organisations": frozenset({"o"})},
    ),
    (Bar.CONFLICT, {}, {"conflicts": frozenset({"pm1"})}),
    (Bar.CONFLICT, {"conflicts": frozenset({"pw1"})}, {}),
    (Bar.COUNTRY, {"country": "KZ"}, {"country": "KG", "same_country": Wish.MUST}),
    (Bar.COUNTRY, {"country": "KZ"}, {"country": "KZ", "same_country": Wish.NEVER}),
    (Bar.COUNTRY, {}, {"country": "KZ", "same_country": Wish.NEVER}),
    (Bar.COUNTRY, {"country": "KZ"}, {"avoid_countries": frozenset({"KZ"})}),
    (Bar.COUNTRY, {"avoid_countries": frozenset({"KZ"})}, {"country": "KZ"}),
    (Bar.COUNTRY, {}, {"avoid_countries": frozenset({"KZ"})}),
    (Bar.GENDER, {"gender": "man"}, {"mentor_gender": "woman", "gender_wish": Wish.MUST}),
    (Bar.GENDER, {}, {"mentor_gender": "woman", "gender_wish": Wish.MUST}),
    (Bar.APART, {"apart": frozenset({"pw1"})}, {}),
    (Bar.APART, {}, {"apart": frozenset({"pm1"})}),
    (Bar.TIME, {"hours": week(range(36, 37))}, {}),
    (Bar.CHANNEL, {"channels": frozenset({"phone"})}, {}),
    (Bar.CLEARANCE, {}, {"under_18": True}),
    (Bar.OTHER_TRACK, {}, {"other_mentors": frozenset({"pm1"})}),
    (Bar.OTHER_TRACK, {"person": "pw1"}, {}),
]


def test_two_people_without_any_rule_between_them_may_be_a_pair():
    assert against(mentor(), mentee(), settings()) == ()


@pytest.mark.parametrize(("bar", "of_mentor", "of_mentee"), BREAKS)
def test_each_rule_is_broken_by_its_own_facts_only(bar, of_mentor, of_mentee):
    assert against(mentor(**of_mentor), mentee(**of_mentee), settings(floor=0)) == (bar,)


def test_staff_forbid_a_pair_and_set_the_floor():
    assert against(mentor(), mentee(), settings(forbids=frozenset({("m1", "w1")}))) == (
        Bar.FORBIDDEN,
    )
    assert against(mentor(), mentee(), settings(floor=600)) == (Bar.FLOOR,)


def test_who_writes_only_needs_no_common_hour():
    assert against(mentor(hours=0, async_only=True), mentee(), settings()) == ()
    assert against(mentor(hours=0), mentee(async_only=True), settings()) == ()


def test_wishes_that_are_met_do_not_bar():
    wanting = mentee(
        country="KZ", same_country=Wish.MUST, mentor_gender="woman", gender_wish=Wish.MUST
    )
    assert against(mentor(country="KZ", gender="woman"), wanting, settings()) == ()


def test_every_rule_has_somebody_who_decides_and_a_pin_breaks_only_what_staff_may():
    assert set(DECIDERS) == set(Bar)
    assert {DECIDERS[bar] for bar in PIN_BREAKS} == {Decider.STAFF}
    assert not PRIVATE & PIN_BREAKS
    assert {bar for bar, who in DECIDERS.items() if who is Decider.NOBODY} == {
        Bar.STATUS,
        Bar.APART,
        Bar.OTHER_TRACK,
    }


def test_weights_are_shares_of_a_hundred():
    with pytest.raises(ValueError, match="100"):
        Weights(needs=31)
    with pytest.raises(ValueError, match="100"):
        Weights(needs=24, glad=6)


def test_common_hours_follow_the_clocks_of_both_towns():
    """Tashkent keeps its time, Vilnius goes back on 25 October 2026: two hours apart, then three."""
    tashkent, vilnius = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Vilnius")
    evening = Slot(2, 20 * 60, 21 * 60)
    afternoon = Slot(2, 18 * 60, 19 * 60)
    summer, winter = date(2026, 9, 7), date(2026, 11, 2)
    for since, minutes in ((summer, 60), (winter, 0)):
        common = common_minutes(
            expand([evening], tashkent, since), expand([afternoon], vilnius, since)
        )
        assert common == minutes, since
    across = date(2026, 10, 12)
    assert (
        common_minutes(expand([evening], tashkent, across), expand([afternoon], vilnius, across))
        == 0
    )


def test_a_slot_counts_its_whole_half_hours_in_each_of_four_weeks():
    assert expand([Slot(0, 9 * 60 + 10, 10 * 60 + 20)], ZoneInfo("UTC"), date(2026, 11, 16)) == (
        week(range(19, 20))
    )
    assert expand([Slot(6, 0, 1440)], ZoneInfo("UTC"), date(2026, 11, 16)).bit_count() == 4 * 48
