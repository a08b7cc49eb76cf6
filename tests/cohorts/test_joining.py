"""Codes, seats and names, as people meet them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.cohorts import actions, queries
from lms.cohorts.rules import CODE, CodeProblem
from lms.core import clock
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.courses import queries as courses
from lms.learning import queries as learning
from lms.learning.actions import enrol
from tests.accounts.test_journey import type_back
from tests.client import Browser
from tests.cohorts.world import again, make_codes, make_cohort, make_course, seat_person
from tests.courses.world import FILES, LESSON, publish_course
from tests.world import PASSPHRASE, Somebody, make_person


@pytest.fixture
def coordinator(app: Flask) -> Somebody:
    """Irina runs cohorts."""
    with app.app_context():
        return make_person("Irina", Role.COORDINATOR)


@pytest.fixture
def cohort(app: Flask, coordinator: Somebody, tmp_path: Path) -> queries.CohortRow:
    """A cohort with two places."""
    with app.app_context():
        return make_cohort(make_course(tmp_path), coordinator, capacity=2)


def type_code(browser: Browser, code: str) -> None:
    browser.get("/en/code")
    browser.submit({"code": code})


def test_a_code_opens_a_seat_and_asks_for_a_name(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        saule, code = make_person("Saule 7"), make_codes(cohort)[0]
    browser.sign_in(saule)
    assert "I have a code" in browser.page.text
    type_code(browser, CODE.shown(code).lower())
    assert browser.page.h1 == "Which name shall we use here?"
    assert browser.page.soup.select_one("[name=name]")["value"] == "Saule 7"
    browser.submit({"name": "Saule"})
    assert "Central Asia, autumn" in browser.page.text
    assert "1 person takes part" in browser.page.text
    assert "Coordinator: Irina" in browser.page.text
    with app.app_context(), reading():
        assert again(cohort.public_id).taken == 1
        assert [seat.shown_name for seat in queries.seats(cohort.id)] == ["Saule"]
        assert learning.progress(saule.id, cohort.course_id) is not None


def test_a_guest_joins_and_sits_down(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        code = make_codes(cohort)[0]
    type_code(browser, code)
    assert browser.page.h1 == "Join"
    browser.submit({"handle": "Heron 27", "passphrase": PASSPHRASE}, button="Continue")
    type_back(browser)
    assert browser.page.h1 == "Which name shall we use here?"
    with app.app_context(), reading():
        assert again(cohort.public_id).taken == 1


def test_a_guest_who_has_an_account_signs_in_and_sits_down(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        person, code = make_person(), make_codes(cohort)[0]
    type_code(browser, code)
    browser.sign_in(person)
    assert browser.page.h1 == "Which name shall we use here?"


def test_a_code_that_went_meanwhile_is_told_after_joining(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        person, other, code = make_person(), make_person(), make_codes(cohort)[0]
    type_code(browser, code)
    with app.app_context(), transaction():
        actions.join(other.id, code)
    browser.sign_in(person)
    assert browser.page.h1 == "I have a code"
    assert "has been used already" in browser.page.html


def test_a_slip_is_told_and_never_counted(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        person, code = make_person(), make_codes(cohort)[0]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    browser.sign_in(person)
    for _ in range(12):
        type_code(browser, wrong)
        assert browser.page.status == 422
        assert "slip in it" in browser.page.text
    assert browser.page.soup.select_one("[name=code]")["value"] == wrong, "what was typed is kept"
    type_code(browser, code)
    assert browser.page.status == 200


@pytest.mark.parametrize("typed", ["", "   ", "x" * 65, "а\u202eб", "\x00", "9" * 10**5])
def test_hostile_codes_are_told(browser: Browser, typed: str) -> None:
    browser.get("/en/code")
    browser.submit({"code": typed})
    assert browser.page.status == 422
    assert browser.page.soup.select_one(".field.bad .error")


def test_guessing_slows_down_and_survives_the_error_page(app: Flask, browser: Browser) -> None:
    with app.app_context():
        browser_person = make_person()
    browser.sign_in(browser_person)
    for _ in range(5):
        type_code(browser, CODE.new())
        assert browser.page.status == 422
        assert "Nobody gave out this code" in browser.page.text
    type_code(browser, CODE.new())
    assert browser.page.status == 429
    assert "Too many wrong codes" in browser.page.text


def refusal(person_id: int, code: str) -> actions.CodeRefused:
    with pytest.raises(actions.CodeRefused) as caught, transaction():
        actions.join(person_id, code)
    return caught.value


def test_every_refusal_has_its_reason(app: Flask, cohort: queries.CohortRow) -> None:
    with app.app_context():
        one, two, three = make_person(), make_person(), make_person()
        first, second, third = make_codes(cohort, 3)
        with transaction():
            actions.join(one.id, first)
        assert refusal(two.id, first).problem is CodeProblem.USED
        assert refusal(one.id, second).problem is CodeProblem.ALREADY_IN
        with clock.at(now() + timedelta(days=40)):
            late = refusal(two.id, second)
        assert late.problem is CodeProblem.EXPIRED
        assert late.day is not None
        with transaction():
            actions.set_state(cohort.id, "closed")
        assert refusal(two.id, second).problem is CodeProblem.CLOSED
        with transaction():
            actions.set_state(cohort.id, "open")
            actions.join(two.id, second)
        assert refusal(three.id, third).problem is CodeProblem.FULL
        with transaction():
            actions.leave(two.id, cohort.id)
            actions.join(three.id, third)
        assert again(cohort.public_id).taken == 2


def test_codes_work_until_midnight_in_the_cohorts_zone(
    app: Flask, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        person, day = make_person(), now().date()
        code = make_codes(cohort, 1, day)[0]
        late = datetime(day.year, day.month, day.day, 19, 30, tzinfo=UTC)
        with clock.at(late):
            assert refusal(person.id, code).problem is CodeProblem.EXPIRED, (
                "Almaty is past midnight"
            )
        with clock.at(late - timedelta(hours=1)), transaction():
            actions.join(person.id, code)


@pytest.mark.parametrize("rivals", [6])
def test_the_last_seat_is_taken_once(app: Flask, tmp_path: Path, rivals: int) -> None:
    with app.app_context():
        cohort = make_cohort(make_course(tmp_path), capacity=1)
        people_ids = [make_person().id for _ in range(rivals)]
        with transaction():
            codes = actions.make_codes(cohort, rivals, now().date() + timedelta(days=3))
    results = race(app, list(zip(people_ids, codes, strict=True)))
    assert results.count("in") == 1, results
    assert results.count("full") == rivals - 1, results
    with app.app_context():
        assert again(cohort.public_id).taken == 1


def test_one_code_seats_one_person(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        cohort = make_cohort(make_course(tmp_path), capacity=12)
        people_ids = [make_person().id for _ in range(6)]
        code = make_codes(cohort)[0]
    results = race(app, [(person, code) for person in people_ids])
    assert results.count("in") == 1, results
    assert results.count("used") == 5, results


def race(app: Flask, tries: list[tuple[int, str]]) -> list[str]:
    """Everybody presses at once. Return what came of it."""
    start, results = threading.Barrier(len(tries)), []

    def press(person_id: int, code: str) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    actions.join(person_id, code)
                results.append("in")
            except actions.CodeRefused as refused:
                results.append(refused.problem.value)

    threads = [threading.Thread(target=press, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_names_that_look_like_another_are_refused(
    app: Flask, browser: Browser, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        seat_person(cohort, "Aida")
        person = seat_person(cohort)
    browser.sign_in(person)
    browser.get(f"/en/cohorts/{cohort.public_id}/name")
    browser.submit({"name": "AIDA."})
    assert browser.page.status == 422
    assert "Somebody in this cohort has a name like this" in browser.page.text
    assert browser.page.soup.select_one("[name=name]")["value"] == "AIDA."
    browser.submit({"name": "Aida K"})
    assert browser.page.status == 200


def test_leaving_keeps_the_course_and_ends_what_the_coordinator_sees(
    app: Flask, browser: Browser, cohort: queries.CohortRow, coordinator: Somebody
) -> None:
    with app.app_context():
        person = seat_person(cohort, "Timur")
        with reading():
            seat = queries.seats(cohort.id)[0].public_id
    browser.sign_in(person)
    browser.get(f"/en/cohorts/{cohort.public_id}/leave")
    browser.submit(button="Leave the cohort")
    assert "You have left the cohort" in browser.page.html
    assert browser.get(f"/en/cohorts/{cohort.public_id}/name").status == 404
    with app.app_context(), reading():
        assert learning.progress(person.id, cohort.course_id) is not None
    staff = Browser(app).sign_in(coordinator)
    assert staff.get(f"/en/cohorts/{cohort.public_id}/people/{seat}").status == 404
    assert "Timur" not in staff.get(f"/en/cohorts/{cohort.public_id}").text


def test_somebody_who_comes_back_finds_her_name(app: Flask, cohort: queries.CohortRow) -> None:
    with app.app_context():
        person = seat_person(cohort, "Timur")
        with transaction():
            actions.leave(person.id, cohort.id)
        code = make_codes(cohort)[0]
        with transaction():
            assert actions.join(person.id, code).shown_name == "Timur"
        assert again(cohort.public_id).taken == 1


def test_who_never_chose_a_time_zone_gets_the_cohorts(
    app: Flask, cohort: queries.CohortRow
) -> None:
    with app.app_context():
        chose, never = make_person(zone="Asia/Tbilisi"), make_person(zone="Europe/Vilnius")
        for person, code in zip((chose, never), make_codes(cohort, 2), strict=True):
            with transaction():
                actions.join(person.id, code)
        with reading():
            assert people.by_id(chose.id).zone == "Asia/Tbilisi"
            assert people.by_id(never.id).zone == "Asia/Almaty"


def test_somebody_on_an_older_version_keeps_it(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        old = make_course(tmp_path / "old")
        person = make_person()
        with transaction():
            enrol(person.id, old.course_id, old.version_id)
        changed = {LESSON: FILES[LESSON].replace("A story moves people.", "A story moves many.")}
        newer = publish_course(tmp_path / "new", changed)
        with reading():
            outline = courses.outline(newer.version_id, "en")
        assert outline is not None
        cohort = make_cohort(outline)
        with transaction():
            actions.join(person.id, make_codes_in(cohort))
        with reading():
            shown = queries.overview(again(cohort.public_id), "en")
        assert [member.progress.version_id for member in shown.members] == [old.version_id]
        assert all(part is not None for part in shown.members[0].parts)


def make_codes_in(cohort: queries.CohortRow) -> str:
    return actions.make_codes(cohort, 1, now().date() + timedelta(days=2))[0]


@pytest.fixture
def by_code_only(app: Flask) -> Iterator[None]:
    """An instance that people join with a code only."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, signup="code")
    yield
    app.extensions["settings"] = before


@pytest.mark.usefixtures("by_code_only")
def test_joining_by_code_only(app: Flask, browser: Browser, cohort: queries.CohortRow) -> None:
    with app.app_context():
        first, second = make_codes(cohort, 2)
    browser.get("/en/join")
    assert browser.page.h1 == "I have a code"
    assert "Type yours first" in browser.page.html
    browser.submit({"code": CODE.new()})
    assert browser.get("/en/join").h1 == "I have a code"
    browser.submit({"code": first})
    assert browser.page.h1 == "Join"
    with app.app_context(), transaction():
        actions.join(make_person().id, first)
    assert browser.get("/en/join").h1 == "I have a code", "somebody was faster"
    browser.submit({"code": second})
    browser.submit({"handle": "Heron 27", "passphrase": PASSPHRASE}, button="Continue")
    assert browser.page.h1 == "Your way back"
    with app.app_context():
        assert again(cohort.public_id).taken == 2


@pytest.mark.usefixtures("by_code_only")
def test_the_first_account_needs_no_code(browser: Browser) -> None:
    assert browser.get("/en/join").h1 == "Join"
