"""Twenty people say yes to the same two places at once: two get them, the others read a polite page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from lms.core.db import db, reading
from lms.mentoring import offers, queries
from lms.mentoring.models import Match
from lms.mentoring.states import LIVE, State
from tests.client import Browser
from tests.mentoring.test_cards import cards, states
from tests.mentoring.world import make_coordinator, make_mentor, make_waiting, offer
from tests.world import Somebody

PEOPLE, PLACES = 20, 2


def crowd(app: Flask, count: int = PEOPLE) -> tuple[Somebody, list[tuple[Somebody, Browser, str]]]:
    """The mentor whom all of them want, and everybody with her browser at her offer and that mentor's card."""
    with app.app_context():
        staff, wanted = make_coordinator(), make_mentor("Wanted", capacity=PLACES)
        firsts = [make_mentor(f"First {number}", capacity=10) for number in range(2)]
        people = []
        for number in range(count):
            mentee = make_waiting(f"Mentee {number}")
            public_id = offer(mentee, firsts[number % 2], wanted, by=staff)
            people.append((mentee, Browser(app), public_id, cards(public_id)["Wanted"]))
    for mentee, browser, public_id, _card in people:
        browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    return wanted, [(mentee, browser, card) for mentee, browser, _offer, card in people]


def all_at_once(people: list[tuple[Somebody, Browser, str]]) -> list[int]:
    """Everybody presses "Agree" in the same moment. Return the status codes of the answers."""
    start = Barrier(len(people))

    def press(one: tuple[Somebody, Browser, str]) -> int:
        start.wait()
        return one[1].submit({"chosen": one[2]}, button="Agree", follow=False).status

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(press, people))


def taken(mentor: Somebody) -> int:
    with reading():
        return queries.taken(mentor.id)


def test_never_over_capacity_and_nobody_meets_an_error(app: Flask) -> None:
    wanted, people = crowd(app)
    assert all_at_once(people) == [303] * PEOPLE
    with app.app_context():
        assert taken(wanted) == PLACES
        won = [mentee for mentee, _browser, _card in people if states(mentee)[1][1] in LIVE]
        assert len(won) == PLACES
        with reading():
            rows = select(Match.state).where(Match.mentor_id == wanted.id)
            found = sorted(db.session.scalars(rows))
        lost = PEOPLE - PLACES
        assert found == [State.DISMISSED] * lost + [State.OFFERED_TO_MENTOR] * PLACES
    lost_it = [browser for mentee, browser, _card in people if mentee not in won]
    for browser in lost_it[:2]:
        page = browser.get("/en/pairs/mine")
        assert page.status == 200
        assert "That place was taken a moment ago." in page.html
        assert page.h1 == "A mentor for you", "the other card is still there"


def _no_rules(fits: Callable[[Match], bool]) -> Callable[[Match], bool]:
    """A planted fault: what was true at the proposal is taken to be true."""
    del fits
    return lambda _row: True


def _slowly(fits: Callable[[Match], bool]) -> Callable[[Match], bool]:
    """A planted fault: between counting and taking a place there is time for others to count."""

    def look(row: Match) -> bool:
        found = fits(row)
        time.sleep(0.3)
        return found

    return look


def _faults() -> list[str]:
    # On SQLite the writing transaction itself is the lock; it cannot be forgotten.
    return ["count", "lock"] if os.environ.get("TEST_DATABASE_URL") else ["count"]


@pytest.mark.parametrize("fault", _faults())
def test_the_race_finds_a_forgotten_count_and_a_forgotten_lock(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    wanted, people = crowd(app, PLACES * 3)
    plant = _no_rules if fault == "count" else _slowly
    monkeypatch.setattr(offers, "_still_fits", plant(offers._still_fits))
    if fault == "lock":
        monkeypatch.setattr(offers, "lock_places", lambda *_ids: None)
    all_at_once(people)
    with app.app_context():
        assert taken(wanted) > PLACES, "without it, too many get a place"
