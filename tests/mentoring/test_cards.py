"""Offers of several mentors: the mentee answers first, and the next one is asked after a no that nobody sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.mentoring import actions, queries
from lms.mentoring.models import Match
from lms.mentoring.states import NotAllowed, Side, State
from lms.messaging import queries as notices
from lms.messaging.kinds import Kind
from lms.programmes import profiles, trail
from lms.programmes import queries as lists
from lms.programmes.rules import Track
from tests.client import Browser
from tests.mentoring.world import (
    make_coordinator,
    make_mentor,
    make_waiting,
    offer,
    the_pair,
    the_pair_inside,
)
from tests.world import Somebody


def kinds(person: Somebody) -> list[Kind]:
    with reading():
        return [notice.kind for notice in notices.notices(person.id, 50)]


def cards(public_id: str) -> dict[str, str]:
    """Mentor's name → public id of her card, as the offer shows them."""
    with reading():
        return {
            card.pair.mentor_name: card.pair.public_id
            for card in queries.cards_of(the_pair_inside(public_id))
        }


def states(mentee: Somebody) -> list[tuple[str, str]]:
    with reading():
        rows = select(Match.mentor_name, Match.state).where(Match.mentee_id == mentee.id)
        return [(row[0], row[1]) for row in db.session.execute(rows.order_by(Match.id))]


def agree(public_id: str, chosen: str | None = None, also: tuple[str, ...] = ()) -> None:
    with transaction():
        found = the_pair_inside(public_id)
        actions.agree_as_mentee(found, "Saule", [], share_quizzes=False, chosen=chosen, also=also)


def the_asked(mentee: Somebody) -> str:
    with reading():
        (found,) = queries.pairs_of_mentee(mentee.id)
        return found.public_id


def three() -> tuple[Somebody, list[Somebody], str]:
    mentee = make_waiting()
    mentors = [make_mentor(name, capacity=1) for name in ("Daria V.", "Zarina M.", "Piotr L.")]
    return mentee, mentors, offer(mentee, *mentors)


