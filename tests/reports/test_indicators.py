"""Each indicator on a programme made by hand, and the page that shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from lms.reports.indicators import Key, Period, figures
from lms.reports.queries import Aimed, Asked, Checked, Facts, Met, Seat, Together, Waited, Worry
from lms.reports.shown import about
from lms.reports.standards import standards
from lms.support.rules import Pulse as Answers
from tests.client import Browser
from tests.mentoring.world import make_coordinator, make_mentor, make_pair, make_waiting

DAY = timedelta(days=1)
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def pair(number: int = 0, **changes: object) -> Together:
    plain = {
        "id": number,
        "track": "peer",
        "state": "active",
        "mentor": number,
        "languages": ["ru"],
        "waiting_since": BEGIN - 10 * DAY,
        "asked_at": BEGIN - DAY,
        "started_at": BEGIN,
        "ended_at": None,
        "end_reason": None,
        "mentor_wrote": None,
        "mentee_wrote": None,
        "closed_with_words": False,
    }
    return Together(**{**plain, **changes})  # type: ignore[arg-type]


def facts(**changes: object) -> Facts:
    plain = {
        name: []
        for name in ("waited", "pairs", "met", "goals", "checks", "pulses", "worries", "seats")
    }
    return Facts(**{**plain, **changes})  # type: ignore[arg-type]


def share(found: Facts, key: Key) -> tuple[int, int]:
    one = figures(found, YEAR, 14).shares[key]
    return one.hits, one.of


@pytest.mark.sqlite_only
def test_coverage_and_acceptance_have_their_denominators() -> None:
    waited = [Waited("peer", ["ru"], BEGIN, BEGIN if number < 6 else None) for number in range(10)]
    old = Waited("peer", ["ru"], datetime(2025, 5, 5, tzinfo=UTC), None)
    assert share(facts(waited=[*waited, old]), Key.COVERAGE) == (6, 10)
    asked = [
        pair(1),
        pair(2, state="declined", started_at=None),
        pair(3, state="expired", started_at=None),
    ]
    still = pair(4, state="offered_to_mentor", started_at=None)
    assert share(facts(pairs=[*asked, still]), Key.ACCEPTED) == (1, 3)


@pytest.mark.sqlite_only
def test_first_contact_is_a_meeting_or_a_word_of_both_in_two_weeks() -> None:
    pairs = [
        pair(1, mentor_wrote=BEGIN + DAY, mentee_wrote=BEGIN + 13 * DAY),
        pair(2, mentor_wrote=BEGIN + DAY),
        pair(3, mentor_wrote=BEGIN + DAY, mentee_wrote=BEGIN + 20 * DAY),
        pair(4),
        pair(5, started_at=datetime(2026, 12, 25, tzinfo=UTC)),
    ]
    met = [Met(4, "call", BEGIN + 5 * DAY, 30, None)]
    assert share(facts(pairs=pairs, met=met), Key.CONTACT) == (2, 4)


@pytest.mark.sqlite_only
def test_meetings_check_ins_goals_questions_and_ends() -> None:
    one = pair(1, ended_at=BEGIN + 56 * DAY, state="ended_early", end_reason="no_time")
    met = [Met(1, "async", BEGIN + 3 * DAY, 45, BEGIN), Met(1, "call", BEGIN + 9 * DAY, 30, None)]
    found = facts(
        pairs=[one],
        met=met,
        goals=[Aimed("met", BEGIN), Aimed("partly_met", BEGIN), Aimed("open", BEGIN)],
        checks=[
            Checked(BEGIN.date(), "done", BEGIN + 7 * DAY),
            Checked(BEGIN.date(), "done", BEGIN + 9 * DAY),
            Checked(BEGIN.date(), "due", None),
            Checked(date(2026, 12, 30), "due", None),
        ],
        pulses=[Asked("answered", BEGIN.date()), Asked("asked", BEGIN.date())],
        worries=[Worry(BEGIN, BEGIN + timedelta(hours=20)), Worry(BEGIN, None)],
        seats=[Seat(1, "available", 2), Seat(8, "available", 1), Seat(9, "draft", 1)],
    )
    assert share(found, Key.MEETINGS) == (2, 4)
    assert share(found, Key.WRITTEN) == (1, 2)
    assert share(found, Key.CHECKS) == (1, 3)
    assert share(found, Key.GOALS) == (2, 3)
    assert share(found, Key.PULSES) == (1, 2)
    assert share(found, Key.CLOSED) == (0, 1)
    assert share(found, Key.MENTORS) == (1, 2)
    all_ = figures(found, YEAR, 14)
    assert all_.hours == 0
    assert (all_.worries.hits, all_.worries.of) == (1, 2)
    assert all_.endings == {}


@pytest.mark.sqlite_only
def test_shares_of_mentors_are_all_of_the_same_people() -> None:
    seats = [Seat(1, "available", 2, BEGIN, BEGIN), Seat(2, "paused", 1, None, BEGIN)]
    seats += [Seat(3, "unconfirmed", 1), Seat(4, "left", 1, BEGIN, BEGIN)]
    found = facts(pairs=[pair(1), pair(9)], seats=seats)
    assert share(found, Key.MENTORS) == (2, 4)
    assert share(found, Key.PAUSED) == (2, 4)
    assert share(found, Key.BOUNDARIES) == (1, 4)
    assert share(found, Key.TRAINED) == (2, 4)


@pytest.mark.sqlite_only
def test_who_is_in_a_pair_again_after_one_has_ended() -> None:
    over = {"state": "ended_early", "ended_at": BEGIN + 20 * DAY}
    pairs = [
        pair(1, **over),
        pair(2, mentor=1, started_at=BEGIN + 30 * DAY),
        pair(3, **over),
        pair(4, mentor=3, started_at=BEGIN - 5 * DAY, **{**over, "ended_at": BEGIN + DAY}),
        pair(5, **over),
        pair(6),
    ]
    assert share(facts(pairs=pairs), Key.RETURNED) == (2, 3)
    assert share(facts(pairs=[pair(1), pair(2, rank=2)]), Key.FIRST_CARD) == (1, 2)


@pytest.mark.sqlite_only
def test_steps_of_courses_and_means_of_five_people() -> None:
    found = facts(goals=[Aimed("open", BEGIN, 3, 1), Aimed("met", BEGIN, 2, 2)])
    assert share(found, Key.LINKED) == (3, 5)
    said = [(person, Answers(4, 5, 3)) for person in range(5)]
    feel = figures(facts(felt=said, felt_asked=9), YEAR, 14).feel
    assert feel is not None
    assert (feel.heard, feel.safe, feel.answered, feel.asked) == (4, 3, 5, 9)
    assert figures(facts(felt=said[:4], felt_asked=9), YEAR, 14).feel is None


@pytest.mark.sqlite_only
def test_numbers_of_people_do_not_tell_who_is_in_one_only(app: Flask) -> None:
    with app.test_request_context("/en/"):
        said = [about(number) for number in (0, 4, 5, 7, 8)]
    assert said == ["0", "fewer than 5", "about 5", "about 5", "about 10"]


@pytest.mark.sqlite_only
def test_each_of_the_six_standards_has_its_own_figure(app: Flask) -> None:
    seats = [Seat(number, "available", 1, BEGIN, None) for number in range(9)]
    with app.test_request_context("/en/"):
        found = standards(figures(facts(seats=seats), YEAR, 14))
    assert len({one.evidence for one in found}) == 6
    assert found[0].evidence == "Mentors who take part: 9"
    assert found[1].evidence.endswith("100% (9 of 9)")
    assert found[2].evidence.endswith("0% (0 of 9)")


@pytest.mark.sqlite_only
def test_groups_are_of_the_whole_time_so_that_periods_can_not_be_subtracted() -> None:
    waited = [Waited("peer", ["ru"], BEGIN, BEGIN) for _ in range(12)]
    found = facts(waited=waited)
    other = Period(date(2020, 1, 1), date(2020, 12, 31))
    assert figures(found, YEAR, 14).groups == figures(found, other, 14).groups


def test_the_page_and_the_file_name_nobody_and_show_no_small_number(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        staff, _ = make_coordinator(), make_pair()
        make_mentor("Zarina M."), make_waiting("Kamila")
    browser.sign_in(staff)
    for lang in ("en", "ru"):
        for address in (
            f"/{lang}/numbers",
            f"/{lang}/numbers?year=2026",
            f"/{lang}/numbers/table.csv",
        ):
            answer = browser.get(address)
            assert answer.status == 200, address
            text = answer.response.get_data(as_text=True)
            for name in ("Kamila", "Zarina"):
                assert name not in text
    assert browser.get("/en/numbers?programme=nothing").status == 404
    assert browser.get("/en/numbers?year=1").status == 404
    assert browser.get("/en/numbers?year=x").status == 404


def test_an_instance_without_a_programme_has_an_empty_report(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff = make_coordinator()
    browser.sign_in(staff)
    assert browser.get("/en/numbers").status == 200
    assert "too few to say" in browser.get("/en/numbers/table.csv").html
