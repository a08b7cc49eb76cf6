"""Circles: twelve at most, read from joining on, cases without a real person."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.circles import actions, queries
from lms.circles.models import CaseSheet, Circle, CircleKey, CircleMember, CirclePost
from lms.circles.rules import MOST_MEMBERS, Check, Full, NotAllowed
from lms.core import records
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.safeguarding import actions as safeguarding
from lms.safeguarding.others import Other, other_of
from tests.circles.world import circle, inside, make_circle
from tests.client import Browser
from tests.vaults import opener_of
from tests.world import Somebody, make_person

SAID = "What I said on Thursday."


@pytest.fixture
def lead(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("", Role.MENTOR)


def say(public_id: str, person: Somebody, text: str = SAID) -> None:
    with transaction():
        actions.write(inside(public_id), person.id, text, opener_of(person))


def heard(public_id: str, person: Somebody) -> list[str]:
    with reading():
        found = inside(public_id)
        keys = queries.shared_keys(found, person.id, opener_of(person))
        return [post.text for post in queries.posts(found, keys, frozenset())]


def test_from_a_code_to_the_talk(app: Flask, browser: Browser, lead: Somebody) -> None:
    with app.app_context():
        guest = make_person(zone="Asia/Almaty")
    browser.sign_in(lead)
    browser.get("/en/circles/new")
    page = browser.submit({"title": "Thursdays", "rhythm": "14", "name": "Lead"})
    code = page.soup.select_one(".made").get_text().strip()
    hers = Browser(app).sign_in(guest)
    hers.get("/en/circles")
    page = hers.submit({"circle_code": "2222-2222", "name": "Saule"}, button="Come in")
    assert "No circle has this code" in page.text
    page = hers.submit({"circle_code": code.lower(), "name": "Saule"}, button="Come in")
    assert page.h1 == "Thursdays"
    hers.submit({"body": SAID}, button="Send")
    url = hers.page.url.split("#")[0]
    page = browser.get(url)
    assert SAID in page.text
    assert "Saule" in page.text
    day = (now() + timedelta(days=3)).date().isoformat()
    browser.get(f"{url}/run")
    browser.submit(
        {"title": "Thursdays", "rhythm": "14", "day": day, "hour": "18:00"}, button="Save"
    )
    page = browser.get(url)
    assert "18:00" in page.text
    with app.app_context():
        assert SAID.encode() not in db.session.scalars(select(CirclePost.body)).one()


def test_whoever_comes_reads_from_then_on(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        first, second = make_person(), make_person()
        public_id = make_circle(lead, first)
        say(public_id, first, "Before.")
        with transaction():
            actions.join(inside(public_id), second.id, "Late")
        say(public_id, first, "After.")
        assert heard(public_id, first) == ["Before.", "After."]
        assert heard(public_id, second) == ["After."], "by the key, not by a condition"
        with transaction():
            actions.leave(inside(public_id), first.id)
        say(public_id, lead, "Among us.")
        assert heard(public_id, first) == []
        assert heard(public_id, second) == ["After.", "Among us."]


def test_a_circle_that_shares_one_key_is_found(
    app: Flask, lead: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted fault: whoever comes is given every key that there is.
    real = actions._new_key

    def careless(circle_id: int, public_id: str) -> None:
        real(circle_id, public_id)
        db.session.execute(CircleKey.__table__.delete().where(CircleKey.circle_id == circle_id))
        people = db.session.scalars(
            select(CircleMember.person_id).where(CircleMember.circle_id == circle_id)
        ).all()
        for person_id, (owner, public) in actions.vault.public_keys(people).items():
            place = queries.key_place(public_id, 1, owner)
            wrapped = actions.vault.seal_with(public, b"k" * 32, place)
            db.session.add(
                CircleKey(circle_id=circle_id, number=1, person_id=person_id, wrapped=wrapped)
            )
        db.session.flush()

    monkeypatch.setattr(actions, "_new_key", careless)
    with pytest.raises(AssertionError):
        test_whoever_comes_reads_from_then_on(app, lead)


def join_at_once(app: Flask, public_id: str, people: list[Somebody]) -> list[str]:
    with app.app_context():
        found = circle(public_id)
    start, results = threading.Barrier(len(people)), []

    def press(person_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    actions.join(found, person_id, "Somebody")
                results.append("in")
            except Full:
                results.append("full")

    threads = [threading.Thread(target=press, args=(person.id,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_twelve_also_when_all_come_at_once(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        public_id = make_circle(lead, *(make_person() for _ in range(MOST_MEMBERS - 3)))
        people = [make_person() for _ in range(5)]
    assert join_at_once(app, public_id, people) == ["full", "full", "full", "in", "in"]
    with app.app_context():
        assert len(circle(public_id).here) == MOST_MEMBERS


def test_who_is_asked_in_reads_nothing_before_she_comes(
    app: Flask, browser: Browser, lead: Somebody
) -> None:
    with app.app_context():
        guest = make_person()
        public_id = make_circle(lead)
        with transaction():
            actions.invite(inside(public_id), guest.id)
            actions.invite(inside(public_id), guest.id)
    browser.sign_in(guest)
    assert browser.get(f"/en/circles/{public_id}").status == 404
    page = browser.get("/en/circles")
    assert "You are asked into “Thursdays”" in page.text
    page = browser.submit({"name": "Saule"}, button="Come in")
    assert page.h1 == "Thursdays"


CASE = {"situation": "Somebody who does not exist.", "tried": "", "question": "What now?"}


def test_no_sheet_before_every_item_is_confirmed(
    app: Flask, browser: Browser, lead: Somebody
) -> None:
    with app.app_context():
        public_id = make_circle(lead)
    browser.sign_in(lead)
    browser.get(f"/en/circles/{public_id}/case")
    some = [check.value for check in Check][:-1]
    page = browser.submit({**CASE, "confirmed": some})
    assert page.status == 422
    assert "1 item is not confirmed." in page.text
    assert CASE["situation"] in page.html, "what was typed is not lost"
    with app.app_context():
        with reading():
            assert db.session.scalars(select(CaseSheet.id)).all() == [], "no draft is kept"
        with pytest.raises(NotAllowed), transaction():
            actions.post_sheet(inside(public_id), lead.id, CASE, some, opener_of(lead))
    page = browser.submit({**CASE, "confirmed": [check.value for check in Check]})
    assert page.h1 == "What now?"


def test_a_case_is_talked_about_in_order(app: Flask, browser: Browser, lead: Somebody) -> None:
    with app.app_context():
        member = make_person()
        public_id = make_circle(lead, member)
        with transaction():
            sheet = actions.post_sheet(
                inside(public_id), lead.id, CASE, set(Check), opener_of(lead)
            )
    url = f"/en/circles/{public_id}/case/{sheet}"
    hers, theirs = Browser(app).sign_in(member), browser.sign_in(lead)
    assert "Only questions now, no advice yet." in hers.get(url).text
    hers.submit({"body": "How long has it been?"}, button="Send")
    theirs.get(url)
    theirs.submit(button="Go on: Ideas of everybody")
    hers.get(url)
    hers.submit({"body": "I would ask her first."}, button="Send")
    theirs.get(url)
    theirs.submit(button="Go on: Advice of the facilitator")
    assert hers.get(url).soup.select_one("main textarea") is None
    theirs.get(url)
    theirs.submit({"body": "There is a guide."}, button="Send")
    theirs.submit(button="Go on: Summary")
    page = theirs.submit(button="Go on: Talked through")
    assert "The talk about this case is over." in page.text
    order = [h.get_text() for h in page.soup.select("main section h2")][-3:]
    assert order == ["Questions to understand", "Ideas of everybody", "Advice of the facilitator"]


def test_who_came_and_what_will_change(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one, two = make_person(), make_person()
        public_id = make_circle(lead, one, two)
        with transaction():
            actions.plan(inside(public_id), "Thursdays", 14, now() + timedelta(hours=1))
        with pytest.raises(NotAllowed), transaction():
            actions.held(inside(public_id), [])
        start = now()
        with time_machine.travel(start + timedelta(hours=3)):
            present = [m.public_id for m in circle(public_id).here if m.person_id != two.id]
            with transaction():
                actions.held(inside(public_id), present)
            with pytest.raises(NotAllowed), transaction():
                actions.held(inside(public_id), present)
            with reading():
                keys = queries.shared_keys(inside(public_id), one.id, opener_of(one))
                met = queries.meetings(inside(public_id), one.id, keys)[0]
            assert (met.came, met.asked, met.changes, met.was_there) == (2, 3, 0, True)
            with transaction():
                assert actions.will_change(
                    inside(public_id), met.public_id, one.id, "I ask first.", opener_of(one)
                )
                assert not actions.will_change(
                    inside(public_id), "0" * 12, one.id, "x", opener_of(one)
                )
            with reading():
                assert queries.meetings(inside(public_id), one.id, keys)[0].mine == "I ask first."
                other = queries.shared_keys(inside(public_id), lead.id, opener_of(lead))
                theirs = queries.meetings(inside(public_id), lead.id, other)[0]
                assert (theirs.changes, theirs.mine) == (1, None), "counted, not read"
                counts = queries.counts(start, now())
        assert (counts.meetings, counts.came, counts.expected, counts.changes) == (1, 2, 3, 1)


def test_blocked_people_do_not_read_each_other(
    app: Flask, browser: Browser, lead: Somebody
) -> None:
    with app.app_context():
        one, two = make_person(), make_person()
        public_id = make_circle(lead, one, two)
        say(public_id, two)
        with reading():
            place = inside(public_id).member(two.id).public_id
            assert other_of(place, one.id) == Other(two.id, "Person 1")
            assert other_of(place, make_outsider().id) is None
        with transaction():
            safeguarding.block(one.id, Other(two.id, "Person 1"))
    page = browser.sign_in(one).get(f"/en/circles/{public_id}")
    assert SAID not in page.text
    assert "Person 1" not in page.text


def make_outsider() -> Somebody:
    return make_person()


def test_somebody_who_goes_for_good(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one = make_person()
        public_id = make_circle(lead, one)
        say(public_id, lead)
        with app.test_request_context(), transaction():
            actions.part(lead.id)
            records.erase_rows(lead.id)
        assert circle(public_id).facilitator_id == one.id, "who was there longest leads on"
        with reading():
            assert db.session.scalars(select(CirclePost.id)).all() == []
        with app.test_request_context(), transaction():
            actions.part(one.id)
            records.erase_rows(one.id)
        assert circle(public_id).state == "closed"


def test_a_new_pair_of_keys_begins_anew(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one = make_person()
        public_id = make_circle(lead, one)
        say(public_id, one)
        with transaction():
            actions.change_keys(one.id)
        say(public_id, one, "Again.")
        assert heard(public_id, one) == ["Again."]
        assert heard(public_id, lead) == [SAID, "Again."]


def test_talk_and_circles_have_their_time(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        public_id = make_circle(lead, make_person())
        say(public_id, lead)
        with transaction():
            actions.post_sheet(inside(public_id), lead.id, CASE, set(Check), opener_of(lead))
        with time_machine.travel(now() + timedelta(days=181)), transaction():
            actions.forget_old()
        with reading():
            assert db.session.scalars(select(CirclePost.id)).all() == []
            assert db.session.scalars(select(CaseSheet.id)).all() == []
        with transaction():
            actions.close(inside(public_id))
        for days, left in ((89, 1), (91, 0)):
            with time_machine.travel(now() + timedelta(days=days)), transaction():
                actions.forget_old()
            with reading():
                assert len(db.session.scalars(select(Circle.id)).all()) == left
