"""Offers that come to nothing, places that run out, people who were asked not to be paired again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.core import clock
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.mentoring import actions, queries
from lms.mentoring.rules import Reason
from lms.mentoring.states import NotAllowed, Side, State
from lms.messaging import queries as notices
from lms.messaging.kinds import Kind
from lms.privacy import archive
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from tests.client import Browser
from tests.mentoring.world import (
    make_coordinator,
    make_mentor,
    make_pair,
    make_waiting,
    propose,
    the_pair,
    the_pair_inside,
)
from tests.world import Somebody, make_person


def kinds(person: Somebody) -> list[Kind]:
    with reading():
        return [notice.kind for notice in notices.notices(person.id, 50)]


def agree(public_id: str) -> None:
    with transaction():
        found = the_pair_inside(public_id)
        actions.agree_as_mentee(found, found.mentee_name, [], share_quizzes=False)


def test_the_mentor_does_not_hear_of_an_offer_before_the_mentees_yes(app: Flask) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting()
        public_id = propose(mentee, mentor)
        assert kinds(mentor) == [Kind.PLACE_GIVEN]
        with transaction():
            actions.decline(the_pair_inside(public_id), Side.MENTEE)
        assert kinds(mentor) == [Kind.PLACE_GIVEN]
        assert kinds(mentee) == [Kind.OFFER], "nobody has to tell her what she has decided"


def test_a_mentors_no_is_a_thing_that_did_not_come_about(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting()
        with reading():
            since = lists.request_of(mentee.id).waiting_since
        public_id = propose(mentee, mentor)
        agree(public_id)
    browser.sign_in(mentor).get(f"/en/pairs/{public_id}/answer")
    page = browser.submit(button="Not now")
    assert "Nobody is told that it was you." in page.html
    with app.app_context():
        assert kinds(mentee)[0] is Kind.OFFER_OFF
        with reading():
            request = lists.request_of(mentee.id)
        assert request is not None
        assert (request.state, request.waiting_since) == ("waiting", since)
        with reading():
            copied = str(archive.open_part(mentee.id, mentee.public_id, "en"))
        assert "withdrawn" in copied
        assert "declin" not in copied, "her copy does not tell it either"
    other = Browser(app)
    page = other.sign_in(mentee).get("/en/notices")
    assert "did not come about" in page.text
    assert "declin" not in page.text.lower()
    assert "Daria" not in page.text


def test_a_coordinator_sees_that_it_was_tried_but_not_who_said_no(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        staff, mentor, mentee = make_coordinator(), make_mentor(), make_waiting()
        for side in (Side.MENTEE, Side.MENTOR):
            public_id = propose(mentee, mentor, staff)
            if side is Side.MENTOR:
                agree(public_id)
            with transaction():
                actions.decline(the_pair_inside(public_id), side)
        with reading():
            request = lists.request_of(mentee.id)
    page = browser.sign_in(staff).get(f"/en/pairs/waiting/{request.public_id}")
    assert "Was proposed before; it did not come about" in page.text
    assert "Propose" in page.text


def test_an_offer_lapses_after_its_days(app: Flask) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting()
        public_id = propose(mentee, mentor)
        with clock.at(now() + timedelta(days=6)), transaction():
            actions.expire_offers()
        assert the_pair(public_id).state is State.OFFERED_TO_MENTEE
        with clock.at(now() + timedelta(days=8)), transaction():
            actions.expire_offers()
        assert the_pair(public_id).state is State.EXPIRED
        with reading():
            assert queries.taken(mentor.id) == 0
            assert lists.request_of(mentee.id).state == "waiting"
        with pytest.raises(NotAllowed):
            agree(public_id)


def test_pausing_takes_open_offers_back_and_leaves_pairs(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentor, second = make_mentor(), make_waiting("Aida")
        world = make_pair(mentor)
        offer = propose(second, mentor)
    browser.sign_in(mentor).get("/en/pairs")
    page = browser.submit(button="Pause new mentees")
    assert "Nobody new is proposed to you." in page.text
    with app.app_context():
        assert the_pair(offer).state is State.WITHDRAWN
        assert the_pair(world.pair).state is State.ACTIVE
        with pytest.raises(actions.Barred) as bars:
            propose(second, mentor)
        assert bars.value.reasons == [Reason.PAUSED]


def test_a_place_that_is_gone_at_the_answer_is_told_politely(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentor = make_mentor(capacity=2)
        make_pair(mentor)
        mentee = make_waiting("Aida")
        offer = propose(mentee, mentor)
        with transaction():
            profiles.change_card(mentor.id, profiles.Card("Daria V.", ["ru"], 1))
    browser.sign_in(mentee).get(f"/en/pairs/{offer}/answer")
    page = browser.submit(button="Agree")
    assert page.status == 200
    assert "That place was taken a moment ago." in page.html
    with app.app_context():
        assert the_pair(offer).state is State.WITHDRAWN
        with reading():
            assert lists.request_of(mentee.id).state == "waiting"


def test_two_people_of_whom_one_asked_not_to_be_paired_again(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.end(the_pair_inside(world.pair), world.mentor.id, never_again=True)
        with transaction():
            waiting.ask(world.mentee.id, "Saule", ["ru"], "")
        with pytest.raises(actions.Barred) as bars:
            propose(world.mentee, world.mentor)
        assert bars.value.reasons == [Reason.ASKED_NOT_TO]
        with reading():
            request = lists.request_of(world.mentee.id)
    page = browser.sign_in(world.coordinator).get(f"/en/pairs/waiting/{request.public_id}")
    assert "1 mentor is left out: private rules (1)." in page.text
    assert "not be paired" not in page.text


def test_the_page_refuses_what_the_list_does_not_offer(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff, mentor = make_coordinator(), make_mentor(languages=["pl"])
        mentee = make_waiting(languages=["ru"])
        with reading():
            request = lists.request_of(mentee.id)
            profile = queries.profile_of(mentor.id)
    url = f"/en/pairs/waiting/{request.public_id}"
    browser.sign_in(staff).get(url)
    assert "No common language" in browser.page.text
    assert "no common language (1)" in browser.page.text
    with app.app_context():
        other = make_mentor("Zarina M.")
    browser.get(url)
    page = browser.submit({"only": profile.public_id}, button="Propose")
    assert "Not proposed. A rule speaks against it: write why it should be so." in page.text
    page = browser.submit({"only": "000000000000"}, button="Propose")
    assert "Nothing was proposed." in page.text
    with app.app_context(), reading():
        assert queries.taken(mentor.id) == queries.taken(other.id) == 0


def test_somebody_is_in_one_live_pair_or_offer_only(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        with pytest.raises(AssertionError):
            propose(world.mentee, make_mentor("Zarina M."))
        mentee = make_waiting("Aida")
        with reading():
            request = lists.request_of(mentee.id)
        propose(mentee, make_mentor("Zarina M."))
        other = make_mentor("Piotr L.")
        with pytest.raises(actions.NotWaiting), transaction():
            actions.propose(request, queries.profile_of(other.id), world.coordinator.id)


def test_who_leaves_the_list_leaves_nothing_behind(app: Flask, browser: Browser) -> None:
    with app.app_context():
        mentor, mentee = make_mentor(), make_waiting(goal="Something private")
        offer = propose(mentee, mentor)
        agree(offer)
    browser.sign_in(mentee).get("/en/pairs/ask")
    page = browser.submit(button="Leave the list")
    assert page.h1 == "Ask for a mentor"
    with app.app_context():
        assert the_pair(offer).state is State.WITHDRAWN
        with reading():
            assert lists.request_of(mentee.id) is None
            assert lists.request_by_id(the_pair_inside(offer).request_id).goal is None
    assert Browser(app).sign_in(mentor).get(f"/en/pairs/{offer}/answer").status == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shown_name": ""}, "Use 2 to 32 letters"),
        ({"shown_name": "x" * 33}, "Too long"),
        ({"shown_name": "Sаule"}, "Latin and Cyrillic"),
        ({"shown_name": "=1+1"}, "Use letters and digits"),
        ({"languages": []}, "Tick at least one language"),
        ({"languages": ["xx"]}, "Choose from the list"),
        ({"goal": "x" * 1001}, "Too long by 1 character"),
        ({"goal": "a\u202eb"}, "invisible or control"),
    ],
)
def test_a_request_that_cannot_be_taken_keeps_what_was_typed(
    app: Flask, browser: Browser, fields: dict[str, object], said: str
) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/pairs/ask")
    good = {"shown_name": "Saule", "languages": ["ru"], "goal": "Costs"}
    page = browser.submit({**good, **fields}, button="Ask for a mentor")
    assert page.status == 422
    assert said in page.text
    typed = {**good, **fields}
    assert page.soup.find("textarea").get_text().removeprefix("\n").strip("\r\n") == typed["goal"]
    with app.app_context(), reading():
        assert lists.request_of(person.id) is None


def test_an_unknown_name_makes_no_mentor(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff = make_coordinator()
    browser.sign_in(staff).get("/en/pairs/people/new")
    page = browser.submit(
        {"handle": "Nobody here", "shown_name": "Daria V.", "languages": ["ru"]}, button="Save"
    )
    assert page.status == 422
    assert "Nobody signs in with this name." in page.text
    assert page.soup.find("input", {"name": "shown_name"})["value"] == "Daria V."
