"""The same thing open twice: whoever saves second is shown both texts, and nothing is overwritten silently."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.accounts.roles import Role
from lms.core import ids
from lms.web import forms
from lms.web.forms import SharedForm
from tests.client import Browser, Page
from tests.cohorts.world import make_cohort, make_course
from tests.conftest import ENGINE
from tests.mentoring.world import make_mentor, make_pair
from tests.world import Somebody, make_person, prove_sign_ins


@pytest.fixture
def tabs(app: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[str, Browser, str]:
    """A form that can be open twice: its address, somebody who may use it, the field to write in."""
    with app.app_context():
        outline = make_course(tmp_path / "course")
        coordinator = make_person("", Role.COORDINATOR)
        mentor = make_mentor()
        pair = make_pair()
        cohort = make_cohort(outline, coordinator)
        item = outline.by_key["task-page"].public_id
    ways: dict[str, tuple[str, Somebody, str]] = {
        "plan": (f"/en/cohorts/{cohort.public_id}/plan", coordinator, "name"),
        "card": ("/en/pairs/places", mentor, "about"),
        "task": (f"/en/courses/{outline.public_id}/{item}", pair.mentee, "body"),
    }
    address, person, field = ways[request.param]
    browser = Browser(app).sign_in(person)
    with app.app_context():
        prove_sign_ins(person.id)
    return address, browser, field


def save(browser: Browser, tab: Page, changed: dict[str, Any]) -> Page:
    """Save from a tab as it was opened."""
    browser.page = tab
    action = next(
        str(form["action"])
        for form in tab.soup.find_all("form")
        if form.find(attrs={"name": next(iter(changed))})
    )
    more = {"save": "1"} if "body" in changed else {}
    return browser.submit({**changed, **more}, action=action)


@pytest.mark.parametrize("tabs", ["plan", "card", "task"], indirect=True)
def test_the_second_save_shows_both(tabs: tuple[str, Browser, str]) -> None:
    address, browser, field = tabs
    first, second = browser.get(address), browser.get(address)
    assert save(browser, first, {field: "Written first"}).status == 200
    overtaken = save(browser, second, {field: "Written second"})
    assert overtaken.status == 409
    assert "Written first" in overtaken.text, "what stands there now"
    assert "Written second" in overtaken.html, "what was typed"
    stands = browser.get(address).html
    assert "Written first" in stands
    assert "Written second" not in stands

    # Sent again from the page that shows both, it is a decision.
    assert save(browser, overtaken, {field: "Written second"}).status == 200
    assert "Written second" in browser.get(address).html


@pytest.mark.parametrize("tabs", ["plan", "card", "task"], indirect=True)
def test_one_tab_saves_as_often_as_it_likes(tabs: tuple[str, Browser, str]) -> None:
    address, browser, field = tabs
    for text in ("One", "Two", "Three"):
        assert save(browser, browser.get(address), {field: text}).status == 200
    assert "Three" in browser.get(address).html


def _saved_at_once(
    tabs: tuple[str, Browser, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Two saves of the same page, the second one begun while the first one is looking. Return their answers."""
    address, browser, field = tabs
    page, real = browser.get(address), SharedForm.overtaken
    monkeypatch.setattr(SharedForm, "overtaken", lambda *given: (real(*given), time.sleep(0.4))[0])
    cookie = browser.client.get_cookie("s")
    assert cookie is not None
    action = next(
        str(form["action"])
        for form in page.soup.find_all("form")
        if form.find(attrs={"name": field})
    )

    def send(words: str) -> int:
        tab = Browser(app)
        tab.client.set_cookie("s", cookie.value)
        tab.page = page
        # Another key each: a double press is somebody else's business (`core.once`).
        changed = {field: words, "form_key": ids.public_id(), "save": "1"}
        return tab.submit(changed, action=action, follow=False).status

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(send, ["Written first", "Written second"]))


@pytest.mark.parametrize("tabs", ["plan", "card"], indirect=True)
def test_of_two_saves_at_once_one_is_shown_both(
    tabs: tuple[str, Browser, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _saved_at_once(tabs, app, monkeypatch) == [303, 409]


@pytest.mark.skipif(ENGINE == "sqlite", reason="SQLite lets one write at a time")
@pytest.mark.parametrize("tabs", ["card"], indirect=True)
def test_without_the_lock_one_is_overwritten(
    tabs: tuple[str, Browser, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "alone", lambda _name: None)
    assert _saved_at_once(tabs, app, monkeypatch) == [303, 303]
