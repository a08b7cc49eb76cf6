"""Notices: told once, opened, never carrying what somebody wrote."""

from __future__ import annotations

from flask import Flask

from lms.core.db import reading
from lms.messaging import queries
from lms.messaging.kinds import LOOKS, Kind
from tests.client import Browser
from tests.messaging.world import every_kind, tell
from tests.world import make_person


def test_every_kind_leads_to_a_page_that_exists(app: Flask) -> None:
    assert set(LOOKS) == set(Kind)
    for kind, look in LOOKS.items():
        assert look.endpoint in app.view_functions, kind


def test_a_new_person_finds_an_empty_page_that_says_what_comes(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        person = make_person()
    page = browser.sign_in(person).get("/en/notices")
    assert "Nothing here yet" in page.text
    assert "thing is new" not in browser.get("/en/home").text


def test_opening_a_notice_marks_it_read(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        tell(person, Kind.PAIR_ENDED)
        tell(person, Kind.PAIR_ENDED)
    browser.sign_in(person).get("/en/home")
    assert "1 thing is new." in browser.page.text, "the same unread notice is not written twice"
    browser.get("/en/notices")
    browser.submit(button="Open", follow=False)
    assert browser.page.status == 303
    page = browser.get("/en/notices")
    assert "Nothing new." in page.text
    assert "A pair has ended" in page.text


def test_all_can_be_marked_read(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        for kind in (Kind.PAIR_ENDED, Kind.PLACE_GIVEN):
            tell(person, kind)
    browser.sign_in(person).get("/en/notices")
    page = browser.submit(button="Mark all as read")
    assert "Nothing new." in page.text


def test_somebody_elses_notice_is_not_there(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person, other = make_person(), make_person()
        tell(person, Kind.PAIR_ENDED)
        with reading():
            public_id = queries.notices(person.id, 1)[0].public_id
    browser.sign_in(other).get("/en/notices")
    assert browser.post(f"/en/notices/{public_id}").status in {400, 404}
    with app.app_context(), reading():
        assert queries.unread_count(person.id) == 1


def test_many_notices_come_in_pages(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        for number in range(53):
            tell(person, Kind.MESSAGE, pair=f"{number:012d}")
    page = browser.sign_in(person).get("/en/notices")
    assert len(page.soup.select("ul.rows li")) == 50
    assert len(browser.get("/en/notices?page=2").soup.select("ul.rows li")) == 3
    assert browser.get("/en/notices?page=-4").status == 200


def test_each_kind_has_words_in_both_languages(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        for kind in every_kind():
            tell(person, kind)
    browser.sign_in(person)
    found = set()
    for number in (1, 2):
        page = browser.get(f"/en/notices?page={number}")
        found |= {tag.get_text() for tag in page.soup.select("ul.rows p:first-child")}
    assert len(found) == len(Kind)
