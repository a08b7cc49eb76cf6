"""Who sees what: strangers, other pairs, ended pairs get nothing; a mentor sees what is shared and no more."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts.roles import Role
from lms.audit import queries as audit
from lms.audit.rules import What
from lms.core.db import reading, transaction
from lms.core.policy import Actor
from lms.core.settings import Settings
from lms.learning.readers import readers_of
from lms.mentoring import actions
from lms.mentoring.policy import RULES, Permission
from lms.mentoring.queries import Pair
from lms.mentoring.states import LIVE, TOGETHER, Side, State, awaited
from lms.messaging.kinds import Kind
from tests.client import Browser
from tests.conftest import ENGINE
from tests.disk import lying_in
from tests.mentoring.test_offers import agree, kinds
from tests.mentoring.world import (
    World,
    begin,
    hand_in,
    make_mentor,
    make_pair,
    make_waiting,
    note_of,
    propose,
    small_course,
    the_pair_inside,
    write,
)
from tests.world import Somebody, make_person

READ = ("", "?show=course", "/messages", "/end")
WRITE = ("/messages", "/notes", "/shares", "/end", "/answer", "/take-back")


def refused(app: Flask, person: Somebody, world: World) -> None:
    browser = Browser(app).sign_in(person)
    for path in READ:
        assert browser.get(world.url + path).status == 404, path
    browser.get("/en/notices/settings")
    token = browser.page.soup.find("input", {"name": "csrf_token"})["value"]
    for path in WRITE:
        page = browser.post(world.url + path, {"csrf_token": token, "body": "x", "kind": "mine"})
        assert page.status == 404, path


def test_nobody_else_reaches_a_pair(app: Flask) -> None:
    with app.app_context():
        world, other = make_pair(), make_pair(make_mentor("Zarina M."), make_waiting("Aida"))
        everybody = [
            make_person(),
            make_person("", Role.MENTOR),
            make_person("", Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUTHOR),
            world.coordinator,
            other.mentor,
            other.mentee,
        ]
    for person in everybody:
        refused(app, person, world)
    guest = Browser(app)
    assert guest.get(world.url).h1 == "Sign in"


def test_an_ended_pair_is_closed_to_both_in_the_next_request(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
    mentor, mentee = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentee)
    assert mentor.get(world.url).status == mentee.get(world.url).status == 200
    mentor.get(f"{world.url}/end")
    mentor.submit(button="End the pair")
    refused(app, world.mentor, world)
    refused(app, world.mentee, world)


def test_an_offer_is_open_to_the_one_who_is_asked_only(app: Flask) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting()
        public_id = propose(mentee, mentor)
    hers, his = Browser(app).sign_in(mentee), Browser(app).sign_in(mentor)
    url = f"/en/pairs/{public_id}"
    assert (hers.get(f"{url}/answer").status, his.get(f"{url}/answer").status) == (200, 404)
    assert (hers.get(url).status, his.get(url).status) == (404, 404)
    with app.app_context():
        agree(public_id)
    assert (hers.get(f"{url}/answer").status, his.get(f"{url}/answer").status) == (404, 200)
    assert (hers.get(url).status, his.get(url).status) == (404, 404)


def pair_in(state: State) -> Pair:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    ends = ("m", "Daria", "UTC", 2, "l", "Saule", "UTC", ["ru"], moment, moment, False)
    return Pair(1, "p", 1, state, 1, *ends)


@pytest.mark.parametrize(("state", "person_id"), list(itertools.product(State, [1, 2, 3])))
def test_the_table_of_permissions(state: State, person_id: int) -> None:
    staff = frozenset({"mentor", "coordinator", "administrator", "author"})
    person, pair = Actor(person_id, "x", "x", staff, "UTC", 1), pair_in(state)

    def may(permission: Permission) -> bool:
        return any(rule(person, pair) for rule in RULES[permission])

    party, live = person_id in {1, 2}, state in TOGETHER
    assert may(Permission.PAIR) is (party and live), "no role opens a pair"
    assert may(Permission.SHARE) is (live and person_id == 2)
    asked = {Side.MENTOR: 1, Side.MENTEE: 2}.get(awaited(state)) if state in LIVE else None  # type: ignore[arg-type]
    assert may(Permission.ANSWER) is (asked == person_id)


def test_a_mentor_sees_ticked_courses_only_and_results_only_if_switched_on(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline, ["les-first"])
        task = hand_in(mentee, outline, "My two records")
        world = make_pair(mentee=mentee)
    mentor, learner = Browser(app).sign_in(world.mentor), Browser(app).sign_in(mentee)
    for url in (world.url, "/en/pairs"):
        assert "A small course" not in mentor.get(url).text
    assert mentor.get(f"/en/tasks/{task}").status == 404
    learner.get(world.url)
    box = learner.page.soup.find("input", {"name": "courses"})
    learner.submit({"courses": [box["value"]]}, action="/shares")
    page = mentor.get(world.url)
    assert "A small course" in page.text
    assert "sent a task" in page.text
    assert "33%" in page.html
    page = mentor.get("/en/pairs")
    assert "Handed in" in page.text
    assert mentor.get(f"/en/tasks/{task}").status == 200
    assert "My two records" in mentor.page.text
    learner.get(world.url)
    learner.submit({"courses": []}, action="/shares")
    assert mentor.get(f"/en/tasks/{task}").status == 404
    assert "A small course" not in mentor.get(world.url).text


def test_a_course_that_is_not_hers_cannot_be_ticked(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        world = make_pair()
    learner = Browser(app).sign_in(world.mentee)
    learner.get(world.url)
    token = learner.page.soup.find("input", {"name": "csrf_token"})["value"]
    learner.post(f"{world.url}/shares", {"csrf_token": token, "courses": [outline.public_id]})
    with app.app_context(), reading():
        assert readers_of(world.mentee.id, outline.course_id) == []


def test_the_task_of_a_shared_course_is_told_to_the_mentor(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline)
        world = make_pair(mentee=mentee, shares=[outline.course_id])
        hand_in(mentee, outline, "My two records")
        assert Kind.TASK_SENT in kinds(world.mentor)
    mentor, learner = Browser(app).sign_in(world.mentor), Browser(app).sign_in(mentee)
    mentor.get("/en/notices")
    mentor.submit(button="Open")
    mentor.submit({"feedback": "Both lines are strong.", "decision": "accepted"})
    assert "Your task has an answer." in learner.get("/en/notices").text
    page = learner.submit(button="Open")
    assert "Both lines are strong." in page.text
    with app.app_context():
        with transaction():
            actions.end(the_pair_inside(world.pair), mentee.id, never_again=False)
        with reading():
            assert readers_of(mentee.id, outline.course_id) == []


def seen(person: Somebody) -> list[str]:
    with reading():
        return [visit.what for visit in audit.visits(person.id, 50)]


def test_every_look_of_a_mentor_leaves_a_line(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentee, "Hello")
    mentor = Browser(app).sign_in(world.mentor)
    for url in (
        "/en/pairs",
        world.url,
        world.url,
        f"{world.url}/messages",
        f"{world.url}/messages",
    ):
        mentor.get(url)
    Browser(app).sign_in(world.mentee).get(world.url)
    with app.app_context():
        assert sorted(seen(world.mentee)) == sorted(
            [What.MENTEES, What.PAGE, What.PAGE, What.MESSAGES]
        )
        assert seen(world.mentor) == []


def test_every_look_of_a_coordinator_leaves_a_line(app: Flask) -> None:
    with app.app_context():
        mentee = make_waiting(goal="Something private")
        staff = make_person("", Role.COORDINATOR)
    browser = Browser(app).sign_in(staff)
    browser.get("/en/pairs/waiting")
    browser.get(browser.page.soup.select_one(".queue a")["href"])
    with app.app_context():
        assert sorted(seen(mentee)) == [What.REQUEST, What.WAITING]


def test_a_note_for_oneself_is_nobody_elses(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        for author in (world.mentor, world.mentee):
            with transaction():
                note_of(world, author, f"Mine {author.id} only", shared=False)
    for reader, other in ((world.mentor, world.mentee), (world.mentee, world.mentor)):
        page = Browser(app).sign_in(reader).get(world.url)
        assert f"Mine {reader.id} only" in page.text
        assert f"Mine {other.id} only" not in page.html


def test_a_handle_is_never_shown_to_the_other_side(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentee, "Hello")
        write(world, world.mentor, "Hello")
    for reader, other in ((world.mentor, world.mentee), (world.mentee, world.mentor)):
        browser = Browser(app).sign_in(reader)
        urls = [world.url, f"{world.url}/messages", f"{world.url}/end"]
        for url in [*urls, "/en/home", "/en/notices", "/en/your-data"]:
            assert other.handle not in browser.get(url).html.replace(reader.handle, ""), url


@pytest.mark.skipif(ENGINE != "sqlite", reason="reads the SQLite file")
def test_what_people_wrote_is_sealed_in_the_file(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    canary = "canary-bird-that-sings"
    with app.app_context():
        world = make_pair(goal=f"{canary} goal")
        write(world, world.mentee, f"{canary} message")
        for shared in (True, False):
            with transaction():
                note_of(world, world.mentor, f"{canary} note", shared=shared)
    page = Browser(app).sign_in(world.mentor).get(f"{world.url}/messages")
    assert canary in page.text
    for name in ("alongside.db", "alongside.db-wal"):
        file = settings.data / name
        held = lying_in(file) if file.exists() else b""
        assert canary.encode() not in held
        assert canary.encode("utf-16-le") not in held
    assert b"Saule" in b"".join(lying_in(f) for f in settings.data.glob("alongside.db*")), (
        "the search finds what is not sealed"
    )
