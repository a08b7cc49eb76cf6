"""Goals of a pair: in the mentee's words, three at a time, steps that progress ticks."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AccessEvent
from lms.core.clock import now
from lms.core.db import db, finish, transaction
from lms.goals import actions, queries, rules
from lms.goals.models import Goal
from lms.goals.rules import GoalState, NotAllowed, TooMany
from lms.learning import actions as learning
from lms.learning.rules import QUIET_AFTER
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from lms.mentoring.rules import KEPT_AFTER_END
from lms.mentoring.states import Side
from lms.messaging import queries as messages
from lms.programmes import trail
from tests.client import Browser
from tests.goals.world import add_step, ask, close, goals_of, set_goal, set_goal_inside
from tests.mentoring.world import begin, make_pair, make_waiting, small_course
from tests.world import make_person

SIDES = [Side.MENTEE, Side.MENTOR, Side.HOUSE, None]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("state", list(GoalState))
@pytest.mark.parametrize("outcome", list(GoalState))
def test_only_the_mentee_says_how_an_open_goal_came_out(
    state: GoalState, outcome: GoalState, side: Side | None
) -> None:
    fine = state is GoalState.OPEN and outcome is not GoalState.OPEN and side is Side.MENTEE
    if fine:
        assert rules.close(state, outcome, side) is outcome
    else:
        with pytest.raises(NotAllowed):
            rules.close(state, outcome, side)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("state", list(GoalState))
def test_a_closed_goal_is_taken_up_again_once(
    state: GoalState, before: bool, side: Side | None
) -> None:
    if state is not GoalState.OPEN and not before and side is Side.MENTEE:
        assert rules.reopen(state, side, before=before) is GoalState.OPEN
    else:
        with pytest.raises(NotAllowed):
            rules.reopen(state, side, before=before)


def test_both_write_and_the_mentee_finishes(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
    mentor, mentee = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentee)
    mentor.get(f"{world.url}/goals")
    mentor.get(f"{world.url}/goals/new")
    page = mentor.submit({"title": "Write down one case", "measure": "A record with consent"})
    goal_url = page.url
    assert "Write down one case" in page.h1
    assert "How did it come out" not in page.text
    mentor.submit({"words": "Ask two people for consent"}, button="Add the step")
    page = mentee.get(world.url)
    assert "Write down one case 0 of 1" in page.text.replace(" ( open )", "").replace("(open) ", "")
    page = mentee.get(goal_url)
    page = mentee.submit(button="Done")
    assert "1 of 1 step" in page.text
    page = mentee.submit(
        {"outcome": "partly_met", "evidence": "One of two said yes"}, button="Close the goal"
    )
    assert "partly reached" in page.text
    assert "One of two said yes" in page.text
    mentee.get(goal_url)
    page = mentee.submit(button="Take it up again")
    assert "Close the goal" in page.text
    mentee.submit({"outcome": "met"}, button="Close the goal")
    page = mentee.get(goal_url)
    assert "Take it up again" not in page.text


def test_each_step_of_a_goal_is_written_down(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goal = set_goal(world, world.mentor)
        close(world, goal, "partly_met")
        with transaction():
            found = queries.goal(goal)
            assert found is not None
            actions.reopen_goal(found, world.mentee.id)
        with transaction():
            made = trail.steps_of("goal", goal)
    steps = [(one.from_state, one.to_state) for one in made]
    assert steps == [("", "open"), ("open", "partly_met"), ("partly_met", "open")]
    assert [one.actor_id for one in made] == [world.mentor.id, world.mentee.id, world.mentee.id]


def test_no_notice_outlives_the_pair(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        set_goal(world)
        ask(world)
        with transaction():
            mentoring.end(the_pair_in(world.pair), world.mentee.id, never_again=False)
        with transaction():
            left = [one for one in messages.notices(world.mentor.id, 50) if one.read_at is None]
    assert {one.kind for one in left}.isdisjoint({"goals", "text"})


def test_two_who_change_the_same_words_see_both(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goal = set_goal(world)
    mentor, mentee = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentee)
    for browser in (mentor, mentee):
        browser.get(f"/en/goals/{goal}/words")
    assert mentor.submit({"title": "In the mentor's words"}).status == 200
    page = mentee.submit({"title": "In my words"})
    assert page.status == 409
    assert "In the mentor's words" in page.text
    assert mentee.submit({"title": "In my words"}).h1 == "In my words"


def test_the_fourth_open_goal_waits(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goals = [set_goal(world) for _ in range(3)]
        with pytest.raises(TooMany):
            set_goal(world)
        close(world, goals[0])
        set_goal(world, world.mentor)
        found = queries_goal(goals[0])
        with pytest.raises(TooMany), transaction():
            actions.reopen_goal(found, world.mentee.id)


def queries_goal(public_id: str) -> queries.GoalOf:
    found = queries.goal(public_id)
    finish(keep=False)
    assert found is not None
    return found


def test_three_at_most_however_many_write_at_once(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        set_goal(world)
    start, outcomes = threading.Barrier(6), []

    def one(writer: object) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    set_goal_inside(world, writer, "At once")  # type: ignore[arg-type]
                outcomes.append("kept")
            except TooMany:
                outcomes.append("full")
            finally:
                finish(keep=False)
                db.session.remove()

    threads = [threading.Thread(target=one, args=(w,)) for w in (world.mentor, world.mentee) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 4 + ["kept"] * 2
    with app.app_context():
        assert len(goals_of(world, world.mentee)) == 3


def test_without_the_lock_the_count_would_lie(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        world = make_pair()
        monkeypatch.setattr(actions, "_room_for_one_more", lambda _pair: None)
        for _ in range(4):
            set_goal(world)
        assert len(goals_of(world, world.mentee)) == 4


def test_a_step_that_is_a_lesson_ticks_itself(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline)
        world = make_pair(mentee=mentee, shares=[outline.course_id])
        goal, item = set_goal(world), outline.items[0]
        add_step(world, goal, "Read it", item.id)
        assert [step.done for step in goals_of(world, world.mentor)[0].steps] == [False]
        begin(mentee, outline, [item.key])
        for reader in (world.mentor, world.mentee):
            (step,) = goals_of(world, reader)[0].steps
            assert step.done
            assert step.linked is not None
            assert step.linked.title == item.title
        with transaction():
            learning.undo_done(mentee.id, outline.course_id, item.id)
        assert [step.done for step in goals_of(world, world.mentor)[0].steps] == [False]


def test_a_step_in_a_course_that_is_not_shared_any_more_tells_the_mentor_nothing(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline, [outline.items[0].key])
        world = make_pair(mentee=mentee, shares=[outline.course_id])
        goal = set_goal(world)
        add_step(world, goal, "Read it", outline.items[0].id)
        with transaction():
            mentoring.share(pairs.pair(world.pair), [], quizzes=False)  # type: ignore[arg-type]
        (step,) = goals_of(world, world.mentor)[0].steps
        assert (step.done, step.linked) == (None, None)
        (step,) = goals_of(world, world.mentee)[0].steps
        assert step.done
    page = Browser(app).sign_in(world.mentor).get(f"/en/goals/{goal}")
    assert outline.items[0].title not in page.text
    assert "not shown to you" in page.text


def test_a_linked_step_is_chosen_from_shared_courses_only(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        mentee = make_waiting()
        begin(mentee, outline)
        shares = make_pair(mentee=mentee, shares=[outline.course_id])
        goal = set_goal(shares)
    browser = Browser(app).sign_in(mentee)
    page = browser.get(f"/en/goals/{goal}")
    item = outline.items[0]
    assert item.title in page.html
    page = browser.submit({"words": "Read", "part": item.public_id}, button="Add the step")
    assert "Ticks itself" in page.text
    with app.app_context(), transaction():
        mentoring.share(pairs.pair(shares.pair), [], quizzes=False)  # type: ignore[arg-type]
    page = browser.submit({"words": "Again", "part": item.public_id}, button="Add the step")
    assert page.status == 422


def test_half_way_both_look_at_what_is_open(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        set_goal(world)
    browser = Browser(app).sign_in(world.mentor)
    browser.get(f"{world.url}/goals")
    page = browser.submit(button="We looked at them today")
    assert "Goals looked at on" in page.text


def test_nobody_but_the_two_gets_in_and_staff_only_count(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goal = set_goal(world, title="Words of a goal")
        stranger = make_person()
    for person in (stranger, world.coordinator):
        browser = Browser(app).sign_in(person)
        for url in (f"{world.url}/goals", f"/en/goals/{goal}", f"/en/goals/{goal}/words"):
            assert browser.get(url).status == 404
    page = Browser(app).sign_in(world.coordinator).get("/en/goals")
    assert "Saule Daria V. 1 0 0 0 –" in page.text
    assert "Words of a goal" not in page.html
    assert Browser(app).sign_in(world.mentor).get("/en/goals").status == 404


def test_each_look_of_somebody_else_leaves_a_line(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goal = set_goal(world)
    Browser(app).sign_in(world.mentee).get(f"/en/goals/{goal}")
    Browser(app).sign_in(world.mentor).get(f"/en/goals/{goal}")
    Browser(app).sign_in(world.coordinator).get("/en/goals")
    with app.app_context(), transaction():
        lines = select(AccessEvent.role, AccessEvent.what).where(
            AccessEvent.person_id == world.mentee.id
        )
        seen = {tuple(row) for row in db.session.execute(lines)}
    assert seen == {("mentor", "page"), ("coordinator", "support")}


def test_words_go_after_the_pair_and_the_count_stays(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        goal = set_goal(world)
        add_step(world, goal)
        close(world, goal, "met", "Seen")
        with transaction():
            mentoring.end(the_pair_in(world.pair), world.mentee.id, never_again=False)
        from lms.core import clock

        with clock.at(now() + KEPT_AFTER_END + QUIET_AFTER), transaction():
            actions.forget_old()
            actions.forget_old()
        with transaction():
            row = db.session.query(Goal).one()
            assert (row.state, row.title, row.measure, row.evidence) == ("met", None, None, None)


def the_pair_in(public_id: str) -> pairs.Pair:
    found = pairs.pair(public_id)
    assert found is not None
    return found
