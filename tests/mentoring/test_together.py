"""A pair's life: agreement, turns, rest, the last weeks, a change without fault, blocks, and what staff see of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.core import clock, events
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.mentoring import actions, conversation, queries
from lms.mentoring.events import PairClosing, PairEnded, PairEvent, PairPaused, PairResumed
from lms.mentoring.models import Agreement, Match
from lms.mentoring.queries import Ended
from lms.mentoring.rules import Stall
from lms.mentoring.states import Ending, NotAllowed, Side, State
from lms.messaging import queries as notices
from lms.messaging.kinds import Kind
from lms.programmes import profiles
from lms.programmes import queries as lists
from lms.safeguarding.events import Blocked
from tests.client import Browser
from tests.mentoring.world import (
    World,
    make_pair,
    make_waiting,
    offer,
    the_pair,
    the_pair_inside,
    write,
)
from tests.vaults import opener_of
from tests.world import Somebody


def kinds(person: Somebody) -> list[Kind]:
    with reading():
        return [notice.kind for notice in notices.notices(person.id, 50)]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[PairEvent]:
    """What mentoring told the rooms above."""
    found: list[PairEvent] = []
    monkeypatch.setitem(events._listeners, PairEvent, [found.append])
    return found


# --- What the two agree on -----------------------------------------------------------------------


def test_both_sign_and_a_new_text_is_signed_anew(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
    mentee = Browser(app).sign_in(world.mentee)
    page = browser.sign_in(world.mentor).get(f"{world.url}/agreement")
    assert "What we tell each other stays between us." in page.text
    page = browser.submit(button="Sign")
    assert "You signed on" in page.text
    with app.app_context():
        assert not the_pair(world.pair).agreed, "one is not both"
        assert kinds(world.mentee)[0] is Kind.AGREEMENT
    assert "has signed. Read it and sign" in mentee.get(world.url).text
    mentee.get(f"{world.url}/agreement")
    page = mentee.submit(button="Sign")
    assert "You signed on" in page.text
    assert re.search(r"Daria V\. signed on \d", page.text)
    with app.app_context():
        found = the_pair(world.pair)
        assert (found.signed, found.agreed) == ("both", True)
    browser.get(f"{world.url}/agreement")
    browser.submit({"rhythm": "Every Friday, in writing."}, button="Save and sign")
    page = mentee.get(f"{world.url}/agreement")
    assert "Every Friday, in writing." in page.text
    assert "You have not signed yet." in page.text
    with app.app_context():
        found = the_pair(world.pair)
        assert (found.signed, found.agreed) == ("mentor", True), "what was agreed stays agreed"
        with reading():
            rows = db.session.execute(select(Agreement.version, Agreement.body)).all()
        assert [row[0] for row in rows] == [1, 2]
        assert b"Friday" not in rows[1][1], "sealed to the two"


def test_nobody_signs_what_was_changed_meanwhile(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        found = the_pair(world.pair)
        for number in (1, 2):
            with transaction():
                actions.agree_on(found, world.mentor.id, None, opener_of(world.mentor))
            with reading():
                assert conversation.agreement_version(found.id)[0] == number
        with pytest.raises(NotAllowed), transaction():
            actions.sign(found, world.mentee.id, 1)
        with transaction():
            actions.sign(found, world.mentee.id, 2)
        with reading():
            assert conversation.agreed(found.id)


def test_the_default_text_is_read_in_each_ones_language(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.agree_on(
                the_pair_inside(world.pair), world.mentor.id, None, opener_of(world.mentor)
            )
    english = browser.sign_in(world.mentee).get(f"{world.url}/agreement")
    russian = browser.get(f"{world.url}/agreement".replace("/en/", "/ru/"))
    assert english.status == russian.status == 200
    assert "If contact is lost" in english.text


# --- Turns ---------------------------------------------------------------------------------------


def test_a_word_gives_the_turn_to_the_other_side(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        assert the_pair(world.pair).awaiting == "mentor", "the first word is the mentor's"
        write(world, world.mentor, "Hello")
        since = the_pair(world.pair).awaiting_since
        with clock.at(now() + timedelta(hours=3)):
            write(world, world.mentor, "And another thing")
        found = the_pair(world.pair)
        assert (found.awaiting, found.awaiting_since) == ("mentee", since), "the clock goes on"
    assert "It is your turn to write." not in browser.sign_in(world.mentee).get("/en/home").text
    browser.get(f"{world.url}/messages")
    assert "It is your turn to write." in browser.get("/en/home").text


def test_a_turn_is_brought_to_mind_three_times_and_then_staff_look(app: Flask) -> None:
    with app.app_context():
        world, start = make_pair(), now()
        write(world, world.mentor, "Hello")
        told = {}
        for day in range(30):
            with clock.at(start + timedelta(days=day, minutes=1)):
                with transaction():
                    actions.nudge()
                told[day] = kinds(world.mentee).count(Kind.TURN)
                with transaction():
                    actions.messaging.mark_all_read(world.mentee.id)
        assert [day for day in told if day and told[day] > told[day - 1]] == [7, 14, 21]
        assert Kind.TURN not in kinds(world.mentor)
        with reading():
            assert queries.stalled(start + timedelta(days=27)) == []
            ((found, rule, days),) = queries.stalled(start + timedelta(days=28, hours=1))
        assert (found.public_id, rule, days) == (world.pair, Stall.TURN, 28)
        assert the_pair(world.pair).state is State.ACTIVE, "nothing ends by itself"


def test_nothing_is_asked_while_a_date_stands_or_the_pair_rests(app: Flask) -> None:
    with app.app_context():
        world, start = make_pair(), now()
        found = the_pair(world.pair)
        with transaction():
            actions.set_next_meeting(found, start + timedelta(days=10))
        assert the_pair(world.pair).next_meeting_at == start + timedelta(days=10)
        with clock.at(start + timedelta(days=8)), transaction():
            actions.nudge()
        assert Kind.TURN not in kinds(world.mentor)
        with transaction():
            actions.pause(found, world.mentee.id)
        with clock.at(start + timedelta(days=40)):
            with transaction():
                actions.nudge()
            with reading():
                assert queries.stalled(now()) == []
        assert Kind.TURN not in kinds(world.mentor)


# --- Rest, last weeks, end -----------------------------------------------------------------------


def test_a_pair_rests_and_goes_on(app: Flask, browser: Browser, heard: list[PairEvent]) -> None:
    with app.app_context():
        world = make_pair()
    browser.sign_in(world.mentee).get(world.url)
    page = browser.submit(button="Take a rest")
    assert "This pair takes a rest" in page.text
    with app.app_context():
        assert kinds(world.mentor)[0] is Kind.PAIR_PAUSED
        write(world, world.mentor, "Take your time")
    other = Browser(app).sign_in(world.mentor)
    assert "This pair takes a rest." in other.get("/en/pairs").text
    other.get(world.url)
    assert "This pair takes a rest" not in other.submit(button="Go on").text
    with app.app_context():
        assert the_pair(world.pair).state is State.ACTIVE
    assert [type(event) for event in heard[-2:]] == [PairPaused, PairResumed]


def test_the_last_weeks_open_by_themselves_and_end_with_two_taps(
    app: Flask, browser: Browser, heard: list[PairEvent]
) -> None:
    with app.app_context():
        world, start = make_pair(), now()
        assert the_pair(world.pair).ends_on == (start + timedelta(weeks=24)).date()
        for weeks, state in ((20, State.ACTIVE), (21, State.CLOSING), (30, State.CLOSING)):
            with clock.at(start + timedelta(weeks=weeks)), transaction():
                actions.close_in_time()
            assert the_pair(world.pair).state is state
        assert [type(event) for event in heard].count(PairClosing) == 1
        assert kinds(world.mentor).count(Kind.PAIR_CLOSING) == 1
        with reading():
            ((_found, rule, _days),) = queries.stalled(start + timedelta(weeks=25))
        assert rule is Stall.TIME_OVER
    browser.sign_in(world.mentor).get(f"{world.url}/end")
    page = browser.submit(
        {"reason": "goal_reached", "words": "She spoke in May"}, button="End the pair"
    )
    assert page.status == 200
    with app.app_context():
        assert the_pair(world.pair).state is State.COMPLETED
        ended = heard[-1]
        assert isinstance(ended, PairEnded)
        assert (ended.early, ended.change, ended.silent) == (False, False, False)
        with reading():
            row = db.session.execute(select(Match)).scalar_one()
            assert row.end_words is not None
            assert b"May" not in row.end_words
            said = Ended(Ending.GOAL_REACHED, "She spoke in May", world.mentor.id)
            assert queries.end_of(row.id) == said
    assert "spoke in May" not in Browser(app).sign_in(world.mentee).get("/en/notices").text


@pytest.mark.parametrize(
    ("reason", "state"),
    [(Ending.TIME_OVER, State.COMPLETED), (Ending.MOVED_ON, State.ENDED_EARLY)],
)
def test_a_reason_is_one_tap(app: Flask, reason: Ending, state: State) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            found = the_pair_inside(world.pair)
            actions.end(found, world.mentee.id, never_again=False, reason=reason)
        assert the_pair(world.pair).state is state
        with pytest.raises(NotAllowed), transaction():
            actions.end(found, world.mentor.id, never_again=False)
        with reading():
            assert lists.request_of(world.mentee.id) is None, "who ends it does not wait again"


@pytest.mark.parametrize("side", [Side.MENTEE, Side.MENTOR])
def test_a_change_without_fault_puts_her_back_at_her_place(
    app: Flask, browser: Browser, heard: list[PairEvent], side: Side
) -> None:
    with app.app_context():
        world = make_pair()
        with reading():
            since = lists.request_by_id(the_pair_inside(world.pair).request_id).waiting_since
        who = world.mentee if side is Side.MENTEE else world.mentor
        other = world.mentor if side is Side.MENTEE else world.mentee
    browser.sign_in(who).get(f"{world.url}/change")
    page = browser.submit(button="Talk first")
    assert "The last weeks together" in page.text
    with app.app_context():
        assert Kind.PAIR_CLOSING in kinds(other)
        assert the_pair(world.pair).state is State.CLOSING
    browser.get(f"{world.url}/end")
    browser.submit({"reason": "not_a_fit"}, button="End the pair")
    with app.app_context():
        assert the_pair(world.pair).state is State.ENDED_EARLY
        with reading():
            request = lists.request_of(world.mentee.id)
        assert request is not None
        assert (request.state, request.waiting_since) == ("waiting", since)
        assert kinds(world.coordinator)[0] is Kind.CHANGE_WANTED
        assert kinds(other)[0] is Kind.PAIR_ENDED
        assert isinstance(heard[-1], PairEnded)
        assert heard[-1].change


def test_the_talk_can_be_skipped(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
    browser.sign_in(world.mentee).get(f"{world.url}/change")
    page = browser.submit(button="Change now")
    assert "You are on the list, at your old place." in page.html
    with app.app_context():
        offer(world.mentee, make_other())
        assert len(states_of(world.mentee)) == 2


def make_other() -> Somebody:
    return make_pair(mentee=make_waiting("Another")).mentor


def states_of(mentee: Somebody) -> list[str]:
    with reading():
        return list(db.session.scalars(select(Match.state).where(Match.mentee_id == mentee.id)))


def test_a_later_pair_knows_the_one_before(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.change(the_pair_inside(world.pair), world.mentee.id, talk=False)
        again = make_pair(mentee=world.mentee)
        with reading():
            row = db.session.scalars(select(Match).where(Match.public_id == again.pair)).one()
            assert row.predecessor_id == the_pair_inside(world.pair).id


# --- Blocks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_mentee", [True, False])
def test_a_block_ends_the_pair_at_once_and_in_silence(
    app: Flask, browser: Browser, heard: list[PairEvent], by_mentee: bool
) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentor, "Hello")
        who, whom = (world.mentee, world.mentor) if by_mentee else (world.mentor, world.mentee)
        before = {person.id: kinds(person) for person in (who, whom, world.coordinator)}
        with transaction():
            events.publish(Blocked(who.id, whom.id))
        assert the_pair(world.pair).state is State.ENDED_EARLY
        assert {person.id: kinds(person) for person in (who, whom, world.coordinator)} == before, (
            "nobody is told"
        )
        assert isinstance(heard[-1], PairEnded)
        assert heard[-1].silent
        with reading():
            found = [one for one in notices.notices(whom.id, 50) if one.read_at is None]
            assert not [one for one in found if one.params.get("pair") == world.pair], (
                "nothing leads to a page that is gone"
            )
    browser.sign_in(whom)
    for page in (world.url, f"{world.url}/messages", f"{world.url}/agreement"):
        assert browser.get(page).status == 404


def test_a_block_takes_an_offer_back(app: Flask) -> None:
    with app.app_context():
        mentor = make_pair().mentor
        mentee = make_waiting("Aida")
        public_id = offer(mentee, mentor)
        with transaction():
            events.publish(Blocked(mentor.id, mentee.id))
        assert the_pair(public_id).state is State.WITHDRAWN
        with reading():
            assert lists.request_of(mentee.id).state == "waiting"


# --- Mentors who go away -------------------------------------------------------------------------


def test_live_pairs_of_a_mentor_who_goes_away_are_for_staff_to_look_at(app: Flask) -> None:
    with app.app_context():
        world: World = make_pair()
        with transaction():
            profiles.pause(world.mentor.id, paused=True)
        assert the_pair(world.pair).state is State.ACTIVE
        assert Kind.PAIRS_LEFT in kinds(world.coordinator)
        with reading():
            ((found, rule, _days),) = queries.stalled(now())
        assert (found.public_id, rule) == (world.pair, Stall.MENTOR_AWAY)


# --- What is shown -------------------------------------------------------------------------------


def test_the_switch_for_tasks(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        found = the_pair(world.pair)
        assert found.share_tasks
        with transaction():
            actions.share(found, [], quizzes=True, tasks=False)
        found = the_pair(world.pair)
        assert (found.share_quizzes, found.share_tasks) == (True, False)
