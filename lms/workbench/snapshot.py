"""Everybody who could be in a pair, as facts, read at one moment in a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select

from lms.cohorts.models import Cohort, Seat
from lms.core.db import db
from lms.matching.facts import MenteeFacts, MentorFacts, Track
from lms.mentoring.models import Match
from lms.mentoring.states import LIVE, NOTHING_CAME
from lms.programmes import facts
from lms.programmes.facts import Around, Everybody

People = dict[int, set[int]]
T = TypeVar("T", MentorFacts, MenteeFacts)


def take(track: Track, at: datetime) -> Everybody:
    """Read everybody of a track; hours are compared from the day of `at` on."""
    return facts.everybody(track, at.date(), _around(track))


def tried(everybody: Everybody) -> frozenset[tuple[str, str]]:
    """(profile, request) of pairs that were proposed lately and did not come about, whoever said no."""
    came_to_nothing = Match.state.in_(NOTHING_CAME)
    rows = select(Match.mentor_id, Match.request_id).where(came_to_nothing)
    profiles = {one.person_id: one.public_id for one in everybody.profiles.values()}
    requests = {one.id: one.public_id for one in everybody.requests.values()}
    return frozenset(
        (profiles[mentor], requests[request])
        for mentor, request in db.session.execute(rows)
        if mentor in profiles and request in requests
    )


def _around(track: Track) -> Around:
    """What pairs and cohorts say: places that are taken, who wants no more of whom, who leads whose cohort."""
    taken: Counter[int] = Counter()
    apart: People = defaultdict(set)
    others: People = defaultdict(set)
    rows = select(Match.mentor_id, Match.mentee_id, Match.track, Match.state, Match.never_again)
    for one in db.session.execute(rows.where(or_(Match.state.in_(LIVE), Match.never_again))):
        if one.never_again:
            apart[one.mentor_id].add(one.mentee_id)
            apart[one.mentee_id].add(one.mentor_id)
        if one.state in LIVE:
            taken[one.mentor_id] += one.track == track
            others[one.mentee_id].add(one.mentor_id)
    return Around(
        taken=taken,
        apart=_frozen(apart),
        conflicts=_frozen(_leaders()),
        other_mentors=_frozen(others),
    )


def _leaders() -> People:
    """Person → who coordinates her cohorts: a mentor should not be the one who reports about her."""
    seats = select(Seat.person_id, Cohort.coordinator_id).join(Cohort, Cohort.id == Seat.cohort_id)
    found: People = defaultdict(set)
    for person_id, coordinator_id in db.session.execute(seats.where(Seat.left_at.is_(None))):
        found[person_id].add(coordinator_id)
    return found


def _frozen(people: People) -> dict[int, frozenset[int]]:
    return {one: frozenset(others) for one, others in people.items()}


def mentor(everybody: Everybody, profile: str) -> MentorFacts:
    """A mentor by the id of her profile. Raises LookupError."""
    return _found(everybody.mentors, profile)


def mentee(everybody: Everybody, request: str) -> MenteeFacts:
    """Somebody who waits by the id of her request. Raises LookupError."""
    return _found(everybody.mentees, request)


def _found(people: Iterable[T], public_id: str) -> T:
    for one in people:
        if one.id == public_id:
            return one
    raise LookupError(public_id)
