"""A copy of one's data: whole, readable, taken once within a day, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.core import outbox, records
from lms.core.clock import now
from lms.core.db import db, reading
from lms.privacy.models import Copy
from tests.client import Browser
from tests.messaging.world import leave_address
from tests.privacy.world import another, run_daily
from tests.world import Somebody, make_person

ADDRESS = "saule.secret@example.org"


def order(browser: Browser, app: Flask) -> None:
    browser.get("/en/your-data/copy")
    browser.submit(button="Have a copy made")
    assert "being put together" in browser.page.text
    assert "Refresh" in browser.page.response.headers
    with app.app_context():
        outbox.run_due()
    browser.get("/en/your-data/copy")
    assert "Your copy is ready" in browser.page.text


def take(browser: Browser) -> zipfile.ZipFile:
    page = browser.submit(button="Take the copy")
    assert page.response.mimetype == "application/zip"
    name = page.response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[0-9a-z]{12}\.zip"', name)
    return zipfile.ZipFile(io.BytesIO(page.response.get_data()))


def data_of(file: zipfile.ZipFile) -> dict[str, list[dict[str, Any]]]:
    return json.loads(file.read("data.json"))


def saule(app: Flask, browser: Browser) -> Somebody:
    with app.app_context():
        person = make_person("Saule")
        leave_address(person, ADDRESS)
    browser.sign_in(person)
    return person


def test_asked_ready_taken(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    assert browser.get("/en/your-data/copy").h1 == "A copy of your data"
    order(browser, app)
    file = take(browser)
    html = file.read("index.html").decode()
    assert ADDRESS in html
    assert data_of(file)["person"][0]["handle"] == "Saule"
    assert data_of(file)["contact"][0]["address"] == ADDRESS
    assert "http" not in html.replace("http-equiv", ""), "it opens without a network"
    with app.app_context(), reading():
        assert db.session.scalar(select(Copy.sealed)) is None
    assert "You have taken it" in browser.get("/en/your-data/copy").text


def test_it_is_sealed_while_it_waits(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    order(browser, app)
    with app.app_context(), reading():
        sealed = db.session.scalar(select(Copy.sealed))
    assert sealed is not None
    assert b"Saule" not in sealed


def test_it_is_given_out_once(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    order(browser, app)
    ready = browser.page
    take(browser)
    browser.page = ready
    assert "You have taken it" in browser.submit(button="Take the copy").text


def test_nobody_elses(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    order(browser, app)
    with app.app_context():
        other = make_person()
    theirs = another(browser).sign_in(other)
    assert "Have a copy made" in theirs.get("/en/your-data/copy").text


def test_after_a_day_it_is_gone(app: Flask, browser: Browser) -> None:
    person = saule(app, browser)
    order(browser, app)
    with app.app_context(), time_machine.travel(now() + timedelta(hours=23), tick=False):
        run_daily()
        with reading():
            assert db.session.scalar(select(func.count()).select_from(Copy)) == 1
    with time_machine.travel(now() + timedelta(hours=25)):
        browser.sign_in(person)
        assert "waited for a day" in browser.get("/en/your-data/copy").text
        with app.app_context():
            run_daily()
            with reading():
                assert db.session.scalar(select(func.count()).select_from(Copy)) == 0
        assert "Have a copy made" in browser.get("/en/your-data/copy").text


def test_asking_twice_makes_one(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    browser.get("/en/your-data/copy")
    form = browser.page
    browser.submit(button="Have a copy made")
    browser.page = form
    browser.submit(button="Have a copy made")
    with app.app_context(), reading():
        assert db.session.scalar(select(func.count()).select_from(Copy)) == 1


def test_in_russian_it_is_russian(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    browser.get("/ru/your-data/copy")
    browser.submit(action="/your-data/copy")
    with app.app_context():
        outbox.run_due()
    browser.get("/ru/your-data/copy")
    page = browser.submit(action="/copy/file")
    file = zipfile.ZipFile(io.BytesIO(page.response.get_data()))
    assert '<html lang="ru">' in file.read("index.html").decode()


def test_every_table_about_a_person_is_in_it(app: Flask, browser: Browser) -> None:
    saule(app, browser)
    order(browser, app)
    expected = {one.table for one in records.records() if one.copy}
    assert set(data_of(take(browser))) == expected
