"""What meetings and pairs tell each other, through the pages: the agreement opens the second log, home has the date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.core import clock
from lms.meetings.forms import NO_NEXT
from lms.meetings.rules import State
from tests.client import Browser, Page
from tests.meetings.world import BEGIN, log, plan, set_zone, the_meeting
from tests.mentoring.world import World, make_pair

FIRST = datetime.fromisoformat("2027-03-18T18:00")
LATER = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _march() -> object:
    with clock.at(BEGIN):
        yield


@pytest.fixture
def world(app: Flask) -> World:
    """A pair on two clocks that has agreed on nothing yet."""
    with app.app_context():
        world = make_pair()
        set_zone(world.mentor, "Europe/Vilnius")
        set_zone(world.mentee, "Asia/Tashkent")
    return world


def keep(browser: Browser, meeting: str) -> Page:
    browser.get(f"/en/meetings/{meeting}/log")
    return browser.submit({"outcome": "held", "minutes": "45", "following": NO_NEXT}, button="Keep")


def sign(browser: Browser, world: World) -> None:
    browser.get(f"{world.url}/agreement")
    browser.submit(button="Sign")


def test_the_second_meeting_is_kept_after_both_have_signed(app: Flask, world: World) -> None:
    with app.app_context():
        log(plan(world, world.mentor, FIRST), world.mentor)
        second = plan(world, world.mentor, FIRST + timedelta(days=7))
    refused = "First sign how you want to work together, both of you."
    with clock.at(LATER):
        mentor, mentee = (Browser(app).sign_in(side) for side in (world.mentor, world.mentee))
        assert refused in keep(mentor, second).html
        sign(mentor, world)
        assert refused in keep(mentor, second).html, "one side alone is not both"
        with app.app_context():
            assert the_meeting(second).state is State.PLANNED
        sign(mentee, world)
        assert "Kept. Thank you." in keep(mentor, second).html
        with app.app_context():
            assert the_meeting(second).state is State.HELD


def test_home_shows_the_next_meeting_on_ones_own_clock_until_it_is_called_off(
    app: Flask, world: World
) -> None:
    mentee = Browser(app).sign_in(world.mentee)
    assert "You meet on" not in mentee.get("/en/home").text
    with app.app_context():
        public_id = plan(world, world.mentor, FIRST)
    assert "You meet on 18 March at 21:00." in mentee.get("/en/home").text
    mentor = Browser(app).sign_in(world.mentor)
    mentor.get(f"/en/meetings/{public_id}/cancel")
    mentor.submit(button="Call it off")
    assert "You meet on" not in mentee.get("/en/home").text
