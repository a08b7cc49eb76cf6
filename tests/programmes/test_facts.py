"""What matching gets: everybody of a track, in few statements, with rules that bind although nobody reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Flask

from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.matching.constraints import Bar, against
from lms.matching.facts import Settings
from lms.programmes import facts, profiles, queries, waiting
from lms.programmes.facts import Around
from lms.programmes.rules import More, Organisations, Private, Track, Wish
from lms.safeguarding.actions import block
from lms.safeguarding.others import Other
from tests.audit.world import counted
from tests.programmes.world import CARD, request_of
from tests.world import Somebody, make_person

SINCE = date(2026, 11, 2)
HOURS = [[0, 17 * 60, 20 * 60]]


def mentor(more: More | None = None, name: str = "Daria V.") -> Somebody:
    person = make_person()
    with transaction():
        profiles.make_mentor(person.id, replace(CARD, shown_name=name))
        profile = queries.profile_of(person.id)
        assert profile is not None
        profiles.describe_mentor(profile, more or More())
    return person


def mentee(more: More | None = None, name: str = "Saule") -> Somebody:
    person = make_person()
    with transaction():
        waiting.ask(person.id, name, ["ru"], "To speak")
        waiting.describe_request(person.id, more or More(), (Track.PEER,))
    return person


def bars(around: Around | None = None) -> tuple[Bar, ...]:
    """What speaks against the only pair there is."""
    with reading():
        found = facts.everybody(Track.PEER, SINCE, around or Around())
    programme = found.mentors[0].programme
    settings = Settings(now=now(), track=Track.PEER, programme=programme, floor=0)
    return against(found.mentors[0], found.mentees[0], settings)


def test_what_was_said_becomes_facts(app: Flask) -> None:
    with app.app_context():
        her = More(
            levels={"ru": 3, "en": 1}, topics=["law"], experience=["legal"], style={"pace": True},
            hours=HOURS, countries_known=["KZ"], organisations=Organisations(("Street  Law",), ()),
            private=Private(country="KZ", gender="woman"),
        )  # fmt: skip
        person = mentor(her)
        with reading():
            fact = facts.everybody(Track.PEER, SINCE, Around(taken={person.id: 1})).mentors[0]
        assert (fact.capacity, fact.live, fact.free) == (2, 1, 1)
        assert fact.languages == {"ru": 3, "en": 1}
        assert fact.topics == {"law"}
        assert fact.country == "KZ"
        assert fact.gender == "woman"
        assert fact.organisations == {"street law"}
        assert fact.hours
        assert not fact.async_only
        assert fact.trained
        assert fact.available


def test_nothing_against_two_who_said_little(app: Flask) -> None:
    with app.app_context():
        mentor(), mentee()
        assert bars() == ()


def test_each_private_rule_binds(app: Flask) -> None:
    with app.app_context():
        person = mentor(More(private=Private(country="RU", gender="man")), "Igor")
        waits = mentee()
        cases = {
            Private(avoid_countries=("RU",)): Bar.COUNTRY,
            Private(country="RU", same_country=Wish.NEVER): Bar.COUNTRY,
            Private(gender_wish=Wish.MUST, mentor_gender="woman"): Bar.GENDER,
            Private(avoid_people=("igor",)): Bar.APART,
            Private(avoid_people=(person.handle.upper(),)): Bar.APART,
        }
        for private, bar in cases.items():
            with transaction():
                waiting.describe_request(waits.id, More(private=private), (Track.PEER,))
            assert bars() == (bar,), private
            assert request_of(waits).private_rules == 1
        with transaction():
            waiting.describe_request(waits.id, More(), (Track.PEER,))
        assert bars() == ()
        assert request_of(waits).private is None, "what is empty is not kept"


def test_one_organisation_is_a_conflict(app: Flask) -> None:
    with app.app_context():
        mentor(More(organisations=Organisations(("AFEW",), ())))
        mentee(More(organisations=Organisations((), (" afew ",))))
        assert bars() == (Bar.CONFLICT,)


def test_a_block_and_what_is_handed_in_bind(app: Flask) -> None:
    with app.app_context():
        one, other = mentor(), mentee()
        assert bars(Around(apart={one.id: frozenset({other.id})})) == (Bar.APART,)
        assert bars(Around(other_mentors={other.id: frozenset({one.id})})) == (Bar.OTHER_TRACK,)
        with transaction():
            block(other.id, Other(one.id, "Daria V."))
        assert bars() == (Bar.APART,)


def test_other_tracks_and_pauses_stay_out(app: Flask) -> None:
    with app.app_context():
        person, _waits = mentor(), mentee()
        with reading():
            found = facts.everybody(Track.SCIENTIST, SINCE, Around())
            assert (found.mentors, found.mentees) == ([], [])
        with transaction():
            profiles.pause(person.id, paused=True)
        assert bars() == (Bar.STATUS,)


def test_it_costs_the_same_for_2_and_for_20(app: Flask) -> None:
    said = More(hours=HOURS, private=Private(country="KZ", avoid_people=("Nobody Here",)))
    with app.app_context():
        mentor(said), mentee(said)
        with reading(), counted() as few:
            facts.everybody(Track.PEER, SINCE, Around())
        for number in range(9):
            mentor(said, f"M{number}X"), mentee(said, f"S{number}X")
        with reading(), counted() as many:
            found = facts.everybody(Track.PEER, SINCE, Around())
        assert len(found.mentors) == len(found.mentees) == 10
        assert len(many) == len(few) <= 6, many
