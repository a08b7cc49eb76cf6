"""The passphrase again: asked for where it matters, and what was typed is still there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from lms.accounts import signin
from tests.client import Browser
from tests.world import PASSPHRASE, make_person

PAGE = "/en/join/way-back"
LATER = signin.FRESH_FOR + 1


@pytest.fixture
def later(browser: Browser, app: Flask) -> Iterator[Browser]:
    """Somebody's browser, eleven minutes after she signed in."""
    with app.app_context():
        person = make_person("Kestrel")
    browser.sign_in(person)
    assert browser.get(PAGE).h1 == "Your way back", "signing in counts as typing it"
    with time_machine.travel(time.time() + LATER):
        yield browser


def test_it_is_asked_for_and_leads_on(later: Browser) -> None:
    assert later.get(PAGE).h1 == "Your passphrase once more"
    assert later.submit({"passphrase": "wrong wrong wrong"}).status == 422
    assert later.submit({"passphrase": PASSPHRASE}).h1 == "Your way back"
    assert later.get(PAGE).h1 == "Your way back"


def test_what_was_typed_is_kept(later: Browser) -> None:
    later.get("/en/account")
    token = later.page.soup.find("input", {"name": "csrf_token"})["value"]
    page = later.post(PAGE, {"csrf_token": token, "first": "1234", "second": "5678"})
    assert (page.status, page.h1) == (401, "Your passphrase once more")
    page = later.submit({"passphrase": PASSPHRASE})
    assert page.soup.find("input", {"name": "first"})["value"] == "1234"
    assert later.submit(button="Send it again").url.endswith(PAGE)


def test_guessing_is_slowed_down(later: Browser) -> None:
    later.get(PAGE)
    answers = [later.submit({"passphrase": "wrong wrong wrong"}).status for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_an_old_cookie_is_not_fresh_after_signing_out(browser: Browser, app: Flask) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person)
    old = browser.client.get_cookie("s").value
    browser.get("/en/account")
    browser.submit(button="Sign out everywhere")
    browser.client.set_cookie("s", old)
    assert browser.get(PAGE).h1 == "Sign in"
