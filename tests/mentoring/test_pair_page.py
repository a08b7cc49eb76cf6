"""What the page of a pair costs with everything on it, for both sides: twelve statements, whatever there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from bench.statements import Sent, watched
from lms.core import clock
from lms.core.db import reading, transaction
from lms.courses import queries as courses
from lms.journal.actions import write as write_entry
from lms.mentoring import actions, queries
from lms.support import actions as support
from lms.support import queries as desk
from lms.support.rules import Asked
from tests.client import Browser
from tests.courses.world import COURSE, publish_course
from tests.goals.world import add_step, ask, set_goal
from tests.journal.world import as_actor, show_entry
from tests.meetings.world import log, plan, propose, sign
from tests.mentoring.world import (
    World,
    begin,
    hand_in,
    make_pair,
    note_of,
    small_course,
    the_pair_inside,
    write,
)
from tests.world import Somebody

MOST = 12
TODAY = datetime(2027, 3, 15, 9, 0, tzinfo=UTC)


def share_another(world: World, folder: Path) -> None:
    """A second course that the mentor may see."""
    course = {"course.toml": COURSE.replace("small-course", "other-course")}
    outcome = publish_course(folder, course)
    with reading():
        outline = courses.outline(outcome.version_id, "en")
    assert outline is not None
    begin(world.mentee, outline, ["les-first"])
    with transaction():
        pair = the_pair_inside(world.pair)
        shared = queries.shares_of([pair.id])[pair.id]
        actions.share(pair, [*shared, outline.course_id], quizzes=True)


def fill(world: World, item_id: int | None, days: int) -> None:
    """One of everything that stands on the page; `days` keeps meetings apart."""
    hour = datetime.fromisoformat("2027-03-17T18:00") + timedelta(days=days)
    for author in (world.mentor, world.mentee):
        with transaction():
            note_of(world, author, "For both", shared=True)
            note_of(world, author, "For myself", shared=False)
        write(world, author, "Hello")
        plan(world, author, hour + timedelta(days=7))
        propose(world, author, hour + timedelta(days=9))
    log(plan(world, world.mentor, hour), world.mentor)
    goal = set_goal(world)
    add_step(world, goal)
    if item_id is not None:
        add_step(world, goal, "Read on", item_id)
    ask(world)
    with transaction():
        entry = write_entry(as_actor(world.mentee), "What I learned", None)
        show_entry(world.mentee, entry, the_pair_inside(world.pair))
        seen = desk.seen(world.pair)
        assert seen is not None
        for number, side in enumerate(seen.people):
            support.write_note(seen.id, side, world.coordinator.id, "We spoke")
            support.ask(seen, Asked.PULSE, days * 2 + number)


@pytest.fixture
def full(app: Flask, tmp_path: Path) -> World:
    with clock.at(TODAY), app.app_context():
        outline = small_course(tmp_path)
        world = make_pair()
        sign(world)
        begin(world.mentee, outline, ["les-first"])
        hand_in(world.mentee, outline, "My records")
        with transaction():
            actions.share(the_pair_inside(world.pair), [outline.course_id], quizzes=True)
        fill(world, outline.items[0].id, 0)
        return world


def cost(app: Flask, world: World, side: Somebody) -> list[Sent]:
    """The statements of the second look; the first one reads what is kept in memory."""
    browser = Browser(app).sign_in(side)
    browser.get(world.url)
    with watched() as sent:
        page = browser.get(world.url)
    assert page.status == 200
    for words in ("For both", "For myself", "Write down one case", "Summary", "What I learned"):
        assert words in page.text, words
    return sent


def reads(sent: list[Sent]) -> list[str]:
    """What is read for the page, without the access line of the mentor's look."""
    return [one.text for one in sent if "access_" not in one.text]


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_everything_on_it_costs_twelve_statements_and_more_of_it_no_more(
    app: Flask, full: World, tmp_path: Path, side: str
) -> None:
    with clock.at(TODAY + timedelta(days=4)):
        few = reads(cost(app, full, getattr(full, side)))
        assert 5 < len(few) <= MOST, few
        with app.app_context():
            share_another(full, tmp_path / "other")
            for days in (20, 40):
                fill(full, None, days)
        many = reads(cost(app, full, getattr(full, side)))
    assert len(many) == len(few), many
