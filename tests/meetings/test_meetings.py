"""A meeting from the proposal to confirmed minutes, and every way in which it does not come about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.core import clock, records
from lms.core.db import db, reading, transaction
from lms.meetings import actions, pairs, queries
from lms.meetings.actions import Log, NotAgreed, Plan
from lms.meetings.models import Meeting, MeetingStep
from lms.meetings.rules import Kind, Missed, NotAllowed, State
from lms.mentoring import actions as mentoring
from lms.messaging import queries as messages
from tests.client import Browser
from tests.cohorts.world import statements
from tests.meetings.world import (
    BEGIN,
    after,
    inside,
    log,
    make_meeting_pair,
    on,
    plan,
    propose,
    the_meeting,
)
from tests.mentoring.world import the_pair, the_pair_inside
from tests.world import Somebody, make_person

THURSDAY = datetime.fromisoformat("2027-03-25T18:00")


def kinds_of(person: Somebody) -> list[str]:
    with reading():
        return [notice.kind for notice in messages.notices(person.id, 20) if notice.read_at is None]


@pytest.fixture(autouse=True)
def _march() -> object:
    with clock.at(BEGIN):
        yield


def test_the_other_side_chooses_one_of_three_times(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        friday, saturday = THURSDAY + timedelta(days=1), THURSDAY + timedelta(days=2)
        public_id = propose(world, world.mentor, saturday, THURSDAY, friday)
        assert "meeting_proposed" in kinds_of(world.mentee)
        with transaction(), pytest.raises(NotAllowed):
            actions.agree(inside(public_id), world.mentor.id, 2)
        with transaction():
            actions.agree(inside(public_id), world.mentee.id, 2)
        found = the_meeting(public_id)
        assert found.state is State.PLANNED
        assert on("Europe/Vilnius", found.planned_at) == "2027-03-26T18:00"
        assert on("Asia/Tashkent", found.planned_at) == "2027-03-26T21:00"
        assert "meeting_planned" in kinds_of(world.mentor)
        with reading():
            assert queries.times([found.id]) == {}


def test_moving_goes_back_to_the_other_side_and_raises_the_sequence(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        before = the_meeting(public_id)
        other = Plan(Kind.CHAT, 30, "Asia/Tashkent", [THURSDAY + timedelta(days=2)])
        with transaction():
            actions.propose_again(inside(public_id), world.mentee.id, other)
        moved = the_meeting(public_id)
        assert (moved.state, moved.planned_at, moved.kind) == (State.PROPOSED, None, Kind.CHAT)
        with transaction():
            actions.agree(inside(public_id), world.mentor.id, 1)
        again = the_meeting(public_id)
        assert again.uid == before.uid
        assert again.sequence > before.sequence
        assert on("Asia/Tashkent", again.planned_at) == "2027-03-27T18:00"


def test_called_off_without_a_reason(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        with transaction():
            actions.cancel(inside(public_id), world.mentee.id)
        assert the_meeting(public_id).state is State.CANCELLED
        assert "meeting_off" in kinds_of(world.mentor)
        with transaction(), pytest.raises(NotAllowed):
            actions.cancel(inside(public_id), world.mentee.id)


def test_minutes_count_when_the_other_side_says_so(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        with transaction(), pytest.raises(NotAllowed):
            actions.log(inside(public_id), world.mentor.id, Log(40))
        log(public_id, world.mentor)
        found = the_meeting(public_id)
        assert (found.state, found.held_minutes, found.confirmed_at) == (State.HELD, 40, None)
        assert "meeting_logged" in kinds_of(world.mentee)
        with after(public_id):
            with transaction(), pytest.raises(NotAllowed):
                actions.confirm(inside(public_id), world.mentor.id)
            with transaction():
                actions.confirm(inside(public_id), world.mentee.id)
            with transaction(), pytest.raises(NotAllowed):
                actions.object_to(inside(public_id), world.mentee.id)
        assert the_meeting(public_id).confirmed_at is not None


def test_or_seven_days_later_without_a_word(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        log(public_id, world.mentee)
        logged_at = the_meeting(public_id).logged_at
        assert logged_at is not None
        for later, counts in ((timedelta(days=7, seconds=-1), False), (timedelta(days=7), True)):
            with clock.at(logged_at + later), transaction():
                actions.daily()
            assert (the_meeting(public_id).confirmed_at is not None) is counts


def test_who_remembers_it_differently_brings_it_to_a_coordinator(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        first, second = (plan(world, world.mentor, THURSDAY + timedelta(days=n)) for n in (0, 1))
        for public_id in (first, second):
            log(public_id, world.mentor)
            with after(public_id), transaction():
                actions.object_to(inside(public_id), world.mentee.id)
            with clock.at(BEGIN + timedelta(days=60)), transaction():
                actions.daily()
            assert the_meeting(public_id).state is State.DISPUTED
        assert "meeting_disputed" in kinds_of(world.coordinator)
        with transaction(), pytest.raises(NotAllowed):
            actions.confirm(inside(first), world.mentee.id)
        with transaction():
            actions.settle(inside(first), world.coordinator.id, held=True)
            actions.settle(inside(second), world.coordinator.id, held=False)
        held, missed = the_meeting(first), the_meeting(second)
        assert (held.state, held.held_minutes) == (State.HELD, 40)
        assert held.confirmed_at is not None
        assert (missed.state, missed.held_minutes) == (State.MISSED, None)
        assert "meeting_settled" in kinds_of(world.mentee)


def test_who_remembers_that_it_was_held_may_say_so(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_meeting_pair()
        first, second = (plan(world, world.mentor, THURSDAY + timedelta(days=n)) for n in (0, 1))
        for public_id in (first, second):
            log(public_id, world.mentor, None)
            with after(public_id), transaction(), pytest.raises(NotAllowed):
                actions.object_to(inside(public_id), world.mentor.id)
            with after(public_id), transaction():
                actions.object_to(inside(public_id), world.mentee.id)
        with transaction():
            actions.settle(inside(first), world.coordinator.id, held=True)
            actions.settle(inside(second), world.coordinator.id, held=False)
        held = the_meeting(first)
        assert (held.state, held.held_minutes, held.missed_reason) == (
            State.HELD,
            held.minutes,
            None,
        )
        assert held.confirmed_at is not None
        with after(second), transaction(), pytest.raises(NotAllowed):
            actions.object_to(inside(second), world.mentee.id)
        assert the_meeting(second).state is State.MISSED, "what staff settled stays so"
        late = plan(world, world.mentor, THURSDAY + timedelta(days=2))
        log(late, world.mentor, None)
        far = clock.at(BEGIN + timedelta(days=60))
        with far, transaction(), pytest.raises(NotAllowed):
            actions.object_to(inside(late), world.mentee.id)
        with after(late):
            page = browser.sign_in(world.mentee).get(f"/en/meetings/{late}")
            assert "says that it was missed" in page.text
            browser.submit(button="It was held")
        assert the_meeting(late).state is State.DISPUTED


def test_every_step_leaves_its_line(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        log(public_id, world.mentor, None)
        with reading():
            lines = db.session.execute(
                select(MeetingStep.step, MeetingStep.person_id, MeetingStep.state_after).order_by(
                    MeetingStep.id
                )
            ).all()
        assert [tuple(line) for line in lines] == [
            ("agree", world.mentee.id, "planned"),
            ("log_missed", world.mentor.id, "missed"),
        ]
        assert the_meeting(public_id).missed_reason == Missed.NOT_SAID


def test_the_second_meeting_waits_for_the_agreement(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        world = make_meeting_pair()
        signed = [False]
        monkeypatch.setattr(pairs, "agreed", lambda _pair: signed[0])
        first = plan(world, world.mentor, THURSDAY)
        second = plan(world, world.mentor, THURSDAY + timedelta(days=7))
        log(first, world.mentor)
        with pytest.raises(NotAgreed):
            log(second, world.mentor)
        with clock.at(BEGIN + timedelta(days=30)), transaction():
            pair, at = the_pair_inside(world.pair), (THURSDAY, "Europe/Vilnius")
            with pytest.raises(NotAgreed):
                actions.log_unplanned(pair, world.mentor.id, Kind.CALL, at, Log(20))
        signed[0] = True
        log(second, world.mentor)
        assert the_meeting(second).state is State.HELD


def test_what_nobody_answers_lapses_and_what_is_over_is_called_off(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        late = propose(world, world.mentor, THURSDAY)
        coming = plan(world, world.mentor, THURSDAY + timedelta(days=90))
        with clock.at(BEGIN + timedelta(days=9)), transaction():
            actions.daily()
        assert the_meeting(late).state is State.PROPOSED
        with clock.at(BEGIN + timedelta(days=12)), transaction():
            actions.daily()
        assert the_meeting(late).state is State.CANCELLED
        assert the_meeting(coming).state is State.PLANNED
        the_meeting_id = the_meeting(coming).id
        with transaction():
            mentoring.end(the_pair_inside(world.pair), world.mentee.id, never_again=False)
        with reading():
            assert queries.by_id(the_meeting_id).state is State.CANCELLED


def test_a_new_law_moves_the_moment_and_not_the_proposers_hour(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        before = the_meeting(public_id)
        # As if it had been planned while the zone was still another one.
        with transaction():
            wrong = db.session.get_one(Meeting, before.id)
            assert before.planned_at is not None
            wrong.planned_at = before.planned_at + timedelta(hours=1)
        with transaction():
            actions.keep_hours()
        found = the_meeting(public_id)
        assert on("Europe/Vilnius", found.planned_at) == "2027-03-25T18:00"
        assert found.sequence == before.sequence + 1
        assert "meeting_planned" in kinds_of(world.mentee)
        with transaction():
            actions.keep_hours()
        assert the_meeting(public_id).sequence == found.sequence


def test_erasing_one_side_takes_every_row(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        plan(world, world.mentor, THURSDAY)
        propose(world, world.mentee, THURSDAY + timedelta(days=3))
        with transaction():
            records.erase_rows(world.mentee.id)
        with reading():
            assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0
            assert db.session.scalar(select(func.count()).select_from(MeetingStep)) == 0


# --- Pages ---------------------------------------------------------------------------------------


def open_as(app: Flask, person: Somebody) -> Browser:
    return Browser(app).sign_in(person)


def test_a_meeting_in_the_browser_of_both(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        stranger = make_person()
    mentor, mentee = open_as(app, world.mentor), open_as(app, world.mentee)
    page = mentor.get(f"{world.url}/meetings/new")
    assert "3 hours ahead of yours" in page.text
    page = mentor.submit({"day_1": "2027-03-25", "time_1": "18:00"}, button="Propose")
    assert "Thursday, 25 March, 18:00" in page.text
    assert "21:00 for Saule, Tashkent time" in page.text
    url = page.url
    page = mentee.get(url)
    assert "Thursday, 25 March, 21:00" in page.text
    assert "18:00 for Daria V., Vilnius time" in page.text
    page = mentee.submit({"number": "1"}, button="This time suits me")
    assert "Planned" in page.text
    assert "21:00, 45 minutes" in mentee.get(world.url).text
    assert open_as(app, stranger).get(url).status == 404
    with clock.at(datetime(2027, 3, 25, 17, 0, tzinfo=UTC)):
        mentor, mentee = open_as(app, world.mentor), open_as(app, world.mentee)
        page = mentor.get(url)
        mentor.get(f"{url}/log")
        page = mentor.submit(
            {"outcome": "held", "minutes": "45", "line": "We agreed on a step.", "following": "7"},
            button="Keep",
        )
        # One press has proposed the next date, at the same hour of her who pressed.
        assert "Thursday, 1 April, 18:00" in page.text
        assert "20:00 for Saule, Tashkent time" in page.text
        following = page.url
        page = mentee.get(url)
        page = mentee.submit(button="Yes, it was so")
        assert "45 minutes, confirmed" in page.text
        page = mentee.get(following)
        assert "On your clock it is 20:00, not 21:00 as last time." in page.text
        assert "as last time" not in mentor.get(following).text
        assert "We agreed on a step." in mentee.get(world.url).text


def test_a_form_says_what_is_wrong_with_a_time(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
    mentor = open_as(app, world.mentor)
    for fields, said in (
        ({}, "Propose at least one time"),
        ({"day_1": "2027-03-25"}, "belong together"),
        ({"day_1": "2027-03-14", "time_1": "18:00"}, "has gone by"),
        ({"day_1": "2027-03-28", "time_1": "03:30"}, "this hour is left out"),
        ({"day_1": "2029-01-01", "time_1": "03:30"}, "within a year"),
        ({"day_1": "tomorrow", "time_1": "six"}, "like 2027-03-15"),
        ({"day_1": "2027-03-25", "time_1": "18:00", "kind": "secret"}, "Choose one"),
    ):
        mentor.get(f"{world.url}/meetings/new")
        page = mentor.submit(fields, button="Propose")
        assert page.status == 422, fields
        assert said in page.text, fields
    with app.app_context(), reading():
        assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_calling_off_and_writing_instead(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
    mentee = open_as(app, world.mentee)
    mentee.get(f"/en/meetings/{public_id}")
    page = mentee.submit(button="Switch to text")
    assert "In writing, at the same time" in page.text
    mentee.get(f"/en/meetings/{public_id}/cancel")
    page = mentee.submit(button="Call it off")
    assert "Called off" in page.text
    assert "without a reason" in page.html


def test_keeping_a_call_that_was_not_planned(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
    mentee = open_as(app, world.mentee)
    mentee.get(f"{world.url}/meetings/log")
    page = mentee.submit({"day": "2027-03-16", "hour": "10:00", "minutes": "30"}, button="Keep")
    assert page.status == 422
    assert "still to come" in page.text
    page = mentee.submit({"day": "2027-03-14", "hour": "10:00", "minutes": "30"}, button="Keep")
    assert "Counts in 7 days, or when Daria V. confirms." in page.text


def test_coordinators_settle_by_dates_and_minutes(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        log(public_id, world.mentor)
        with after(public_id), transaction():
            actions.object_to(inside(public_id), world.mentee.id)
        outsider = make_person()
        name = the_pair(world.pair).mentee_name
    staff = open_as(app, world.coordinator)
    page = staff.get("/en/meetings/disputed")
    assert name in page.text
    assert "40 minutes" in page.text
    assert staff.get(f"/en/meetings/{public_id}").status == 404
    staff.get("/en/meetings/disputed")
    page = staff.submit(button="Held")
    assert "Nothing to settle" in page.text
    assert open_as(app, outsider).get("/en/meetings/disputed").status == 404
    with app.app_context():
        assert the_meeting(public_id).confirmed_at is not None


def test_home_knows_the_next_date(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        assert the_pair(world.pair).next_meeting_at == the_meeting(public_id).planned_at
        with transaction():
            actions.cancel(inside(public_id), world.mentor.id)
        assert the_pair(world.pair).next_meeting_at is None


def test_no_page_costs_more_than_twelve_statements(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        for days in range(6):
            log(plan(world, world.mentor, THURSDAY + timedelta(days=days)), world.mentor)
        public_id = propose(world, world.mentor, THURSDAY + timedelta(days=30))
    mentee = open_as(app, world.mentee)
    staff = open_as(app, world.coordinator)
    meeting, of_pair = f"/en/meetings/{public_id}", f"{world.url}/meetings"
    hers = (of_pair, f"{of_pair}/new", meeting, f"{meeting}/move", "/en/calendar")
    for browser, url in [(mentee, url) for url in hers] + [(staff, "/en/meetings/disputed")]:
        with app.app_context(), statements(app) as made:
            assert browser.get(url).status == 200, url
        assert 0 < len(made) <= 12, (url, made)
