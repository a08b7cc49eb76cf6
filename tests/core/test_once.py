"""The same form, sent twice, is done once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.core.db import db, reading
from tests.client import Browser
from tests.world import PASSPHRASE


def people(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_double_click_makes_one_account_and_two_equal_answers(
    browser: Browser, app: Flask
) -> None:
    browser.get("/en/join")
    joining, cookie = browser.page, browser.client.get_cookie("s")
    fields = {"handle": "Heron 27", "passphrase": PASSPHRASE}
    first = browser.submit(fields, button="Continue", follow=False)
    # The second press of a double click leaves before the first answer is there, with the cookie of the page.
    browser.page = joining
    browser.client.set_cookie("s", cookie.value)
    second = browser.submit(fields, button="Continue", follow=False)
    assert people(app) == 1
    assert first.status == second.status == 303
    assert first.response.location == second.response.location


def test_a_refused_form_may_be_sent_again(browser: Browser, app: Flask) -> None:
    browser.get("/en/join")
    browser.submit({"handle": "x", "passphrase": PASSPHRASE}, button="Continue")
    browser.submit({"handle": "Heron 27"}, button="Continue")
    browser.submit({"handle": "Heron 27", "passphrase": PASSPHRASE}, button="Continue")
    assert people(app) == 1


def test_another_browser_can_not_use_the_key(browser: Browser, app: Flask) -> None:
    browser.get("/en/join")
    key = browser.page.soup.find("input", {"name": "form_key"})["value"]
    browser.submit({"handle": "Heron 27", "passphrase": PASSPHRASE}, button="Continue")
    other = Browser(app)
    other.get("/en/join")
    other.submit(
        {"handle": "Magpie 12", "passphrase": PASSPHRASE, "form_key": key}, button="Continue"
    )
    assert people(app) == 2
