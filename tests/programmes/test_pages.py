"""The pages of people who wait, of mentors and of staff, as their browsers see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts.roles import Role
from lms.audit.models import AccessEvent
from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.messaging import queries as notices
from lms.messaging.kinds import Kind
from lms.programmes import actions, profiles, queries, trail, waiting
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.rules import Track, Wish
from lms.programmes.states import MentorState
from tests.client import Browser
from tests.mentoring.world import make_coordinator, make_mentor, make_waiting, propose
from tests.programmes.world import (
    offers,
    profile_of,
    request_of,
    set_profile,
    set_programme,
    set_request,
)
from tests.world import Somebody, make_person

MORE = {
    "tracks": ["peer"], "topics": ["law", "budget"], "first": "budget", "channels": ["platform"],
    "hours": ["0-evening", "3-late"], "level_ru": "3", "level_kk": "1", "pace": "first",
    "country": "KZ", "same_country": "never", "mentor_gender": "must woman",
    "avoid_countries": ["RU", "BY"], "avoid_people": "Igor Petrov\n\n  Marat  K.  ",
    "organisation": "Street Law", "conflicts": "Ministry of Health",
}  # fmt: skip


def kinds(person: Somebody) -> list[Kind]:
    with reading():
        return [notice.kind for notice in notices.notices(person.id, 50)]


def steps(machine: str, public_id: str) -> list[tuple[str, str]]:
    with reading():
        return [(one.from_state, one.to_state) for one in trail.steps_of(machine, public_id)]


class TestWaiting:
    """The short form, the long one, and where one stands."""

    def test_one_press_and_on_the_list(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_person()
        browser.sign_in(person).get("/en/pairs/ask")
        page = browser.submit({"shown_name": "Saule", "languages": ["ru"], "goal": "To speak"})
        assert page.h1 == "You wait for a mentor"
        assert "You are number 1" in page.text
        assert "nobody can say how long it takes" in page.text
        with app.app_context():
            found = request_of(person)
            assert steps("request", found.public_id) == [
                ("draft", "submitted"), ("submitted", "accepted"), ("accepted", "waiting"),
            ]  # fmt: skip

    def test_the_line_is_honest(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            with clock.at(now() - timedelta(days=9)):
                make_waiting("Kamila", ("kk", "ru"))
                make_waiting("Nino", ("ka",))
                offer = propose(make_waiting("Zarina"), make_mentor())
            person = make_waiting("Saule")
            with transaction():
                found = queries.request_of(person.id)
                assert found is not None
                assert offer
            set_request(person, waiting_since=now())
            with transaction():
                number = db.session.query(MentorRequest.id).where(MentorRequest.state == "offered")
                waiting.matched(number.scalar() or 0)
        page = browser.sign_in(person).get("/en/pairs/ask")
        assert "You are number 2 among those who share a language" in page.text
        assert "half waited less than 10 days" in page.text

    def test_what_helps_is_kept_and_shown_again(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_waiting("Saule", ("ru", "kk"))
        browser.sign_in(person).get("/en/pairs/ask/more")
        page = browser.submit(MORE)
        assert page.h1 == "You wait for a mentor"
        with app.app_context(), reading():
            found = queries.request_of(person.id)
            assert found is not None
            more = queries.more_of(found)
            assert list(more.topics) == ["budget", "law"]
            assert more.levels == {"ru": 3, "kk": 1}
            assert list(more.hours) == [[0, 1020, 1200], [3, 1200, 1380]]
            assert more.private.same_country is Wish.NEVER
            assert more.private.avoid_people == ("Igor Petrov", "Marat K.")
            assert found.private_rules == 6
        again = browser.get("/en/pairs/ask/more")
        ticked = {one["value"] for one in again.soup.select("input[checked]")}
        assert {"law", "budget", "0-evening", "3-late", "RU", "BY", "peer"} <= ticked
        assert "Marat K." in again.html

    def test_a_second_track_is_a_second_place_in_line(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_waiting("Saule", goal="To speak")
        browser.sign_in(person).get("/en/pairs/ask/more")
        browser.submit({"tracks": ["peer", "scientist"], "channels": ["platform"]})
        with app.app_context(), reading():
            found = queries.requests_of(person.id)
            assert [one.track for one in found] == [Track.PEER, Track.SCIENTIST]
            assert [queries.goal_of(one) for one in found] == ["To speak", "To speak"]
        browser.get("/en/pairs/ask/more")
        browser.submit({"tracks": ["scientist"], "channels": ["platform"]})
        with app.app_context(), reading():
            assert [one.track for one in queries.requests_of(person.id)] == [Track.SCIENTIST]

    @pytest.mark.parametrize(
        "bad",
        [
            {"tracks": []},
            {"topics": ["lived experience"]},
            {"channels": ["pigeon"]},
            {"hours": ["7-evening"]},
            {"country": "XX"},
            {"mentor_gender": "must robot"},
            {"level_ru": "9"},
            {"avoid_people": "\n".join(f"Name {n}" for n in range(11))},
            {"conflicts": "x" * 601},
            {"organisation": "a\u202eb"},
        ],
        ids=lambda bad: next(iter(bad)),
    )
    def test_bad_input_changes_nothing_and_keeps_what_was_typed(
        self, app: Flask, browser: Browser, bad: dict[str, object]
    ) -> None:
        with app.app_context():
            person = make_waiting("Saule", ("ru", "kk"))
        browser.sign_in(person).get("/en/pairs/ask/more")
        form = browser.page.soup.find("form", method="post") if browser.page else None
        assert form is not None
        hidden = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
        page = browser.post("/en/pairs/ask/more", {**hidden, **MORE, **bad})
        assert page.status == 422
        assert page.soup.select(".error, .bad")
        if next(iter(bad)) != "organisation":
            assert 'value="Street Law"' in page.html, "nothing that was typed is lost"
        with app.app_context():
            assert request_of(person).private is None

    def test_no_question_about_drugs_health_or_record(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_waiting("Saule")
        browser.sign_in(person)
        words = ["drug", "substance", "health", "diagnos", "hiv", "treatment", "convict", "prison",
                 "criminal", "lived experience", "age"]  # fmt: skip
        for address in ("/en/pairs/ask", "/en/pairs/ask/more", "/en/pairs/places/new"):
            asked = browser.get(address).soup.select("main label, main legend, main .hint")
            text = " ".join(one.get_text(" ") for one in asked).casefold()
            assert [word for word in words if f" {word} " in f" {text} "] == [], address

    def test_leaving_destroys_what_was_written(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_waiting("Saule", goal="To speak")
        browser.sign_in(person).get("/en/pairs/ask/more")
        browser.submit(MORE | {"level_kk": "1"})
        browser.submit(button="Leave the list")
        with app.app_context(), reading():
            row = db.session.query(MentorRequest).one()
            assert (row.state, row.goal, row.private, row.organisations) == (
                "withdrawn", None, None, None,
            )  # fmt: skip
            assert row.hours == []


class TestSilence:
    """The daily job asks; one press returns."""

    def test_two_silences_and_dormant_one_press_and_back(
        self, app: Flask, browser: Browser
    ) -> None:
        with app.app_context():
            person = make_waiting("Saule")
            since, begun = request_of(person).waiting_since, now()
            states = []
            for days in (29, 30, 60, 90):
                with clock.at(begun + timedelta(days=days, minutes=1)), transaction():
                    profiles.look_after()
                    waiting.look_after()
                states.append((request_of(person).state, request_of(person).silences))
            assert states == [("waiting", 0), ("waiting", 1), ("waiting", 2), ("dormant", 2)]
            assert kinds(person) == [Kind.STILL_WANTED], (
                "the same unread notice is not written twice"
            )
        browser.sign_in(person).get("/en/pairs/ask")
        page = browser.submit(button="Yes, I still want it")
        assert "You keep your place" in page.html
        with app.app_context():
            found = request_of(person)
            assert (found.state, found.silences, found.waiting_since) == ("waiting", 0, since)

    def test_a_mentor_leaves_the_pool_by_silence_and_comes_back(
        self, app: Flask, browser: Browser
    ) -> None:
        with app.app_context():
            person, begun = make_mentor(), now()
            seen = []
            for days in (24, 25, 26, 31):
                with clock.at(begun + timedelta(days=days)), transaction():
                    profiles.look_after()
                    waiting.look_after()
                seen.append((profile_of(person).state.value, kinds(person).count(Kind.CONFIRM)))
            assert seen == [
                ("available", 0),
                ("available", 1),
                ("available", 1),
                ("unconfirmed", 1),
            ]
        browser.sign_in(person).get("/en/pairs/places")
        browser.submit(button="Yes, I am there")
        with app.app_context():
            assert profile_of(person).state is MentorState.AVAILABLE

    def test_a_pause_until_a_day_ends_by_itself(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person, begun = make_mentor(), now()
        until = (begun + timedelta(days=10)).date()
        browser.sign_in(person).get("/en/pairs/places")
        browser.submit({"until": until.isoformat()}, button="Pause new mentees")
        with app.app_context():
            assert profile_of(person).state is MentorState.PAUSED
            for days, state in ((9, MentorState.PAUSED), (10, MentorState.AVAILABLE)):
                with clock.at(begun + timedelta(days=days)), transaction():
                    profiles.look_after()
                    waiting.look_after()
                assert profile_of(person).state is state

    @pytest.mark.parametrize("until", ["2001-01-01", "soon", "9999-12-31"])
    def test_a_day_that_is_none_pauses_nobody(
        self, app: Flask, browser: Browser, until: str
    ) -> None:
        with app.app_context():
            person = make_mentor()
        browser.sign_in(person).get("/en/pairs/places")
        page = browser.submit({"until": until}, button="Pause new mentees")
        assert page.status == 200
        with app.app_context():
            assert profile_of(person).state is MentorState.AVAILABLE


class TestBecomingAMentor:
    """Offer, screening, training gate, boundaries."""

    def test_the_whole_way(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person, staff = make_person(), make_coordinator()
        browser.sign_in(person).get("/en/pairs/places/new")
        browser.submit(
            {"track": "scientist", "shown_name": "Daria V.", "about": "Economist",
             "languages": ["ru"], "capacity": "2"}
        )  # fmt: skip
        with app.app_context():
            found = profile_of(person)
            assert (found.state, found.track) == (MentorState.SUBMITTED, Track.SCIENTIST)
            assert Kind.MENTOR_OFFERS in kinds(staff)
        desk = Browser(app).sign_in(staff)
        assert "Offer to be mentors" in desk.get("/en/pairs/people").text
        desk.get(f"/en/pairs/people/{found.public_id}/look")
        desk.submit(button="Accept")
        with app.app_context():
            assert profile_of(person).state is MentorState.IN_TRAINING
            assert Kind.MENTOR_NEWS in kinds(person)
        browser.get(f"/en/pairs/places/boundaries/{found.public_id}")
        browser.submit(button="I work like this")
        with app.app_context():
            assert profile_of(person).state is MentorState.AVAILABLE
            assert [to for _from, to in steps("mentor", found.public_id)] == [
                "submitted", "screened", "in_training", "available",
            ]  # fmt: skip

    def test_the_course_is_a_gate(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        with app.app_context():
            person, staff = offers(), make_coordinator()
            set_programme(gate_course="c7q2m5x9k3p8")
            with transaction():
                profiles.accept_mentor(profile_of_inside(person), staff.id)
            with transaction():
                profiles.sign_boundaries(profile_of_inside(person))
            assert profile_of(person).state is MentorState.IN_TRAINING, "the page is not enough"
            monkeypatch.setattr(queries, "completes_gate", lambda _course: [profile_of_programme()])
            with transaction():
                profiles.complete_training(person.id, 1)
            assert profile_of(person).state is MentorState.AVAILABLE

    def test_declined_she_may_offer_again(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person, staff = offers(), make_coordinator()
            with transaction():
                profiles.decline_mentor(profile_of_inside(person), staff.id)
        browser.sign_in(person)
        assert "did not come about" in browser.get("/en/pairs/places").text
        browser.get("/en/pairs/places/new")
        browser.submit(
            {"track": "peer", "shown_name": "Daria V.", "languages": ["ru"], "capacity": "1"}
        )
        with app.app_context():
            assert profile_of(person).state is MentorState.SUBMITTED

    def test_two_coordinators_at_once_decide_once(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person, staff = offers(), make_coordinator()
            before = profile_of(person)
            with transaction():
                profiles.accept_mentor(before, staff.id)
        page = browser.sign_in(staff).get("/en/pairs/people/new")
        hidden = {one["name"]: one["value"] for one in page.soup.select("main input[type=hidden]")}
        page = browser.post(
            f"/en/pairs/people/{before.public_id}/decide", {**hidden, "answer": "decline"}
        )
        assert page.status == 200
        with app.app_context():
            assert profile_of(person).state is MentorState.IN_TRAINING

    def test_leaving_forgets_and_a_lead_suspends(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person, lead = make_mentor(), make_person("", Role.SAFEGUARDING)
            set_profile(person, hours=[[0, 600, 900]])
            public_id = profile_of(person).public_id
        desk = Browser(app).sign_in(lead)
        desk.get(f"/en/pairs/people/{public_id}/look")
        desk.submit(button="Suspend")
        with app.app_context():
            assert profile_of(person).state is MentorState.SUSPENDED
        desk.submit(button="Let back, paused")
        browser.sign_in(person).get("/en/pairs/places")
        browser.submit(button="Give my places back")
        with app.app_context():
            found = profile_of(person)
            assert (found.state, list(found.hours)) == (MentorState.LEFT, [])


def profile_of_inside(person: Somebody) -> queries.Profile:
    found = queries.profile_of(person.id)
    assert found is not None
    return found


def profile_of_programme() -> int:
    return actions.programme_id()


class TestPrivateRules:
    """Staff see how many, nobody sees which."""

    def test_no_page_of_staff_has_a_word_of_them(self, app: Flask, browser: Browser) -> None:
        secrets = ("Igor Petrov", "Kazakhstan", "Hungary", "a woman")
        said = {
            "channels": ["platform"], "country": "KZ", "gender": "woman",
            "avoid_countries": ["HU"], "avoid_people": "Igor Petrov", "level_ru": "3",
            "level_en": "2", "organisation": "Street Law",
        }  # fmt: skip
        with app.app_context():
            mentor, waits = make_mentor(), make_waiting("Saule")
            staff = make_person("", Role.COORDINATOR, Role.ADMINISTRATOR, Role.SAFEGUARDING)
            profile, request = profile_of(mentor), request_of(waits)
        own = browser.sign_in(mentor).get(f"/en/pairs/places/more/{profile.public_id}")
        browser.submit(said)
        own = browser.get(f"/en/pairs/places/more/{profile.public_id}")
        assert "Igor Petrov" in own.html, "planted: her own page has them, so the search can find"
        her = Browser(app).sign_in(waits)
        her.get("/en/pairs/ask/more")
        her.submit({**MORE, "avoid_people": "Igor Petrov", "avoid_countries": ["HU"]})
        desk = Browser(app).sign_in(staff)
        for address in (
            "people", f"people/{profile.public_id}", f"people/{profile.public_id}/look", "waiting",
            f"waiting/{request.public_id}", "requests", "programmes",
        ):  # fmt: skip
            page = desk.get(f"/en/pairs/{address}")
            assert page.status == 200, address
            assert [word for word in secrets if word in page.text] == [], address
        look = desk.get(f"/en/pairs/people/{profile.public_id}/look")
        assert "Private rules 2" in look.text
        assert "Street Law" in look.text
        with app.app_context(), reading():
            lines = db.session.query(AccessEvent).where(AccessEvent.person_id == mentor.id).count()
            assert lines >= 1, "who looked is written down"

    def test_they_are_sealed_in_the_file(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_waiting("Saule")
        browser.sign_in(person).get("/en/pairs/ask/more")
        browser.submit(MORE)
        with app.app_context(), reading():
            row = db.session.query(MentorRequest).one()
            assert row.private is not None
            assert row.organisations is not None
            for sealed in (row.private, row.organisations):
                assert not any(word in sealed for word in (b"Igor", b"RU", b"Street"))

    def test_another_mentor_can_not_open_them(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            one, other = make_mentor(), make_mentor()
            public_id = profile_of(one).public_id
        browser.sign_in(other)
        for page in ("more", "boundaries"):
            assert browser.get(f"/en/pairs/places/{page}/{public_id}").status == 404


FORM = {"title_en": "Autumn", "tracks": ["peer"], "policy": "quality", "duration_weeks": "12",
        "session_rhythm_days": "7", "offer_days": "5"}  # fmt: skip


class TestProgrammes:
    """Staff make and change them; states follow the table."""

    def test_made_as_a_draft_and_taken_on(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            staff = make_coordinator()
        browser.sign_in(staff).get("/en/pairs/programmes/new")
        page = browser.submit(FORM)
        assert page.h1 == "Autumn"
        browser.submit(button="Open for applications")
        browser.submit(button="Start")
        with app.app_context(), reading():
            found = queries.programmes()[0]
            assert (found.state, found.offer_days, list(found.tracks)) == ("running", 5, ["peer"])
            made = trail.steps_of("programme", found.public_id)
            assert [(one.to_state, one.actor_id) for one in made] == [
                ("open", staff.id), ("running", staff.id),
            ]  # fmt: skip

    def test_a_step_that_is_not_next_is_none(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            staff = make_coordinator()
        browser.sign_in(staff).get("/en/pairs/programmes/new")
        browser.submit(FORM)
        with app.app_context(), reading():
            public_id = queries.programmes()[0].public_id
        page = browser.get(f"/en/pairs/programmes/{public_id}")
        hidden = {one["name"]: one["value"] for one in page.soup.select("aside input[type=hidden]")}
        for step in ("archive", "burn"):
            browser.post(f"/en/pairs/programmes/{public_id}/state", {**hidden, "step": step})
        with app.app_context(), reading():
            assert queries.programmes()[0].state == "draft"

    @pytest.mark.parametrize(
        "bad",
        [
            {"title_en": ""},
            {"tracks": ["friend"]},
            {"duration_weeks": "3"},
            {"duration_weeks": "many"},
            {"offer_days": "0"},
            {"starts_on": "2027-02-01", "ends_on": "2027-01-01"},
            {"gate_course": "nothere"},
        ],
        ids=lambda bad: next(iter(bad)),
    )
    def test_bad_input(self, app: Flask, browser: Browser, bad: dict[str, object]) -> None:
        with app.app_context():
            staff = make_coordinator()
        page = browser.sign_in(staff).get("/en/pairs/programmes/new")
        hidden = {one["name"]: one["value"] for one in page.soup.select("main input[type=hidden]")}
        page = browser.post("/en/pairs/programmes/new", {**hidden, **FORM, **bad})
        assert page.status == 422
        with app.app_context(), reading():
            assert queries.programmes() == []

    def test_where_requests_are_screened_staff_let_people_in(
        self, app: Flask, browser: Browser
    ) -> None:
        with app.app_context():
            set_programme(screens_requests=True)
            one, other, staff = make_waiting("Saule"), make_waiting("Kamila"), make_coordinator()
            assert request_of(one).state == "submitted"
            with reading():
                assert queries.waiting() == []
        browser.sign_in(staff).get("/en/pairs/requests")
        page = browser.page
        assert page is not None
        for person, answer in ((one, "accept"), (other, "decline")):
            with app.app_context():
                public_id = request_of(person).public_id
            page = browser.get("/en/pairs/requests")
            hidden = {
                i["name"]: i["value"] for i in page.soup.select("main form")[0].select("input")
            }
            browser.post(f"/en/pairs/requests/{public_id}/decide", {**hidden, "answer": answer})
        with app.app_context():
            assert request_of(one).state == "waiting"
            with reading():
                assert queries.request_of(other.id) is None
            assert Kind.REQUEST_NEWS in kinds(other)


class TestWhichProgramme:
    """People ask where a programme takes them, and are asked which one only where there is a choice."""

    def test_closed_programmes_take_nobody(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_person()
            set_programme(state="closed")
        browser.sign_in(person)
        for address in ("/en/pairs/ask", "/en/pairs/places/new"):
            page = browser.get(address)
            assert page.h1 == "Not open now"
            assert page.soup.select("main form") == []
        browser.post("/en/pairs/ask", {"shown_name": "Saule", "languages": ["ru"]})
        with app.app_context(), reading():
            assert queries.request_of(person.id) is None

    def test_one_of_two(self, app: Flask, browser: Browser) -> None:
        with app.app_context():
            person = make_person()
            set_programme(tracks=["scientist"])
            with transaction():
                second = actions.make_programme({"title_en": "Autumn", "tracks": ["peer"]})
                db.session.query(Programme).where(Programme.public_id == second).update(
                    {"state": "open"}
                )
        browser.sign_in(person).get("/en/pairs/ask")
        page = browser.submit({"shown_name": "Saule", "languages": ["ru"]})
        assert page.status == 422, "with two programmes one has to be chosen"
        page = browser.submit({"shown_name": "Saule", "languages": ["ru"], "programme": second})
        with app.app_context(), reading():
            programme = queries.programme_by_id(request_of(person).programme_id)
            assert programme.public_id == second
        more = browser.get("/en/pairs/ask/more")
        assert [one["value"] for one in more.soup.select("input[name=tracks]")] == ["peer"]


def test_both_tracks_at_once_each_with_places(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_mentor()
    browser.sign_in(person).get("/en/pairs/places/new")
    browser.submit(
        {"track": "scientist", "shown_name": "Dr D.", "languages": ["en"], "capacity": "5"}
    )
    with app.app_context(), reading():
        found = queries.profiles_of(person.id)
        assert [(one.track, one.capacity) for one in found] == [("peer", 3), ("scientist", 5)]
        assert db.session.query(MentorProfile).count() == 2