def test_a_mentee_sees_three_cards_and_only_the_first_holds_a_place(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        more = make_mentor("One too many")
        with reading():
            assert [queries.taken(mentor.id) for mentor in mentors] == [1, 0, 0]
    page = browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    assert page.h1 == "Mentors for you"
    for name in ("Daria V.", "Zarina M.", "Piotr L."):
        assert name in page.text
    assert "One too many" not in page.text
    seen = [label.select_one(".strong") for label in page.soup.select(".choices .choice label")]
    names = [name.get_text() for name in seen if name]
    assert names == ["Daria V.", "Zarina M.", "Piotr L."], "each stands once"
    assert len(page.soup.select("fieldset.choices")) == 1
    assert len(page.soup.select("input[name=chosen]")) == len(page.soup.select("input[name=also]"))
    with app.app_context():
        for mentor in [*mentors, more]:
            assert kinds(mentor) == [Kind.PLACE_GIVEN], "no mentor hears of it before her yes"


def test_she_picks_the_second_and_after_his_no_the_third_is_asked(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        by_name = cards(public_id)
    browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    chosen, also = by_name["Zarina M."], [by_name["Piotr L."]]
    page = browser.submit({"chosen": chosen, "also": also, "shown_name": "S."}, button="Agree")
    assert "Your mentor is asked now." in page.html
    with app.app_context():
        assert kinds(mentors[0]) == [Kind.PLACE_GIVEN], "who was not chosen never hears of it"
        assert states(mentee) == [
            ("Daria V.", "withdrawn"),
            ("Zarina M.", "offered_to_mentor"),
            ("Piotr L.", "proposed"),
        ]
        with transaction():
            actions.decline(the_pair_inside(chosen), Side.MENTOR)
        assert states(mentee)[1:] == [("Zarina M.", "declined"), ("Piotr L.", "offered_to_mentor")]
        assert Kind.OFFER in kinds(mentors[2])
        assert Kind.OFFER_OFF not in kinds(mentee), "a no is not told while somebody else is asked"
        assert the_pair(the_asked(mentee)).mentee_name == "S."
        with transaction():
            actions.agree_as_mentor(the_pair_inside(the_asked(mentee)), "Piotr")
        assert the_pair(the_asked(mentee)).state is State.ACTIVE
        made = [
            (step.from_state, step.to_state) for step in trail.steps_of("match", the_asked(mentee))
        ]
    assert made == [
        ("proposed", "approved"),
        ("approved", "offered_to_mentee"),
        ("offered_to_mentee", "offered_to_mentor"),
        ("offered_to_mentor", "active"),
    ]


def test_the_first_can_be_asked_after_the_one_she_chose(app: Flask) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        by_name = cards(public_id)
        agree(public_id, by_name["Piotr L."], (by_name["Daria V."],))
        with transaction():
            actions.decline(the_pair_inside(by_name["Piotr L."]), Side.MENTOR)
        found = the_pair(the_asked(mentee))
        assert (found.mentor_id, found.state) == (mentors[0].id, State.OFFERED_TO_MENTOR)


def test_what_she_shared_goes_along_to_the_next(app: Flask) -> None:
    with app.app_context():
        mentee, _mentors, public_id = three()
        by_name = cards(public_id)
        with transaction():
            actions.agree_as_mentee(
                the_pair_inside(public_id),
                "S.",
                [],
                share_quizzes=True,
                share_tasks=False,
                also=[by_name["Zarina M."]],
            )
        with clock.at(now() + timedelta(days=8)), transaction():
            actions.expire_offers()
        found = the_pair(the_asked(mentee))
        assert (found.mentor_name, found.state) == ("Zarina M.", State.OFFERED_TO_MENTOR)
        assert (found.share_quizzes, found.share_tasks) == (True, False)


def test_none_of_these(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        with reading():
            since = lists.request_of(mentee.id).waiting_since
    browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    page = browser.submit(button="None of these")
    assert "Nobody is told." in page.html
    with app.app_context():
        assert [state for _name, state in states(mentee)] == ["declined", "dismissed", "dismissed"]
        with reading():
            request = lists.request_of(mentee.id)
            assert (request.state, request.waiting_since) == ("waiting", since)
            assert [queries.taken(mentor.id) for mentor in mentors] == [0, 0, 0]


def test_a_mentor_who_pauses_leaves_the_cards_and_the_others_stay(app: Flask) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        for mentor in (mentors[1], mentors[0]):
            with transaction():
                profiles.pause(mentor.id, paused=True)
        found = the_pair(the_asked(mentee))
        assert (found.mentor_name, found.state) == ("Piotr L.", State.OFFERED_TO_MENTEE)
        assert list(cards(found.public_id)) == ["Piotr L."]
        assert kinds(mentee) == [Kind.OFFER, Kind.OFFER]
        with reading():
            assert notices.unread_count(mentee.id) == 1, "the notice of what is gone is gone"
        with pytest.raises(NotAllowed):
            agree(public_id)
        with transaction():
            profiles.pause(mentors[2].id, paused=True)
        assert kinds(mentee)[0] is Kind.OFFER_OFF
        with reading():
            assert lists.request_of(mentee.id).state == "waiting"


def test_a_card_that_speaks_against_a_rule_is_not_shown(app: Flask) -> None:
    with app.app_context():
        mentee, good = make_waiting(), make_mentor("Good")
        full, away = make_mentor("Full", capacity=1), make_mentor("Away")
        offer(make_waiting("Other"), full)
        with transaction():
            profiles.pause(away.id, paused=True)
        assert list(cards(offer(mentee, good, full, away))) == ["Good"]
        with pytest.raises(actions.Barred):
            offer(make_waiting("Third"), full, good)


def test_a_chosen_card_whose_place_is_gone_leaves_the_others(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentee, mentors, public_id = three()
        by_name = cards(public_id)
        offer(make_waiting("Faster"), mentors[1])
    browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    page = browser.submit({"chosen": by_name["Zarina M."]}, button="Agree")
    assert (page.status, page.h1) == (200, "Mentors for you")
    assert "That place was taken a moment ago." in page.html
    with app.app_context():
        assert list(cards(public_id)) == ["Daria V.", "Piotr L."]


def test_a_card_of_somebody_elses_offer_cannot_be_chosen(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentee, _mentors, public_id = three()
        foreign = offer(make_waiting("Other"), make_mentor("Foreign"))
        with pytest.raises(NotAllowed):
            agree(public_id, foreign)
    browser.sign_in(mentee).get(f"/en/pairs/{public_id}/answer")
    assert browser.submit({"chosen": foreign}, button="Agree").status == 422
    with app.app_context():
        assert the_pair(public_id).state is State.OFFERED_TO_MENTEE


def test_one_live_pair_in_each_track(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentee = make_waiting(tracks=(Track.PEER, Track.SCIENTIST))
        peer = make_mentor("Peer")
        scientist = make_mentor("Scientist", track=Track.SCIENTIST)
        first = offer(mentee, peer)
        second = offer(mentee, scientist, track=Track.SCIENTIST)
        with pytest.raises(actions.NotWaiting):
            offer(mentee, make_mentor("Third", track=Track.SCIENTIST), track=Track.SCIENTIST)
        for public_id in (first, second):
            agree(public_id)
            with transaction():
                actions.agree_as_mentor(the_pair_inside(public_id), "A mentor")
        with reading():
            found = {pair.track: pair.state for pair in queries.pairs_of_mentee(mentee.id)}
        assert found == {"peer": State.ACTIVE, "scientist": State.ACTIVE}
    page = browser.sign_in(mentee).get("/en/home")
    assert "My mentor" in page.text
    assert "My scientist" in page.text


def test_the_same_person_is_not_twice_beside_somebody(app: Flask) -> None:
    with app.app_context():
        mentee = make_waiting(tracks=(Track.PEER, Track.SCIENTIST))
        both = make_mentor("Both")
        with transaction():
            card = profiles.Card("Both", ["ru"], 2, "Works in research")
            profiles.make_mentor(both.id, card, Track.SCIENTIST)
        offer(mentee, both)
        with pytest.raises(actions.Barred):
            offer(mentee, both, track=Track.SCIENTIST)


def test_places_are_counted_in_each_track_for_itself(app: Flask) -> None:
    with app.app_context():
        both = make_mentor("Both", capacity=1)
        with transaction():
            card = profiles.Card("Both", ["ru"], 1, "Works in research")
            profiles.make_mentor(both.id, card, Track.SCIENTIST)
        offer(make_waiting("One"), both)
        offer(make_waiting("Two", tracks=(Track.SCIENTIST,)), both, track=Track.SCIENTIST)
        with reading():
            assert queries.live_seats() == {(both.id, "peer"): 1, (both.id, "scientist"): 1}


def test_an_offer_is_brought_to_mind_once_after_three_days(app: Flask) -> None:
    with app.app_context():
        mentee, _mentors, public_id = three()
        for day, count in ((2, 0), (3, 1), (5, 1)):
            with clock.at(now() + timedelta(days=day)), transaction():
                actions.daily()
            assert kinds(mentee).count(Kind.OFFER_WAITS) == count
        assert the_pair(public_id).state is State.OFFERED_TO_MENTEE


def test_a_yes_asks_the_rules_again(app: Flask, browser: Browser) -> None:
    """Between the proposal and the yes one of them asked not to be paired with the other."""
    with app.app_context():
        staff, mentor, mentee = make_coordinator(), make_mentor(), make_waiting()
        public_id = offer(mentee, mentor, by=staff)
        agree(public_id)
        with reading():
            row = db.session.execute(select(Match.request_id, Match.programme_id)).one()
        with transaction():
            earlier = Match(
                public_id="earlierearli",
                programme_id=row.programme_id,
                request_id=row.request_id,
                mentor_id=mentor.id,
                mentee_id=mentee.id,
                mentor_name="Daria",
                mentee_name="Saule",
                languages=["ru"],
                state=State.ENDED_EARLY,
                proposed_by=staff.id,
                asked_at=now(),
                never_again=True,
            )
            db.session.add(earlier)
    browser.sign_in(mentor).get(f"/en/pairs/{public_id}/answer")
    page = browser.submit(button="Agree")
    assert (page.status, "You are a pair now" in page.html) == (200, False)
    with app.app_context():
        assert the_pair(public_id).state is State.WITHDRAWN
