"""The demo: loaded once, through the rooms' own actions, and every role finds something to do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, reading
from lms.demo import words
from lms.demo.load import is_loaded, season
from lms.mentoring.models import Match
from lms.programmes.models import MentorProfile, MentorRequest
from tests.client import Browser
from tests.courses.world import publish_folder

pytestmark = pytest.mark.sqlite_only

COURSES = Path(__file__).resolve().parent.parent.parent / "courses"


def run(app: Flask, *command: str) -> str:
    result = app.test_cli_runner().invoke(args=["demo", *command])
    return f"{result.exit_code} {result.output}"


def sign_in(app: Flask, account: words.Account) -> Browser:
    browser = Browser(app)
    browser.get("/en/sign-in")
    page = browser.submit({"handle": account.handle, "passphrase": account.passphrase})
    if page.h1 == "One more step":
        code = run(app, "code", account.handle).split()[-1]
        browser.submit({"code": code}, button="Continue")
        browser.get("/en/home")
    return browser


def rows(app: Flask) -> dict[str, int]:
    with app.app_context(), reading():
        tables = db.metadata.sorted_tables
        count = db.select(db.func.count())
        return {table.name: db.session.scalar(count.select_from(table)) for table in tables}


def test_the_demo_is_whole_and_loaded_once(app: Flask) -> None:
    with app.app_context():
        for name in (words.FIRST_COURSE, words.SECOND_COURSE):
            publish_folder(COURSES / name)
        with reading():
            assert not is_loaded()
    printed = run(app, "load")
    for account in words.ACCOUNTS:
        assert account.passphrase in printed
    code = re.search(r"[\w]{5}-[\w]{5}", printed)
    before = rows(app)
    assert "0 Sign in" in run(app, "load")
    assert rows(app) == before, "a second time changes nothing"
    with app.app_context():
        assert outbox.run_due() > 0, "the learner's certificate is printed"

    learner = sign_in(app, words.LEARNER)
    assert "New message from Daria V." in learner.page.text
    assert "Week 8 of 12" in learner.page.text
    assert "Daria V. , your mentor, opened the page about you" in learner.get("/en/your-data").text
    assert "What criminalisation costs" in learner.get("/en/certificates").text

    mentor = sign_in(app, words.MENTOR)
    text = mentor.get("/en/pairs").text
    assert all(name in text for name in ("Saule", "Bek", "Timur", "Kestrel", "North Wind"))
    assert text.index("Answer") < text.index("Read task") < text.index("Say hello")

    coordinator = sign_in(app, words.COORDINATOR)
    assert "people wait for a mentor" in coordinator.page.text
    coordinator.get("/en/cohorts")
    links = coordinator.page.soup.select("main .rows a")
    page = coordinator.get(str(links[0]["href"]))
    assert "Steppe Fox and Timur" in page.text
    assert "Module 4, “From cases to a pattern”, slows people down." in page.text
    assert "The task of Bek has waited for 6 days" in page.text
    assert "2 of 12 have finished the course" in page.text

    administrator = sign_in(app, words.ADMINISTRATOR)
    assert administrator.get("/en/cohorts").status == 200

    guest = Browser(app)
    guest.get("/en/code")
    assert code is not None
    assert guest.submit({"code": code[0]}).h1 == "Join"

    with app.app_context():
        every_state_is_there()


def every_state_is_there() -> None:
    """Twelve mentors, forty people who asked, and somebody in every place of every machine."""
    mentors, requests, matches = (
        Counter(db.session.scalars(select(table.state)))
        for table in (MentorProfile, MentorRequest, Match)
    )
    assert mentors.total() == 12
    assert set(mentors) >= {
        "available",
        "paused",
        "unconfirmed",
        "in_training",
        "submitted",
        "left",
    }
    people = db.session.scalar(select(func.count(MentorRequest.person_id.distinct())))
    assert people == 40
    assert set(requests) >= {"waiting", "offered", "matched", "dormant", "withdrawn"}
    begun = {"active", "paused", "closing", "completed", "ended_early"}
    assert set(matches) >= {"offered_to_mentee", "offered_to_mentor", "declined"} | begun


def test_without_courses_it_says_what_to_do(app: Flask) -> None:
    printed = run(app, "load")
    assert printed.startswith("1 ")
    assert "flask courses publish --yes" in printed


def test_never_on_a_real_host(app: Flask) -> None:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(
        before, mode="production", public_url="https://example.org"
    )
    try:
        printed = run(app, "load")
    finally:
        app.extensions["settings"] = before
    assert printed.startswith("1 ")
    assert words.LEARNER.passphrase not in printed


def test_seasons_follow_the_calendar() -> None:
    names = [season(date(2026, month, 1)) for month in (1, 3, 6, 9, 12)]
    assert names == ["winter", "spring", "summer", "autumn", "winter"]
    assert season(now().date())
