"""Why somebody looked: asked about a line, answered once, seen by the person alone; no line changes by it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.audit import actions, queries
from lms.audit.actions import saw
from lms.audit.models import AccessEvent, AccessQuestion
from lms.audit.rules import What
from lms.core.db import Model, db, reading, transaction
from tests.audit.world import visitor
from tests.client import Browser
from tests.world import Somebody, make_person

ANSWER = "To read the task that you sent."


@pytest.fixture
def people(app: Flask) -> dict[str, Somebody]:
    with app.app_context():
        found = {
            "saule": make_person("Saule"),
            "daria": make_person("Daria"),
            "marat": make_person("Marat", Role.ADMINISTRATOR),
            "irina": make_person("Irina", Role.COORDINATOR),
        }
        for what in (What.PAGE, What.TASK):
            saw(visitor(found["daria"]), found["saule"].id, what)
    return found


def ask(browser: Browser, person: Somebody) -> str:
    """Ask about the newest line. Return the address of the question."""
    browser.sign_in(person).get("/en/your-data")
    browser.submit(action="/your-data/why", fields={"number": "2"})
    assert "Asked why" in browser.page.text
    with browser.app.app_context(), reading():
        return (
            f"/en/your-data/questions/{db.session.scalars(select(AccessQuestion.public_id)).one()}"
        )


def test_asked_told_answered(app: Flask, people: dict[str, Somebody]) -> None:
    address = ask(Browser(app), people["saule"])
    for who in ("daria", "marat"):
        notices = Browser(app).sign_in(people[who]).get("/en/notices")
        assert "Somebody asks why" in notices.text
    page = (daria := Browser(app).sign_in(people["daria"])).get(address)
    assert "Saule" not in page.html, "who asks stays out of it"
    assert "Line 2" in page.text
    assert daria.submit({"answer": ""}).status == 422
    assert "It has its answer" in daria.submit({"answer": ANSWER}).text
    browser = Browser(app).sign_in(people["saule"])
    assert f"You asked why: {ANSWER}" in browser.get("/en/your-data").text
    assert "You asked why. The answer is here." in browser.get("/en/notices").text


def test_the_first_answer_stands(app: Flask, people: dict[str, Somebody]) -> None:
    address = ask(Browser(app), people["saule"])
    marat = Browser(app).sign_in(people["marat"])
    marat.get(address)
    with app.app_context(), transaction():
        assert actions.answer_why(address.rsplit("/", 1)[1], people["daria"].id, ANSWER)
    assert "answered this already" in marat.submit({"answer": "Something else."}).html
    assert ANSWER in Browser(app).sign_in(people["saule"]).get("/en/your-data").text


@pytest.mark.parametrize("who", ["saule", "irina"])
def test_nobody_else_sees_the_question(app: Flask, people: dict[str, Somebody], who: str) -> None:
    address = ask(Browser(app), people["saule"])
    assert Browser(app).sign_in(people[who]).get(address).status == 404


def test_one_question_a_line(app: Flask, people: dict[str, Somebody]) -> None:
    with app.app_context():
        for _ in range(2):
            with transaction():
                actions.ask_why(people["saule"].id, 2)
        with transaction():
            actions.ask_why(people["saule"].id, 99)
        with reading():
            asked = db.session.scalars(select(AccessQuestion.number)).all()
    assert asked == [2]


def test_the_answer_is_sealed_for_who_asked(app: Flask, people: dict[str, Somebody]) -> None:
    address = ask(Browser(app), people["saule"])
    with app.app_context():
        with transaction():
            actions.answer_why(address.rsplit("/", 1)[1], people["daria"].id, ANSWER)
        with reading():
            sealed = db.session.scalars(select(AccessQuestion.answer)).one()
    assert sealed is not None
    assert ANSWER.encode() not in sealed


def test_lines_stay_as_they_were_written(app: Flask, people: dict[str, Somebody]) -> None:
    def lines() -> list[object]:
        with reading():
            table = Model.metadata.tables["access_event"]
            return [
                tuple(row) for row in db.session.execute(select(table).order_by(AccessEvent.id))
            ]

    with app.app_context():
        before = lines()
    ask(Browser(app), people["saule"])
    with app.app_context():
        assert lines() == before
        with reading():
            assert queries.broken_chains() == []
