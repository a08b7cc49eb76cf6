"""Twenty digits for whoever reports without a name: shown once, kept as a keyed digest, slow to guess."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.core.db import db, reading, transaction
from lms.messaging.models import Notice
from lms.safeguarding import actions, following, queries
from lms.safeguarding.models import Concern, ConcernEntry
from lms.safeguarding.rules import State
from tests.client import Browser
from tests.safeguarding.world import WORDS, concern, found, make_lead
from tests.world import Somebody, make_person

ANSWER = "Thank you. What can we do for you?"
MORE = "He was at the door again."


@pytest.fixture
def lead(app: Flask) -> Somebody:
    with app.app_context():
        return make_lead()


def sent(app: Flask) -> tuple[Browser, str]:
    """A guest who has sent something, and the digits that she saw."""
    guest = Browser(app)
    guest.get("/en/help")
    page = guest.submit({"wish": "record", "body": WORDS})
    return guest, "".join(one.text for one in page.soup.select(".sheet b"))


def look(app: Flask, digits: str) -> Browser:
    """Another phone, on which somebody types these digits."""
    phone = Browser(app)
    phone.get("/en/help/code")
    phone.submit({"digits": digits}, button="Look")
    return phone


def the_concern() -> str:
    with reading():
        return db.session.scalars(select(Concern.public_id)).one()


def test_both_speak_although_one_has_no_name(app: Flask, browser: Browser, lead: Somebody) -> None:
    _guest, digits = sent(app)
    grouped = " ".join(following.in_groups(digits))
    phone = look(app, grouped)
    assert "Nobody has said yet that it was read" in phone.page.text
    assert WORDS in phone.page.text
    assert digits not in phone.page.url
    with app.app_context():
        public_id = the_concern()
    browser.sign_in(lead).get(f"/en/help/desk/{public_id}")
    assert "whoever has them can read an answer here" in browser.page.text
    browser.submit({"body": "A note among us.", "kind": "note"}, button="Save")
    browser.submit({"body": ANSWER, "kind": "answer"}, button="Save")
    phone = look(app, digits)
    assert ANSWER in phone.page.text
    assert "A note among us." not in phone.page.text
    with app.app_context(), transaction():
        db.session.execute(delete(Notice))
    phone.submit({"body": MORE})
    assert MORE in phone.page.text
    assert MORE in browser.get(f"/en/help/desk/{public_id}").text
    with app.app_context(), reading():
        row = db.session.scalars(select(ConcernEntry).where(ConcernEntry.what == "reply")).one()
        assert row.author_id is None
        assert MORE.encode() not in (row.body or b"")
        told = db.session.scalars(select(Notice).where(Notice.person_id == lead.id))
        assert [one.kind for one in told] == ["concern"], "who has it hears of the line"


@pytest.mark.sqlite_only
def test_shown_once_and_kept_as_a_keyed_digest(app: Flask, lead: Somebody) -> None:
    guest, digits = sent(app)
    assert len(digits) == following.DIGITS
    assert guest.page.response.headers["Cache-Control"] == "no-store"
    page = guest.get("/en/help/sent")
    assert page.soup.select(".sheet") == [], "shown this once"
    with guest.client.session_transaction() as cookie:
        assert digits not in repr(dict(cookie))
    with app.app_context(), reading():
        row = db.session.scalars(select(Concern)).one()
        assert row.code is not None
        keys = app.extensions["keys"]
        assert row.code == keys.digest("concern", digits)
        stolen = replace(keys, lookup=bytes(32))
        assert row.code != stolen.digest("concern", digits), (
            "a copy without the key file opens none"
        )


@pytest.mark.sqlite_only
def test_said_twice_stands_there_once(app: Flask, lead: Somebody) -> None:
    _guest, digits = sent(app)
    phone = look(app, digits)
    for _ in range(2):
        phone.submit({"body": MORE})
    assert phone.page.text.count(MORE) == 1


def test_wrong_digits_open_nothing_and_slow_down(app: Flask, lead: Somebody) -> None:
    _guest, digits = sent(app)
    near = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    for _ in range(5):
        assert look(app, near).page.status == 422
    assert "Too many tries" in look(app, near).page.text
    assert "Too many tries" in look(app, digits).page.text, "what looks like them waits, too"
    with app.app_context(), transaction():
        following.throttle.clear(following.TRIES, digits[:4])
    assert WORDS in look(app, digits).page.text
    other = ("1" if digits[0] != "1" else "2") * 20
    assert "open nothing here" in look(app, other).page.text
    assert WORDS not in look(app, "").page.text


@pytest.mark.sqlite_only
def test_a_guesser_who_is_not_slowed_down_would_be_found(
    app: Flask, lead: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following.throttle, "count", lambda *_: None)
    _guest, digits = sent(app)
    for _ in range(6):
        page = look(app, digits[:4]).page
    assert "Too many tries" not in page.text


def test_none_for_accounts_and_none_after_the_end(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        hers = concern(make_person())
        with transaction():
            digits = following.give(hers.public_id)
        with reading():
            assert found(hers.public_id).code is None, "who has an account reads it there"
            assert queries.concern_by_code(following._digest(digits)) is None
    _guest, digits = sent(app)
    with app.app_context():
        with reading():
            last = following.find(digits)
        assert last is not None
        with transaction():
            for step in (State.ACKNOWLEDGED, State.ASSESSING, State.ACTION_PLAN, State.CLOSED):
                actions.step(last, lead.id, step)
    phone = look(app, digits)
    assert "It is closed" in phone.page.text
    assert phone.page.soup.find("textarea") is None
    with app.app_context():
        with transaction():
            actions.keeping.destroy(last.public_id)
        with transaction():
            assert following.find(digits) is None


@pytest.mark.sqlite_only
def test_flood_of_lines_is_slowed_down_and_nothing_typed_is_lost(
    app: Flask, lead: Somebody
) -> None:
    _guest, digits = sent(app)
    phone = look(app, digits)
    with app.app_context(), transaction():
        for _ in range(actions.GUESTS_AN_HOUR):
            actions.throttle.count(actions.REPORTS, actions._counter(None))
    page = phone.submit({"body": MORE})
    assert page.status == 429
    assert MORE in page.soup.find("textarea").text
