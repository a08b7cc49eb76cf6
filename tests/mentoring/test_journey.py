"""A pair from the first question to its end, through the pages."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from lms.accounts.roles import Role
from lms.core.db import reading
from lms.programmes import queries as lists
from tests.client import Browser
from tests.mentoring.world import begin, small_course
from tests.world import make_person


def test_from_asking_to_the_end(app: Flask, browser: Browser, tmp_path: Path) -> None:
    with app.app_context():
        outline = small_course(tmp_path)
        saule, daria = make_person("Saule 1"), make_person("daria-handle")
        irina = make_person("Irina", Role.COORDINATOR)
        begin(saule, outline, ["les-first"])
    learner, mentor, staff = browser, Browser(app), Browser(app)

    learner.sign_in(saule)
    assert "Ask for a mentor" in learner.page.text
    learner.get("/en/pairs/ask")
    learner.submit(
        {"shown_name": "Saule", "languages": ["ru", "kk"], "goal": "Bring costs to a hearing"},
        button="Ask for a mentor",
    )
    assert learner.page.h1 == "You wait for a mentor"

    staff.sign_in(irina)
    assert "1 person waits for a mentor" in staff.page.text
    staff.get("/en/pairs/people/new")
    staff.submit(
        {
            "handle": "Daria handle",
            "shown_name": "Daria V.",
            "about": "Street lawyer",
            "languages": ["ru"],
            "capacity": "2",
        },
        button="Save",
    )
    assert "Daria V. is a mentor now." in staff.page.html
    staff.get("/en/pairs/waiting")
    link = staff.page.soup.select_one(".queue a")
    page = staff.get(link["href"])
    assert "Bring costs to a hearing" in page.text
    assert "Speaks Russian" in page.text
    assert "0 of 2 places taken" in page.text
    staff.submit(button="Propose")
    assert "Saule has been asked since" in staff.page.text

    mentor.sign_in(daria)
    assert "asks whether you have a place" not in mentor.page.text, "the mentee is asked first"
    learner.get("/en/home")
    assert "A mentor for you: Daria V." in learner.page.text
    learner.get(learner.page.soup.find("a", string="Look and answer")["href"])
    assert "Street lawyer" in learner.page.text
    course = learner.page.soup.find("input", {"name": "courses"})
    assert not course.has_attr("checked")
    learner.submit({"shown_name": "Saule K", "courses": [course["value"]]}, button="Agree")

    page = mentor.get("/en/home")
    assert "Saule K asks whether you have a place" in page.text
    mentor.get(page.soup.find("a", string="Look and answer")["href"])
    assert "Bring costs to a hearing" in mentor.page.text
    mentor.submit({"shown_name": "Daria"}, button="Agree")
    assert mentor.page.h1 == "Saule K"
    assert "A small course" in mentor.page.text
    pair = mentor.page.url.rsplit("/", 1)[1]

    mentor.get(f"/en/pairs/{pair}/messages")
    mentor.submit({"body": "Hello & <b>welcome</b>"}, button="Send")
    assert "Hello & <b>welcome</b>" in mentor.page.text
    page = learner.get("/en/home")
    assert "New message from Daria" in page.text
    assert "welcome" not in page.text, "home shows no words"
    page = learner.get(f"/en/pairs/{pair}/messages")
    assert "Hello & <b>welcome</b>" in page.text
    assert "New message" not in learner.get("/en/home").text
    learner.get(f"/en/pairs/{pair}/messages")
    learner.submit({"body": "Thank you"}, button="Send")

    page = mentor.get("/en/pairs")
    assert "Wrote to you on" in page.text
    assert "Thank you" not in page.text
    mentor.get(f"/en/pairs/{pair}")
    mentor.submit({"body": "We agreed on Friday", "kind": "shared"}, button="Save note")
    mentor.get(f"/en/pairs/{pair}")
    mentor.submit({"body": "Go slower with the law", "kind": "mine"}, button="Save note")
    assert "Go slower" in mentor.page.text
    page = learner.get(f"/en/pairs/{pair}")
    assert "We agreed on Friday" in page.text
    assert "Go slower" not in page.html

    page = learner.get("/en/your-data/visits")
    assert "Daria , your mentor, opened the page about you." in page.text
    assert "read your card" in page.text
    assert "A coordinator read what you wrote" in page.text

    learner.get(f"/en/pairs/{pair}/end")
    assert "End the pair with Daria?" in learner.page.text
    learner.submit({"never_again": "y"}, button="End the pair")
    for path in ("", "/messages", "/end"):
        assert mentor.get(f"/en/pairs/{pair}{path}").status == 404
        assert learner.get(f"/en/pairs/{pair}{path}").status == 404
    assert "A pair has ended" in mentor.get("/en/notices").text
    assert "Saule K" not in mentor.get("/en/pairs").text
    with app.app_context(), reading():
        assert lists.request_of(saule.id) is None


def test_the_first_home_says_who_sees_that_somebody_waits(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    page = browser.sign_in(person).page
    assert "Coordinators see that you wait, and nobody else." in page.text
    browser.get("/en/pairs/mine")
    assert browser.page.h1 == "Ask for a mentor"
