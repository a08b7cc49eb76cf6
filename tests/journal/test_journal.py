"""The journal: its writer alone, one entry at a time for her mentor, nothing left when she takes it back."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.core import outbox, records
from lms.core.db import db, transaction
from lms.core.settings import Settings
from lms.journal import actions, rules
from lms.journal.models import JournalCopy, JournalEntry
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from tests.client import Browser
from tests.journal.world import entry_of, note_down, show_entry
from tests.mentoring.world import begin, make_pair, small_course, the_pair
from tests.world import make_person

SECRET = "Only between me and the page"


@pytest.mark.sqlite_only
@given(st.dates())
def test_every_day_has_a_question_and_the_next_day_another(day: date) -> None:
    assert 0 <= rules.prompt_of(day) < rules.PROMPTS
    if day < date.max:
        assert rules.prompt_of(day) != rules.prompt_of(day + timedelta(days=1))


def test_written_read_changed_and_destroyed(app: Flask) -> None:
    with app.app_context():
        person = make_person()
    browser = Browser(app).sign_in(person)
    assert "Nothing yet" in browser.get("/en/journal").text
    browser.get("/en/journal/new")
    assert browser.submit({"body": ""}).status == 422
    assert SECRET in browser.submit({"body": SECRET}).text
    page = browser.get(str(page_link(browser, "Open")))
    field = page.soup.find("textarea")
    assert field is not None
    assert field.get("autocomplete") == "off"
    assert not field.has_attr("data-draft"), "nothing of it stays in the browser"
    browser.submit({"body": "In other words"})
    assert "In other words" in browser.get("/en/journal").text
    browser.get(str(page_link(browser, "Open")))
    browser.get(str(page_link(browser, "Destroy this entry")))
    browser.submit(button="Destroy it")
    with app.app_context(), transaction():
        assert db.session.query(JournalEntry).count() == 0


def page_link(browser: Browser, words: str) -> str:
    assert browser.page is not None
    for link in browser.page.soup.find_all("a"):
        if link.get_text(" ").strip().startswith(words):
            return str(link["href"])
    raise AssertionError(words)


def test_two_tabs_see_each_other(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        with transaction():
            entry = note_down(person, "First")
    one = Browser(app).sign_in(person)
    two = Browser(app).sign_in(person)
    for tab in (one, two):
        tab.get(f"/en/journal/{entry}")
    one.submit({"body": "Second, in one tab"})
    page = two.submit({"body": "Second, in the other"})
    assert page.status == 409
    assert "Second, in one tab" in page.text


def test_nobody_else_has_it_and_the_file_has_no_word_of_it(app: Flask, settings: Settings) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            entry = note_down(world.mentee, SECRET)
    for person in (world.mentor, world.coordinator):
        browser = Browser(app).sign_in(person)
        for url in (f"/en/journal/{entry}", f"/en/journal/{entry}/delete"):
            assert browser.get(url).status == 404
        assert SECRET not in browser.get(f"/en/pairs/{world.pair}").html
    with app.app_context(), transaction():
        sealed = db.session.query(JournalEntry.body).scalar()
        assert SECRET.encode() not in sealed


def test_one_entry_for_the_mentor_and_back_again(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            entry, other = note_down(world.mentee, SECRET), note_down(world.mentee, "Another one")
    mentee, mentor = Browser(app).sign_in(world.mentee), Browser(app).sign_in(world.mentor)
    mentee.get(f"/en/journal/{entry}")
    mentee.submit(button="Show it to Daria V.")
    page = mentor.get(world.url)
    assert SECRET in page.text
    assert "Another one" not in page.html
    assert mentor.get(f"/en/journal/{entry}").status == 404
    mentee.get(f"/en/journal/{entry}")
    mentee.submit({"body": "Said better"}, button="Save")
    page = mentor.get(world.url)
    assert "Said better" in page.text
    assert SECRET not in page.html
    mentee.get(f"/en/journal/{entry}")
    mentee.submit(button="Show it no more")
    assert "Said better" not in mentor.get(world.url).html
    with app.app_context(), transaction():
        assert db.session.query(JournalCopy).count() == 0
        assert entry_of(other).shared == 0


def test_the_copy_goes_with_the_pair_and_the_entry_stays(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            entry = note_down(world.mentee, SECRET)
            found = pairs.pair(world.pair)
            assert found is not None
            show_entry(world.mentee, entry, found, SECRET)
        with transaction():
            mentoring.end(found, world.mentor.id, never_again=False)
        with transaction():
            actions.forget_old()
            assert db.session.query(JournalCopy).count() == 0
            assert db.session.query(JournalEntry).count() == 1


@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_erasure_leaves_no_copy_behind(app: Flask, who: str) -> None:
    with app.app_context():
        world = make_pair()
        found = the_pair(world.pair)
        with transaction():
            show_entry(world.mentee, note_down(world.mentee, SECRET), found, SECRET)
        with transaction():
            records.erase_rows(getattr(world, who).id)
        with transaction():
            assert db.session.query(JournalCopy).count() == 0
            assert db.session.query(JournalEntry).count() == (who == "mentor")


def test_an_entry_about_a_lesson(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        person = make_person()
        begin(person, outline)
    browser = Browser(app).sign_in(person)
    page = browser.get(f"/en/courses/{outline.public_id}/{outline.items[0].public_id}")
    browser.get(page_link(browser, "Write it down for yourself"))
    page = browser.submit({"body": "What I take from it"})
    assert outline.items[0].title in page.text
    guest = Browser(app)
    page = guest.get(f"/en/courses/{outline.public_id}/{outline.items[0].public_id}")
    assert "Write it down" not in page.text


def test_the_copy_of_her_data_has_it(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        with transaction():
            note_down(person, SECRET)
    browser = Browser(app).sign_in(person)
    browser.get("/en/your-data/copy")
    browser.submit(action="/copy")
    with app.app_context():
        outbox.run_due()
    browser.get("/en/your-data/copy")
    assert browser.page is not None
    fields = {"csrf_token": str(browser.page.soup.find("input", {"name": "csrf_token"})["value"])}
    answer = browser.client.post("/en/your-data/copy/file", data=fields)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as box:
        texts = [box.read(name).decode(errors="replace") for name in box.namelist()]
    assert any(SECRET in text for text in texts)
