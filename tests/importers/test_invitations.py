"""Rows about people without an account: a code each, seen once; hers when she comes; nothing before her yes."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.accounts.roles import Role
from lms.core import clock
from lms.core.db import Model, db, reading, transaction
from lms.core.sealing import DataKey
from lms.importers import sheet
from lms.importers.models import InvitedRow
from lms.importers.rules import COLUMNS, INVITED_KEPT, Kind, judge, packed, unpacked
from lms.mentoring.models import Match
from lms.programmes.models import MentorProfile, MentorRequest
from tests.accounts.test_journey import type_back
from tests.client import Browser
from tests.importers.test_tables import bring, count, people, press
from tests.mentoring.world import make_mentor
from tests.privacy.world import leave, rows_of, run_daily
from tests.world import PASSPHRASE, Somebody, make_person

MENTORS = b"name;shown name;languages;places;about\nSaule;Saule A.;ru, kk;3;Street lawyer\n"
WAITS = b"name;languages;waiting since;goal\nSaule;ru;01.09.2026;To speak at a hearing\n"


@pytest.fixture
def staff(app: Flask, browser: Browser) -> Browser:
    with app.app_context():
        person = make_person("Irina", Role.COORDINATOR)
    return browser.sign_in(person)


def codes(browser: Browser) -> list[str]:
    assert browser.page is not None
    return [found.get_text() for found in browser.page.soup.select(".slips b")]


def write(staff: Browser, kind: str = "people", table: bytes = MENTORS) -> list[str]:
    """Bring a table in. Return the codes that it led to."""
    bring(staff, kind, table)
    press(staff, kind, "write")
    return codes(staff)


def come(app: Flask, code: str, handle: str = "") -> tuple[Browser, Somebody]:
    """Somebody with an account types a code."""
    with app.app_context():
        person = make_person(handle)
    browser = Browser(app).sign_in(person)
    browser.get("/en/code")
    browser.submit({"code": code})
    return browser, person


def rows(app: Flask) -> list[Any]:
    with app.app_context(), reading():
        columns = (InvitedRow.answer, InvitedRow.words, InvitedRow.batch)
        return list(db.session.execute(select(*columns)))


@pytest.mark.sqlite_only
def test_the_preview_says_how_many_get_a_code_and_makes_none(app: Flask, staff: Browser) -> None:
    people(app, "Aida")
    page = bring(staff, "people", MENTORS + b"Aida;;ru;1;\n")
    assert page.status == 200
    assert "1 row gets a code" in page.text
    assert "Row 2: Saule" in page.text
    assert codes(staff) == []
    assert count(app, InvitedRow) == 0


def test_the_same_table_again_makes_no_second_code(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    again = MENTORS.replace(b"Street lawyer", b"Budget advocate").replace(b";3;", b";4;")
    page = bring(staff, "people", again)
    assert "1 row has been given a code before" in page.text
    assert "gets a code" not in page.text
    press(staff, "people", "write")
    assert codes(staff) == []
    browser, _ = come(app, code)
    assert "Budget advocate" in browser.page.text
    browser.submit(button="Yes")
    assert write(staff) == []
    assert "1 row has been given a code before" in bring(staff, "people", MENTORS).text


def test_a_guest_joins_with_the_code_and_says_yes_herself(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    guest = Browser(app)
    guest.get("/en/code")
    guest.submit({"code": code})
    guest.submit({"handle": "Heron 27", "passphrase": PASSPHRASE}, button="Continue")
    type_back(guest)
    assert guest.page.h1 == "Would you like to be a mentor?"
    for said in ("Saule A.", "Street lawyer", "3"):
        assert said in guest.page.text
    assert count(app, MentorProfile) == 0
    guest.submit(button="Yes")
    with app.app_context(), reading():
        found = db.session.execute(
            select(MentorProfile.shown_name, MentorProfile.capacity, MentorProfile.state)
        ).one()
    assert tuple(found) == ("Saule A.", 3, "available")
    assert [(row.answer, row.words) for row in rows(app)] == [("yes", None)]


@pytest.mark.sqlite_only
def test_no_destroys_what_was_written(app: Flask, staff: Browser) -> None:
    (code,) = write(staff, "waiting", WAITS)
    browser, _ = come(app, code)
    assert "To speak at a hearing" in browser.page.text
    url = browser.page.url
    browser.submit(button="No, delete this")
    assert [(row.answer, row.words) for row in rows(app)] == [("no", None)]
    assert count(app, MentorRequest) == 0
    assert browser.get(url).status == 404


@pytest.mark.sqlite_only
def test_who_waits_keeps_the_day_of_the_table(app: Flask, staff: Browser) -> None:
    (code,) = write(staff, "waiting", WAITS)
    browser, _ = come(app, code)
    browser.get("/en/home")
    browser.get("/en/code")
    browser.submit({"code": code})
    assert browser.page.h1 == "Would you like to have a mentor?"
    assert count(app, MentorRequest) == 0
    browser.submit(button="Yes")
    with app.app_context(), reading():
        since = db.session.scalars(select(MentorRequest.waiting_since)).one()
    assert since.date().isoformat() == "2026-09-01"


def test_a_pair_begins_when_its_learner_says_yes(app: Flask, staff: Browser) -> None:
    with app.app_context():
        mentor = make_mentor("Daria V.")
    table = f"mentor,mentee,languages,together since\n{mentor.handle},Saule,ru,2026-09-01\n"
    (code,) = write(staff, "pairs", table.encode())
    browser, _ = come(app, code)
    assert browser.page.h1 == "Would you like to go on together here?"
    assert count(app, Match) == 0
    browser.submit(button="Yes")
    with app.app_context(), reading():
        assert db.session.scalars(select(Match.state)).all() == ["active"]


@pytest.mark.sqlite_only
def test_a_pair_waits_for_a_mentor_who_has_not_come(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    pairs = b"mentor,mentee,languages,together since\nSaule,Bek,ru,2026-09-01\n"
    assert "has not come with it yet" in bring(staff, "pairs", pairs).text
    browser, _ = come(app, code, "Heron 3")
    browser.submit(button="Yes")
    # She goes by another name here; the table's name still means her.
    assert "1 row gets a code" in bring(staff, "pairs", pairs).text


@pytest.mark.sqlite_only
def test_a_stranger_of_the_same_name_is_not_taken_for_her(app: Flask, staff: Browser) -> None:
    write(staff)
    people(app, "Saule")
    assert "1 row has been given a code before" in bring(staff, "people", MENTORS).text
    assert "1 row gets a code" in bring(staff, "waiting", WAITS).text


@pytest.mark.sqlite_only
def test_a_row_is_read_by_its_person_alone(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    browser, _ = come(app, code)
    url = browser.page.url
    other, _ = come(app, code)
    assert "has been used already" in other.page.text
    assert other.get(url).status == 404
    assert staff.get(url).status == 404


def stored(app: Flask) -> str:
    with app.app_context(), reading():
        return "".join(
            repr(row) for table in Model.metadata.sorted_tables
            for row in db.session.execute(select(table))
        )  # fmt: skip


@pytest.mark.sqlite_only
def test_neither_name_nor_words_nor_code_stand_in_the_database(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    secrets = ("Saule", "Street lawyer", code, code.replace("-", ""))
    assert [one for one in secrets if one in stored(app)] == []
    with app.app_context(), transaction():
        db.session.execute(update(InvitedRow).values(track="Saule"))
    assert [one for one in secrets if one in stored(app)] == ["Saule"]


def test_after_ninety_days_nothing_is_left_to_open(app: Flask, staff: Browser) -> None:
    write(staff)
    (row,) = rows(app)
    for days, left in ((INVITED_KEPT, 1), (INVITED_KEPT + timedelta(days=1), 0)):
        with app.app_context(), clock.at(clock.now() + days):
            run_daily()
            with reading():
                keys = select(func.count()).where(DataKey.owner == row.batch)
                assert db.session.scalar(keys) == left
        assert count(app, InvitedRow) == left


@pytest.mark.sqlite_only
def test_a_late_code_says_so(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    with app.app_context(), transaction():
        db.session.execute(update(InvitedRow).values(expires_on=clock.now().date() - timedelta(1)))
    browser, _ = come(app, code)
    assert "Ask for a new one" in browser.page.text


def test_new_codes_end_the_old_ones_and_taking_back_ends_all(app: Flask, staff: Browser) -> None:
    (old,) = write(staff)
    staff.get("/en/tables")
    staff.submit(button="Make them anew")
    (new,) = codes(staff)
    assert new != old
    assert "Nobody gave out this code" in come(app, old)[0].page.text
    staff.get("/en/tables")
    staff.submit(button="Take them back")
    assert "1 code taken back" in staff.page.html
    assert "Nobody gave out this code" in come(app, new)[0].page.text


@pytest.mark.sqlite_only
def test_the_codes_as_a_file_hold_no_formula(app: Flask, staff: Browser) -> None:
    (code,) = write(staff, "people", b"name,languages\n=1+1,ru\n")
    page = staff.submit(button="Take the codes as a file")
    found = list(csv.reader(io.StringIO(page.html.removeprefix(sheet.BOM))))
    assert found[1][:3] == ["2", "'=1+1", code]
    staff.get("/en/tables")
    assert code not in staff.page.html


def test_who_deletes_her_account_takes_the_row_along(app: Flask, staff: Browser) -> None:
    (code,) = write(staff)
    _, person = come(app, code)
    leave(Browser(app), person, now=True)
    with app.app_context():
        run_daily()
        with reading():
            assert "invited_row" not in rows_of(person.id)
    assert count(app, InvitedRow) == 0


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Kind.MENTORS, MENTORS),
        (Kind.WAITING, WAITS),
        (Kind.WAITING, b"name,languages\nAida,ru\n"),
        (Kind.PAIRS, b"mentor,mentee,languages,together since\nA,B,ru,2026-09-01\n"),
    ],
)
def test_a_row_is_packed_and_unpacked(kind: Kind, table: bytes) -> None:
    lines = sheet.read(table, COLUMNS[kind])
    (row,) = judge(kind, lines, clock.now().date()).rows
    assert unpacked(kind, packed(row)) == row
