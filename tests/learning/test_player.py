"""Reading, marking and handing in, as people do it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import queries as accounts
from lms.audit.models import AccessEvent
from lms.audit.rules import Role
from lms.core.db import db, reading
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.learning import queries
from lms.learning.models import Submission
from lms.learning.readers import READERS
from lms.learning.rules import Reader
from tests.client import Browser
from tests.courses.world import publish_course
from tests.world import PASSPHRASE, Somebody, make_person

TEXT = "On 4 May an officer took the sealed medicine of Heron."


@pytest.fixture
def outline(app: Flask, tmp_path: Path) -> Outline:
    """The small course: lesson, quiz, lesson, task."""
    with app.app_context():
        version = publish_course(tmp_path).version_id
        with reading():
            found = courses.outline(version, "en")
        assert found is not None
        return found


@pytest.fixture
def saule(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("Saule")


@pytest.fixture
def daria(app: Flask, saule: Somebody) -> Somebody:
    """Somebody who may read Saule's tasks, as a mentor does."""
    with app.app_context():
        person = make_person("Daria")

    def answer(person_id: int, _course_id: int) -> list[Reader]:
        return [Reader(person.id, Role.MENTOR, 0, "Daria V.")] if person_id == saule.id else []

    READERS.fill(answer)
    yield person
    READERS._filled.remove(answer)


def address(outline: Outline, key: str, lang: str = "en") -> str:
    return f"/{lang}/courses/{outline.public_id}/{outline.by_key[key].public_id}"


def done_of(app: Flask, person: Somebody, outline: Outline) -> set[str]:
    with app.app_context(), reading():
        facts = queries.progress(person.id, outline.course_id)
        return {outline.by_id[item].key for item in facts.done} if facts else set()


def test_a_guest_reads_in_both_languages(browser: Browser, outline: Outline) -> None:
    page = browser.get(address(outline, "les-first"))
    assert page.h1 == "What counts"
    page = browser.get(address(outline, "les-first", "ru"))
    assert page.soup.html["lang"] == "ru"


def test_reading_writes_nothing(
    browser: Browser, outline: Outline, saule: Somebody, app: Flask
) -> None:
    browser.sign_in(saule).get(address(outline, "les-first"))
    with app.app_context(), reading():
        assert queries.progress(saule.id, outline.course_id) is None


def test_a_guests_first_done_is_kept_until_she_has_joined(
    browser: Browser, outline: Outline, app: Flask
) -> None:
    browser.get(address(outline, "les-first"))
    page = browser.submit(button="Done, next lesson")
    assert page.h1 == "Join"
    fields = {"handle": "Heron 27", "passphrase": PASSPHRASE}
    page = browser.submit(fields, button="Continue")
    later = page.soup.find("a", string="Do this later")["href"]
    assert outline.by_key["quiz-first"].public_id in later, "she goes on where she wanted to"
    with app.app_context(), reading():
        person = accounts.by_handle("Heron 27")
        facts = queries.progress(person.id, outline.course_id)
    assert facts.done == {outline.by_key["les-first"].id}


def test_a_kept_mark_survives_signing_in(
    browser: Browser, outline: Outline, saule: Somebody, app: Flask
) -> None:
    browser.get(address(outline, "les-first"))
    browser.submit(button="Done, next lesson")
    browser.sign_in(saule)
    assert done_of(app, saule, outline) == {"les-first"}


def test_done_twice_is_done_once_and_can_be_undone(
    browser: Browser, outline: Outline, saule: Somebody, app: Flask
) -> None:
    browser.sign_in(saule).get(address(outline, "les-first"))
    browser.submit(button="Done, next lesson")
    assert done_of(app, saule, outline) == {"les-first"}
    browser.get(address(outline, "les-first"))
    browser.submit(button="Mark as not done")
    assert done_of(app, saule, outline) == set()


