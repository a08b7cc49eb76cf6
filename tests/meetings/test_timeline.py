"""Meetings on the page of their pair: what comes next, what was held or missed, under a heading of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.core import clock
from lms.core.db import transaction
from lms.meetings import actions
from tests.client import Browser, Page
from tests.meetings.world import BEGIN, inside, log, make_meeting_pair, plan, propose
from tests.mentoring.world import World, note_of

pytestmark = pytest.mark.sqlite_only
FIRST = datetime.fromisoformat("2027-03-16T18:00")
NOW = datetime(2027, 3, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Two meetings were held, one was missed, one called off; one waits for its word, two are planned."""
    with clock.at(BEGIN), app.app_context():
        world = make_meeting_pair()
        for day, minutes in ((0, 40), (1, None), (2, 55)):
            log(plan(world, world.mentor, FIRST + timedelta(days=day)), world.mentor, minutes)
        off = plan(world, world.mentor, FIRST + timedelta(days=3))
        with transaction():
            actions.cancel(inside(off), world.mentee.id)
            note_of(world, world.mentor, "We agreed on a step.", shared=True)
        for days in (5, 9, 12):
            plan(world, world.mentor, FIRST + timedelta(days=days))
        propose(world, world.mentor, FIRST + timedelta(days=20))
    with clock.at(NOW):
        yield world


def entries(page: Page) -> list[tuple[str, str]]:
    """(title, tag) of the timeline, from above."""
    found = []
    for one in page.soup.select("ol.time > li"):
        tag = one.select_one(".tag")
        found.append((one.h3.get_text() if one.h3 else "", tag.get_text(strip=True) if tag else ""))
    return found


MEETINGS = [
    ("Sunday, 28 March, 18:00", ""),
    ("Next: Thursday, 25 March, 18:00", ""),
    ("Sunday, 21 March, 18:00", "Not said yet"),
    ("Meeting 2, 55 minutes", "Not confirmed yet"),
    ("Meeting", "Missed"),
    ("Meeting 1, 40 minutes", "Not confirmed yet"),
]


def test_the_timeline_tells_of_meetings_and_can_be_narrowed_to_them(
    app: Flask, world: World
) -> None:
    mentor = Browser(app).sign_in(world.mentor)
    everything = entries(mentor.get(world.url))
    assert ("Your note", "Shared note") in everything
    assert [one for one in everything if one[0] != "Your note"] == MEETINGS
    page = mentor.get(f"{world.url}?show=meetings")
    assert entries(page) == MEETINGS
    assert page.soup.select_one(".chips [aria-current]").get_text() == "Meetings"
    assert "21:00 for Saule, Tashkent time. A call, 45 minutes." in page.text
    assert entries(mentor.get(f"{world.url}?show=notes")) == [("Your note", "Shared note")]


def test_the_other_side_reads_the_same_on_her_own_clock(app: Flask, world: World) -> None:
    page = Browser(app).sign_in(world.mentee).get(f"{world.url}?show=meetings")
    assert entries(page)[1] == ("Next: Thursday, 25 March, 21:00", "")
    assert [title for title, _tag in entries(page)[3:]] == [title for title, _tag in MEETINGS[3:]]
    chips = [chip.get_text() for chip in page.soup.select(".chips .chip")]
    assert chips == ["Everything", "Meetings", "Notes"]
