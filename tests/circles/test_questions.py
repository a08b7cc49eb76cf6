"""The question queue: asked without a name, taken by one, answered, asked on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from lms.audit import queries as audit
from lms.circles import answering, questions
from lms.circles.answering import Taken, TooMany
from lms.circles.models import Answer, Question
from lms.circles.rules import NotAllowed, State
from lms.core import records
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.messaging.models import Notice
from lms.safeguarding import actions as safeguarding
from lms.safeguarding.others import Other, other_of
from tests.circles.world import ask, make_scientist, question
from tests.client import Browser
from tests.mentoring.world import make_mentor
from tests.world import Somebody, make_person


def claim(found: questions.Found, scientist: Somebody) -> None:
    with transaction():
        answering.claim(found, scientist.id)


def reply(found: questions.Found, scientist: Somebody) -> None:
    with transaction():
        answering.answer(
            question(found.public_id), scientist.id, "Daria V.", "From a register.", "WHO 2021"
        )


def test_from_both_ends(app: Flask, browser: Browser) -> None:
    with app.app_context():
        asker, scientist = make_person(), make_scientist()
    hers, theirs = Browser(app).sign_in(asker), browser.sign_in(scientist)
    page = hers.get("/en/questions/ask")
    assert "no usual waiting time to tell" in page.text
    page = hers.submit({"topic": "A figure", "lang": "en", "body": "Where is it from?"})
    assert "Place 1 in the queue." in page.text
    own = page.url
    page = theirs.get("/en/questions/queue")
    assert "A figure" in page.text
    assert "Where is it from?" not in page.text
    link = next(a["href"] for a in page.soup.select("main .rows a.btn"))
    page = theirs.get(link)
    assert "Where is it from?" in page.text
    assert "Without a name" in page.text
    assert asker.handle not in page.html
    theirs.submit(button="Take it for 48 hours")
    assert "Somebody writes an answer" in hers.get(own).text
    page = theirs.submit(
        {"body": "From a register.", "sources": "WHO 2021", "name": "Daria V."},
        button="Send the answer",
    )
    page = hers.get(own)
    assert "From a register." in page.text
    assert "WHO 2021" in page.text
    assert "Daria V." in page.text
    hers.submit(button="Say thanks")
    assert "Say thanks" not in hers.page.text
    page = hers.submit({"body": "And for 2022?"}, button="Ask on")
    assert "Waits again" in page.text
    with app.app_context(), reading():
        assert {one.what for one in audit.visits(asker.id, 9)} == {"question"}
        kinds = db.session.scalars(select(Notice.kind).where(Notice.person_id == scientist.id))
        assert {"question_waits", "question_thanks", "place_given"} == set(kinds)


def try_at_once(app: Flask, found: list[questions.Found], scientists: list[Somebody]) -> list[str]:
    """Each scientist tries to take her question, all at the same moment."""
    start, results = threading.Barrier(len(scientists)), []

    def press(one: questions.Found, person_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    answering.claim(one, person_id)
                results.append("hers")
            except Taken:
                results.append("taken")
            except TooMany:
                results.append("too many")

    threads = [
        threading.Thread(target=press, args=(one, person.id))
        for one, person in zip(found, scientists, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_of_two_scientists_at_once_one_gets_it(app: Flask) -> None:
    with app.app_context():
        scientists = [make_scientist() for _ in range(4)]
        one = ask(make_person())
    assert try_at_once(app, [one] * 4, scientists) == ["hers", "taken", "taken", "taken"]


def test_three_at_a_time_also_from_many_tabs(app: Flask) -> None:
    with app.app_context():
        scientist, asker = make_scientist(), make_person()
        several = [ask(asker) for _ in range(5)]
    results = try_at_once(app, several, [scientist] * 5)
    assert results == ["hers", "hers", "hers", "too many", "too many"]


def test_a_claim_that_only_looks_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # The planted fault: looks whether it is free, then takes it, without asking again while writing.
    looked = threading.Barrier(4)

    def careless(found: questions.Found, scientist_id: int) -> None:
        with reading():
            state = db.session.scalar(select(Question.state).where(Question.id == found.id))
        looked.wait()
        if state != State.QUEUED:
            raise Taken
        with transaction():
            values = {"state": "claimed", "claimed_by_id": scientist_id, "claim_until": now()}
            db.session.execute(update(Question).where(Question.id == found.id).values(**values))

    monkeypatch.setattr(answering, "claim", careless)
    with pytest.raises(AssertionError):
        test_of_two_scientists_at_once_one_gets_it(app)


def test_a_lapsed_claim_keeps_the_old_place(app: Flask) -> None:
    with app.app_context():
        asker, first, second = make_person(), make_scientist(), make_scientist()
        early = ask(asker)
        with time_machine.travel(now() + timedelta(minutes=1)):
            late = ask(asker)
        claim(early, first)
        with time_machine.travel(now() + timedelta(hours=47)), transaction():
            answering.lapse()
        assert question(early.public_id).state is State.CLAIMED
        with time_machine.travel(now() + timedelta(hours=49)):
            with transaction():
                answering.lapse()
            after = question(early.public_id)
            assert (after.state, after.claimed_by_id, after.asked_at) == (
                State.QUEUED,
                None,
                early.asked_at,
            )
            with reading():
                assert [one.id for one in questions.queue(second.id, ())] == [early.id, late.id]
                assert questions.place_in_queue(after) == 1
                assert questions.place_in_queue(late) == 2
        with pytest.raises(NotAllowed):
            reply(early, first)


def test_who_is_late_may_still_answer_until_somebody_takes_it(app: Flask) -> None:
    with app.app_context():
        one, slow, quick = ask(make_person()), make_scientist(), make_scientist()
        claim(one, slow)
        with time_machine.travel(now() + timedelta(hours=49)):
            claim(one, quick)
            with pytest.raises(NotAllowed):
                reply(one, slow)
            reply(one, quick)
        assert question(one.public_id).state is State.ANSWERED


def test_nobody_answers_herself(app: Flask) -> None:
    with app.app_context():
        scientist = make_scientist()
        one = ask(scientist)
        with pytest.raises(Taken):
            claim(one, scientist)


def test_the_honest_wait(app: Flask) -> None:
    with app.app_context():
        asker, scientist = make_person(), make_scientist()
        start = now()
        for hours in (1, 2, 30):
            with time_machine.travel(start):
                one = ask(asker)
            with time_machine.travel(start + timedelta(hours=hours)):
                claim(one, scientist)
                reply(one, scientist)
        with reading():
            found = questions.wait()
        assert (found.usual, found.counted, found.waiting) == (timedelta(hours=2), 3, 0)


def test_blocked_people_do_not_meet_in_the_queue(app: Flask, browser: Browser) -> None:
    with app.app_context():
        asker, scientist = make_person(), make_scientist()
        with transaction():
            safeguarding.block(asker.id, Other(scientist.id, "Daria V."))
        one = ask(asker)
        with reading():
            mine = select(Notice.kind).where(Notice.person_id == scientist.id)
            assert db.session.scalars(mine).all() == ["place_given"]
    browser.sign_in(scientist)
    assert "Nobody waits" in browser.get("/en/questions/queue").text
    assert browser.get(f"/en/questions/queue/{one.public_id}").status == 404


def test_either_side_can_say_that_something_is_wrong(app: Flask) -> None:
    with app.app_context():
        asker, scientist, third = make_person(), make_scientist(), make_scientist()
        one = ask(asker)
        claim(one, scientist)
        with reading():
            assert other_of(one.public_id, asker.id).person_id == scientist.id
            assert other_of(one.public_id, scientist.id).person_id == asker.id
            assert asker.handle not in other_of(one.public_id, scientist.id).name
            assert other_of(one.public_id, third.id) is None


def test_kept_and_erased(app: Flask) -> None:
    with app.app_context():
        asker, scientist = make_person(), make_scientist()
        one, held = ask(asker), ask(asker)
        claim(one, scientist)
        reply(one, scientist)
        claim(held, scientist)
        with time_machine.travel(now() + timedelta(days=31)), transaction():
            answering.close_quiet()
        assert question(one.public_id).state is State.CLOSED
        with app.test_request_context(), transaction():
            answering.part(scientist.id)
            records.erase_rows(scientist.id)
        assert question(held.public_id).state is State.QUEUED
        with reading():
            assert questions.said(one)[1].text == "From a register."
            assert questions.said(one)[1].name == ""
        with app.test_request_context(), transaction():
            records.erase_rows(asker.id)
        with reading():
            assert db.session.scalars(select(Question.id)).all() == []
            assert db.session.scalars(select(Answer.id)).all() == []


def test_closed_questions_are_destroyed(app: Flask) -> None:
    with app.app_context():
        one = ask(make_person())
        with transaction():
            answering.close(one)
        for days, left in ((179, 1), (181, 0)):
            with time_machine.travel(now() + timedelta(days=days)), transaction():
                answering.forget_old()
            with reading():
                assert len(db.session.scalars(select(Question.id)).all()) == left


def test_a_peer_mentor_does_not_answer(app: Flask, browser: Browser) -> None:
    with app.app_context():
        one, peer = ask(make_person()), make_mentor()
        with reading():
            assert questions.scientist(peer.id) is None
            assert peer.id not in questions.scientists()
    browser.sign_in(peer)
    assert "Questions that wait for an answer" not in browser.get("/en/questions").text
    assert browser.get("/en/questions/queue").status == 404
    assert browser.get(f"/en/questions/queue/{one.public_id}").status == 404
