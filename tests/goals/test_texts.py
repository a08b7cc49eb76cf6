"""Texts that a mentor reads: rounds that never change, a kind no, more time, a file that can be taken back."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from lms.core import clock, records
from lms.core.clock import now
from lms.core.db import db, transaction
from lms.goals import actions, reviews, rules
from lms.goals.models import Goal, GoalStep, Review, ReviewFile, ReviewQuestion, ReviewRound
from lms.goals.rules import Act, NotAllowed, ReviewState
from lms.mentoring import actions as mentoring
from lms.mentoring.rules import KEPT_AFTER_END
from lms.mentoring.states import Side
from lms.messaging import queries as messages
from tests.client import Browser
from tests.goals.world import add_step, answer, ask, set_goal
from tests.mentoring.world import World, make_pair, the_pair_inside
from tests.vaults import opener_of

SIDES = st.sampled_from([*Side, None])
IN_A_WEEK = (now() + timedelta(days=7)).date()


# --- The machine ---------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@given(st.lists(st.tuples(st.sampled_from(list(Act)), SIDES), max_size=12))
def test_a_text_goes_only_the_ways_of_its_table(acts: list[tuple[Act, Side | None]]) -> None:
    state = ReviewState.ASKED
    for act, side in acts:
        free = rules.allowed(state, side)
        try:
            after = rules.move(state, act, side)
        except NotAllowed:
            assert act not in free
            continue
        assert act in free
        assert state is not ReviewState.DONE, "what is finished stays so"
        # The mentor answers, declines or asks for time; the mentee asks again or finishes. Never the other.
        mentors = {Act.ANSWER, Act.DECLINE, Act.LATER}
        assert (act in mentors) is (side is Side.MENTOR)
        assert side is not Side.HOUSE
        state = after


@pytest.mark.sqlite_only
@given(st.dates(max_value=date(9000, 1, 1)), st.integers(-30, 30))
def test_a_reminder_comes_a_day_before_and_not_earlier(day: date, ahead: int) -> None:
    if day.toordinal() + ahead < 2:
        return
    assert rules.remind(day + timedelta(days=ahead), day) is (ahead <= 1)


# --- On the pages --------------------------------------------------------------------------------


def test_two_rounds_of_a_text(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
    mentee, mentor = Browser(app).sign_in(world.mentee), Browser(app).sign_in(world.mentor)
    mentee.get(f"{world.url}/texts/new")
    assert mentee.submit({"title": "Summary"}).status == 422
    page = mentee.submit(
        {
            "title": "Summary",
            "body": "First draft",
            "question_1": "Clear?",
            "question_2": "Too long?",
        }
    )
    url = page.url
    assert "Being read" in page.text
    assert "Yours to read" in mentor.get(world.url).text
    page = mentor.get(url)
    assert mentor.submit({}, button="Send the answer").status == 422
    page = mentor.submit({"answer_1": "Yes.", "general": "Shorter."}, button="Send the answer")
    assert "Answered" in page.text
    page = mentee.get(url)
    assert "Clear? Yes." in page.text
    assert "Nothing was written to this one." in page.text
    mentee.get(f"{url}/next")
    page = mentee.submit({"body": "Second draft", "question_1": "Better?"})
    assert "Round 2" in page.text
    # The first round stands as it was.
    for browser in (mentee, mentor):
        text = browser.get(url).text
        for words in ("First draft", "Clear? Yes.", "Shorter.", "Second draft", "Better?"):
            assert words in text
    mentor.get(url)
    mentor.submit({"answer_1": "Much."}, button="Send the answer")
    mentee.get(url)
    page = mentee.submit(button="Done with this text")
    assert "Finished" in page.text
    assert mentee.get(f"{url}/next").url == url


def test_what_was_answered_is_not_answered_again(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        text = ask(world)
    one, two = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentor)
    for tab in (one, two):
        tab.get(f"/en/texts/{text}")
    one.submit({"general": "The first answer"}, button="Send the answer")
    page = two.submit({"general": "The second answer"}, button="Send the answer")
    assert "The first answer" in page.text
    assert "The second answer" not in page.text


def test_a_kind_no_and_more_time(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        declined, later = ask(world), ask(world)
    mentor, mentee = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentee)
    mentor.get(f"/en/texts/{declined}")
    mentor.submit({"word": "I am ill this week"}, button="I can’t read it this time")
    page = mentee.get(f"/en/texts/{declined}")
    assert "Not this time" in page.text
    assert "I am ill this week" in page.text
    mentor.get(f"/en/texts/{later}")
    assert mentor.submit({"due_on": "2020-01-01"}, button="I need more time").status == 422
    mentor.submit({"due_on": "2099-03-01"}, button="I need more time")
    assert "Answer by 1 March 2099" in mentee.get(f"/en/texts/{later}").text


def test_the_mentee_asks_and_the_mentor_answers_and_nobody_else_sees(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        text = ask(world)
    mentor, mentee = Browser(app).sign_in(world.mentor), Browser(app).sign_in(world.mentee)
    staff = Browser(app).sign_in(world.coordinator)
    assert mentor.get(f"{world.url}/texts/new").status == 404
    assert staff.get(f"/en/texts/{text}").status == 404
    assert staff.get(f"{world.url}/texts").status == 404
    mentee.get(f"/en/texts/{text}")
    page = mentee.submit({"general": "To myself"}, action="/done")
    assert "Finished" in page.text
    assert "To myself" not in page.text


def test_a_reminder_once(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        ask(world, due_on=IN_A_WEEK)

        def reminded() -> int:
            with transaction():
                actions.remind()
                found = messages.notices(world.mentor.id, 50)
                return sum(one.kind == "text_due" for one in found)

        assert reminded() == 0
        with clock.at(now() + timedelta(days=6)):
            assert reminded() == 1
            assert reminded() == 1


# --- Files ---------------------------------------------------------------------------------------


def send(browser: Browser, url: str, name: str, data: bytes, **fields: str) -> TestResponse:
    """A new text with a file, as a browser sends it."""
    page = browser.get(url)
    hidden = {
        str(f["name"]): str(f["value"]) for f in page.soup.select("main form input[type=hidden]")
    }
    day = str(page.soup.find("input", {"name": "due_on"})["value"])  # type: ignore[index]
    form = {**hidden, "title": "Report", "due_on": day, **fields}
    # The test client itself would put a large request into a file and leave that open.
    boundary, body = encode_multipart(form | {"file": FileStorage(io.BytesIO(data), name)})
    return browser.client.post(
        url, data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def test_a_file_goes_in_and_out_and_away(app: Flask) -> None:
    words = b"Kanarek in a file that only two people open"
    with app.app_context():
        world = make_pair()
    mentee, mentor = Browser(app).sign_in(world.mentee), Browser(app).sign_in(world.mentor)
    sent = send(mentee, f"{world.url}/texts/new", "Saule Report.txt", words)
    assert sent.status_code == 303
    page = mentor.get(sent.headers["Location"])
    link = str(page.soup.find("a", download=True)["href"])  # type: ignore[index]
    got = mentor.client.get(link)
    assert got.data == words
    assert got.headers["Content-Disposition"] == 'attachment; filename="file-1.txt"'
    assert "sandbox" in got.headers["Content-Security-Policy"]
    with app.app_context(), transaction():
        assert words not in db.session.query(ReviewFile.sealed).scalar()
    assert Browser(app).sign_in(world.coordinator).get(link).status == 404
    mentor.get(page.url)
    assert "Take the file back" not in mentor.page.text  # type: ignore[union-attr]
    with app.app_context():
        answer(world, page.url.rsplit("/", 1)[1], answers=())
    mentee.get(page.url)
    mentee.submit(button="Take the file back")
    assert mentor.client.get(link).status_code == 404
    with app.app_context(), transaction():
        assert db.session.query(ReviewFile).count() == 0


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("draft.exe", b"MZ", 422),
        ("draft.pdf", b"not a pdf", 422),
        ("draft.txt", b"x" * 6_000_000, 413),
    ],
)
def test_a_file_that_is_not_taken_takes_nothing_with_it(
    app: Flask, name: str, data: bytes, status: int
) -> None:
    with app.app_context():
        world = make_pair()
    browser = Browser(app).sign_in(world.mentee)
    sent = send(browser, f"{world.url}/texts/new", name, data, body="What I typed beside it")
    assert sent.status_code == status
    assert "What I typed beside it" in sent.get_data(as_text=True)
    with app.app_context(), transaction():
        assert db.session.query(Review).count() == 0


# --- Keeping -------------------------------------------------------------------------------------


def everything(world: World) -> None:
    """One row in every table of the room."""
    add_step(world, set_goal(world))
    ask(world, file=b"A draft")


def left() -> dict[str, int]:
    """How many rows each table has."""
    tables = (Goal, GoalStep, Review, ReviewRound, ReviewQuestion, ReviewFile)
    return {model.__tablename__: db.session.query(model).count() for model in tables}


def test_texts_go_after_the_pair_and_goals_are_counted_on(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        everything(world)
        with transaction():
            mentoring.end(the_pair_inside(world.pair), world.mentor.id, never_again=False)
            actions.forget_old()
            assert all(left().values())
        with clock.at(now() + KEPT_AFTER_END + timedelta(days=1)), transaction():
            actions.forget_old()
        with transaction():
            assert [name for name, count in left().items() if count] == ["goal"]


@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_erasure_takes_it_all(app: Flask, who: str) -> None:
    with app.app_context():
        world = make_pair()
        everything(world)
        with transaction():
            records.erase_rows(getattr(world, who).id)
        with transaction():
            assert not any(left().values())


def test_words_do_not_open_for_another_pair_or_another_place(app: Flask) -> None:
    with app.app_context():
        world, other = make_pair(), make_pair()
        text = ask(world, title="Only here")
        with transaction():
            found = reviews.text(text)
            assert found is not None
            own = actions.keys_of(found.pair, world.mentee.id, opener_of(world.mentee))
            assert reviews.title_of(found.title, text, found.pair, own) == "Only here"
            there = the_pair_inside(other.pair)
            theirs = actions.keys_of(there, other.mentee.id, opener_of(other.mentee))
            assert reviews.title_of(found.title, text, found.pair, theirs) is None
            assert reviews.title_of(found.title, "another-row", found.pair, own) is None
