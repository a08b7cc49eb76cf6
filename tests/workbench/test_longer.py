"""Staff propose that a pair goes on after its agreed time; it does when both say yes, and nobody learns who said no."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.core import clock
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.mentoring import actions, renewal
from lms.mentoring.queries import Pair
from lms.mentoring.states import NotAllowed, State
from lms.messaging import queries as notices
from lms.messaging.kinds import Kind
from lms.programmes import trail
from tests.client import Browser
from tests.mentoring.world import World, make_pair, the_pair, the_pair_inside
from tests.world import Somebody

pytestmark = pytest.mark.sqlite_only
OVER = timedelta(weeks=24, days=3)
QUESTION = "Would you like to go on together?"


def over(app: Flask, world: World) -> Pair:
    """The agreed time of a pair has come to its end."""
    with app.app_context():
        with transaction():
            actions.close_in_time()
        found = the_pair(world.pair)
    assert found.state is State.CLOSING
    return found


def look(app: Flask, world: World) -> Pair:
    with app.app_context():
        return the_pair(world.pair)


def kinds(app: Flask, person: Somebody) -> list[Kind]:
    with app.app_context(), reading():
        return [notice.kind for notice in notices.notices(person.id, 50)]


def propose(app: Flask, world: World, weeks: int) -> None:
    with app.app_context(), transaction():
        renewal.propose(the_pair_inside(world.pair), weeks, world.coordinator.id)


def test_staff_propose_both_say_yes_and_the_pair_goes_on(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
    with clock.at(now() + OVER):
        over(app, world)
        page = browser.sign_in(world.coordinator).get("/en/pairs/waiting")
        assert "The agreed time is over, or nearly" in page.text
        page = browser.submit({"weeks": "12"}, button="Ask both")
        assert "Asked whether they go on for 12 weeks." in page.text
        assert not page.soup.select("select[name=weeks]"), "nobody is asked twice"
        assert all(Kind.AGREEMENT in kinds(app, side) for side in (world.mentor, world.mentee))
        mentor, mentee = (Browser(app).sign_in(side) for side in (world.mentor, world.mentee))
        page = mentor.get(world.url)
        assert QUESTION in page.text
        assert "A coordinator proposes 12 weeks more." in page.text
        page = mentor.submit(button="Yes, go on")
        assert "You said yes to going on. Saule is asked, too." in page.text
        assert QUESTION not in page.text
        assert look(app, world).state is State.CLOSING, "one yes is not both"
        mentee.get(world.url)
        page = mentee.submit(button="Yes, go on")
        assert "You go on together." in page.html
        found = look(app, world)
        assert (found.state, found.ends_on) == (
            State.ACTIVE,
            (now() + timedelta(weeks=12)).date(),
        )
        assert Kind.PAIR_RESUMED in kinds(app, world.mentor)
        with app.app_context(), reading():
            made = [(one.from_state, one.to_state) for one in trail.steps_of("match", world.pair)]
        assert made[-2:] == [("active", "closing"), ("closing", "active")]
        assert "The agreed time is over" not in browser.get("/en/pairs/waiting").text
    with clock.at(now() + OVER + timedelta(weeks=12)):
        over(app, world)
        propose(app, world, 4)
        assert QUESTION in Browser(app).sign_in(world.mentee).get(world.url).text


def test_a_no_leaves_the_end_as_it_was_and_is_told_to_nobody(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
    with clock.at(now() + OVER):
        before = over(app, world)
        propose(app, world, 24)
        mentee, mentor = (Browser(app).sign_in(side) for side in (world.mentee, world.mentor))
        mentee.get(world.url)
        mentee.submit(button="Yes, go on")
        mentor.get(world.url)
        page = mentor.submit(button="No, thank you")
        assert "Nobody is told that it was you." in page.html
        found = look(app, world)
        assert (found.state, found.ends_on) == (State.CLOSING, before.ends_on)
        page = mentee.get(world.url)
        assert "The last weeks together" in page.text
        assert QUESTION not in page.text
        with app.app_context():
            for person in (world.mentor, world.mentee):
                with pytest.raises(NotAllowed), transaction():
                    renewal.answer(found, person.id, yes=True)
            with pytest.raises(NotAllowed), transaction():
                renewal.propose(found, 24, world.coordinator.id)
        page = Browser(app).sign_in(world.coordinator).get("/en/pairs/waiting")
        assert "They were asked, and it ends here." in page.text


def test_nobody_is_asked_in_the_middle_or_before_a_change_of_mentor(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        with pytest.raises(NotAllowed), transaction():
            renewal.propose(the_pair_inside(world.pair), 24, world.coordinator.id)
        with transaction():
            actions.change(the_pair_inside(world.pair), world.mentee.id, talk=True)
        with pytest.raises(NotAllowed), transaction():
            renewal.propose(the_pair_inside(world.pair), 24, world.coordinator.id)
        with reading():
            assert renewal.closing() == []
