"""Concerns from both ends: raised with and without an account, read by leads and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from lms.accounts.roles import Role
from lms.audit import queries as audit
from lms.core import sealing
from lms.core.clock import now
from lms.core.db import db, reading, statements, transaction
from lms.core.sealing import CannotOpen
from lms.messaging.models import Notice
from lms.safeguarding import actions, keeping, policy, queries
from lms.safeguarding.models import Concern
from lms.safeguarding.rules import Basis, NotAllowed, State, Wish
from tests.client import Browser
from tests.mentoring.world import make_pair
from tests.safeguarding.world import WORDS, concern, found, known_as, make_lead
from tests.world import Somebody, make_person


def statements_of(browser: Browser, url: str) -> int:
    """How many statements a page takes."""
    browser.client.get(url)
    return statements()


def kinds(person: Somebody) -> list[str]:
    with reading():
        return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id)))


@pytest.fixture
def lead(app: Flask) -> Somebody:
    with app.app_context():
        return make_lead()


def test_from_a_guest_to_a_lead(app: Flask, browser: Browser, lead: Somebody) -> None:
    browser.get("/en/help")
    assert "without a name" in browser.page.text
    page = browser.submit({"wish": "urgent", "body": WORDS})
    assert page.h1 == "We have it"
    assert "What you can do right now" in page.text
    assert "has not named a help line" in page.text, "no number is made up"
    with app.app_context():
        assert kinds(lead) == ["concern"]
        row = db.session.scalars(select(Concern)).one()
        assert (row.raised_by_id, row.about_id, row.wish) == (None, None, "urgent")
        assert WORDS.encode() not in row.body


def test_a_whole_life_in_the_browser(app: Flask, browser: Browser, lead: Somebody) -> None:
    with app.app_context():
        reporter, accused = make_person(), make_person()
    hers, theirs = Browser(app).sign_in(reporter), browser.sign_in(lead)
    with known_as("pairpairpair", reporter, accused):
        hers.get("/en/help?about=pairpairpair")
        assert "This is about Side B." in hers.page.text
        page = hers.submit({"wish": "talk", "body": WORDS})
    assert "Nobody has said yet that it was read" in page.text
    own = page.url
    page = theirs.get("/en/help/desk")
    assert "hours left" in page.text
    assert WORDS not in page.text
    assert "Side B" not in page.text
    link = next(a["href"] for a in page.soup.select("main a.btn"))
    page = theirs.get(link)
    assert WORDS in page.text
    assert "Side B" in page.text
    assert statements_of(theirs, link) <= 12
    theirs.submit(button="I have read it")
    theirs.submit({"body": "We call her tomorrow.", "kind": "note"}, button="Save")
    page = theirs.submit({"body": "When can we talk?", "kind": "answer"}, button="Save")
    assert "We call her tomorrow." in page.text
    page = hers.get(own)
    assert "Read." in page.text
    assert "When can we talk?" in page.text
    assert "We call her tomorrow." not in page.text, "notes are for leads"
    hers.submit({"body": "Tomorrow at nine."}, button="Send")
    theirs.get(link)
    theirs.submit(button="I look into it")
    theirs.submit(button="Steps are agreed")
    page = theirs.submit(button="Close it")
    assert "Tomorrow at nine." in page.text
    assert "looked at again" in page.text
    with app.app_context(), reading():
        # Who raised it sees that it was opened; whom it is about sees nothing.
        assert {visit.what for visit in audit.visits(reporter.id, 9)} == {"concern"}
        assert audit.visits(accused.id, 9) == []
        assert kinds(accused) == []
    assert "opened what you told us was wrong" in hers.get("/en/your-data/visits").text


def test_one_press_from_the_page_of_a_pair(app: Flask, browser: Browser, lead: Somebody) -> None:
    with app.app_context():
        world = make_pair()
    for side, other in ((world.mentee, "Daria V."), (world.mentor, "Saule")):
        page = Browser(app).sign_in(side).get(world.url)
        link = page.soup.select_one(f"main a[href*='help?about={world.pair}']")
        assert link is not None
        hers = Browser(app).sign_in(side)
        assert f"This is about {other}." in hers.get(link["href"]).text
    page = browser.sign_in(world.mentee).get(f"/en/help/block/{world.pair}")
    assert page.h1 == "Block Daria V.?"
    browser.submit(button="Block")
    assert browser.get(world.url).status == 404, "what they had in common is over"


OUTSIDERS = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.MENTOR, Role.AUTHOR)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_opens_it(app: Flask, browser: Browser, lead: Somebody, role: Role) -> None:
    with app.app_context():
        one, other = concern(make_person()), make_person("", role)
    browser.sign_in(other)
    for address in ("desk", f"desk/{one.public_id}", f"mine/{one.public_id}"):
        assert browser.get(f"/en/help/{address}").status == 404


def test_a_forgotten_check_is_found(
    app: Flask, browser: Browser, lead: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted hole: whoever has a role handles concerns.
    from lms.core import policy as table

    monkeypatch.setitem(
        table._table, policy.Permission.HANDLE, (lambda person, _: bool(person.roles),)
    )
    with pytest.raises(AssertionError):
        test_nobody_else_opens_it(app, browser, lead, Role.ADMINISTRATOR)


def test_no_lead_handles_what_is_about_her(app: Flask, browser: Browser) -> None:
    with app.app_context():
        accused, second, boss = make_lead(), make_lead(), make_person("", Role.ADMINISTRATOR)
        one, own = concern(make_person(), about=accused), concern(by=accused)
        assert kinds(accused) == []
        assert kinds(second) == ["concern", "concern"]
        assert kinds(boss) == []
    browser.sign_in(accused)
    assert "Nothing new waits." in browser.get("/en/help/desk").text
    assert browser.get(f"/en/help/desk/{one.public_id}").status == 404
    assert browser.get(f"/en/help/desk/{own.public_id}").status == 404
    with app.app_context(), transaction():
        assert not actions.hand_over(found(one.public_id), second.id, accused.public_id)


def test_without_a_lead_administrators_hear_that_something_waits(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        boss = make_person("", Role.ADMINISTRATOR)
    browser.get("/en/help")
    assert "Nobody reads concerns here yet" in browser.page.text
    assert "Administrators are told that something waits, never what." in browser.page.text
    browser.submit({"wish": "record", "body": WORDS})
    with app.app_context():
        assert kinds(boss) == ["concern_unread"]


def test_a_reminder_before_the_day_is_over(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        late, read = concern(), concern()
        with transaction():
            actions.step(read, lead.id, State.ACKNOWLEDGED)
        with transaction():
            actions.remind(late.public_id)
            actions.remind(read.public_id)
        assert kinds(lead).count("concern") == 3


def test_flood_of_guests(app: Flask, browser: Browser, lead: Somebody) -> None:
    with app.app_context(), transaction():
        for _ in range(actions.GUESTS_AN_HOUR):
            actions.throttle.count(actions.REPORTS, actions._counter(None))
    browser.get("/en/help")
    page = browser.submit({"wish": "record", "body": WORDS})
    assert page.status == 429
    assert "wait a little" in page.text
    assert WORDS in page.html, "what was typed is not lost"


def test_passing_on_needs_a_basis(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one = concern()
        with pytest.raises(NotAllowed), transaction():
            actions.step(one, lead.id, State.REFERRED)
        with transaction():
            actions.step(one, lead.id, State.REFERRED, Basis.LIFE)
        assert (found(one.public_id).state, found(one.public_id).basis) == (State.REFERRED, "life")


def close(one: queries.Found, lead: Somebody) -> None:
    for state in (State.ACKNOWLEDGED, State.ASSESSING, State.ACTION_PLAN, State.CLOSED):
        with transaction():
            actions.step(one, lead.id, state)


def test_kept_two_years_then_looked_at_then_gone(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one = concern()
        close(one, lead)
        with transaction():
            assert not actions.destroy(found(one.public_id)), "its time has not come"
        closed = now()
        with time_machine.travel(closed + timedelta(days=731)), transaction():
            actions.call_for_reviews()
            keeping.forget_old()
        assert found(one.public_id)
        with time_machine.travel(closed + timedelta(days=731)), transaction():
            actions.keep_longer(found(one.public_id), lead.id)
        with time_machine.travel(closed + timedelta(days=900)), transaction():
            keeping.forget_old()
        assert found(one.public_id)
        with time_machine.travel(closed + timedelta(days=731 + 365 + 91)), transaction():
            keeping.forget_old()
        with reading():
            assert queries.concern(one.public_id) is None


def test_destroyed_means_the_key(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        one = concern()
        with reading():
            body = db.session.scalars(select(Concern.body)).one()
            assert sealing.unseal(body, queries.place("body", one.public_id)) == WORDS
        with transaction():
            keeping.destroy(one.public_id)
        with reading(), pytest.raises(CannotOpen):
            sealing.unseal(body, queries.place("body", one.public_id))


def test_erasure_takes_the_person_out_and_leaves_the_words(app: Flask, lead: Somebody) -> None:
    from lms.core import records

    with app.app_context():
        reporter, accused = make_person(), make_person()
        one = concern(reporter, about=accused)
        with transaction():
            actions.reply(one, reporter.id, "And once more.")
            actions.block(reporter.id, queries_other(accused))
        with app.test_request_context(), transaction():
            records.erase_rows(reporter.id)
            records.erase_rows(accused.id)
        after = found(one.public_id)
        assert (after.raised_by_id, after.about_id, after.pair) == (None, None, "")
        with reading():
            said = queries.said(after)
            assert (said.text, said.about) == (WORDS, "")
            assert [(entry.text, entry.author_id) for entry in said.log] == [
                ("And once more.", None)
            ]
            assert db.session.execute(text("SELECT count(*) FROM block")).scalar() == 0


def queries_other(person: Somebody):
    from lms.safeguarding.others import Other

    return Other(person.id, "Daria V.")


def test_counts_say_how_many_and_nothing_else(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        start = now() - timedelta(minutes=1)
        quick, slow, _new = concern(wish=Wish.URGENT), concern(), concern()
        close(quick, lead)
        with time_machine.travel(now() + timedelta(hours=25)):
            with transaction():
                actions.step(slow, lead.id, State.REFERRED, Basis.CONSENT)
            with reading():
                found_counts = queries.counts(start, now())
        assert found_counts == queries.Counts(
            raised=3, urgent=1, acknowledged_in_time=1, acknowledgement_due=3, closed=1, referred=1
        )
        with reading():
            assert queries.counts(now() + timedelta(hours=1), now() + timedelta(days=1)).raised == 0


def test_open_concern_between(app: Flask, lead: Somebody) -> None:
    with app.app_context():
        a, b, c = make_person(), make_person(), make_person()
        one = concern(a, about=b)
        with reading():
            assert queries.open_concern_between(a.id, b.id)
            assert queries.open_concern_between(b.id, a.id)
            assert not queries.open_concern_between(a.id, c.id)
            assert queries.all_open_concerns() == {(a.id, b.id), (b.id, a.id)}
        close(one, lead)
        with reading():
            assert not queries.open_concern_between(a.id, b.id)


def test_the_lead_is_checked_like_staff(app: Flask) -> None:
    from lms.accounts.factors.queries import must_have

    with app.app_context():
        one, plain = make_lead(), make_person()
        with reading():
            assert must_have(one.id)
            assert not must_have(plain.id)
