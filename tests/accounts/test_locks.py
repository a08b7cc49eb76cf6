"""Sign-ins as a list, lock from outside, what an administrator can do, another name."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lms.accounts import actions, locks
from lms.accounts.roles import Role
from lms.core.db import transaction
from tests.accounts.test_second_step import half_way
from tests.client import Browser
from tests.world import PASSPHRASE, Somebody, make_person


@pytest.fixture
def person(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("Kestrel")


def recovery_code(browser: Browser) -> str:
    """Write a recovery code down, through the page."""
    page = browser.get("/en/join/way-back")
    groups = [found.get_text() for found in page.soup.select(".sheet li b")]
    first, second = (int(place) for place in re.findall(r"Group (\d)", page.text)[:2])
    typed = {"first": groups[first - 1], "second": groups[second - 1]}
    browser.submit(typed, button="I have written it down")
    return "".join(groups)


def make_link(browser: Browser) -> tuple[str, str]:
    """(Address, digits) of a new link, through the page."""
    browser.get("/en/account/lock")
    page = browser.submit(button="Make address and digits")
    address = page.soup.select_one(".made").get_text()
    return address.removeprefix("http://localhost"), "".join(
        b.get_text() for b in page.soup.select(".sheet b")
    )


def test_one_sign_in_is_ended_from_another(app: Flask, person: Somebody) -> None:
    first, second = Browser(app).sign_in(person), Browser(app).sign_in(person)
    page = first.get("/en/account/devices")
    assert page.text.count("Signed in on") == 2
    assert page.text.count("This browser") == 1
    first.submit(button="Sign out there")
    assert second.get("/en/home").h1 == "Sign in"
    assert first.get("/en/home").h1.startswith("Hello")


def test_a_phone_can_be_named(app: Flask, person: Somebody) -> None:
    browser = Browser(app).sign_in(person)
    browser.get("/en/account/devices")
    browser.submit({"name": "Old Nokia"}, button="Save name")
    assert "Old Nokia" in browser.page.html


def test_nobody_ends_a_sign_in_of_somebody_else(app: Flask, person: Somebody) -> None:
    mine = Browser(app).sign_in(person)
    mark = mine.get("/en/account/devices").soup.find("input", {"name": "which"})["value"]
    with app.app_context():
        other = Browser(app).sign_in(make_person("Other"))
    token = other.get("/en/account").soup.find("input", {"name": "csrf_token"})["value"]
    other.post("/en/account/devices/end", {"csrf_token": token, "which": mark})
    assert mine.get("/en/home").h1.startswith("Hello")


def test_one_more_sign_in_is_told(app: Flask, person: Somebody) -> None:
    first = Browser(app).sign_in(person)
    assert "one more browser" not in first.get("/en/notices").text
    Browser(app).sign_in(person)
    assert "one more browser" in first.get("/en/notices").text


def test_the_link_locks_from_any_phone_and_opens_nothing(app: Flask, person: Somebody) -> None:
    mine, too = Browser(app).sign_in(person), Browser(app).sign_in(person)
    code = recovery_code(mine)
    address, digits = make_link(mine)
    friend = Browser(app)
    friend.get(address)
    friend.client.head(address)
    friend.get(address, headers={"Sec-Purpose": "prefetch"})
    assert mine.get("/en/home").h1.startswith("Hello"), "looking does nothing"
    page = friend.submit({"code": f"{digits[:4]} {digits[4:8]} {digits[8:]}"}, button="Close it")
    assert page.h1 == "Received"
    assert friend.get("/en/home").h1 == "Sign in"
    assert mine.get("/en/home").h1 == too.get("/en/home").h1 == "Sign in"

    taken = Browser(app)
    taken.get("/en/sign-in")
    page = taken.submit({"handle": person.handle, "passphrase": PASSPHRASE})
    assert page.status == 422
    wrong = Browser(app)
    wrong.get("/en/sign-in")
    also = wrong.submit({"handle": person.handle, "passphrase": "wrong wrong wrong"})
    assert page.text == also.text, "the right passphrase learns nothing"

    back = Browser(app)
    back.get("/en/way-back")
    fields = {"handle": person.handle, "code": code, "passphrase": "river candle orbit seven"}
    assert back.submit(fields, button="Come back").h1 == "Your way back"


def test_right_and_wrong_digits_are_answered_alike(app: Flask, person: Somebody) -> None:
    browser = Browser(app).sign_in(person)
    recovery_code(browser)
    address, digits = make_link(browser)
    answers = []
    for place, typed in ((address, "000000000000"), ("/en/l/nowhere", digits), (address, digits)):
        friend = Browser(app)
        friend.get(place)
        page = friend.submit({"code": typed}, button="Close it")
        answers.append((page.status, page.text))
    assert len(set(answers)) == 1
    assert browser.get("/en/home").h1 == "Sign in"


def test_guessing_digits_is_slowed_down(app: Flask) -> None:
    friend = Browser(app)
    answers = []
    for number in range(6):
        friend.get("/en/l/place")
        answers.append(friend.submit({"code": f"{number:012}"}, button="Close it").status)
    assert answers == [200] * 5 + [429]


def test_an_older_link_stops_working(app: Flask, person: Somebody) -> None:
    browser = Browser(app).sign_in(person)
    with app.app_context(), transaction():
        old, _new = locks.make(person.id), locks.make(person.id)
        locks.use(old.place, old.digits)
    assert browser.get("/en/home").h1.startswith("Hello")


def test_no_link_before_there_is_a_way_back(app: Flask, person: Somebody) -> None:
    browser = Browser(app).sign_in(person)
    assert "First your recovery code" in browser.get("/en/account/lock").text


@pytest.mark.parametrize(
    ("what", "opens"), [("end", "Hello"), ("lock", "Sign in"), ("reset", "Hello")]
)
def test_an_administrator_ends_and_locks(
    app: Flask, person: Somebody, what: str, opens: str
) -> None:
    with app.app_context():
        admin = make_person("Admin one", Role.ADMINISTRATOR)
    theirs, hers = Browser(app).sign_in(admin), Browser(app).sign_in(person)
    theirs.get("/en/people")
    assert (
        "Done. It holds"
        in theirs.submit({"handle": person.handle, "what": what}, button="Do it").html
    )
    assert hers.get("/en/home").h1 == "Sign in"
    again = Browser(app)
    again.get("/en/sign-in")
    page = again.submit({"handle": person.handle, "passphrase": PASSPHRASE})
    assert page.h1.startswith(opens)
    if what != "lock":
        assert "An administrator ended" in again.get("/en/notices").text


def test_a_reset_second_step_is_set_up_anew(app: Flask) -> None:
    with app.app_context():
        admin, author = (
            make_person("Admin one", Role.ADMINISTRATOR),
            make_person("Author", Role.AUTHOR),
        )
    theirs = Browser(app).sign_in(admin)
    theirs.get("/en/people")
    theirs.submit({"handle": author.handle, "what": "reset"}, button="Do it")
    assert half_way(app, author).page.h1 == "Second step"


def test_an_administrator_does_not_lock_herself_out(app: Flask) -> None:
    with app.app_context():
        admin = make_person("Admin one", Role.ADMINISTRATOR)
    theirs = Browser(app).sign_in(admin)
    theirs.get("/en/people")
    assert theirs.submit({"handle": admin.handle, "what": "lock"}, button="Do it").status == 422


def test_another_name_for_signing_in(app: Flask, person: Somebody) -> None:
    with app.app_context():
        make_person("Saule")
    browser = Browser(app).sign_in(person)
    browser.get("/en/account/name")
    assert browser.submit({"handle": "SAULE"}, button="Change the name").status == 422
    assert browser.submit({"handle": "x"}, button="Change the name").status == 422
    browser.submit({"handle": "Grey Owl"}, button="Change the name")
    assert "You sign in as Grey Owl" in browser.page.text
    with app.app_context(), transaction():
        assert actions.queries.by_handle("grey owl").id == person.id
