"""What the pages of goals cost, and that it does not grow with what stands on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.client import Browser
from tests.goals.world import add_step, answer, ask, set_goal
from tests.mentoring.world import World, begin, make_pair, make_waiting, small_course

MOST = 12


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without those that open and end transactions."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def fill(world: World, item_id: int) -> tuple[str, str]:
    """A goal with two steps and a text with two rounds of questions. Return their ids."""
    goal = set_goal(world)
    add_step(world, goal)
    add_step(world, goal, "Read it", item_id)
    text = ask(world, questions=("One?", "Two?"), file=b"A draft")
    answer(world, text, answers=("Yes.", "No."))
    return goal, text


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_no_page_costs_more_than_twelve_statements(app: Flask, tmp_path: Path, side: str) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline)
        world = make_pair(mentee=mentee, shares=[outline.course_id])
        goal, text = fill(world, outline.items[0].id)
    browser = Browser(app).sign_in(getattr(world, side))
    pages = ("pairs/{0}/goals", "goals/{1}", "goals/{1}/words", "pairs/{0}/texts", "texts/{2}")
    urls = ["/en/" + page.format(world.pair, goal, text) for page in pages]

    def costs() -> list[int]:
        found = []
        for url in urls:
            browser.get(url)
            with counted() as sent:
                assert browser.get(url).status == 200
            found.append(len(sent))
        return found

    few = costs()
    assert max(few) <= MOST, dict(zip(urls, few, strict=True))
    assert min(few) > 2, "what counts nothing would pass"
    with app.app_context():
        for _ in range(2):
            fill(world, outline.items[1].id)
    assert costs() == few
