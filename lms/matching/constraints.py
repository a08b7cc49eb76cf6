"""What keeps two people from being a pair, H1 to H12, and who may decide otherwise."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from lms.matching.facts import CONFIRMED_FOR, MenteeFacts, MentorFacts, Settings, Wish
from lms.matching.hours import common_minutes
from lms.matching.score import terms

LEAST_MINUTES = 60


class Bar(StrEnum):
    """A hard constraint that a pair breaks."""

    STATUS = "H1"
    LANGUAGE = "H2"
    CONFLICT = "H3"
    COUNTRY = "H4"
    GENDER = "H5"
    APART = "H6"
    FORBIDDEN = "H7"
    TIME = "H8"
    CHANNEL = "H9"
    CLEARANCE = "H10"
    OTHER_TRACK = "H11"
    FLOOR = "H12"


class Decider(StrEnum):
    """Who may set a constraint aside."""

    NOBODY = "nobody"
    PERSON = "person"
    STAFF = "staff"
    SAFEGUARDING = "safeguarding"


DECIDERS = {
    Bar.STATUS: Decider.NOBODY,
    Bar.LANGUAGE: Decider.STAFF,
    Bar.CONFLICT: Decider.STAFF,
    Bar.COUNTRY: Decider.PERSON,
    Bar.GENDER: Decider.PERSON,
    Bar.APART: Decider.NOBODY,
    Bar.FORBIDDEN: Decider.STAFF,
    Bar.TIME: Decider.STAFF,
    Bar.CHANNEL: Decider.PERSON,
    Bar.CLEARANCE: Decider.SAFEGUARDING,
    Bar.OTHER_TRACK: Decider.NOBODY,
    Bar.FLOOR: Decider.STAFF,
}
# Staff are told "private rules" and how many, never which.
PRIVATE = frozenset({Bar.COUNTRY, Bar.GENDER, Bar.APART})
# What a pin with a reason may break. A forbidden pair is allowed by taking the forbid away, not by a pin.
PIN_BREAKS = frozenset({Bar.LANGUAGE, Bar.CONFLICT, Bar.TIME, Bar.FLOOR})


def against(mentor: MentorFacts, mentee: MenteeFacts, settings: Settings) -> tuple[Bar, ...]:
    """Every constraint that this pair breaks, in their order; empty when it may be proposed.

    Full seats are no constraint of a pair: see `MentorFacts.free`.
    """
    return tuple(bar for bar in Bar if _BREAKS[bar](mentor, mentee, settings))


def _status(mentor: MentorFacts, mentee: MenteeFacts, settings: Settings) -> bool:
    return not (mentor_ready(mentor, settings) and mentee_waits(mentee, settings))


def mentor_ready(mentor: MentorFacts, settings: Settings) -> bool:
    """Whether a mentor is in the pool of this run: available, trained, confirmed in the last 30 days."""
    return (
        mentor.available
        and mentor.trained
        and mentor.confirmed_at is not None
        and settings.now - mentor.confirmed_at <= CONFIRMED_FOR
        and (mentor.programme, mentor.track) == (settings.programme, settings.track)
    )


def mentee_waits(mentee: MenteeFacts, settings: Settings) -> bool:
    """Whether a mentee waits in the programme and track of this run."""
    place = (mentee.programme, mentee.track)
    return mentee.waiting and place == (settings.programme, settings.track)


def _language(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    return not mentor.languages.keys() & mentee.languages.keys()


def _conflict(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    return bool(
        mentor.organisations & mentee.organisations
        or mentor.conflict_organisations & mentee.organisations
        or mentor.organisations & mentee.conflict_organisations
        or mentor.person in mentee.conflicts
        or mentee.person in mentor.conflicts
    )


def _country(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    """A country that somebody keeps to herself can't be shown to meet a rule, so it breaks it."""
    avoided = avoids(mentor.country, mentee.avoid_countries)
    if avoided or avoids(mentee.country, mentor.avoid_countries):
        return True
    if mentee.same_country not in (Wish.MUST, Wish.NEVER):
        return False
    known = bool(mentor.country and mentee.country)
    same = mentor.country == mentee.country
    return not known or same is (mentee.same_country is Wish.NEVER)


def avoids(country: str, avoided: frozenset[str]) -> bool:
    """Whether a country is, or may be, one of the avoided."""
    return bool(avoided) and (not country or country in avoided)


def _gender(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    undeclared = not mentor.gender
    return mentee.gender_wish is Wish.MUST and (undeclared or mentor.gender != mentee.mentor_gender)


def _apart(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    return mentor.person in mentee.apart or mentee.person in mentor.apart


def _forbidden(mentor: MentorFacts, mentee: MenteeFacts, settings: Settings) -> bool:
    return (mentor.id, mentee.id) in settings.forbids


def _time(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    if mentor.async_only or mentee.async_only:
        return False
    return common_minutes(mentor.hours, mentee.hours) < LEAST_MINUTES


def _channel(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    return not mentor.channels & mentee.channels


def _clearance(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    return mentor.adults_only and mentee.under_18


def _other_track(mentor: MentorFacts, mentee: MenteeFacts, _: Settings) -> bool:
    """One person is not twice beside the same mentee, least of all beside herself."""
    return mentor.person in mentee.other_mentors or mentor.person == mentee.person


def _floor(mentor: MentorFacts, mentee: MenteeFacts, settings: Settings) -> bool:
    return terms(mentor, mentee).total(settings.weights) < settings.floor


_BREAKS: dict[Bar, Callable[[MentorFacts, MenteeFacts, Settings], bool]] = {
    Bar.STATUS: _status,
    Bar.LANGUAGE: _language,
    Bar.CONFLICT: _conflict,
    Bar.COUNTRY: _country,
    Bar.GENDER: _gender,
    Bar.APART: _apart,
    Bar.FORBIDDEN: _forbidden,
    Bar.TIME: _time,
    Bar.CHANNEL: _channel,
    Bar.CLEARANCE: _clearance,
    Bar.OTHER_TRACK: _other_track,
    Bar.FLOOR: _floor,
}
