"""Blocks: silent, both ways, one's own list, taken back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.core import events
from lms.core.db import db, reading, transaction
from lms.messaging.models import Notice
from lms.safeguarding import actions, queries
from lms.safeguarding.events import Blocked
from lms.safeguarding.others import Other
from tests.client import Browser
from tests.safeguarding.world import known_as
from tests.world import make_person


def test_block_and_take_back(app: Flask, browser: Browser) -> None:
    with app.app_context():
        her, him, third = make_person(), make_person(), make_person()
    browser.sign_in(her)
    with known_as("pairpairpair", her, him):
        page = browser.get("/en/help/block/pairpairpair")
        assert page.h1 == "Block Side B?"
        page = browser.submit(button="Block")
    assert "Side B" in page.text
    assert "Nobody is told." in page.html
    with app.app_context(), reading():
        assert queries.blocked(her.id) == {him.id}
        assert queries.blocked(him.id) == {her.id}, "either direction"
        assert queries.blocked(third.id) == frozenset()
        assert queries.all_blocks() == {(her.id, him.id), (him.id, her.id)}
        assert db.session.scalars(select(Notice.id)).all() == [], "nobody is told"
    assert "Side" not in Browser(app).sign_in(him).get("/en/help/blocks").text
    browser.get("/en/help/blocks")
    browser.submit(button="Take back")
    with app.app_context(), reading():
        assert queries.blocked(him.id) == frozenset()


def test_nobody_blocks_by_guessing_ids(app: Flask, browser: Browser) -> None:
    with app.app_context():
        her, him, stranger = make_person(), make_person(), make_person()
    with known_as("pairpairpair", her, him):
        browser.sign_in(stranger)
        assert browser.get("/en/help/block/pairpairpair").status == 404


def test_one_takes_back_only_ones_own(app: Flask) -> None:
    with app.app_context():
        her, him = make_person(), make_person()
        with transaction():
            actions.block(her.id, Other(him.id, "Him"))
        with reading():
            public_id = queries.blocks_of(her.id)[0].public_id
        with transaction():
            actions.unblock(him.id, public_id)
        with reading():
            assert queries.blocked(her.id) == {him.id}


def test_rooms_above_hear_of_it_once(app: Flask) -> None:
    heard: list[Blocked] = []
    listener = heard.append
    events.subscribe(Blocked, listener)
    try:
        with app.app_context():
            her, him = make_person(), make_person()
            with transaction():
                actions.block(her.id, Other(him.id, "Him"))
                actions.block(her.id, Other(him.id, "Him"))
            assert heard == [Blocked(her.id, him.id)]
    finally:
        events._listeners[Blocked].remove(listener)
