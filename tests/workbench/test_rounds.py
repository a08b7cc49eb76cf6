"""Rounds: they write their own rows only, are published once, and never move a live pair."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from lms.audit.models import AccessEvent
from lms.core import clock, outbox
from lms.core.clock import now
from lms.core.db import Model, db, reading, transaction
from lms.matching.constraints import Bar
from lms.matching.facts import Track, Wish
from lms.mentoring import queries as pairs
from lms.mentoring.models import Match
from lms.messaging.models import Notice
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.models import MentorProfile
from lms.programmes.rules import More, Private
from lms.workbench import actions, compute, queries, snapshot
from lms.workbench.compute import Wanted
from lms.workbench.models import MatchDecision, MatchProposal, MatchRun
from lms.workbench.queries import Run
from lms.workbench.rules import DECISIONS_KEPT, LOSING_KEPT, Outcome, shares_of_100
from lms.workbench.views import rounds
from tests.client import Browser
from tests.cohorts.world import statements
from tests.mentoring.world import make_coordinator, make_mentor, make_pair, make_waiting
from tests.workbench.world import (
    first_of,
    make_round,
    profile_id,
    proposals,
    request_id,
    the_round,
)

MOST_STATEMENTS = 12
OWN = {"match_run", "match_proposal", "match_decision", "outbox"}


def everything_else() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is not a round's own."""
    with reading():
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
            for table in Model.metadata.sorted_tables
            if table.name not in OWN
        }


def test_a_round_writes_nothing_but_its_own_rows(app: Flask) -> None:
    with app.app_context():
        staff, live = make_coordinator(), make_pair()
        make_mentor("Zarina M."), make_waiting("Kamila"), make_waiting("Bek", ["pl"])
        before = everything_else()
        found = make_round(staff)
        assert everything_else() == before
        assert [one.mentee for one in first_of(found)] == ["Kamila"]
        assert live.mentee.id not in {one.mentee_id for one in proposals(found)}


def test_a_round_that_writes_more_would_be_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(payload: dict[str, object], result: object) -> None:
        store(payload, result)  # type: ignore[arg-type]
        db.session.execute(update(MentorProfile).values(capacity=9))

    with app.app_context():
        staff, _mentor = make_coordinator(), make_mentor()
        make_waiting()
        store = actions.store
        monkeypatch.setitem(
            outbox._jobs,
            actions.JOB,
            outbox.Job(actions.JOB, effect=careless, work=actions.work),
        )
        before = everything_else()
        make_round(staff)
        assert everything_else() != before


def test_nothing_is_sent_before_publishing_and_publishing_twice_is_once(app: Flask) -> None:
    with app.app_context():
        staff = make_coordinator()
        make_mentor("Zarina M.", capacity=1), make_mentor("Olena S.", capacity=1)
        make_waiting("Kamila"), make_waiting("Bek")
        found = make_round(staff)
        numbers = [one.id for one in first_of(found)]
        assert len(numbers) == 2
        assert offers() == 0
        with transaction():
            assert actions.publish(found, numbers, staff.id).offered == 2
        with transaction():
            assert actions.publish(found, numbers, staff.id) == actions.Published()
        assert offers() == 2
        with reading():
            assert set(db.session.scalars(select(Match.run))) == {found.public_id}
            assert db.session.scalar(select(func.count()).select_from(Notice)) >= 2
        assert {one.outcome for one in first_of(found)} == {Outcome.OFFERED}


def offers() -> int:
    with reading():
        return len(pairs.offers())


def at_once(app: Flask, people: int, act: Callable[[], object]) -> None:
    start = Barrier(people)

    def press() -> None:
        with app.app_context():
            start.wait()
            act()

    with ThreadPoolExecutor(people) as pool:
        for done in [pool.submit(press) for _ in range(people)]:
            done.result()


def test_two_who_publish_at_once_make_each_offer_once(app: Flask) -> None:
    with app.app_context():
        staff = make_coordinator()
        make_mentor("Zarina M.", capacity=10)
        for number in range(6):
            make_waiting(f"Person {number}")
        found = make_round(staff)
        numbers = [one.id for one in first_of(found)]

    def press() -> None:
        with transaction():
            actions.publish(found, numbers, staff.id)

    at_once(app, 4, press)
    with app.app_context():
        assert offers() == len(numbers) == 6


