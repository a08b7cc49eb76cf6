"""Rounds where there are several programmes: each is about one, and nobody is paired across them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.core import clock, outbox
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.matching.facts import Track
from lms.programmes import actions as programmes
from lms.programmes import profiles, waiting
from lms.programmes.models import Programme
from lms.programmes.profiles import Card
from lms.workbench import actions, queries
from lms.workbench.compute import Wanted
from lms.workbench.queries import Run
from tests.client import Browser
from tests.mentoring.world import make_coordinator, make_mentor, make_waiting
from tests.workbench.world import first_of, make_round, profile_id, request_id, the_round
from tests.world import Somebody, make_person


def make_autumn(state: str = "running") -> int:
    """A second programme, with a mentor and somebody who waits. Return its number."""
    mentor, waits = make_person(), make_person()
    with transaction():
        made = programmes.make_programme({"title_en": "Autumn", "title_ru": "Осень"})
        mine = Programme.public_id == made
        number = db.session.scalars(select(Programme.id).where(mine)).one()
        db.session.execute(update(Programme).where(mine).values(state=state))
        profiles.make_mentor(mentor.id, Card("Zarina M.", ["ru"], 3), programme=number)
        waiting.ask(waits.id, "Kamila", ["ru"], "", programme=number)
    return number


def round_of(staff: Somebody, programme: int) -> Run:
    with transaction():
        public_id = actions.start(Track.PEER, Wanted(), staff.id, programme_id=programme)
    outbox.run_due()
    return the_round(public_id)


def names(run: Run) -> list[tuple[str, str | None]]:
    return [(one.mentee, one.mentor) for one in first_of(run)]


def test_a_round_pairs_nobody_across_programmes(app: Flask) -> None:
    with app.app_context():
        staff, _first, _bek = make_coordinator(), make_mentor("Olena S."), make_waiting("Bek")
        autumn = make_autumn()
        of_autumn, of_first = round_of(staff, autumn), make_round(staff)
        assert names(of_autumn) == [("Kamila", "Zarina M.")]
        assert names(of_first) == [("Bek", "Olena S.")]
        assert [one.stats["waiting"] for one in (of_autumn, of_first)] == [1, 1]
        assert names(make_round(staff, of_autumn)) == names(of_autumn), "run again: the same one"


def test_nobody_pins_across_programmes(app: Flask) -> None:
    with app.app_context():
        staff, mentor, bek = make_coordinator(), make_mentor("Olena S."), make_waiting("Bek")
        found = round_of(staff, make_autumn())
        try:
            with transaction():
                actions.pin(found, request_id(bek), profile_id(mentor), "because", staff.id)
        except LookupError:
            return
        raise AssertionError("these two are in another programme")


def test_thursdays_make_one_round_for_each_that_takes_people(app: Flask) -> None:
    with app.app_context():
        make_waiting("Bek")
        make_autumn(), make_autumn("paused")
        with clock.at(now() + timedelta(days=(3 - now().weekday()) % 7)):
            with transaction():
                actions.weekly()
            outbox.run_due()
        with reading():
            found = queries.runs()
        assert sorted(one.title_en for one in found) == ["", "Autumn"]


@pytest.mark.sqlite_only
def test_staff_choose_the_programme(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff, _mentor = make_coordinator(), make_mentor("Olena S.")
        make_waiting("Bek")
    page = browser.sign_in(staff).get("/en/pairs/rounds")
    assert page.soup.find("h2", string="Autumn") is None, "nothing is asked without a choice"
    assert page.soup.select("input[name=programme]") == []
    with app.app_context():
        make_autumn()
    page = browser.get("/en/pairs/rounds")
    assert [one.text for one in page.soup.select("main h2")][:2] == [
        "Autumn",
        "The first programme",
    ]
    browser.submit(button="Start a round")
    with app.app_context():
        outbox.run_due()
    page = browser.get(browser.page.url)
    assert "Peer mentors, Autumn." in page.text
    assert "Kamila" in page.text
    assert "Bek" not in page.text
    browser.get("/en/pairs/rounds")
    page = browser.submit({"programme": "none"}, button="Start a round")
    assert "Nothing was started." in page.html
    with app.app_context(), reading():
        assert len(queries.runs()) == 1


@pytest.mark.sqlite_only
def test_staff_add_a_mentor_to_a_programme(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff, person = make_coordinator(), make_person("Daria handle")
        make_mentor(), make_autumn()
    browser.sign_in(staff).get("/en/pairs/people/new")
    said = {"handle": "Daria handle", "shown_name": "Daria V.", "languages": ["ru"]}
    page = browser.submit({**said, "capacity": "2", "track": "scientist"}, button="Save")
    assert page.status == 422, "with two programmes one has to be chosen"
    [autumn] = [
        one["value"]
        for one in page.soup.select("input[name=programme]")
        if "Autumn" in one.find_next("label").text
    ]
    browser.submit({"programme": autumn}, button="Save")
    with app.app_context(), reading():
        [found] = profiles.queries.profiles_of(person.id)
        programme = profiles.queries.programme_by_id(found.programme_id)
        assert (found.track, programme.title_en) == (Track.SCIENTIST, "Autumn")
