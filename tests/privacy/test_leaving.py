"""Leaving: hidden at once, back within seven days, destroyed after them or now, and nothing points back."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import signin
from lms.accounts.factors.models import CodeApp
from lms.accounts.models import Person
from lms.cohorts import queries as cohorts
from lms.core import outbox, records
from lms.core.clock import now
from lms.core.db import Model, db, reading, transaction
from lms.core.outbox import Outbox
from lms.mentoring import queries as pairs
from lms.mentoring.home import around
from lms.privacy import actions, ledger
from lms.privacy.models import Erasure
from lms.programmes import queries as lists
from tests.client import Browser
from tests.cohorts.world import make_cohort, make_course, seat_person
from tests.mentoring.world import make_pair, make_waiting
from tests.privacy.world import another, leave, rows_of, run_daily
from tests.world import Somebody, make_person


def test_the_name_has_to_be_typed(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person("Swift 21")
    browser.sign_in(person).get("/en/your-data/erase")
    page = browser.submit({"handle": "Swift 22"}, button="Delete everything")
    assert page.status == 422
    assert "Nothing has changed" in page.text
    assert browser.get("/en/home").h1 != "Sign in"


def test_hidden_at_once_and_back_by_signing_in(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        waiting = make_waiting("Zarina")
    leave(browser, world.mentee)
    leave(another(browser), waiting)
    assert browser.get("/en/home").h1 == "Sign in"
    with app.app_context(), reading():
        assert pairs.pair(world.pair) is None
        assert pairs.pairs_of_mentor(world.mentor.id) == []
        assert [one.shown_name for one in lists.waiting()] == []
        assert around(world.mentor.id, coordinates=True).matches == ()
        assert around(world.mentor.id, coordinates=True).people_waiting == 0
    page = browser.sign_in(world.mentee).page
    assert page.h1 == "Come back?"
    page = browser.submit(button="Come back")
    assert "Everything is as it was" in page.html
    with app.app_context(), reading():
        assert pairs.pair(world.pair) is not None


def test_a_cohort_does_not_show_her(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        cohort = make_cohort(make_course(tmp_path))
        person = seat_person(cohort, "Saule")
        with transaction():
            actions.leave(person.id)
        with reading():
            assert cohorts.seats(cohort.id) == []
        with transaction():
            assert actions.come_back(person.id)
        with reading():
            assert [seat.shown_name for seat in cohorts.seats(cohort.id)] == ["Saule"]


def test_a_second_factor_comes_before_what_cannot_be_undone(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    leave(browser, person)
    assert "Destroy now" in browser.sign_in(person).page.text
    with app.app_context(), transaction():
        today = now().date()
        db.session.add(CodeApp(person_id=person.id, secret=b"x", last_step=0, added_on=today))
    assert "Destroy now" not in browser.get("/en/your-data/back").text
    form = browser.page.soup.find("form", {"action": "/en/your-data/back"})
    token = form.find("input", {"name": "csrf_token"})["value"]
    browser.post("/en/your-data/back", {"csrf_token": token, "now": "1"})
    with app.app_context(), reading():
        assert rows_of(person.id) != []


def test_a_mentor_who_leaves_is_no_longer_proposed(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.leave(world.mentor.id)
        with reading():
            assert pairs.profiles() == []
            assert pairs.live_pair_of(world.mentee.id) is None


@pytest.mark.parametrize("days", [6, 8])
def test_seven_days(app: Flask, browser: Browser, days: int) -> None:
    with app.app_context():
        person = make_person()
    leave(browser, person)
    with app.app_context(), time_machine.travel(now() + timedelta(days=days), tick=False):
        run_daily()
        run_daily()
        with reading():
            assert (rows_of(person.id) != []) == (days < 7)


def test_now_goes_at_once_and_no_passphrase_brings_it_back(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    leave(browser, person, now=True)
    assert browser.page.h1 == "It is destroyed"
    browser.get("/en/sign-in")
    typed = {"handle": person.handle, "passphrase": person.passphrase}
    assert browser.submit(typed).status == 422, "before the rows are gone"
    with app.app_context():
        outbox.run_due()
        with reading():
            assert rows_of(person.id) == []
            assert db.session.scalar(select(func.count()).select_from(Erasure)) == 0
            waits = Outbox.kind.startswith("privacy.") & Outbox.done_at.is_(None)
            assert db.session.scalars(select(Outbox.kind).where(waits)).all() == []
        assert ledger.digest(person.public_id) in ledger.listed()
    browser.get("/en/sign-in")
    assert browser.submit(typed).status == 422, "after them"


def test_others_are_told_and_their_places_are_free(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.destroy_now(world.mentee.id)
        outbox.run_due()
    page = browser.sign_in(world.mentor).get("/en/notices")
    assert "A pair has ended" in page.text
    with app.app_context(), reading():
        assert pairs.taken(world.mentor.id) == 0


def test_what_others_count_is_an_empty_row(app: Flask, browser: Browser) -> None:
    with app.app_context():
        world = make_pair()
        with transaction():
            actions.destroy_now(world.coordinator.id)
        outbox.run_due()
        with reading():
            row = db.session.get_one(Person, world.coordinator.id)
            assert (row.state, row.handle, row.public_key) == ("gone", "", b"")
            assert row.public_id != world.coordinator.public_id
            assert pairs.pair(world.pair) is not None, "the pair that she proposed lives on"


def test_a_backup_does_not_bring_anybody_back(app: Flask) -> None:
    with app.app_context():
        person, other = make_person("Was erased"), make_person("Was not")
        ledger.add({ledger.digest(person.public_id)})
        assert actions.reapply_erasures() == 1
        assert actions.reapply_erasures() == 0
        with reading():
            assert rows_of(person.id) == []
            assert rows_of(other.id) != []


def test_a_half_written_line_of_the_list_harms_nobody(app: Flask) -> None:
    with app.app_context():
        one, two = ledger.digest("one"), ledger.digest("two")
        ledger.add({one})
        with ledger.path().open("a") as file:
            file.write("abcdef")
        ledger.add({two})
        ledger.add({two})
        assert {one, two} <= ledger.listed()
        assert ledger.path().read_text().count(two.hex()) == 1
        assert (ledger.path().stat().st_mode & 0o777) == 0o600


def test_an_account_that_nobody_uses_for_24_months_goes(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        begin = now()
        for months in (0, 12, 23):
            with time_machine.travel(begin + timedelta(days=30.4 * months), tick=False):
                run_daily()
        assert _state(person) == "active"
        with time_machine.travel(begin + timedelta(days=30.5 * 25), tick=False):
            run_daily()
            assert _state(person) == "leaving"
        with time_machine.travel(begin + timedelta(days=30.5 * 25 + 8), tick=False):
            run_daily()
            with reading():
                assert rows_of(person.id) == []


def _state(person: Somebody) -> str:
    with reading():
        return db.session.scalars(select(Person.state).where(Person.id == person.id)).one()


def test_a_record_that_forgets_a_table_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Foreign keys end such an erasure: nobody is left half erased in silence.
    with app.app_context():
        world = make_pair()
        kept = [one for one in records.records() if one.table != "mentor_request"]
        monkeypatch.setattr(records, "_records", kept)
        with transaction():
            actions.destroy_now(world.mentee.id)
        outbox.run_due()
        with reading():
            assert rows_of(world.mentee.id) != []
            assert Model.metadata.tables["mentor_request"].name in rows_of(world.mentee.id)


@pytest.mark.parametrize("address", ["/en/your-data/erase", "/en/your-data/copy"])
def test_the_passphrase_is_asked_for_again(app: Flask, browser: Browser, address: str) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person)
    with time_machine.travel(time.time() + signin.FRESH_FOR + 1):
        assert browser.get(address).h1 == "Your passphrase once more"
