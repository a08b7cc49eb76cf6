"""Certificates as people meet them: offered, claimed, printed, checked, replaced, withdrawn."""

from __future__ import annotations

import os
import re
import signal
import threading
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import Engine, Row, event, select, text

from lms.accounts.roles import Role
from lms.certificates import actions, jobs, number, queries
from lms.certificates.models import Certificate
from lms.certificates.rules import NotAllowed, Reason, State
from lms.certificates.views import GUESSES
from lms.core import outbox
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from lms.learning import actions as learning
from tests.certificates import world
from tests.client import Browser
from tests.courses.world import FILES, publish_course
from tests.vaults import opener_of
from tests.world import Somebody, make_person


@pytest.fixture
def version(app: Flask, tmp_path) -> int:
    with app.app_context():
        publish_course(tmp_path / "small-course")
        with reading():
            return courses.catalogue("en")[0].version_id


@pytest.fixture
def learner(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("Heron 27")


@pytest.fixture
def waiting(app: Flask, version: int, learner: Somebody) -> queries.Held:
    with app.app_context():
        return world.finish_course(learner, version)


@pytest.fixture
def issued(app: Flask, learner: Somebody, waiting: queries.Held) -> queries.Held:
    with app.app_context():
        return world.issue(learner, waiting)


@pytest.fixture(autouse=True)
def _no_guesses_yet():
    GUESSES.__post_init__()


def rows(app: Flask) -> list[Row[Any]]:
    with app.app_context(), reading():
        return list(
            db.session.execute(select(*Certificate.__table__.columns).order_by(Certificate.id))
        )


def everything_stored(app: Flask) -> bytes:
    """Every value of every table, as somebody with a dump sees it."""
    with app.app_context(), reading():
        names = [table.name for table in db.metadata.sorted_tables]
        found = [db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names]
    return repr(found).encode()


# ------------------------------------------------------------ the whole journey


@pytest.mark.parametrize(
    ("lang", "name", "said"),
    [
        ("en", "Saule Akhmetova", "completed the course"),
        ("ru", "Сауле Ахметова", "за прохождение курса"),
    ],
)
def test_from_finished_course_to_a_strangers_check(
    app, browser, learner, waiting, lang, name, said
):
    browser.sign_in(learner)
    browser.get(f"/{lang}/certificates")
    browser.get(browser.page.soup.select_one(".rows a.btn")["href"])
    browser.submit({"name": f" {name}  ", "lang": lang, "wording": "full"})
    assert name in browser.page.text, "she looks at the words before anything is made"
    assert rows(app)[0].state == State.WAITING
    make = {"en": "Make the certificate", "ru": "Сделать сертификат"}[lang]
    browser.submit(button=make)
    assert browser.page.response.headers["Refresh"].startswith("3; url=/")
    with app.app_context():
        assert outbox.run_due() >= 1
    browser.get(browser.page.url)
    pdf = browser.get(browser.page.soup.select_one("a.btn.primary")["href"])
    assert pdf.response.headers["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    assert pdf.response.headers["Cache-Control"] == "no-store"
    printed = " ".join(PdfReader(BytesIO(pdf.response.get_data())).pages[0].extract_text().split())
    assert name in printed
    assert said in printed
    number_on_paper = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", printed)[0]

    stranger = Browser(app)
    stranger.get(f"/{lang}/c")
    stranger.get(f"/{lang}/c?number={number_on_paper.lower().replace('-', ' ')}")
    assert number_on_paper in stranger.page.text
    assert name not in stranger.page.html
    assert learner.handle not in stranger.page.html
    stranger.submit({"name": name.upper()})
    assert stranger.page.soup.select_one(".callout.pine")
    stranger.submit({"name": "Somebody Else"})
    assert stranger.page.soup.select_one(".callout.sun")
    assert "Somebody Else" not in "".join(
        tag.get_text() for tag in stranger.page.soup.select(".callout")
    )


def test_the_address_in_the_code_finds_the_readers_language(app, browser, issued):
    page = browser.get(
        f"/c/{issued.number}", headers={"Accept-Language": "ru-RU,ru;q=0.9"}, follow=False
    )
    assert page.response.headers["Location"].endswith(f"/ru/c/{issued.number}")
    assert browser.get("/c", headers={"Accept-Language": "kk"}).url.endswith("/en/c")


def test_the_name_is_nowhere_when_the_file_exists(app, learner, waiting):
    with app.app_context():
        made = world.claim(learner, waiting, "Velociraptor Canary")
        assert rows(app)[0].name_sealed is not None
        assert b"Velociraptor" not in everything_stored(app)
        outbox.run_due()
    row = rows(app)[0]
    assert (row.state, row.name_sealed) == (State.ISSUED, None)
    assert row.pdf_sealed
    assert b"Velociraptor" not in everything_stored(app)
    assert b"%PDF" not in everything_stored(app)
    assert made.public_id == row.public_id


def test_nothing_is_printed_by_looking(app, browser, learner, waiting):
    browser.sign_in(learner)
    for address in ("", f"/{waiting.public_id}", f"/{waiting.public_id}/claim"):
        browser.get(f"/en/certificates{address}")
    assert [row.state for row in rows(app)] == [State.WAITING]
    assert browser.get(f"/en/certificates/{waiting.public_id}/file").status == 404


def test_a_record_does_not_change_with_the_course(app, browser, tmp_path, learner, waiting):
    before = waiting.record
    name = next(name for name, words in FILES.items() if "A small course" in words)
    changed = {name: FILES[name].replace("A small course", "Another title")}
    with app.app_context():
        publish_course(tmp_path / "again", changed)
        issued = world.issue(learner, waiting)
    assert issued.record == before
    assert "A small course" in browser.get(f"/en/c/{issued.number}").text
    assert "Another title" not in browser.page.text


def test_the_neutral_wording_says_nothing_of_the_subject(app, browser, learner, waiting):
    with app.app_context():
        issued = world.issue(learner, waiting, neutral=True)
        with reading():
            pdf = queries.pdf_of(issued, opener_of(learner))
    printed = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    page = browser.get(f"/en/c/{issued.number}").text
    for words in (printed, page):
        assert "Course 9" in words
        assert "A small course" not in words
        assert "Keeping a record" not in words


# ------------------------------------------------------------ once and only once


def test_a_course_finished_twice_is_offered_once(app, version, learner, waiting):
    with app.app_context(), transaction():
        world.offer(learner.id, version)
    assert len(rows(app)) == 1


def test_certificates_of_earlier_courses_are_offered_later(app, version, learner, waiting):
    with app.app_context():
        with transaction():
            db.session.execute(Certificate.__table__.delete())
        with transaction():
            assert actions.offer_missing() == 1
        with transaction():
            assert actions.offer_missing() == 0
    assert [row.state for row in rows(app)] == [State.WAITING]


def test_the_job_run_twice_makes_one_certificate(app, learner, waiting):
    with app.app_context():
        made = world.claim(learner, waiting)
        payload = {"certificate": made.id}
        with reading():
            first, second = jobs.print_certificate(payload), jobs.print_certificate(payload)
        assert first == second
        for pdf in (first, second):
            with transaction():
                jobs.keep_certificate(payload, pdf)
        assert outbox.run_due() >= 1
    assert [row.state for row in rows(app)] == [State.ISSUED]


def test_a_process_killed_in_the_middle_is_tried_again(app, learner, waiting, monkeypatch):
    killed = []

    def print_and_die(document):
        if not killed:
            jobs.PRINTER._living_process()
            killed.append(threading.Timer(0, os.kill, (jobs.PRINTER.pid, signal.SIGKILL)))
            killed[0].start()
            killed[0].join()
        return real(document)

    real = jobs.PRINTER.print
    monkeypatch.setattr(jobs.PRINTER, "print", print_and_die)
    with app.app_context():
        world.claim(learner, waiting)
        outbox.run_due()
        with transaction():
            db.session.execute(text("UPDATE outbox SET run_at = '2020-01-01 00:00:00'"))
        outbox.run_due()
    assert killed
    assert [row.state for row in rows(app)] == [State.ISSUED]


def test_a_form_sent_twice_is_one_certificate(app, browser, learner, waiting):
    browser.sign_in(learner)
    address = f"/en/certificates/{waiting.public_id}/claim"
    browser.get(address)
    browser.submit({"name": "Saule", "lang": "en", "wording": "full"})
    fields = browser._filled(browser._form(browser.page.soup, "Make the certificate", None)) | {
        "make": "1"
    }
    first = browser.post(address, fields, follow=False)
    second = browser.post(address, fields, follow=False)
    assert first.response.headers["Location"] == second.response.headers["Location"]
    assert [row.state for row in rows(app)] == [State.ISSUING]


# ------------------------------------------------------------ another name, withdrawal


def test_another_name_replaces_the_old_number(app, browser, learner, issued):
    with app.app_context():
        new = world.issue(learner, issued, "Saule A.", "ru")
    old_row, new_row = rows(app)
    assert (old_row.state, new_row.state) == (State.REPLACED, State.ISSUED)
    assert old_row.pdf_sealed is old_row.commitment is old_row.salt is None
    assert new.number != issued.number
    said = browser.get(f"/en/c/{issued.number}")
    assert browser.page.h1 == "This certificate was replaced"
    assert number.shown(new.number) not in said.html
    assert new.number not in said.html
    assert browser.get(f"/en/c/{new.number}").h1 == "This certificate is genuine"


def test_the_holder_withdraws_alone_and_may_have_a_new_one(app, browser, learner, issued):
    browser.sign_in(learner)
    browser.get(f"/en/certificates/{issued.public_id}/withdraw")
    browser.submit(button="Withdraw the certificate")
    assert browser.page.h1 == "You withdrew this certificate"
    assert browser.get(f"/en/certificates/{issued.public_id}/file").status == 404
    page = Browser(app).get(f"/en/c/{issued.number}")
    assert page.h1 == "This certificate was withdrawn"
    assert "by its holder" in page.text
    assert "A small course" not in page.text
    with app.app_context():
        world.issue(learner, world.again(learner, issued.public_id))
    assert [row.state for row in rows(app)] == [State.WITHDRAWN, State.ISSUED]


def test_staff_withdraw_in_twos_and_the_holder_is_told(app, browser, learner, issued):
    with app.app_context():
        first = make_person("Coordinator A", Role.COORDINATOR)
        second = make_person("Coordinator B", Role.ADMINISTRATOR)
    browser.sign_in(first).get("/en/certificates/withdrawals")
    browser.submit({"number": number.shown(issued.number).lower(), "reason": "mistake"})
    assert number.shown(issued.number) in browser.page.text
    assert not [
        b for b in browser.page.soup.select("main button") if b.get_text(strip=True) == "Withdraw"
    ]
    again = browser._filled(browser._form(browser.page.soup, None, "/keep"))
    browser.post(f"/en/certificates/withdrawals/{issued.public_id}/agree", again)
    assert rows(app)[0].state == State.ISSUED, "one person is not two"
    other = Browser(app).sign_in(second)
    other.get("/en/certificates/withdrawals")
    other.submit(button="Withdraw")
    row = rows(app)[0]
    assert (row.state, row.ended_by, row.reason, row.pdf_sealed) == (
        "withdrawn",
        "staff",
        "mistake",
        None,
    )
    assert "withdrawn by us" in Browser(app).get(f"/en/c/{issued.number}").text
    holder = Browser(app).sign_in(learner)
    page = holder.get(f"/en/certificates/{issued.public_id}")
    assert "issued by mistake" in page.text
    assert "Make a new one" not in page.text
    with app.app_context(), pytest.raises(NotAllowed), transaction():
        actions.claim(
            world.again(learner, issued.public_id), learner.public_id, "X", "en", neutral=False
        )


def test_staff_cannot_end_their_own_and_can_let_it_stay(app, issued):
    with app.app_context():
        staff = make_person("Coordinator C", Role.COORDINATOR)
        with transaction():
            actions.ask_to_withdraw(issued, staff.id, Reason.MISTAKE)
        with pytest.raises(NotAllowed), transaction():
            actions.agree_to_withdraw(issued, issued.person_id)
        with transaction():
            actions.keep_after_all(issued)
        with reading():
            assert queries.asked_to_withdraw() == []


@pytest.mark.parametrize("state", [State.WAITING, State.ISSUING])
def test_what_is_not_printed_is_not_found(app, browser, learner, waiting, state):
    if state == State.ISSUING:
        with app.app_context():
            world.claim(learner, waiting)
    page = browser.get(f"/en/c/{waiting.number}")
    assert page.status == 404
    assert "0 or O" in page.text


# ------------------------------------------------------------ others, guessing, bad input


@pytest.mark.parametrize("address", ["", "/claim", "/file", "/withdraw"])
def test_a_certificate_is_its_holders_alone(app, browser, issued, address):
    url = f"/en/certificates/{issued.public_id}{address}"
    assert "sign-in" in browser.get(url).url
    with app.app_context():
        others = [make_person(), make_person("Coordinator D", Role.COORDINATOR, Role.ADMINISTRATOR)]
    for other in others:
        assert Browser(app).sign_in(other).get(url).status == 404


def test_learners_see_no_staff_page(app, browser, learner):
    assert browser.sign_in(learner).get("/en/certificates/withdrawals").status == 404


@pytest.mark.parametrize(
    "typed", ["2222-2222-2223", "x", "0" * 64, "%F0%9F%98%80", "'--", "<b>", "А" * 200]
)
def test_unknown_numbers_get_advice(browser, typed):
    page = browser.get(f"/en/c/{typed}")
    assert page.status == 404
    assert "No certificate has this number" in page.text


def test_a_typed_number_is_kept_in_the_field(browser):
    page = browser.get("/en/c?number=7QK4-M2XD/<x>")
    assert page.status == 404
    assert page.soup.select_one("#number")["value"] == "7QK4-M2XD-<x>"


def test_guessing_numbers_is_held_back(browser, issued, monkeypatch):
    monkeypatch.setattr(GUESSES, "most", 3)
    monkeypatch.setattr(GUESSES, "_since", None)  # a minute of its own
    for _ in range(3):
        assert browser.get(f"/en/c/{number.new()}").status == 404
    assert browser.get(f"/en/c/{issued.number}").status == 429


def test_guessing_names_is_held_back(browser, issued):
    browser.get(f"/en/c/{issued.number}")
    tries = []
    for attempt in range(14):
        browser.submit({"name": f"Name {attempt}"})
        tries.append(browser.page.status)
    assert tries[:10] == [200] * 10
    assert 429 in tries[10:]
    browser.submit({"name": world.NAME})
    assert not browser.page.soup.select(".callout.pine"), "the right name has to wait too"


def test_a_match_and_a_miss_cost_the_same_statements(app, browser, issued):
    asked: list[str] = []
    listener = (
        Engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )
    event.listen(*listener)
    costs = []
    for name in (world.NAME, "Somebody Else"):
        browser.get(f"/en/c/{issued.number}")
        fields = browser._filled(browser._form(browser.page.soup, "Compare", None)) | {"name": name}
        asked.clear()
        browser.post(f"/en/c/{issued.number}", fields)
        costs.append(list(asked))
    event.remove(*listener)
    assert costs[0] == costs[1]
    assert len(costs[0]) <= 12


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("", "Type the name"),
        ("a" * 81, "Too long"),
        ("安娜", "We cannot print 安 娜"),
        ("Сaуле", "Two alphabets"),
        ("<script>alert(1)</script>", "Use letters"),
        ("{{ 7*7 }}", "Use letters"),
        ("Anna\u202eannA", "invisible"),
        ("a" * 100_000, "Too long"),
    ],
)
def test_names_that_cannot_be_printed(app, browser, learner, waiting, name, advice):
    browser.sign_in(learner).get(f"/en/certificates/{waiting.public_id}/claim")
    page = browser.submit({"name": name, "lang": "en", "wording": "full"})
    assert page.status == 422
    assert advice in page.soup.select_one(".field.bad .error").get_text()
    assert page.soup.select_one("#name")["value"] == name.strip()
    assert rows(app)[0].state == State.WAITING


