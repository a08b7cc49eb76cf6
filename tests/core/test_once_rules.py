"""What a form key does, step by step: claimed, given back, remembered, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask, Response, g
from sqlalchemy import func, select, update
from werkzeug.exceptions import HTTPException

from lms.core import clock, once
from lms.core.clock import now
from lms.core.db import db, finish, reading, transaction
from lms.core.once import FormKey
from tests.client import Browser

DIGEST = b"digest of a key and a browser..."


def rows(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(FormKey)) or 0


@contextmanager
def post(app: Flask) -> Iterator[None]:
    """A request that writes, without any page of ours."""
    with app.test_request_context("/", method="POST"), transaction():
        yield


def claim(app: Flask, location: str = "") -> None:
    with post(app):
        assert once._claim(DIGEST) is None
        assert g.form_claimed == DIGEST
        if location:
            once._store_location(DIGEST, location)


@pytest.mark.parametrize(("stored", "led_to"), [("/en/there", "/en/there"), ("", "/")])
def test_the_second_post_goes_where_the_first_one_went(
    app: Flask, stored: str, led_to: str
) -> None:
    claim(app, stored)
    with post(app):
        answer = once._claim(DIGEST)
        assert answer is not None
        assert (answer.status_code, answer.location) == (303, led_to)
        assert "form_claimed" not in g


def test_a_key_that_is_given_back_can_be_used(app: Flask) -> None:
    with post(app):
        once._claim(DIGEST)
        once.release()
        assert "form_claimed" not in g
        once.release()  # nothing is held any more, and nothing happens
    assert rows(app) == 0
    claim(app)


def test_only_ones_own_key_is_given_back(app: Flask) -> None:
    claim(app)
    with post(app):
        once._claim(b"another one")
        once.release()
    assert rows(app) == 1


def test_nobody_waits_while_something_slow_is_done(app: Flask) -> None:
    with post(app):
        once._claim(DIGEST)
        with once.waiting():
            assert "form_claimed" not in g
            assert rows_here() == 0, "the row went with the transaction"
        assert g.form_claimed == DIGEST
        assert rows_here() == 1
    with post(app):
        with once.waiting():
            pass
        assert "form_claimed" not in g


def rows_here() -> int:
    return db.session.scalar(select(func.count()).select_from(FormKey)) or 0


def test_what_was_done_meanwhile_is_the_answer(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        with transaction():
            once._claim(DIGEST)
        g.form_claimed = DIGEST
        with transaction():
            db.session.execute(update(FormKey).values(location="/en/done"))
        with pytest.raises(HTTPException) as stopped, once.waiting():
            pass
        answer = stopped.value.get_response()
        assert answer.headers["Location"] == "/en/done"
        finish(keep=False)


@pytest.mark.parametrize(
    ("status", "location", "kept"),
    [(303, "/en/x", "/en/x"), (200, "", ""), (303, "", ""), (400, "/en/x", ""), (404, "", "")],
)
def test_where_an_answer_leads_is_remembered(
    app: Flask, status: int, location: str, kept: str
) -> None:
    claim(app)
    with post(app):
        g.form_claimed = DIGEST
        app.process_response(Response(status=status, headers={"Location": location}))
    with app.app_context(), reading():
        assert db.session.scalar(select(FormKey.location)) == kept


def test_who_claimed_nothing_writes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[object] = []
    monkeypatch.setattr(once, "_store_location", lambda *given: stored.append(given))
    with post(app):
        app.process_response(Response(status=303, headers={"Location": "/en/x"}))
    assert stored == []


def test_keys_are_kept_for_two_days(app: Flask) -> None:
    claim(app)
    moment = now()
    for age, left in ((timedelta(days=2), 1), (timedelta(days=2, seconds=1), 0)):
        with app.app_context(), transaction(), clock.at(moment):
            db.session.execute(update(FormKey).values(used_at=moment - age))
            once.forget_old()
        assert rows(app) == left


def test_only_a_post_with_a_key_uses_one(app: Flask, browser: Browser) -> None:
    browser.get("/en/look")
    token = browser.page.soup.find("input", {"name": "csrf_token"})["value"]  # type: ignore[union-attr,index]
    client = browser.client
    client.get("/en/look", data={"form_key": "k"})
    assert client.post("/en/look", data={"csrf_token": token, "theme": "dark"}).status_code == 303
    assert rows(app) == 0
    long = "k" * 64
    for key in (long, long + "2"):
        client.post("/en/look", data={"csrf_token": token, "theme": "dark", "form_key": key})
    assert rows(app) == 1, "what is longer than any key of ours is cut"
    client.post("/en/look", data={"csrf_token": token, "theme": "dark", "form_key": long[1:]})
    assert rows(app) == 2
    assert client.get("/en/look", data={"form_key": long}).status_code == 200, "a page is no form"


@pytest.mark.sqlite_only
def test_old_keys_are_found_without_reading_all() -> None:
    [index] = FormKey.__table__.indexes  # type: ignore[attr-defined]
    assert index.columns.keys() == ["used_at"]
