"""What we hold is kept as long as the page says, and not a day longer; clearing twice is clearing once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.roles import Role
from lms.core import outbox, records, throttle
from lms.core.clock import now
from lms.core.db import Model, db, reading, transaction
from lms.mentoring import actions as mentoring
from lms.mentoring.rules import Side
from lms.messaging.kinds import Kind
from tests.client import Browser
from tests.mentoring.world import (
    make_mentor,
    make_pair,
    make_waiting,
    note_of,
    propose,
    the_pair_inside,
    write,
)
from tests.messaging.world import tell
from tests.privacy.world import rows_of, run_daily
from tests.world import make_person


def count(table: str) -> int:
    with reading():
        return (
            db.session.scalar(select(func.count()).select_from(Model.metadata.tables[table])) or 0
        )


def after(begin: datetime, days: float) -> None:
    with time_machine.travel(begin + timedelta(days=days), tick=False):
        run_daily()


@pytest.mark.parametrize(
    ("table", "last", "gone"), [("message", 179, 181), ("notice", 89, 91), ("throttle", 0.9, 1.1)]
)
def test_kept_and_gone(app: Flask, table: str, last: float, gone: float) -> None:
    with app.app_context():
        world, begin = make_pair(), now()
        write(world, world.mentee, "Hello")
        tell(world.mentee, Kind.COHORT)
        with transaction():
            throttle.count("sign-in", "somebody")
        after(begin, last)
        assert count(table) > 0, "not a day too early"
        after(begin, gone)
        assert count(table) == 0


@pytest.mark.parametrize("table", ["message", "note", "match_key"])
def test_a_pair_that_is_over(app: Flask, table: str) -> None:
    with app.app_context():
        world = make_pair(goal="To speak")
        write(world, world.mentee, "Hello")
        with transaction():
            note_of(world, world.mentor, "A note", shared=True)
        with transaction():
            mentoring.end(the_pair_inside(world.pair), world.mentee.id, never_again=False)
        begin = now()
        after(begin, 89)
        assert count(table) > 0
        after(begin, 91)
        assert count(table) == 0
        with reading():
            goals = Model.metadata.tables["mentor_request"].c.goal
            assert db.session.scalars(select(goals)).all() == [None]


def test_a_proposal_that_came_to_nothing(app: Flask) -> None:
    with app.app_context():
        offer = propose(make_waiting("Kamila"), make_mentor())
        with transaction():
            mentoring.decline(the_pair_inside(offer), Side.MENTEE)
        begin = now()
        after(begin, 29)
        assert count("match") == 1
        after(begin, 31)
        assert count("match") == 0
        assert count("mentor_request") == 1, "she still waits"


def test_forms_work_and_browsers(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/account")
    browser.submit(action="/account/zone")
    with app.app_context():
        begin = now()
        assert count("sign_in") == 1
        assert count("form_key") > 0
        after(begin, 3)
        assert count("sign_in") == 0
        assert count("form_key") == 0
        after(begin, 20)
        with reading():
            table = Model.metadata.tables["outbox"]
            oldest = db.session.scalar(select(func.min(table.c.done_at)))
        assert oldest is None or oldest > begin + timedelta(days=12)


def test_twice_is_once(app: Flask) -> None:
    def rows() -> dict[str, list[tuple[object, ...]]]:
        with reading():
            return {
                table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
                for table in Model.metadata.sorted_tables
                if table.name != "outbox"
            }

    with app.app_context():
        world, begin = make_pair(), now()
        write(world, world.mentee, "Hello")
        for days in (1, 92, 182, 800, 808):
            with time_machine.travel(begin + timedelta(days=days), tick=False):
                run_daily()
                once = rows()
                run_daily()
                assert rows() == once, days


def test_six_years_of_silence_leave_nobody(app: Flask) -> None:
    with app.app_context():
        world, begin = make_pair(), now()
        staff = make_person("", Role.COORDINATOR)
        for month in (1, 12, 23, 25, 26, 72):
            after(begin, 30.5 * month)
        outbox.run_due()
        with reading():
            for one in (world.mentee, world.mentor, staff):
                assert rows_of(one.id) == []


def test_the_page_is_made_from_the_same_lines(app: Flask, browser: Browser) -> None:
    page = browser.get("/en/your-data")
    with app.test_request_context():
        for line in records.holdings():
            assert str(line.what) in page.text
            assert line.kept() in page.text
