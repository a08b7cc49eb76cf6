"""The same thing open twice: whoever saves second is shown both texts, and nothing is overwritten silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.accounts.roles import Role
from tests.client import Browser, Page
from tests.cohorts.world import make_cohort, make_course
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