def test_a_task_goes_round_with_its_reader(
    browser: Browser, outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine, hers = Browser(app).sign_in(saule), Browser(app).sign_in(daria)
    mine.get(address(outline, "task-page"))
    mine.submit({"body": "First words."}, button="Keep as a draft")
    assert mine.page.soup.find("textarea", {"name": "body"}).get_text().strip() == "First words."
    mine.submit({"body": TEXT}, button="Hand in")
    assert "Handed in" in mine.page.text
    with app.app_context(), reading():
        public_id = db.session.scalar(select(Submission.public_id))
    hers.get(f"/en/tasks/{public_id}")
    assert TEXT in hers.page.text
    hers.submit({"feedback": "", "decision": "needs_work"})
    assert hers.page.status == 422
    hers.submit({"feedback": "Strong. Add the hour.", "decision": "needs_work"})
    mine.get(address(outline, "task-page"))
    assert "Add the hour." in mine.page.text
    mine.submit({"body": TEXT + " At 21:40."}, button="Hand in")
    with app.app_context(), reading():
        newest = db.session.scalar(select(Submission.public_id).order_by(Submission.round.desc()))
    hers.get(f"/en/tasks/{newest}")
    hers.submit({"feedback": "This holds.", "decision": "accepted"})
    assert done_of(app, saule, outline) == {"task-page"}
    with app.app_context(), reading():
        lines = db.session.scalars(
            select(AccessEvent.what).where(AccessEvent.person_id == saule.id)
        ).all()
    assert lines.count("task") >= 2, "every opening leaves a line"


def test_nobody_else_finds_the_task(
    browser: Browser, outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine = Browser(app).sign_in(saule)
    mine.get(address(outline, "task-page"))
    mine.submit({"body": TEXT}, button="Hand in")
    with app.app_context(), reading():
        public_id = db.session.scalar(select(Submission.public_id))
    with app.app_context():
        stranger = make_person("Stranger")
    assert Browser(app).sign_in(stranger).get(f"/en/tasks/{public_id}").status == 404
    assert browser.get(f"/en/tasks/{public_id}").h1 == "Sign in"
    assert mine.get(f"/en/tasks/{public_id}").status == 404, "one's own task has its own page"


def test_a_draft_is_nobodys_to_read(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine = Browser(app).sign_in(saule)
    mine.get(address(outline, "task-page"))
    mine.submit({"body": TEXT}, button="Keep as a draft")
    with app.app_context(), reading():
        public_id = db.session.scalar(select(Submission.public_id))
    assert Browser(app).sign_in(daria).get(f"/en/tasks/{public_id}").status == 404


def test_somebody_who_learns_alone_checks_herself(
    browser: Browser, outline: Outline, saule: Somebody, app: Flask
) -> None:
    browser.sign_in(saule).get(address(outline, "task-page"))
    page = browser.submit({"body": TEXT}, button="Close the task")
    assert page.status == 422
    assert TEXT in page.text, "what was typed stays"
    points = [box["value"] for box in page.soup.find_all("input", {"name": "met"})]
    browser.submit({"body": TEXT, "met": points}, button="Close the task")
    assert done_of(app, saule, outline) == {"task-page"}
    with app.app_context(), reading():
        assert db.session.scalar(select(Submission.self_checked))


@pytest.mark.parametrize("typed", ["", "a\0b", "\u202eevil", "x" * 50_000, "word " * 5000])
def test_bad_text_is_refused_and_kept(
    browser: Browser, outline: Outline, saule: Somebody, daria: Somebody, typed: str
) -> None:
    browser.sign_in(saule).get(address(outline, "task-page"))
    page = browser.submit({"body": typed}, button="Hand in")
    assert page.status == 422
    assert page.soup.select_one(".error")


def test_a_text_survives_an_ended_session(
    browser: Browser, outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    browser.sign_in(saule).get(address(outline, "task-page"))
    browser.client.delete_cookie("s")
    page = browser.submit({"body": TEXT}, button="Hand in")
    assert TEXT in page.html
    page = browser.submit()
    if page.h1 == "Sign in":
        page = browser.submit({"handle": saule.handle, "passphrase": saule.passphrase})
    assert TEXT in page.html, "what was typed is still there after signing in"
    page = browser.submit(button="Send it again")
    assert "Handed in" in page.text


def test_the_text_is_sealed(outline: Outline, saule: Somebody, daria: Somebody, app: Flask) -> None:
    mine = Browser(app).sign_in(saule)
    mine.get(address(outline, "task-page"))
    mine.submit({"body": TEXT}, button="Hand in")
    with app.app_context(), reading():
        body = db.session.scalar(select(Submission.body))
    assert TEXT.encode() not in body