def test_who_does_not_wait_any_more_is_passed_over(app: Flask) -> None:
    with app.app_context():
        staff, left = make_coordinator(), make_waiting("Kamila")
        make_mentor("Zarina M."), make_waiting("Bek")
        found = make_round(staff)
        with transaction():
            waiting.stop_waiting(left.id)
        numbers = [one.id for one in first_of(found)]
        with transaction():
            done = actions.publish(found, numbers, staff.id)
        assert (done.offered, done.not_any_more) == (1, 1)


def test_a_live_pair_is_never_moved(app: Flask) -> None:
    with app.app_context():
        staff, live = make_coordinator(), make_pair()
        make_waiting("Kamila")
        for policy in compute.Policy:
            found = make_round(staff, wanted=Wanted(policy=policy))
            assert {one.mentee for one in proposals(found)} == {"Kamila"}
        numbers = [one.id for one in first_of(found)]
        with transaction():
            actions.publish(found, numbers, staff.id)
        with reading():
            pair = pairs.pair(live.pair)
        assert pair is not None
        assert pair.state == "active"


def test_decisions_count_in_the_next_round_and_can_be_taken_back(app: Flask) -> None:
    with app.app_context():
        staff, kamila, bek = make_coordinator(), make_waiting("Kamila"), make_waiting("Bek")
        zarina, olena = make_mentor("Zarina M."), make_mentor("Olena S.")
        first = make_round(staff)
        hers, his, olena_s = request_id(kamila), request_id(bek), profile_id(olena)
        with transaction():
            actions.pin(first, hers, olena_s, "", staff.id)
            actions.forbid(first, his, olena_s, staff.id)
        second = make_round(staff, first)
        mentors = {one.mentee: (one.mentor, one.pinned) for one in first_of(second)}
        assert mentors == {"Kamila": ("Olena S.", True), "Bek": ("Zarina M.", False)}
        zarina_m = profile_id(zarina)
        with transaction():
            actions.hold(second, his, staff.id)
            actions.one_less(second, zarina_m, staff.id)
        third = make_round(staff, second)
        assert [one.mentee for one in first_of(third)] == ["Kamila"]
        with reading():
            held = next(one for one in queries.decisions(third.id) if one.kind == "hold")
        with transaction():
            actions.undo(third, held.public_id)
        assert len(first_of(make_round(staff, third))) == 2


def test_what_a_pin_may_break(app: Flask) -> None:
    with app.app_context():
        staff, waits = make_coordinator(), make_waiting("Kamila", ["ru"])
        polish, own_rule = make_mentor("Piotr L.", ["pl"]), make_mentor("Olena S.")
        with transaction():
            private = Private(gender_wish=Wish.MUST, mentor_gender="woman")
            waiting.describe_request(waits.id, More(private=private), (Track.PEER,))
        with transaction():
            card = lists.profile_of(polish.id)
            assert card is not None
            profiles.describe_mentor(card, More(private=Private(gender="woman")))
        found = make_round(staff)
        asked, piotr, olena = request_id(waits), profile_id(polish), profile_id(own_rule)
        with transaction(), pytest.raises(actions.NeedsReason):
            actions.pin(found, asked, piotr, "", staff.id)
        with transaction(), pytest.raises(actions.NotPossible):
            actions.pin(found, asked, olena, "I know both of them", staff.id)
        with transaction():
            actions.pin(found, asked, piotr, "Ana interprets", staff.id)
        again = make_round(staff, found)
        assert [(one.mentor, one.pinned) for one in first_of(again)] == [("Piotr L.", True)]
        with reading():
            assert [one.reason for one in queries.decisions(again.id)] == ["Ana interprets"]
            sealed = db.session.scalars(select(MatchDecision.reason)).first()
        assert sealed is not None
        assert b"interprets" not in sealed


