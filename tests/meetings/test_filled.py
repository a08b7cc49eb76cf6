"""The page of a meeting: one filled button, in each state the act that the page is for then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from lms.core import clock
from lms.core.db import transaction
from lms.meetings import actions
from lms.meetings.rules import Kind
from tests.client import Browser
from tests.meetings.world import BEGIN, after, inside, log, make_meeting_pair, plan, propose
from tests.mentoring.world import World

pytestmark = pytest.mark.sqlite_only
HOUR = datetime.fromisoformat("2027-03-18T18:00")
SOON, LATE = timedelta(hours=1), timedelta(days=4)


def proposed(world: World) -> str:
    return propose(world, world.mentor, HOUR)


def planned(world: World) -> str:
    return plan(world, world.mentor, HOUR)


def in_writing(world: World) -> str:
    public_id = propose(world, world.mentor, HOUR, kind=Kind.CHAT)
    with transaction():
        actions.agree(inside(public_id), world.mentee.id, 1)
    return public_id


def held(world: World) -> str:
    public_id = planned(world)
    log(public_id, world.mentor)
    return public_id


def missed(world: World) -> str:
    public_id = planned(world)
    log(public_id, world.mentor, None)
    return public_id


def cancelled(world: World) -> str:
    public_id = planned(world)
    with transaction():
        actions.cancel(inside(public_id), world.mentor.id)
    return public_id


def disputed(world: World) -> str:
    public_id = held(world)
    with after(public_id), transaction():
        actions.object_to(inside(public_id), world.mentee.id)
    return public_id


CALENDAR, MOVE, NEXT = "Put it into my calendar", "Propose other times", "Plan a meeting"


SOONER = [
    (proposed, MOVE, "This time suits me"),
    (planned, CALENDAR, CALENDAR),
    (in_writing, "Write", "Write"),
]
LATER = [
    (proposed, MOVE, MOVE),
    (planned, "Say how it went", "Say how it went"),
    (held, NEXT, "Yes, it was so"),
    (missed, NEXT, NEXT),
    (cancelled, NEXT, NEXT),
    (disputed, NEXT, NEXT),
]


@pytest.mark.parametrize(("cases", "later"), [(SOONER, SOON), (LATER, LATE)], ids=["soon", "late"])
def test_one_button_is_filled(
    app: Flask, cases: list[tuple[Callable[[World], str], str, str]], later: timedelta
) -> None:
    with clock.at(BEGIN), app.app_context():
        world = make_meeting_pair()
        made = [make(world) for make, _mentors, _mentees in cases]
    with clock.at(BEGIN + later):
        for number, side in ((1, world.mentor), (2, world.mentee)):
            browser = Browser(app).sign_in(side)
            for public_id, case in zip(made, cases, strict=True):
                page = browser.get(f"/en/meetings/{public_id}")
                filled = [one.get_text(strip=True) for one in page.soup.select("main .primary")]
                assert filled == [case[number]], case[0].__name__
