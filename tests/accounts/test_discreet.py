"""Discreet view: 0 words of the list in what is seen after signing in; the rest asks for the passphrase."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from lms.accounts.models import DiscreetView
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from lms.web.outside import sensitive
from tests.client import Browser, Page
from tests.courses.world import ABOUT_EN, ABOUT_RU, publish_course
from tests.house.outside import RANDOM
from tests.mentoring.world import begin, make_mentor, make_pair, make_waiting, write
from tests.world import Somebody

SEEN = ("/home", "/", "/account", "/account/view", "/look", "/no-trace", "/limits", "/nothing-here")
# A course whose titles tell what it is about.
TELLING = {
    "about.en.md": ABOUT_EN.replace("A small course", "What drug laws cost")
    .replace("One record", "One arrest")
    .replace("Write a record", "Count what prison costs")
    .replace("who write things down", "who write about drugs"),
    "about.ru.md": ABOUT_RU.replace("Маленький курс", "Во что обходятся законы о наркотиках"),
}
HIDDEN = ("/pairs/mine", "/notices", "/cohorts", "/certificates", "/your-data", "/about", "/rules")


@pytest.fixture
def mentee(app: Flask, tmp_path: Path) -> Somebody:
    """Paired, written to, in the middle of a course with a telling title."""
    with app.app_context():
        published = publish_course(tmp_path, TELLING)
        with reading():
            outline = courses.outline(published.version_id, "en")
        assert outline is not None
        person, mentor = make_waiting("Saule"), make_mentor("Daria")
        begin(person, outline, ["les-first"])
        pair = make_pair(mentor, person, shares=[outline.course_id])
        write(pair, mentor, "How are you?")
        with transaction():
            db.session.add(DiscreetView(person_id=person.id))
    return person


def words_in(page: Page) -> list[str]:
    html = re.sub(r'(name="(?:csrf_token|form_key)"[^>]*value=)"[^"]*"', r"\1", page.html)
    return sensitive(RANDOM.sub("", f"{page.url} {html}"))


def step_up(browser: Browser, person: Somebody) -> Page:
    return browser.submit({"passphrase": person.passphrase}, action="/again")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_what_is_seen_says_nothing(browser: Browser, mentee: Somebody, lang: str) -> None:
    browser.sign_in(mentee)
    found = {path: words_in(browser.get(f"/{lang}{path}")) for path in SEEN}
    assert found == {path: [] for path in SEEN}
    for path in HIDDEN:
        page = browser.get(f"/{lang}{path}")
        assert page.url.startswith(f"/{lang}/again"), path
        assert words_in(page) == [], path
    links = {a["href"] for a in browser.get(f"/{lang}/home").soup.select("a[href]")}
    assert not links & {f"/{lang}{path}" for path in HIDDEN}


def test_no_page_of_the_account_says_more(app: Flask, browser: Browser, mentee: Somebody) -> None:
    browser.sign_in(mentee)
    rules = [
        rule.rule.replace("<lang:lang>", "en")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("accounts.", "discreet.")) and "GET" in (rule.methods or ())
    ]
    paths = [path for path in rules if "<" not in path]
    assert len(paths) > 8
    assert {path: words for path in paths if (words := words_in(browser.get(path)))} == {}


def test_the_look_can_find_something(app: Flask, browser: Browser, mentee: Somebody) -> None:
    """The same pages in the usual view."""
    with app.app_context(), transaction():
        db.session.delete(db.session.get(DiscreetView, mentee.id))
    browser.sign_in(mentee)
    assert "mentor" in words_in(browser.get("/en/home"))
    assert "drugs" in words_in(browser.get("/en/"))
    assert browser.get("/en/pairs/mine").status == 200


def test_above_a_course_nothing_tells(browser: Browser, mentee: Somebody) -> None:
    """Its page is plain but for the titles of its parts; so is what stands around a lesson."""
    browser.sign_in(mentee)
    browser.get("/en/")
    (course,) = browser.page.soup.select("main a[href^='/en/courses/']")
    (lesson,) = browser.get("/en/home").soup.select("main a.btn.primary")
    assert words_in(browser.get(course["href"])) == []
    around = browser.get(lesson["href"]).soup.select("title, .crumb, aside, nav, summary")
    assert sensitive(" ".join(tag.get_text(" ") for tag in around)) == []
    browser.get("/en/pairs/mine")
    step_up(browser, mentee)
    assert {"arrest", "drug", "drugs", "prison"} <= set(words_in(browser.get(course["href"]))), (
        "usually it tells"
    )


def test_courses_go_on(browser: Browser, mentee: Somebody) -> None:
    browser.sign_in(mentee)
    browser.get("/en/home")
    (onward,) = browser.page.soup.select("main a.btn.primary")
    lesson = browser.get(onward["href"])
    assert lesson.status == 200
    assert sensitive(lesson.soup.title.get_text()) == []
    assert browser.submit().status == 200, "a check is begun"


def test_the_rest_opens_for_ten_minutes(browser: Browser, mentee: Somebody) -> None:
    with time_machine.travel(now(), tick=True) as clock:
        browser.sign_in(mentee)
        assert "/again" in browser.get("/en/pairs/mine").url
        assert (
            browser.submit({"passphrase": "not hers at all, surely"}, action="/again").status == 422
        )
        browser.get("/en/pairs/mine")
        opened = step_up(browser, mentee)
        assert "Daria" in opened.text
        assert "mentor" in words_in(browser.get("/en/home"))
        clock.shift(9 * 60)
        assert "/again" not in browser.get("/en/pairs/mine").url
        clock.shift(2 * 60)
        assert "/again" in browser.get("/en/pairs/mine").url
        assert words_in(browser.get("/en/home")) == []


def test_it_is_kept_with_the_person(app: Flask, browser: Browser, mentee: Somebody) -> None:
    other_phone = Browser(app).sign_in(mentee)
    assert "/again" in other_phone.get("/en/notices").url


def test_on_and_off(app: Flask, browser: Browser, mentee: Somebody) -> None:
    browser.sign_in(mentee)
    browser.get("/en/account/view")
    page = browser.submit(button="Switch it off")
    assert "Your passphrase once more" in page.text, "whoever holds the phone cannot"
    step_up(browser, mentee)
    browser.get("/en/account/view")
    assert "Saved" in browser.submit(button="Switch it off").text or browser.page.status == 200
    assert "/again" not in browser.get("/en/pairs/mine").url
    browser.get("/en/account/view")
    browser.submit(button="Switch it on")
    assert "/again" in browser.get("/en/pairs/mine").url, "at once, also right after the passphrase"
    with app.app_context(), reading():
        assert db.session.get(DiscreetView, mentee.id) is not None


def test_typed_text_is_kept_over_the_question(browser: Browser, mentee: Somebody) -> None:
    browser.sign_in(mentee)
    browser.get("/en/pairs/mine")
    step_up(browser, mentee)
    with time_machine.travel(now(), tick=True) as clock:
        clock.shift(11 * 60)
        browser.submit({"body": "A long letter"})
        assert "A long letter" in browser.page.html