@pytest.mark.parametrize("field", ["lang", "wording"])
def test_choices_that_do_not_exist(app, browser, learner, waiting, field):
    browser.sign_in(learner).get(f"/en/certificates/{waiting.public_id}/claim")
    page = browser.submit({"name": "Saule", "lang": "en", "wording": "full", field: "xx"})
    assert page.status == 422
    assert "Choose one" in page.text


def test_changing_ones_mind_keeps_what_was_typed(browser, learner, waiting):
    browser.sign_in(learner).get(f"/en/certificates/{waiting.public_id}/claim")
    browser.submit({"name": "Saule A.", "lang": "ru", "wording": "neutral"})
    page = browser.submit(button="Change something")
    assert page.soup.select_one("#name")["value"] == "Saule A."
    assert [tag["value"] for tag in page.soup.select("input[type=radio][checked]")] == [
        "ru",
        "neutral",
    ]


def test_too_many_in_a_row_have_to_wait(app, learner, waiting):
    with app.app_context():
        held = waiting
        for _ in range(actions.FREE_PRINTS):
            held = world.issue(learner, held)
        with pytest.raises(actions.MustWait), transaction():
            actions.claim(held, learner.public_id, "Saule", "en", neutral=False)


def test_the_home_and_course_pages_lead_to_it(app, browser, version, learner, waiting):
    browser.sign_in(learner)
    assert f"/en/certificates/{waiting.public_id}/claim" in browser.get("/en/home").html
    with app.app_context(), reading():
        course = courses.outline(version, "en").public_id
    assert (
        f"/en/certificates/{waiting.public_id}/claim" in browser.get(f"/en/courses/{course}").html
    )
    assert "genuine" in Browser(app).get(f"/en/courses/{course}").text


