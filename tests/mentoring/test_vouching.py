"""The second way back: a mentor and a member of staff, three days, two halves."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from lms.accounts import vouching
from lms.core.clock import now
from tests.client import Browser
from tests.mentoring.world import World, make_coordinator, make_pair
from tests.world import PASSPHRASE

NEW = "river candle orbit seven"
LATER = vouching.WAIT.total_seconds() + 60


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return make_pair()


def begin(app: Flask, world: World) -> None:
    """Both say that they are sure."""
    mentor = Browser(app).sign_in(world.mentor)
    mentor.get("/en/vouch")
    assert mentor.submit({"sure": ""}, button="Vouch for this person").status == 422
    mentor.submit({"sure": "y"}, button="Vouch for this person")
    staff = Browser(app).sign_in(world.coordinator)
    staff.get("/en/vouch")
    staff.submit(button="I am sure, too")
    assert "Until then the person can stop it" in staff.page.text


def half(app: Flask, who: object) -> str:
    browser = Browser(app).sign_in(who)
    browser.get("/en/vouch")
    page = browser.submit(button="Show my half")
    return "-".join(found.get_text() for found in page.soup.select(".sheet b"))


def come_back(app: Flask, world: World, first: str, second: str) -> Browser:
    browser = Browser(app)
    browser.get("/en/way-back/together")
    fields = {"handle": world.mentee.handle, "code": first, "recovery": second, "passphrase": NEW}
    browser.submit(fields, button="Come back")
    return browser


def test_the_whole_way(app: Flask, world: World) -> None:
    begin(app, world)
    with time_machine.travel(now().timestamp() + LATER):
        first, second = half(app, world.mentor), half(app, world.coordinator)
        back = come_back(app, world, second, first)
        assert back.page.h1 == "Your way back"
        assert back.get("/en/home").h1.startswith("Hello")
        again = come_back(app, world, first, second)
        assert again.page.status == 422, "it works once"
        old = Browser(app)
        old.get("/en/sign-in")
        assert old.submit({"handle": world.mentee.handle, "passphrase": PASSPHRASE}).status == 422


def test_not_before_three_days(app: Flask, world: World) -> None:
    begin(app, world)
    with time_machine.travel(now().timestamp() + LATER - 3600):
        mentor = Browser(app).sign_in(world.mentor)
        assert "Show my half" not in mentor.get("/en/vouch").text
        assert come_back(app, world, "x", "y").page.status == 422


def test_one_half_twice_does_not_open(app: Flask, world: World) -> None:
    begin(app, world)
    with time_machine.travel(now().timestamp() + LATER):
        first = half(app, world.mentor)
        assert come_back(app, world, first, first).page.status == 422
        half(app, world.coordinator)
        assert come_back(app, world, first, first).page.status == 422


def test_she_sees_it_where_she_is_signed_in_and_stops_it(app: Flask, world: World) -> None:
    mentee = Browser(app).sign_in(world.mentee)
    begin(app, world)
    for page in ("/en/home", "/en/account"):
        assert "Is this you?" in mentee.get(page).text
    assert "lost every way in" in mentee.get("/en/notices").text
    mentee.get("/en/home")
    mentee.submit(button="Stop it")
    assert "Is this you?" not in mentee.get("/en/home").text
    with time_machine.travel(now().timestamp() + LATER):
        mentor = Browser(app).sign_in(world.mentor)
        assert "Show my half" not in mentor.get("/en/vouch").text


def test_one_person_is_not_two(app: Flask, world: World) -> None:
    mentor = Browser(app).sign_in(world.mentor)
    mentor.get("/en/vouch")
    page = mentor.submit({"sure": "y"}, button="Vouch for this person")
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    with app.app_context():
        case = vouching.db.session.scalars(vouching.select(vouching.Vouching.public_id)).one()
    assert mentor.post("/en/vouch/agree", {"csrf_token": token, "case": case}).status == 404


def test_another_coordinator_has_no_half_of_it(app: Flask, world: World) -> None:
    begin(app, world)
    with app.app_context():
        other = make_coordinator()
        case = vouching.db.session.scalars(vouching.select(vouching.Vouching.public_id)).one()
    with time_machine.travel(now().timestamp() + LATER):
        browser = Browser(app).sign_in(other)
        token = browser.get("/en/account").soup.find("input", {"name": "csrf_token"})["value"]
        assert browser.post("/en/vouch/half", {"csrf_token": token, "case": case}).status == 404