@pytest.mark.parametrize("bar", list(Bar))
def test_nobody_but_the_person_sets_her_rules_aside(bar: Bar) -> None:
    free = {Bar.LANGUAGE, Bar.CONFLICT, Bar.TIME, Bar.FLOOR}
    if bar in free:
        actions.require_possible([bar], "because")
        with pytest.raises(actions.NeedsReason):
            actions.require_possible([bar], "")
    else:
        with pytest.raises(actions.NotPossible):
            actions.require_possible([bar], "because")


def test_a_round_says_when_somebody_has_changed_since(app: Flask) -> None:
    with app.app_context():
        staff, mentor = make_coordinator(), make_mentor()
        make_waiting("Kamila")
        found = make_round(staff)
        assert not stale(found)
        with clock.at(now() + timedelta(days=2)):
            assert not stale(found), "days that pass are no change"
        with transaction():
            profiles.pause(mentor.id, paused=True)
        assert stale(found)


def stale(found: Run) -> bool:
    with reading():
        everybody = snapshot.take(Track.PEER, found.made_at)
        return compute.is_stale(everybody, found, queries.decisions(found.id))


def test_the_same_people_and_settings_give_the_same_round(app: Flask) -> None:
    with app.app_context():
        staff = make_coordinator()
        for number in range(4):
            make_mentor(f"Mentor {number}")
            make_waiting(f"Person {number}")
        assert make_round(staff).result_digest == make_round(staff).result_digest


def test_the_weekly_round_is_for_thursdays_and_publishes_nothing(app: Flask) -> None:
    with app.app_context():
        make_mentor()
        make_waiting()
        thursday = now() + timedelta(days=(3 - now().weekday()) % 7)
        for days, rounds in ((1, 0), (0, 1)):
            with clock.at(thursday + timedelta(days=days)):
                with transaction():
                    actions.weekly()
                outbox.run_due()
                with reading():
                    assert db.session.scalar(select(func.count(MatchRun.id))) == rounds
        with reading():
            found = queries.runs()[0]
        assert found.weekly
        assert found.stats["matched"] == 1
        assert offers() == 0


def test_what_was_not_offered_goes_after_a_month_and_the_rest_after_three(app: Flask) -> None:
    with app.app_context():
        staff = make_coordinator()
        make_mentor(capacity=10)
        make_waiting("Kamila"), make_waiting("Bek")
        found = make_round(staff)
        one, other = first_of(found)
        with transaction():
            actions.publish(found, [one.id], staff.id)
            actions.hold(found, other.request, staff.id)
        for later, left in ((LOSING_KEPT, 1), (DECISIONS_KEPT, 0)):
            with clock.at(now() + later + timedelta(days=1)), transaction():
                actions.forget_old()
            with reading():
                assert db.session.scalar(select(func.count(MatchProposal.id))) == left
        with reading():
            assert db.session.scalar(select(func.count(MatchDecision.id))) == 0
        over = the_round(found.public_id)
        assert (over.settings, over.by_id) == ({}, None)
        assert over.stats["matched"] == 2


def test_a_round_goes_on_without_somebody_who_left_meanwhile(app: Flask) -> None:
    with app.app_context():
        staff, mentor = make_coordinator(), make_mentor()
        make_waiting("Kamila")
        with transaction():
            public_id = actions.start(Track.PEER, Wanted(), staff.id)
        with reading():
            result = actions.work({"run": public_id})
        with transaction():
            db.session.execute(delete(MentorProfile).where(MentorProfile.person_id == mentor.id))
        with transaction():
            actions.store({"run": public_id}, result)
        assert proposals(the_round(public_id)) == []


