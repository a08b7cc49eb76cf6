"""How a pair ended, on the desk: for coordinators, with a line for whoever said it, for nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.accounts.roles import Role
from lms.core.db import transaction
from lms.mentoring import actions
from lms.mentoring.states import Ending
from tests.client import Browser
from tests.mentoring.world import World, make_pair, the_pair_inside
from tests.world import make_person

WORDS = "We never found an evening"


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return make_pair()


def end(app: Flask, world: World) -> None:
    with app.app_context(), transaction():
        found = the_pair_inside(world.pair)
        actions.end(found, world.mentee.id, never_again=False, reason=Ending.NO_TIME, words=WORDS)


def test_nothing_stands_there_while_the_pair_goes_on(app: Flask, world: World) -> None:
    staff = Browser(app).sign_in(world.coordinator)
    assert "How it ended" not in staff.get(f"/en/desk/{world.pair}").text


def test_coordinators_read_it_and_whoever_wrote_it_sees_that(app: Flask, world: World) -> None:
    staff = Browser(app).sign_in(world.coordinator)
    # A look of the same day, before there was anything to read, does not cover the later one.
    staff.get(f"/en/desk/{world.pair}")
    end(app, world)
    line = "read why your pair ended and what you wrote about it."
    mentee, mentor = (Browser(app).sign_in(side) for side in (world.mentee, world.mentor))
    assert line not in mentee.get("/en/your-data").text
    page = staff.get(f"/en/desk/{world.pair}")
    assert WORDS in page.text
    assert "No time any more" in page.text
    assert line in mentee.get("/en/your-data").text
    assert line not in mentor.get("/en/your-data").text, "nobody learns who ended it"


def test_what_cannot_be_recorded_is_not_shown(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(app, world)
    staff = Browser(app).sign_in(world.coordinator)
    staff.get("/en/home")

    def fail(*_facts: object) -> None:
        raise OSError

    monkeypatch.setattr("lms.audit.actions._write", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = staff.get(f"/en/desk/{world.pair}")
    assert page.status == 500
    assert WORDS not in page.html


def test_neither_side_finds_it_nor_an_administrator(app: Flask, world: World) -> None:
    end(app, world)
    with app.app_context():
        administrator = make_person("", Role.ADMINISTRATOR)
    page = Browser(app).sign_in(administrator).get(f"/en/desk/{world.pair}")
    assert page.status == 200
    assert "How it ended" not in page.text
    for side in (world.mentor, world.mentee):
        browser = Browser(app).sign_in(side)
        assert browser.get(f"/en/desk/{world.pair}").status == 404
        assert WORDS not in browser.get("/en/notices").text
