"""The catalogue and a course page, as a guest sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lms.core.db import statements
from lms.core.files.web import SHUT_IN
from lms.courses import queries
from lms.courses.source.reading import read_course
from tests.client import Browser
from tests.courses.world import (
    FILES,
    LESSON,
    LESSON_TRANSLATED,
    publish_course,
    publish_folder,
    write_course,
)


@pytest.fixture
def published(app: Flask, tmp_path: Path) -> str:
    with app.app_context():
        outcome = publish_course(tmp_path)
        outline = queries.outline(outcome.version_id, "en")
        assert outline is not None
        return outline.public_id


def test_an_empty_catalogue_says_so(browser: Browser) -> None:
    page = browser.get("/en/")
    assert page.status == 200
    assert "The first course is on its way" in page.text


@pytest.mark.parametrize(("lang", "title"), [("en", "A small course"), ("ru", "Маленький курс")])
def test_the_catalogue_shows_courses_in_the_readers_language(
    browser: Browser, published: str, lang: str, title: str
) -> None:
    page = browser.get(f"/{lang}/")
    card = page.soup.select_one(".course a")
    assert card is not None
    assert (card.get_text(), card["href"]) == (title, f"/{lang}/courses/{published}")


def test_search_is_a_link_that_can_be_kept(browser: Browser, published: str) -> None:
    assert "A small course" in browser.get("/en/?q=RECORD").text
    page = browser.get("/en/?q=ЕЩЁ&in=ru")
    assert "A small course" in page.text
    assert page.soup.find("input", {"name": "q"})["value"] == "ЕЩЁ"
    assert page.soup.select_one(".chip[aria-current]").get_text() == "Русский"
    nothing = browser.get("/en/?q=elephant")
    assert "Nothing about “elephant” yet" in nothing.text
    assert nothing.soup.find("a", string="Show all courses") is not None


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ED%A0%80",
        "q=%E2%80%AE",
        "q=" + "x" * 5000,
        "q=%3Cscript%3E",
        "in=xx",
        "in=%27",
        "q=a&q=b",
        "with=%00",
        "q=%25_",
    ],
)
def test_any_query_is_answered(browser: Browser, published: str, query: str) -> None:
    page = browser.get(f"/en/?{query}")
    assert page.status == 200
    assert "<script>" not in page.html.replace('<script src="', "")


def test_a_course_page(browser: Browser, published: str) -> None:
    page = browser.get(f"/en/courses/{published}")
    assert page.h1 == "A small course"
    title = page.soup.find("title")
    assert title is not None
    assert title.get_text().startswith("Course 9"), "the tab does not say what the course is about"
    assert "1 lesson and 1 check, 17 minutes" in page.text
    assert "Daria V." in page.text
    assert "90 minutes, any pace" in page.text
    assert [item.get_text() for item in page.soup.select(".ticks li")] == [
        "Write a record",
        "Use it in a budget hearing",
    ]


def test_the_other_language_is_one_press_away(browser: Browser, published: str) -> None:
    page = browser.get(f"/en/courses/{published}")
    other = page.soup.select_one('.top a[hreflang="ru"]')
    assert other is not None
    assert browser.get(str(other["href"])).h1 == "Маленький курс"


def test_a_course_without_the_readers_language_says_so(
    browser: Browser, app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        outcome = publish_course(tmp_path, {"about.ru.md": None})
        outline = queries.outline(outcome.version_id, "en")
        assert outline is not None
    page = browser.get(f"/ru/courses/{outline.public_id}")
    assert page.h1 == "A small course"
    assert page.soup.select_one(".callout.sun") is not None


@pytest.mark.parametrize("address", ["000000000000", "x", "A" * 500, "..", "%00", "'"])
def test_what_does_not_exist(browser: Browser, published: str, address: str) -> None:
    assert browser.get(f"/en/courses/{address}").status == 404


def test_pages_cost_one_statement(app: Flask, published: str) -> None:
    def cost(address: str) -> int:
        assert app.test_client().get(address).status_code == 200
        return statements()

    cost(f"/en/courses/{published}")  # the first reader in a process pays for the outline
    assert (cost("/en/"), cost(f"/en/courses/{published}")) == (1, 1)


def test_pictures_are_kept_for_ever_and_can_do_nothing(
    browser: Browser, app: Flask, tmp_path: Path
) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h9"/></svg>'
    line = "\n![A form](media/form.svg)\n"
    folder = write_course(
        tmp_path, {LESSON: FILES[LESSON] + line, LESSON_TRANSLATED: FILES[LESSON_TRANSLATED] + line}
    )
    (folder / "01-record/media").mkdir()
    (folder / "01-record/media/form.svg").write_text(drawing)
    with app.app_context():
        publish_folder(folder)
    course = read_course(folder).course
    assert course is not None
    response = browser.get(f"/course-files/{course.pictures[0].name}").response
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.get_data(as_text=True) == drawing
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"] == SHUT_IN
    assert browser.get("/course-files/nothing.svg").status == 404
    assert browser.get("/course-files/nothing.html").status == 404
