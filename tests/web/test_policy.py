"""The operator's policy, each setting on and off: what guests see, what courses are called, what doctor says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.app import create_app
from lms.certificates import record
from lms.core.db import reading
from lms.core.settings import Settings, SettingsError
from lms.courses import queries as courses
from lms.web import gate
from tests.client import Browser
from tests.courses.world import publish_course
from tests.mentoring.world import begin
from tests.world import Somebody, make_person

Set = Callable[..., Settings]


@pytest.fixture
def policy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Set:
    """Change settings for one test."""

    def change(**changes: str) -> Settings:
        changed = replace(app.extensions["settings"], **changes)
        monkeypatch.setitem(app.extensions, "settings", changed)
        return changed

    return change


@pytest.fixture
def outline(app: Flask, tmp_path: Path) -> Any:
    """A course."""
    with app.app_context():
        published = publish_course(tmp_path)
        with reading():
            found = courses.outline(published.version_id, "en")
    assert found is not None
    return found


@pytest.fixture
def learner(app: Flask, outline: Any) -> Somebody:
    with app.app_context():
        person = make_person()
        begin(person, outline, ["les-first"])
    return person


# --- Neutral titles ------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"neutral_titles": "on"}, {"policy": "careful"}])
def test_titles(
    app: Flask, browser: Browser, learner: Somebody, outline: Any, policy: Set,
    changes: dict[str, str],
) -> None:  # fmt: skip
    policy(**changes)
    full, neutral = outline.full_title, outline.neutral_title
    said, hidden = (neutral, full) if changes else (full, neutral)
    browser.sign_in(learner)
    for path in ("/en/home", "/en/"):
        text = browser.get(path).text
        assert said in text, path
        assert hidden not in text, path
    course = browser.get(f"/en/courses/{outline.public_id}")
    assert course.h1 == full, "its own page calls it by its name"


def test_a_certificate_begins_with_the_neutral_title(app: Flask, policy: Set) -> None:
    from lms.certificates.forms import FULL, ClaimForm
    from lms.certificates.forms import NEUTRAL as PLAIN

    for changes, expected in (({}, FULL), ({"neutral_titles": "on"}, PLAIN)):
        policy(**changes)
        with app.test_request_context("/en/certificates"):
            form = ClaimForm()
            form.offer("en")
            assert form.wording.data == expected


# --- Logos ---------------------------------------------------------------------------------------


def test_logos_and_the_organisation(
    app: Flask, browser: Browser, outline: Any, policy: Set
) -> None:
    with app.app_context(), reading():
        open_record = record.freeze(outline.version_id, policy(), self_checked=False)
    assert browser.get("/en/about").soup.select(".top .logo svg")
    hidden = policy(hide_logos="on")
    assert not browser.get("/en/about").soup.select(".logo svg")
    assert browser.page.soup.select_one(".top .logo").get_text(strip=True) == "Alongside"
    with app.app_context(), reading():
        closed_record = record.freeze(outline.version_id, hidden, self_checked=False)
    assert "Harm Reduction" in open_record["en"]["issuer"]
    assert closed_record["en"]["issuer"] == "Alongside"
    assert closed_record["ru"]["issuer"] == "Рядом"


# --- Public pages --------------------------------------------------------------------------------

READING = ("/{lang}/", "/{lang}/courses/{course}", "/{lang}/courses/{course}/{item}")
ALWAYS = ("/{lang}/sign-in", "/{lang}/join", "/{lang}/way-back", "/{lang}/code", "/{lang}/limits",
          "/{lang}/no-trace", "/{lang}/look", "/today", "/leave")  # fmt: skip


def addresses(outline: Any, paths: tuple[str, ...]) -> list[str]:
    places = {"course": outline.public_id, "item": outline.items[0].public_id}
    return [path.format(lang=lang, **places) for path in paths for lang in ("en", "ru")]


@pytest.mark.parametrize("changes", [{"public_pages": "off"}, {"policy": "careful"}])
def test_pages_that_are_not_public(
    browser: Browser, learner: Somebody, outline: Any, policy: Set, changes: dict[str, str]
) -> None:
    reading_pages = [*addresses(outline, READING), "/en/about", "/ru/rules"]
    for address in reading_pages:
        assert browser.get(address).status == 200, address
    policy(**changes)
    for address in reading_pages:
        answer = browser.get(address, follow=False)
        assert answer.status == 303, address
        assert "/sign-in?next=" in answer.response.headers["Location"]
    for address in addresses(outline, ALWAYS):
        answer = browser.get(address, follow=False)
        assert "/sign-in" not in answer.response.headers.get("Location", ""), address
    links = [a["href"] for a in browser.get("/en/sign-in").soup.select("a[href]")]
    assert not {"/en/about", "/en/rules"} & set(links), "no link to what is not there"
    browser.sign_in(learner)
    for address in reading_pages:
        assert browser.get(address).status == 200, address


def test_a_guests_done_asks_to_sign_in_and_is_not_lost(
    browser: Browser, outline: Any, policy: Set
) -> None:
    policy(public_pages="off")
    item = outline.items[0]
    answer = browser.client.post(f"/en/courses/{outline.public_id}/{item.public_id}/done")
    assert answer.status_code in {400, 401}


def test_pictures_of_courses_are_not_public_either(browser: Browser, policy: Set) -> None:
    policy(public_pages="off")
    answer = browser.client.get(f"/course-files/{'0' * 20}.svg")
    assert answer.status_code == 303


@pytest.mark.parametrize("check", ["on", "off"])
def test_checking_a_certificate_is_a_choice_of_its_own(
    browser: Browser, policy: Set, check: str
) -> None:
    policy(public_pages="off", public_check=check)
    answer = browser.get("/en/c", follow=False)
    assert answer.status == (200 if check == "on" else 303)


# --- Staff ---------------------------------------------------------------------------------------


def test_two_of_the_staff_agree_to_a_new_role(app: Flask, policy: Set) -> None:
    def grant(handle: str, *agreed: str) -> bool:
        options = ["--agreed", *agreed] if agreed else []
        command = ["accounts", "grant", handle, "coordinator", *options]
        return app.test_cli_runner().invoke(args=command).exit_code == 0

    with app.app_context():
        for name in ("First", "Second", "Third", "Fourth", "Nobody of staff"):
            make_person(name)
    assert grant("First"), "no check: the operator alone"
    policy(staff_check="on")
    assert not grant("Second"), "the only one there has to agree"
    assert grant("Second", "First", "First")
    assert not grant("Third")
    assert not grant("Third", "First", "First"), "two different people"
    assert not grant("Third", "First", "Third"), "not the person herself"
    assert not grant("Third", "First", "Nobody of staff")
    assert grant("Third", "First", "Second")
    policy(staff_check="", policy="careful")
    assert not grant("Fourth", "First", "Nobody of staff")


def test_every_page_that_stays_open_exists(app: Flask) -> None:
    named = gate.PLAIN | gate.CHECK | gate.ENDPOINTS | gate.NOT_OWN
    assert named <= set(app.view_functions)
    assert set(app.blueprints) >= gate.DOORS | gate.COURSES


# --- Doctor and mistakes -------------------------------------------------------------------------


def test_doctor_shows_the_policy(app: Flask, policy: Set) -> None:
    told = app.test_cli_runner().invoke(args=["doctor"]).output
    for line in (
        "policy: open",
        "titles in lists: full",
        "organisation: shown",
        "lessons: open to all",
    ):
        assert line in told
    policy(policy="careful", public_check="off", product_en="HIV school", hosts="drugs.example.org")
    told = app.test_cli_runner().invoke(args=["doctor"])
    for line in (
        "policy: careful",
        "lists: neutral",
        "organisation: hidden",
        "roles: two of the staff agree",
        "lessons: after signing in",
    ):
        assert line in told.output
    assert "checking certificates: after signing in" in told.output
    assert "! ALONGSIDE_PRODUCT_EN says what the site is about: hiv" in told.output
    assert "! ALONGSIDE_HOSTS says what the site is about: drugs" in told.output
    assert told.exit_code == 1


def test_one_setting_may_differ_from_the_policy(settings: Settings) -> None:
    careful = replace(settings, policy="careful", public_pages="on")
    assert careful.titles_are_neutral
    assert careful.logos_are_hidden
    assert careful.pages_are_public
    assert not replace(settings, policy="careful", neutral_titles="off").titles_are_neutral


@pytest.mark.parametrize(
    "changes", [{"policy": "strict"}, {"hide_logos": "yes"}, {"public_check": "no"}]
)
def test_mistyped_settings_stop_the_start(settings: Settings, changes: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="write"):
        replace(settings, **changes)


# --- Host names ----------------------------------------------------------------------------------

ONION = "http://" + "a" * 56 + ".onion"


@pytest.fixture
def many_names(app: Flask) -> Flask:
    """The same instance under several names."""
    settings = replace(
        app.extensions["settings"],
        public_url="https://learn.example.org",
        hosts="mirror.example.net two.example.net",
        onion_url=ONION,
    )
    return create_app(settings)


@pytest.mark.parametrize(
    "name", ["learn.example.org", "mirror.example.net", ONION[7:], "localhost"]
)
def test_our_names_are_answered(many_names: Flask, name: str) -> None:
    answer = many_names.test_client().get("/en/sign-in", headers={"Host": name})
    assert answer.status_code == 200


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "name",
    ["evil.example.com", "learn.example.org.evil.example.com", "xlearn.example.org", "10.0.0.1"],
)
@pytest.mark.parametrize("path", ["/", "/en/sign-in", "/leave", "/nothing"])
def test_other_names_get_a_bare_400(many_names: Flask, name: str, path: str) -> None:
    answer = many_names.test_client().get(path, headers={"Host": name})
    assert answer.status_code == 400
    said = answer.get_data(as_text=True)
    assert not {"Location", "Set-Cookie", "Onion-Location"} & set(answer.headers.keys())
    assert "Alongside" not in said
    assert "learn.example.org" not in said
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_tor_browser_is_told_of_the_onion_service(many_names: Flask, browser: Browser) -> None:
    client = many_names.test_client()
    there = client.get("/en/sign-in", headers={"Host": "learn.example.org"})
    assert there.headers["Onion-Location"] == f"{ONION}/en/sign-in"
    assert "Onion-Location" not in client.get("/en/sign-in", headers={"Host": ONION[7:]}).headers
    assert "Onion-Location" not in browser.get("/en/sign-in").response.headers, "none is set"