@pytest.mark.parametrize(
    ("sent", "shares"),
    [
        ({"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),
        ({"a": 60, "b": 0, "c": 60}, {"a": 50, "b": 0, "c": 50}),
    ],
)
def test_sliders_always_make_a_hundred(sent: dict[str, int], shares: dict[str, int]) -> None:
    assert shares_of_100(sent) == shares


def test_staff_go_the_whole_way_in_the_browser(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff = make_coordinator()
        make_mentor("Zarina M.", capacity=1), make_mentor("Olena S.", capacity=1)
        make_waiting("Kamila"), make_waiting("Bek"), make_waiting("Ana", ["pl"])
    browser.sign_in(staff).get("/en/pairs/rounds")
    page = browser.submit(button="Start a round")
    assert "The round is being worked out" in page.text
    with app.app_context():
        outbox.run_due()
    page = browser.get(page.url)
    assert "2 of 3 people get a mentor" in page.text
    assert "2 peer mentors" in page.text, "the way of whom nobody was found for"
    effect = browser.get(f"{page.url}/effect?policy=quality&needs=60&floor=450&glad=60")
    assert "With your settings" in effect.text
    browser.submit(button="Run again with these settings")
    with app.app_context():
        outbox.run_due()
    page = browser.get(browser.page.url)
    assert "Two rounds compared" in browser.get(f"{page.url}/compare").text
    assert "Is it fair?" in browser.get(f"{page.url}/fair").text
    browser.get(page.url)
    ticks = [box["value"] for box in browser.page.soup.select("[name=proposal]")]
    page = browser.submit({"proposal": ticks}, action="/publish")
    assert "2 offers were made." in page.text
    assert "nobody was told" not in page.text


def test_a_round_that_cannot_be_is_told_so(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise ValueError("an id is there twice")

    monkeypatch.setattr(compute, "result", broken)
    with app.app_context():
        staff = make_coordinator()
        found = make_round(staff)
    assert found.state == "failed"
    page = browser.sign_in(staff).get(f"/en/pairs/rounds/{found.public_id}")
    assert "This round did not work" in page.text


def test_files_open_in_a_spreadsheet_and_hold_no_formula(app: Flask, browser: Browser) -> None:
    with app.app_context():
        staff = make_coordinator()
        make_mentor("Zarina M."), make_waiting("=1+1"), make_waiting("Ana", ["pl"])
        found = make_round(staff)
    browser.sign_in(staff)
    for url in ("/pairs/waiting/table.csv", f"/pairs/rounds/{found.public_id}/table.csv"):
        english, russian = (browser.get(f"/{lang}{url}").html for lang in ("en", "ru"))
        assert english.startswith("\ufeff")
        assert "\n'=1+1," in english
        assert "\n'=1+1;" in russian
    with app.app_context(), reading():
        seen = db.session.scalars(select(AccessEvent.about).where(AccessEvent.what == "waiting"))
        assert set(seen) == {"file"}


def test_pages_cost_as_many_statements_for_many_people(app: Flask, browser: Browser) -> None:
    counts = []
    with app.app_context():
        staff = make_coordinator()
    browser.sign_in(staff)
    for _more in range(2):
        with app.app_context():
            for number in range(3):
                make_mentor(f"Mentor {number}")
                make_waiting(f"Person {number}")
            found = make_round(staff)
        page = browser.get("/en/pairs/waiting")
        person = page.soup.select_one(".queue a")["href"]
        urls = ["/en/pairs/waiting", person, "/en/pairs/rounds"]
        urls.append(f"/en/pairs/rounds/{found.public_id}")
        for url in urls:
            browser.get(url)
        counts.append([cost(app, browser, url) for url in urls])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_STATEMENTS


def cost(app: Flask, browser: Browser, url: str) -> int:
    """The statements of a page that was opened before today; the three that write its line count, too."""
    with statements(app) as sent:
        browser.get(url)
    return len(sent)


def test_pairs_beyond_fifty_are_folded_and_published_all_the_same(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "UNFOLDED", 2)
    with app.app_context():
        staff, _mentor = make_coordinator(), make_mentor(capacity=3)
        for number in range(6):
            make_waiting(f"Person {number}")
        found = make_round(staff)
    browser.sign_in(staff)
    page = browser.get(f"/en/pairs/rounds/{found.public_id}")
    assert len(page.soup.select("input[name=proposal]")) == 3
    assert len(page.soup.select("form details input[name=proposal]")) == 1
    assert len(page.soup.select("details > ul.rows > li h3 a")) == 1
