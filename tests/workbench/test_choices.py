"""Whom somebody chose of her cards, and what a round makes of it when that came to nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.matching.facts import Track
from lms.mentoring import offers as offers_of
from lms.mentoring import queries as pairs
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side
from lms.programmes import queries as lists
from lms.workbench import snapshot
from tests.client import Browser
from tests.mentoring.world import make_coordinator, make_mentor, make_waiting, propose
from tests.workbench.world import first_of, make_round, profile_id, request_id
from tests.world import Somebody

pytestmark = pytest.mark.sqlite_only


def cards_for(mentee: Somebody, staff: Somebody, *mentors: Somebody) -> dict[int, str]:
    """Offer these mentors together. Return mentor → public id of her card."""
    with transaction():
        mine = lists.request(request_id(mentee))
        cards = [pairs.profile(profile_id(one)) for one in mentors]
        assert mine is not None
        offers_of.offer(mine, [one for one in cards if one], staff.id)
    with reading():
        return {card.pair.mentor_id: card.pair.public_id for card in pairs.cards_of(the_offer())}


def the_offer() -> Pair:
    """The only offer that waits."""
    (found,) = pairs.offers()
    return found


def test_whom_somebody_wanted_and_who_was_never_asked_is_her_choice_next_time(app: Flask) -> None:
    with app.app_context():
        staff, kamila = make_coordinator(), make_waiting("Kamila")
        asked, wanted, unwanted = (make_mentor(name) for name in ("Zarina M.", "Olena S.", "Ira"))
        cards = cards_for(kamila, staff, asked, wanted, unwanted)
        with transaction():
            shares = offers_of.Shares()
            offers_of.agree_as_mentee(the_offer(), "Kamila", shares, None, [cards[wanted.id]])
        with transaction():
            offers_of.take_back(the_offer())
        with reading():
            everybody = snapshot.take(Track.PEER, now())
        chosen = snapshot.mentee(everybody, request_id(kamila)).choices
        assert chosen == (profile_id(asked), profile_id(wanted)), "the one that she chose first"
        assert {mentor for mentor, _ in everybody.tried} == {profile_id(unwanted)}
        assert [one.profile for one in first_of(make_round(staff))] == [profile_id(asked)]


def test_a_first_choice_that_is_lost_to_a_race_is_her_choice_next_time(app: Flask) -> None:
    with app.app_context():
        staff, kamila, aida = make_coordinator(), make_waiting("Kamila"), make_waiting("Aida")
        first, full = make_mentor("Zarina M."), make_mentor("Olena S.", capacity=1)
        cards = cards_for(kamila, staff, first, full)
        taken = propose(aida, full, staff)
        with transaction():
            late, shares = pairs.pair(cards[first.id]), offers_of.Shares()
            assert late is not None
            with pytest.raises(offers_of.NoPlace):
                offers_of.agree_as_mentee(late, "Kamila", shares, cards[full.id])
            offers_of.card_is_gone(late, cards[full.id])
        with transaction():
            for public_id in (cards[first.id], taken):
                gone = pairs.pair(public_id)
                assert gone is not None
                offers_of.decline(gone, Side.MENTEE)
        with reading():
            everybody = snapshot.take(Track.PEER, now())
        assert snapshot.mentee(everybody, request_id(kamila)).choices == (profile_id(full),)
        assert (profile_id(first), request_id(kamila)) in everybody.tried
        found = [(one.profile, one.request) for one in first_of(make_round(staff))]
        assert (profile_id(full), request_id(kamila)) in found


def test_a_mentor_who_said_no_is_not_asked_again_whoever_wanted_her(app: Flask) -> None:
    with app.app_context():
        staff, kamila = make_coordinator(), make_waiting("Kamila")
        cards_for(kamila, staff, make_mentor("Zarina M."))
        with transaction():
            offers_of.agree_as_mentee(the_offer(), "Kamila", offers_of.Shares())
        with transaction():
            offers_of.decline(the_offer(), Side.MENTOR)
        with reading():
            everybody = snapshot.take(Track.PEER, now())
        assert snapshot.mentee(everybody, request_id(kamila)).choices == ()
        assert len(everybody.tried) == 1
        assert first_of(make_round(staff)) == []


def test_staff_see_every_card_of_an_offer_and_who_is_asked_next(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        staff, kamila = make_coordinator(), make_waiting("Kamila")
        first, second, third = (make_mentor(name) for name in ("Zarina M.", "Olena S.", "Ira"))
        cards = cards_for(kamila, staff, first, second, third)
    page = browser.sign_in(staff).get("/en/pairs/waiting")
    assert "Kamila chooses: Zarina M., Olena S., Ira" in page.text
    with app.app_context(), transaction():
        also, shares = [cards[third.id]], offers_of.Shares()
        offers_of.agree_as_mentee(the_offer(), "Kamila", shares, cards[second.id], also)
    page = browser.get("/en/pairs/waiting")
    assert "Kamila and Olena S." in page.text
    assert "Olena S. has been asked since" in page.text
    assert "Asked next: Ira." in page.text
    assert "Zarina M." not in page.text, "her card is gone"
