"""Numbers that hold: places under a race, statements on a page, days that things are kept."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.mentoring import actions, queries
from lms.mentoring.home import around
from lms.mentoring.models import Match, Message, Note
from lms.mentoring.rules import LIVE
from lms.programmes import actions as programmes
from lms.programmes import queries as lists
from lms.programmes.models import MentorRequest
from tests.audit.world import counted
from tests.client import Browser
from tests.mentoring.world import (
    World,
    begin,
    hand_in,
    make_coordinator,
    make_mentor,
    make_pair,
    make_waiting,
    note_of,
    propose,
    small_course,
    the_pair_inside,
    write,
)
from tests.world import Somebody


def test_two_coordinators_at_once_never_give_one_place_twice(app: Flask) -> None:
    with app.app_context():
        mentor = make_mentor(capacity=2)
        staff = [make_coordinator() for _ in range(6)]
        people = [make_waiting(f"Person {number}") for number in range(6)]
    start, done = threading.Barrier(6), []

    def try_it(mentee: Somebody, by: Somebody) -> None:
        with app.app_context():
            with reading():
                request, profile = lists.request_of(mentee.id), queries.profile_of(mentor.id)
            start.wait()
            try:
                with transaction():
                    actions.propose(request, profile, by.id)
                done.append("proposed")
            except actions.Barred:
                done.append("barred")

    threads = [
        threading.Thread(target=try_it, args=pair) for pair in zip(people, staff, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(done) == ["barred"] * 4 + ["proposed"] * 2
    with app.app_context(), reading():
        assert queries.taken(mentor.id) == 2


def test_a_double_yes_makes_one_pair(app: Flask) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting()
        public_id = propose(mentee, mentor)
        with transaction():
            actions.agree_as_mentee(the_pair_inside(public_id), "Saule", [], share_quizzes=False)
        with reading():
            found = queries.pair(public_id)
    start, done = threading.Barrier(2), []

    def try_it(act: str) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    if act == "agree":
                        actions.agree_as_mentor(found, "Daria")
                    else:
                        actions.take_back(found)
                done.append(act)
            except actions.NotAllowed:
                done.append("refused")

    threads = [threading.Thread(target=try_it, args=(act,)) for act in ("agree", "take back")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert "refused" in done
    with app.app_context(), reading():
        live = select(func.count()).select_from(Match).where(Match.state.in_(LIVE))
        state = db.session.scalar(select(MentorRequest.state))
        assert (db.session.scalar(live), state) in {(1, "matched"), (0, "waiting")}


def crowd(app: Flask, folder: Path, size: int) -> World:
    """A mentor with so many pairs: each one has steps, a task and messages."""
    with app.app_context():
        outline = small_course(folder)
        mentor = make_mentor(capacity=10)
        for number in range(size):
            mentee = make_waiting(f"Person {number}")
            begin(mentee, outline, ["les-first"])
            with transaction():
                request = lists.request_of(mentee.id)
                assert request is not None
                with clock.at(now() - timedelta(days=number)):
                    row = Match(
                        public_id=f"pair{number:08d}", programme_id=1, request_id=request.id,
                        mentor_id=mentor.id, mentee_id=mentee.id, mentor_name="Daria",
                        mentee_name=f"Person {number}", languages=["ru"], state="active",
                        proposed_by=mentor.id, asked_at=now(), started_at=now(),
                    )  # fmt: skip
                    row.programme_id = programmes.programme_id()
                    db.session.add(row)
                    db.session.flush()
                    pair = the_pair_inside(row.public_id)
                    actions.share(pair, [outline.course_id], quizzes=True)
            world = World(mentor, mentee, mentor, row.public_id)
            write(world, mentee, "Hello")
            write(world, mentor, "Hello")
            if number % 3 == 0:
                hand_in(mentee, outline, "My records")
            if number % 4 == 0:
                write(world, mentee, "And now?")
    return world


def test_the_mentors_list_costs_the_same_for_2_and_for_20(app: Flask, tmp_path: Path) -> None:
    world = crowd(app, tmp_path, 20)
    browser = Browser(app).sign_in(world.mentor)
    browser.get("/en/pairs")
    with app.app_context(), counted() as found:
        page = browser.get("/en/pairs")
    assert len(page.soup.select("li.mentee")) == 20
    assert len(found) <= 8, found
    assert len(page.soup.select("main .btn.primary")) == 1, "one filled button, the first"
    with app.app_context(), counted() as found:
        browser.get(f"/en/pairs/{world.pair}")
    # Rooms above hang their cards; the mentor's look leaves its line, which is counted with its room.
    assert len([one for one in found if "access_" not in one]) <= 12, found
    for most in (12, 5):
        with app.app_context(), counted() as found:
            browser.get(f"/en/pairs/{world.pair}/messages")
        assert len(found) <= most, found


def test_home_asks_once(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentor, "Hello")
        with counted() as found, reading():
            home = around(world.mentee.id, coordinates=True)
    assert len(found) == 1
    assert [match.unread for match in home.matches] == [1]


def rows(model: type[Message] | type[Note]) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_what_is_kept_long_enough_goes(app: Flask) -> None:
    start = now()
    with app.app_context():
        world = make_pair(goal="Something private")
        write(world, world.mentee, "Hello")
        with transaction():
            note_of(world, world.mentor, "A note", shared=False)
        with clock.at(start + timedelta(days=179)), transaction():
            actions.forget_old()
        assert (rows(Message), rows(Note)) == (1, 1)
        with clock.at(start + timedelta(days=181)), transaction():
            actions.forget_old()
        assert (rows(Message), rows(Note)) == (0, 1), "a live pair keeps its notes"
        write(world, world.mentee, "Good bye")
        with transaction():
            actions.end(the_pair_inside(world.pair), world.mentee.id, never_again=True)
        with clock.at(start + timedelta(days=89)), transaction():
            actions.forget_old()
        assert (rows(Message), rows(Note)) == (1, 1)
        with clock.at(start + timedelta(days=91)), transaction():
            actions.forget_old()
        assert (rows(Message), rows(Note)) == (0, 0)
        with reading():
            assert db.session.scalar(select(MentorRequest.goal)) is None


def test_many_messages_come_in_pages_with_the_latest_last(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        for number in range(53):
            write(world, world.mentee, f"Message no. {number:02d}")
    browser = Browser(app).sign_in(world.mentor)
    page = browser.get(f"{world.url}/messages")
    said = [tag.get_text() for tag in page.soup.select(".bubble .text")]
    assert (len(said), said[0], said[-1]) == (50, "Message no. 03", "Message no. 52")
    page = browser.get(f"{world.url}/messages?page=2")
    assert len(page.soup.select(".bubble .text")) == 3
    assert browser.get(f"{world.url}/messages?page=99").status == 200


@pytest.mark.parametrize("body", ["", " \n ", "x" * 4001, "a\x00b", "a\u202eb"])
def test_a_message_that_cannot_be_sent_is_kept_in_its_field(app: Flask, body: str) -> None:
    with app.app_context():
        world = make_pair()
    browser = Browser(app).sign_in(world.mentee)
    browser.get(f"{world.url}/messages")
    page = browser.submit({"body": body}, button="Send")
    assert page.status == 422
    assert page.soup.select_one("main .error, main .summary")
    with app.app_context():
        assert rows(Message) == 0
