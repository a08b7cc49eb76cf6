"""What waits for a coordinator: it comes by itself, says why, goes when it is done, and shows no word of a pair."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import func, select, update

from lms.accounts.models import DiscreetView
from lms.accounts.roles import Role
from lms.audit.models import AccessEvent
from lms.core import clock, outbox
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.sealing import unseal
from lms.mentoring.models import Match
from lms.support import actions, queries
from lms.support.models import CheckIn, ClosingWord, Nudge, ProgrammeNote, Pulse
from lms.support.rules import Asked, Channel, Fit, With
from lms.support.rules import Pulse as Answers
from tests.client import Browser
from tests.mentoring.world import World, make_mentor, make_pair, make_waiting, write
from tests.world import Somebody, make_person


def later(days: float) -> AbstractContextManager[None]:
    return clock.at(now() + timedelta(days=days))


def match_of(world: World) -> queries.Seen:
    with reading():
        found = queries.seen(world.pair)
    assert found is not None
    return found


def daily() -> None:
    with transaction():
        actions.daily()


def count(model: type) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return make_pair()


def coordinator(browser: Browser, world: World) -> Browser:
    return browser.sign_in(world.coordinator)


# --- Check-ins -----------------------------------------------------------------------------------


def test_a_pair_begins_with_its_first_three_check_ins(app: Flask, world: World) -> None:
    with app.app_context(), reading():
        days = [check.due_on - now().date() for check in queries.check_ins_of(match_of(world).id)]
    assert sorted(day.days for day in days) == [2, 14, 30]


def test_the_daily_job_makes_the_next_ones_once(app: Flask, world: World) -> None:
    with app.app_context():
        with later(55):
            daily()
            daily()
        assert count(CheckIn) == 4


def test_nothing_waits_on_the_first_day(world: World, browser: Browser) -> None:
    page = coordinator(browser, world).get("/en/desk")
    assert page.h1 == "Today"
    assert "Nothing waits for you" in page.text
    assert "1 check-in comes in the next 7 days." in page.text


def test_a_check_in_comes_is_overdue_and_goes(world: World, browser: Browser) -> None:
    with later(2):
        page = coordinator(browser, world).get("/en/desk")
        assert "Saule and Daria V." in page.text
        assert "After two days, due today." in page.text
        assert "Overdue" not in page.text
    with later(10):
        page = browser.sign_in(world.coordinator).get("/en/desk")
        assert "Overdue" in page.text
        browser.get(f"/en/desk/{world.pair}")
        page = browser.submit({"outcome": "both", "channel": "call"}, button="Record")
        assert "Nothing waits for you" in page.text
        page = browser.get(f"/en/desk/{world.pair}")
        assert "Spoke with both. By phone" in page.text


def test_a_check_in_is_closed_by_one_of_two(app: Flask, world: World) -> None:
    with app.app_context():
        check, by = queries.check_ins_of(match_of(world).id)[-1], world.coordinator.id
        with transaction():
            first = actions.check_in_done(check, by, With.BOTH, Channel.CALL)
            again = actions.check_in_done(check, by, With.MENTOR, Channel.CALL)
    assert (first, again) == (True, False)


def test_of_several_that_were_missed_the_latest_stands_there(
    app: Flask, world: World, browser: Browser
) -> None:
    with later(31):
        page = coordinator(browser, world).get("/en/desk")
        assert page.text.count("Record") == 1
        browser.get(f"/en/desk/{world.pair}")
        browser.submit({"outcome": "mentee", "channel": "writing"}, button="Record")
        page = browser.get(f"/en/desk/{world.pair}")
        assert page.text.count("Passed by") == 2
        assert "Spoke with the mentee only. In writing" in page.text


def test_a_pair_that_is_over_waits_for_nobody(app: Flask, world: World, browser: Browser) -> None:
    with app.app_context(), transaction():
        ended = {"state": "ended_early", "ended_at": now()}
        db.session.execute(update(Match).where(Match.public_id == world.pair).values(**ended))
    with later(3):
        assert "Nothing waits for you" in coordinator(browser, world).get("/en/desk").text


# --- Silence -------------------------------------------------------------------------------------


def test_the_mentor_hears_of_a_silence_first_and_once(app: Flask, world: World) -> None:
    with app.app_context():
        with later(9):
            daily()
        assert count(Nudge) == 0
        for days in (10.1, 11, 16):
            with later(days):
                daily()
        assert count(Nudge) == 1


def test_staff_see_a_silence_a_week_after_the_mentor(app: Flask, world: World) -> None:
    with later(16):
        page = coordinator(Browser(app), world).get("/en/desk")
        assert "Quiet pairs" not in page.text
    with later(17.1):
        page = coordinator(Browser(app), world).get("/en/desk")
        assert "No first meeting and no word for 17 days." in page.text


def test_a_word_ends_the_silence(app: Flask, world: World, browser: Browser) -> None:
    with app.app_context(), later(12):
        write(world, world.mentor, "A secret word")
    with later(17.1):
        page = coordinator(browser, world).get("/en/desk")
        assert "Quiet pairs" not in page.text
        assert "secret" not in browser.get(f"/en/desk/{world.pair}").html


# --- Scope and price -----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_the_two_have_no_desk(world: World, browser: Browser, who: str) -> None:
    somebody: Somebody = getattr(world, who)
    browser.sign_in(somebody)
    for address in (
        "/en/desk",
        "/en/desk/answers",
        f"/en/desk/{world.pair}",
        f"/en/desk/{world.pair}/1",
    ):
        assert browser.get(address).status == 404


def statements(app: Flask, browser: Browser, address: str) -> int:
    found = []

    def note(response: object) -> object:
        found.append(g.get("statements", 0))
        return response

    app.after_request_funcs.setdefault(None, []).append(note)
    try:
        browser.get(address)
    finally:
        app.after_request_funcs[None].remove(note)
    return int(found[-1])


def test_a_full_desk_costs_no_more_statements_than_an_empty_one(
    app: Flask, world: World, browser: Browser
) -> None:
    with later(31):
        coordinator(browser, world).get("/en/desk")
        before = statements(app, browser, "/en/desk")
    with app.app_context():
        for number in range(8):
            make_pair(make_mentor(f"Mentor {number}"), make_waiting(f"Mentee {number}"))
            make_waiting(f"Waiting {number}")
    with later(31):
        browser = coordinator(Browser(app), world)
        browser.get("/en/desk")
        after = statements(app, browser, "/en/desk")
        page = browser.get("/en/desk?show=checks")
    assert after <= before <= 12
    assert page.text.count("Record") == 9


def test_a_long_section_shows_its_first_lines(app: Flask, world: World, browser: Browser) -> None:
    with app.app_context():
        for number in range(7):
            make_pair(make_mentor(f"Mentor {number}"), make_waiting(f"Mentee {number}"))
    with later(3):
        page = coordinator(browser, world).get("/en/desk")
        assert page.text.count("Record") == 6
        assert "Show 2 more" in page.text


def test_both_sides_read_who_looked(app: Flask, world: World, browser: Browser) -> None:
    with later(2):
        coordinator(browser, world).get("/en/desk")
        browser.get(f"/en/desk/{world.pair}/1")
    with app.app_context(), reading():
        rows = db.session.execute(
            select(AccessEvent.person_id, AccessEvent.what).where(
                AccessEvent.what.in_(("support", "noted"))
            )
        ).all()
    assert set(map(tuple, rows)) == {
        (world.mentor.id, "support"),
        (world.mentee.id, "support"),
        (world.mentee.id, "noted"),
    }


# --- Notes of the programme ----------------------------------------------------------------------


def test_she_reads_what_is_noted_about_her_and_the_other_side_does_not(
    app: Flask, world: World, browser: Browser
) -> None:
    coordinator(browser, world).get(f"/en/desk/{world.pair}/1")
    assert "Coordinators and Saule can read it" in browser.page.text  # type: ignore[union-attr]
    browser.submit({"body": "Prefers evenings"}, button="Save note")
    with app.app_context(), reading():
        assert b"Prefers" not in db.session.scalars(select(ProgrammeNote.body)).one()
    mentee = Browser(app).sign_in(world.mentee)
    assert "What coordinators noted about you (1)" in mentee.get(world.url).text
    assert "Prefers evenings" in mentee.get(f"{world.url}/about-me").text
    mentor = Browser(app).sign_in(world.mentor)
    assert "noted" not in mentor.get(world.url).text
    assert "Prefers evenings" not in mentor.get(f"{world.url}/about-me").text


def test_an_empty_note_comes_back(world: World, browser: Browser) -> None:
    coordinator(browser, world).get(f"/en/desk/{world.pair}/2")
    page = browser.submit({"body": ""}, button="Save note")
    assert page.status == 422
    assert "Write something first." in page.text


# --- Short questions -----------------------------------------------------------------------------


def test_both_are_asked_at_day_30_and_nobody_sees_the_other(
    app: Flask, world: World, browser: Browser
) -> None:
    with later(30.1):
        with app.app_context():
            daily()
            daily()
            assert count(Pulse) == 2
        browser.sign_in(world.mentee)
        assert "Three short questions" in browser.get(world.url).text
        browser.get(f"{world.url}/questions")
        page = browser.submit({"heard": "4"}, button="Answer")
        assert "It is useful to me: Choose one." in page.text
        assert "Not a valid choice" not in page.text
        page = browser.submit({"heard": "4", "useful": "4", "safe": "1"}, button="Answer")
        assert "The other side does not see this." in page.html
        assert "Three short questions" not in page.text
        with app.app_context(), reading():
            sealed = db.session.scalars(
                select(Pulse.answers).where(Pulse.state == "answered")
            ).one()
            assert b"safe" not in (sealed or b"safe")
        mentor = Browser(app).sign_in(world.mentor)
        assert "safe" not in mentor.get(world.url).text
        staff = Browser(app).sign_in(world.coordinator)
        page = staff.get("/en/desk")
        assert "Speak with them within two days" in page.text
        assert "Saule" in page.text
        staff.get(f"/en/desk/{world.pair}")
        page = staff.submit(button="We have spoken")
        assert "Speak with" not in staff.get("/en/desk").text


def test_a_question_is_left_out_for_good(app: Flask, world: World, browser: Browser) -> None:
    with later(30.1):
        with app.app_context():
            daily()
        browser.sign_in(world.mentee).get(f"{world.url}/questions")
        browser.submit(button="Rather not")
        with app.app_context():
            daily()
        assert "Three short questions" not in browser.get(world.url).text


def test_who_does_not_fit_is_led_to_a_change_without_fault(
    app: Flask, world: World, browser: Browser
) -> None:
    with app.app_context(), transaction():
        actions.ask_fit(match_of_inside(world))
    browser.sign_in(world.mentee).get(f"{world.url}/questions")
    page = browser.submit({"fit": "not_a_fit"}, button="Answer")
    assert page.url.endswith(("/end", "/change"))


def match_of_inside(world: World) -> int:
    found = queries.seen(world.pair)
    assert found is not None
    return found.id


def test_an_answer_counts_once(app: Flask, world: World) -> None:
    with app.app_context(), transaction():
        actions.ask_fit(match_of_inside(world))
        question = queries.open_question(match_of_inside(world), world.mentee.id, now().date())
        assert question is not None
        for fit in (Fit.GOOD, Fit.NOT_A_FIT):
            actions.answer(question, world.mentee.public_id, fit, world.pair)
        sealed, public_id = db.session.execute(
            select(Pulse.answers, Pulse.public_id).where(Pulse.state == "answered")
        ).one()
        place = queries.answers_place(public_id, world.mentee.public_id)
        from_row = queries.from_text(unseal(sealed or b"", place))
    assert from_row is Fit.GOOD


def test_means_are_shown_of_five_people_and_more(
    app: Flask, world: World, browser: Browser
) -> None:
    with app.app_context():
        worlds = [world] + [
            make_pair(make_mentor(f"Mentor {n}"), make_waiting(f"Mentee {n}")) for n in range(2)
        ]
        people = [(one, side) for one in worlds for side in (one.mentor, one.mentee)]
    for number, (one, side) in enumerate(people[:5]):
        if number == 4:
            browser = coordinator(Browser(app), world)
            page = browser.get("/en/desk/answers")
            assert "Fewer than 5 people have answered" in page.text
        with app.app_context(), transaction():
            pair = queries.seen(one.pair)
            assert pair is not None
            actions.ask(pair, Asked.PULSE)
            question = queries.open_question(pair.id, side.id, now().date())
            assert question is not None
            actions.answer(question, side.public_id, Answers(4, 4, 3 + number % 2), one.pair)
    page = browser.get("/en/desk/answers")
    assert "3.4" in page.text
    assert "5 of 6" in page.text


# --- The end -------------------------------------------------------------------------------------


def test_closing_words_are_for_the_other_side_only(
    app: Flask, world: World, browser: Browser
) -> None:
    with app.app_context(), transaction():
        closing = {"state": "closing"}
        db.session.execute(update(Match).where(Match.public_id == world.pair).values(**closing))
    browser.sign_in(world.mentee)
    assert "Looking back" in browser.get(world.url).text
    browser.get(f"{world.url}/look-back")
    browser.submit({"reached": "A hearing", "next": "", "thanks": "For patience"}, button="Save")
    mentor = Browser(app).sign_in(world.mentor)
    assert "Saule has written to you." in mentor.get(world.url).text
    page = mentor.get(f"{world.url}/look-back")
    assert "A hearing" in page.text
    assert "For patience" in page.text
    with app.app_context(), reading():
        assert b"hearing" not in db.session.scalars(select(ClosingWord.body)).one()


def test_who_takes_her_words_back_leaves_nothing(
    app: Flask, world: World, browser: Browser
) -> None:
    with app.app_context(), transaction():
        closing = {"state": "closing"}
        db.session.execute(update(Match).where(Match.public_id == world.pair).values(**closing))
    browser.sign_in(world.mentor).get(f"{world.url}/look-back")
    browser.submit({"reached": "A hearing"}, button="Save")
    browser.submit({"reached": ""}, button="Save")
    mentee = Browser(app).sign_in(world.mentee)
    assert "has not written here yet" in mentee.get(f"{world.url}/look-back").text


def test_before_the_end_there_is_no_looking_back(world: World, browser: Browser) -> None:
    page = browser.sign_in(world.mentee).get(f"{world.url}/look-back")
    assert page.url.endswith(world.url)


# --- Keeping -------------------------------------------------------------------------------------


def test_all_of_a_pair_goes_90_days_after_its_end(app: Flask, world: World) -> None:
    with app.app_context():
        with transaction():
            match_id = match_of_inside(world)
            actions.write_note(match_id, world.mentee.id, world.coordinator.id, "Evenings")
            actions.ask_fit(match_id)
            db.session.execute(update(Match).values(state="completed", ended_at=now()))
        for days, left in ((89, 1), (91, 0)):
            with later(days), transaction():
                actions.forget_old()
            assert count(ProgrammeNote) == left
        assert count(Pulse) == 0


def test_the_daily_job_runs_in_the_worker(app: Flask, world: World) -> None:
    with app.app_context(), later(30.1):
        with transaction():
            outbox.enqueue("support.daily", {})
        outbox.run_due()
        assert count(Pulse) == 2


def test_staff_begin_with_today_and_others_at_home(app: Flask) -> None:
    with app.app_context():
        staff, learner = make_person("Magpie", Role.COORDINATOR), make_person("Wren")
    assert _arrives(app, learner) == "/en/home"
    assert _arrives(app, staff) == "/en/desk"
    with app.app_context(), transaction():
        db.session.add(DiscreetView(person_id=staff.id))
    assert _arrives(app, staff) == "/en/home", "a discreet view shows no more at the door"


def _arrives(app: Flask, person: Somebody) -> str:
    """Where somebody comes to who has signed in and wants nothing in particular."""
    return Browser(app).sign_in(person).get("/en/sign-in").url
