"""The record of who has seen whose data: written, read, and not to be changed unnoticed."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from lms.audit import queries
from lms.audit.actions import saw, saw_list
from lms.audit.models import AccessChain, AccessEvent
from lms.audit.rules import Role, What
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from tests.audit.world import counted, visitor
from tests.client import Browser
from tests.world import make_person


def test_a_visit_is_shown_to_the_person_with_name_role_and_time(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        saule, daria = make_person("Saule"), make_person("Secret handle")
        with time_machine.travel("2026-03-04 13:12:00+00:00", tick=False):
            saw(visitor(daria), saule.id, What.TASK, "abc")
    page = browser.sign_in(saule).get("/en/your-data")
    assert "Daria V. , your mentor, read your task." in page.text
    assert "4 March 2026, 18:12" in page.text, "in the reader's own zone"
    assert "Secret handle" not in page.html


def test_every_kind_of_look_has_its_sentence(app: Flask, browser: Browser) -> None:
    with app.app_context():
        saule, other = make_person(), make_person()
        for role in Role:
            for what in What:
                saw(visitor(other, role, "Ira"), saule.id, what)
            saw(visitor(other, role, ""), saule.id, What.PAGE)
    browser.sign_in(saule)
    expected = len(Role) * (len(What) + 1)
    told = [
        " ".join(tag.get_text(" ").split())
        for number in range(1, 2 + expected // 50)
        for tag in browser.get(f"/en/your-data/visits?page={number}").soup.select(
            "ul.rows .grow > p:not(:has(button))"
        )
    ]
    lines, purposes = told[::2], [line.partition(". ")[2] for line in told[1::2]]
    assert len(lines) == expected
    assert all(purpose.startswith("To ") for purpose in purposes), "what it was for, each time"
    # Who answers questions is that and nothing else; those who read concerns bear no name.
    alike = len(Role) - 1 + 1
    assert len(set(lines)) == expected - alike, "each kind and role reads differently"
    assert all(line.endswith(".") and len(line) > 20 for line in lines), lines


def test_ones_own_page_leaves_no_line(app: Flask) -> None:
    with app.app_context():
        saule = make_person()
        saw(visitor(saule), saule.id, What.PAGE)
        saw_list(visitor(saule), [saule.id], What.COHORT, "c")
        with reading():
            assert queries.visit_count(saule.id) == 0


def test_a_list_leaves_one_line_a_person_and_day(app: Flask) -> None:
    with app.app_context():
        irina, one, two = make_person(), make_person(), make_person()
        seen = visitor(irina, Role.COORDINATOR)
        saw_list(seen, [one.id], What.COHORT, "spring")
        saw_list(seen, [one.id, two.id], What.COHORT, "spring")
        saw_list(seen, [one.id, two.id], What.COHORT, "autumn")
        with time_machine.travel(now() + timedelta(days=1), tick=False):
            saw_list(seen, [one.id, two.id], What.COHORT, "spring")
        with reading():
            assert (queries.visit_count(one.id), queries.visit_count(two.id)) == (3, 3)
            assert queries.broken_chains() == []


def test_a_list_of_many_costs_few_statements(app: Flask) -> None:
    with app.app_context():
        irina = visitor(make_person(), Role.COORDINATOR)
        people = [make_person().id for _ in range(6)]
        with counted() as first:
            saw_list(irina, people, What.COHORT, "c")
        with counted() as again:
            saw_list(irina, people, What.COHORT, "c")
    assert len(first) <= 5, first
    assert len(again) == 1, again


def three_lines(app: Flask) -> int:
    with app.app_context():
        saule, daria = make_person(), make_person()
        for what in (What.PAGE, What.TASK, What.PAGE):
            saw(visitor(daria), saule.id, what)
        return saule.id


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "change",
    [{"shown": "Nobody"}, {"what": "offer"}, {"role": "reader"}, {"about": "x"}, {"at": "later"}],
)
def test_a_changed_line_is_found(app: Flask, number: int, change: dict[str, str]) -> None:
    person = three_lines(app)
    values = {"at": now() + timedelta(hours=1)} if "at" in change else change
    with app.app_context():
        with transaction():
            line = (AccessEvent.person_id == person) & (AccessEvent.number == number)
            db.session.execute(update(AccessEvent).where(line).values(**values))
        with reading():
            assert [found for _, found in queries.broken_chains()] == [number]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_line_is_found_the_last_one_too(app: Flask, number: int) -> None:
    person = three_lines(app)
    with app.app_context():
        with transaction():
            line = (AccessEvent.person_id == person) & (AccessEvent.number == number)
            db.session.execute(delete(AccessEvent).where(line))
        with reading():
            assert [found for _, found in queries.broken_chains()] == [number]


COLUMNS = [
    column.name
    for column in AccessEvent.__table__.columns
    if column.name not in {"id", "person_id"}
]


@pytest.mark.parametrize("column", COLUMNS)
def test_any_change_at_any_place_is_found(app: Flask, column: str) -> None:
    person = three_lines(app)
    with app.app_context():
        other = make_person().id
        changed = {
            "actor_id": other,
            "number": 77,
            "day": now().date(),
            "at": now() + timedelta(hours=1),
            "previous": b"x",
            "hash": b"x",
            "role": "reader",
        }
        for number in (1, 2, 3):
            line = (AccessEvent.person_id == person) & (AccessEvent.number == number)
            with reading():
                before = db.session.scalars(select(getattr(AccessEvent, column)).where(line)).one()
                key = db.session.scalars(select(AccessEvent.id).where(line)).one()
            values = {column: changed.get(column, "x")}
            with transaction():
                one = AccessEvent.id == key
                db.session.execute(update(AccessEvent).where(one).values(**values))
            with reading():
                assert queries.broken_chains() != [], (column, number)
            with transaction():
                db.session.execute(update(AccessEvent).where(one).values(**{column: before}))
            with reading():
                assert queries.broken_chains() == []


def test_a_line_given_to_somebody_else_is_found(app: Flask) -> None:
    person = three_lines(app)
    with app.app_context():
        other = make_person().id
        with transaction():
            last = (AccessEvent.person_id == person) & (AccessEvent.number == 3)
            db.session.execute(update(AccessEvent).where(last).values(person_id=other))
        with reading():
            assert len(queries.broken_chains()) == 2


def test_a_chain_whose_lines_are_all_gone_is_found(app: Flask) -> None:
    person = three_lines(app)
    with app.app_context():
        with transaction():
            db.session.execute(delete(AccessEvent).where(AccessEvent.person_id == person))
        with reading():
            assert len(queries.broken_chains()) == 1


def test_verify_says_so(app: Flask) -> None:
    person = three_lines(app)
    run = app.test_cli_runner().invoke
    good = run(args=["audit", "verify"])
    assert good.exit_code == 0
    assert "3 lines" in good.output
    with app.app_context(), transaction():
        db.session.execute(
            update(AccessChain).where(AccessChain.person_id == person).values(number=4)
        )
    bad = run(args=["audit", "verify"])
    assert bad.exit_code == 1
    assert "line 4" in bad.output


def test_a_line_that_cannot_be_written_shows_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        saule, daria = make_person(), make_person()

        def broken(*_: object) -> None:
            raise sqlite3.OperationalError

        monkeypatch.setattr("lms.audit.actions._write", broken)
        with pytest.raises(sqlite3.OperationalError):
            saw(visitor(daria), saule.id, What.PAGE)
        with reading():
            assert db.session.scalar(select(AccessEvent.id)) is None


def test_all_visits_are_paginated(app: Flask, browser: Browser) -> None:
    with app.app_context():
        saule, daria = make_person(), make_person()
        for number in range(57):
            saw(visitor(daria, shown=f"Daria {number}"), saule.id, What.PAGE)
    page = browser.sign_in(saule).get("/en/your-data")
    assert "All 57 visits" in page.text
    page = browser.get("/en/your-data/visits")
    assert "Daria 56" in page.text
    assert "Daria 6 ," not in page.text
    assert "Daria 6 ," in browser.get("/en/your-data/visits?page=2").text
    assert browser.get("/en/your-data/visits?page=999").status == 200
    assert browser.get("/en/your-data/visits?page=x").status == 200


def test_a_guest_reads_what_an_account_would_hold(browser: Browser) -> None:
    page = browser.get("/en/your-data")
    assert page.status == 200
    assert "we hold nothing about you" in page.text
    assert "Not stored" in page.text
    assert browser.get("/en/your-data/visits").h1 == "Sign in"
