"""What screening says of people, and what mentors like best: fields that the rules of matching read."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.accounts import actions as accounts
from lms.accounts.roles import Role
from lms.core.db import reading, transaction
from lms.matching.constraints import DECIDERS, Bar, Decider
from lms.matching.facts import Weights
from lms.matching.score import terms
from lms.programmes import facts, queries, trail
from lms.programmes.facts import Around
from lms.programmes.rules import More, Track
from tests.client import Browser
from tests.mentoring.world import make_coordinator
from tests.programmes.test_facts import SINCE, bars, mentee, mentor
from tests.programmes.world import profile_of, request_of
from tests.world import Somebody, make_person


def look_of(person: Somebody) -> str:
    return f"/en/pairs/people/{profile_of(person).public_id}/look"


def test_who_is_16_or_17_is_paired_with_cleared_mentors_only(app: Flask, browser: Browser) -> None:
    with app.app_context():
        hers, waits = mentor(), mentee()
        staff, lead = make_coordinator(), make_person("", Role.SAFEGUARDING)
        assert Bar.CLEARANCE not in bars()
        address, look = f"/en/pairs/requests/{request_of(waits).public_id}", look_of(hers)
    desk = Browser(app).sign_in(staff)
    desk.get(address)
    desk.submit({"under_18": "y", "priority": "20"}, button="Save")
    assert "Saved." in desk.page.html
    with app.app_context():
        assert Bar.CLEARANCE in bars()
        assert DECIDERS[Bar.CLEARANCE] is Decider.SAFEGUARDING
        assert (request_of(waits).under_18, request_of(waits).priority) == (True, 20)
    page = Browser(app).sign_in(waits).get("/en/pairs/ask")
    assert "noted that you are 16 or 17" in page.text, "what staff can read she can read"
    assert "Clear for 16 and 17" not in desk.get(look).text, "coordinators do not decide it"
    browser.sign_in(lead).get(look)
    browser.submit(button="Clear for 16 and 17")
    assert "adults, and people of 16 and 17" in browser.page.text
    with app.app_context():
        assert Bar.CLEARANCE not in bars()
        [step] = trail.steps_of("clearance", profile_of(hers).public_id)
        assert (step.from_state, step.to_state, step.actor_id) == ("adults", "from_16", lead.id)
    browser.submit(button="Adults only again")
    with app.app_context():
        assert Bar.CLEARANCE in bars()


@pytest.mark.sqlite_only
def test_no_lead_clears_herself(app: Flask, browser: Browser) -> None:
    with app.app_context():
        lead, other = mentor(), mentor(name="Zarina M.")
        with transaction():
            accounts.grant(lead.id, Role.SAFEGUARDING)
        own, another = look_of(lead), look_of(other)
    form = browser.sign_in(lead).get(another).soup
    assert "Clear for 16 and 17" not in browser.get(own).text
    hidden = {one["name"]: one["value"] for one in form.select("form[action$=clear] input")}
    address = own.replace("/look", "/clear")
    assert browser.post(address, {**hidden, "adults": "also"}).status == 404
    with app.app_context():
        assert profile_of(lead).adults_only


@pytest.mark.sqlite_only
def test_a_priority_is_0_to_200(app: Flask, browser: Browser) -> None:
    with app.app_context():
        waits, staff = mentee(), make_coordinator()
        address = f"/en/pairs/requests/{request_of(waits).public_id}"
    browser.sign_in(staff).get(address)
    assert browser.submit({"priority": "201"}, button="Save").status == 422
    with app.app_context():
        assert request_of(waits).priority == 0


@pytest.mark.sqlite_only
def test_what_she_is_glad_about_is_asked_kept_and_shown(app: Flask, browser: Browser) -> None:
    with app.app_context():
        hers, staff = mentor(More(topics=["law"])), make_coordinator()
        public_id, look = profile_of(hers).public_id, look_of(hers)
    browser.sign_in(hers).get(f"/en/pairs/places/more/{public_id}")
    browser.submit({"glad_topics": ["media"], "topics": ["law"]}, button="Save")
    with app.app_context(), reading():
        found = queries.profile_of(hers.id)
        assert found is not None
        assert (found.glad_topics, found.topics) == (["media"], ["law", "media"])
    page = browser.get(f"/en/pairs/places/more/{public_id}")
    assert page.soup.select_one("input[name=glad_topics][value=media]").has_attr("checked")
    assert "Media and storytelling" in Browser(app).sign_in(staff).get(look).text


@pytest.mark.parametrize(
    ("needs", "points"), [(["media", "law"], 5), (["law"], 0), (["media"], 10)]
)
def test_it_counts_only_where_coordinators_let_it(
    app: Flask, needs: list[str], points: int
) -> None:
    with app.app_context():
        mentor(More(glad_topics=["media"])), mentee(More(topics=needs))
        with reading():
            found = facts.everybody(Track.PEER, SINCE, Around())
        said = terms(found.mentors[0], found.mentees[0])
    assert said.glad == points
    more = Weights(needs=25, glad=5)
    less = Weights(needs=25, country=10)
    assert said.total(more) - said.total(less) == 5 * (points - said.country)
    assert Weights().glad == 0, "off by default: it would leave out whom nobody is glad to help"