def test_a_forgotten_person_leaves_a_number_that_can_be_checked(app, browser, learner, issued):
    with app.app_context(), transaction():
        actions.forget_person(learner.id)
    row = rows(app)[0]
    assert row.person_id is row.commitment is row.salt is row.pdf_sealed is None
    page = browser.get(f"/en/c/{issued.number}")
    assert page.h1 == "This certificate is genuine"
    assert "Does the name match?" not in page.text


def test_self_checked_is_said(app, version, learner):
    with app.app_context():
        outline = courses.outline(version, "en")
        with transaction():
            found = learning.enrol(learner.id, outline.course_id, version)
            task = next(item for item in outline.items if item.kind == "task")
            row = learning.save_draft(learner.public_id, found, task.id, "text")
            learning.check_self(found, outline, row)
        held = world.finish_course(learner, version)
    assert "self-checked" in held.record["en"]["work"]


# ------------------------------------------------------------ commands


def test_the_list_has_numbers_and_no_person(app, learner, issued):
    told = app.test_cli_runner().invoke(args=["certificates", "list"])
    assert number.shown(issued.number) in told.output
    assert "issued" in told.output
    assert learner.handle not in told.output
    assert learner.public_id not in told.output


def test_the_command_withdraws_with_two(app, issued):
    with app.app_context():
        make_person("Coordinator E", Role.COORDINATOR)
        make_person("Coordinator F", Role.COORDINATOR)
    run = app.test_cli_runner().invoke
    command = [
        "certificates",
        "withdraw",
        number.shown(issued.number),
        "--reason",
        "mistake",
        "--agreed",
    ]
    assert run(args=[*command, "Coordinator E", "Coordinator E"]).exit_code == 1
    assert run(args=[*command, "Coordinator E", "Heron 27"]).exit_code == 1
    assert rows(app)[0].state == State.ISSUED
    assert run(args=[*command, "Coordinator E", "Coordinator F"]).output.strip() == "Withdrawn."
    assert rows(app)[0].state == State.WITHDRAWN


def test_render_check_prints_every_course(app, version):
    told = app.test_cli_runner().invoke(args=["certificates", "render-check"])
    assert told.exit_code == 0, told.output
    assert "ok A small course (ru)" in told.output
