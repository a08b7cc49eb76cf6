"""Tables in and out: seen before anything is written, all of it or nothing, the same rows back."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.accounts.roles import Role
from lms.audit.models import AccessEvent
from lms.core.db import db, reading
from lms.importers import sheet
from lms.mentoring.models import Match
from lms.programmes.models import MentorProfile, MentorRequest
from tests.client import Browser, Page
from tests.mentoring.world import make_mentor, make_pair, make_waiting
from tests.world import Somebody, make_person


@pytest.fixture
def staff(app: Flask, browser: Browser) -> Browser:
    with app.app_context():
        person = make_person("", Role.COORDINATOR)
    return browser.sign_in(person)


def people(app: Flask, *handles: str) -> list[Somebody]:
    with app.app_context():
        return [make_person(handle) for handle in handles]


def bring(browser: Browser, kind: str, data: bytes, **more: Any) -> Page:
    """Choose a file and look at it first."""
    browser.get(f"/en/tables/{kind}")
    assert browser.page is not None
    form = browser.page.soup.find("form", enctype="multipart/form-data")
    assert form is not None
    fields = browser._filled(form) | {"file": (io.BytesIO(data), "table.csv"), "check": "1"} | more
    page = browser.post(f"/en/tables/{kind}", fields, content_type="multipart/form-data")
    # A large body lies in a file of the test client, which it leaves open.
    page.response.request.environ["wsgi.input"].close()
    return page


def press(browser: Browser, kind: str, button: str) -> Page:
    """Press a button of the preview."""
    assert browser.page is not None
    form = browser.page.soup.find("form", enctype="multipart/form-data")
    assert form is not None
    fields = browser._filled(form) | {button: "1"}
    return browser.post(f"/en/tables/{kind}", fields, content_type="multipart/form-data")


def count(app: Flask, model: type) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_nothing_is_written_before_it_is_confirmed(app: Flask, staff: Browser) -> None:
    people(app, "Aida", "Bek")
    page = bring(staff, "people", "name;languages;places\nAida;русский;2\nBek;ru, ky;3\n".encode())
    assert page.status == 200
    assert "2 new, 0 changed. Nothing is written yet." in page.text
    assert count(app, MentorProfile) == 0
    page = press(staff, "people", "write")
    assert "Done: 2 new, 0 changed." in page.html
    assert count(app, MentorProfile) == 2


def test_all_of_it_or_nothing(app: Flask, staff: Browser) -> None:
    people(app, "Aida")
    page = bring(staff, "people", b"name,languages\nAida,ru\nBek,klingon\n")
    assert page.status == 422
    assert "One of these languages is not known here." in page.text
    assert "Write all of it" not in page.text
    page = press(staff, "people", "write")
    assert page.status == 422
    assert count(app, MentorProfile) == 0


def test_the_list_of_what_is_wrong_can_be_taken(app: Flask, staff: Browser) -> None:
    people(app, "Aida")
    bring(staff, "people", b"name,languages,places\nAida,klingon,99\n")
    page = press(staff, "people", "errors")
    assert page.status == 200
    rows = list(csv.reader(io.StringIO(page.html.removeprefix(sheet.BOM))))
    assert [row[:3] for row in rows[1:]] == [["2", "languages", "klingon"], ["2", "places", "99"]]
    assert count(app, MentorProfile) == 0


def test_a_second_time_changes_the_card(app: Flask, staff: Browser) -> None:
    people(app, "Aida")
    for places in (1, 4):
        bring(staff, "people", f"name,languages,places\nAida,ru,{places}\n".encode())
        page = press(staff, "people", "write")
    assert "Done: 0 new, 1 changed." in page.html
    with app.app_context(), reading():
        assert db.session.scalars(select(MentorProfile.capacity)).all() == [4]


def test_people_who_wait_keep_their_day(app: Flask, staff: Browser) -> None:
    people(app, "Saule")
    table = "name;languages;waiting since;goal\nSaule;ru;01.09.2026;To speak at a hearing\n"
    bring(staff, "waiting", table.encode())
    press(staff, "waiting", "write")
    with app.app_context(), reading():
        row = db.session.execute(select(MentorRequest.waiting_since, MentorRequest.goal)).one()
    assert row.waiting_since.date().isoformat() == "2026-09-01"
    assert b"hearing" not in row.goal


def test_pairs_begin_on_their_day(app: Flask, staff: Browser) -> None:
    with app.app_context():
        mentor = make_mentor("Daria V.", ("ru", "en"))
    (mentee,) = people(app, "Saule")
    table = (
        f"mentor,mentee,languages,together since\n{mentor.handle},{mentee.handle},ru,2026-09-01\n"
    )
    page = bring(staff, "pairs", table.encode())
    assert "1 new" in page.text, page.text
    assert count(app, Match) == 0
    press(staff, "pairs", "write")
    with app.app_context(), reading():
        row = db.session.execute(select(Match.state, Match.started_at)).one()
    assert (row.state, row.started_at.date().isoformat()) == ("active", "2026-09-01")
    page = bring(staff, "pairs", table.encode())
    assert "has a mentor or an offer in this track already" in page.text


def test_a_pair_needs_its_mentor_first(app: Flask, staff: Browser) -> None:
    people(app, "Daria", "Saule")
    page = bring(
        staff, "pairs", b"mentor,mentee,languages,together since\nDaria,Saule,ru,2026-09-01\n"
    )
    assert "Bring in the mentors first." in page.text


def test_what_is_taken_can_be_brought_in_again(app: Flask, staff: Browser) -> None:
    with app.app_context():
        make_pair(make_mentor("=Daria V."), make_waiting("Saule"))
        make_waiting("Aida", ("ru", "kk"))
    before = taken(staff)
    assert set(before) == {"people.csv", "waiting.csv", "pairs.csv", "check-ins.csv"}
    for kind in ("people", "waiting"):
        page = bring(staff, kind, before[f"{kind}.csv"])
        assert "0 new, 1 changed" in page.text, page.text
        press(staff, kind, "write")
    assert taken(staff) == before


def taken(browser: Browser) -> dict[str, bytes]:
    answer = browser.client.get("/en/tables/all.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_no_cell_that_goes_out_is_a_formula(app: Flask, staff: Browser) -> None:
    with app.app_context():
        make_mentor('=HYPERLINK("x")')
    text = taken(staff)["people.csv"].decode().removeprefix(sheet.BOM)
    assert list(csv.reader(io.StringIO(text)))[1][1] == '\'=HYPERLINK("x")'


def test_everybody_in_the_file_finds_a_line(app: Flask, staff: Browser) -> None:
    with app.app_context():
        world = make_pair()
    staff.client.get("/en/tables/all.zip")
    with app.app_context(), reading():
        seen = db.session.scalars(
            select(AccessEvent.person_id).where(AccessEvent.what == "tables")
        ).all()
    assert sorted(seen) == sorted([world.mentor.id, world.mentee.id])


@pytest.mark.parametrize("kind", ["people", "waiting", "pairs"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_template_can_be_read(staff: Browser, kind: str, lang: str) -> None:
    answer = staff.client.get(f"/{lang}/tables/{kind}/template.csv")
    page = bring(staff, kind, answer.data)
    said = "Nobody signs in with this name." if kind == "pairs" else "1 row gets a code"
    assert said in page.text


def test_a_file_that_is_far_too_large_is_told(staff: Browser) -> None:
    page = bring(staff, "people", b"x" * (sheet.LARGEST + 1))
    assert page.status == 422
    assert "The file is too large." in page.text


def test_without_a_file_it_says_so(staff: Browser) -> None:
    page = bring(staff, "people", b"")
    assert page.status == 422
    assert "The file is empty." in page.text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_give_a_preview_or_an_error(staff: Browser, data: bytes) -> None:
    for body in (data, b"name;languages\n" + data):
        assert bring(staff, "people", body).status in {200, 422}
