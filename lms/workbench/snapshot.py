"""Everybody who could be in a pair, as facts, read at one moment in a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import or_, select

from lms.cohorts.models import Cohort, Seat
from lms.core.db import db
from lms.matching.facts import MenteeFacts, MentorFacts, Track
from lms.mentoring.models import Match
from lms.mentoring.states import LIVE, NOTHING_CAME, State
from lms.programmes import facts
from lms.programmes.facts import Around, Everybody
from lms.programmes.models import MentorProfile
from lms.workbench.rules import CARDS

People = dict[int, set[int]]
T = TypeVar("T", MentorFacts, MenteeFacts)


@dataclass(frozen=True, slots=True)
class Snapshot(Everybody):
    """Both sides of a track, and what was `tried`: (profile, request) of pairs that did not come about.

    It does not say who said no. Whom somebody wanted, and who never was asked or lost the place to somebody
    else before an answer, is no such pair: it is one of her choices.
    """

    tried: frozenset[tuple[str, str]] = frozenset()


def take(track: Track, at: datetime, programme_id: int | None = None) -> Snapshot:
    """Read everybody of a track, and of one programme; hours are compared from the day of `at` on."""
    rows = _pairs()
    found = facts.everybody(track, at.date(), _around(track, rows), programme_id)
    return Snapshot(
        found.mentors, found.mentees, found.profiles, found.requests, _tried(found, rows)
    )


def _pairs() -> Sequence[Any]:
    columns = (Match.mentor_id, Match.mentee_id, Match.request_id, Match.track, Match.state)
    more = (Match.never_again, Match.wanted, Match.offer, Match.id, Match.asked_at, Match.rank)
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    counts = or_(Match.state.in_(LIVE | NOTHING_CAME), Match.never_again)
    profile = MentorProfile.public_id.label("profile")
    found = select(*columns, *more, profile).outerjoin(MentorProfile, same).where(counts)
    return db.session.execute(found.order_by(Match.id)).all()


# Nobody said no, and no answer was forgotten: the house or staff took the card away.
_NO_ANSWER = frozenset({State.DISMISSED, State.WITHDRAWN})


def _still_wanted(one: Any) -> bool:
    """Whether she wanted this mentor, and the offer ended before the mentor could answer."""
    return bool(one.wanted) and one.state in _NO_ANSWER


def _choices(track: Track, rows: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    """Person → profiles that she still wants of earlier offers: the newest offer first, in her order."""
    newest = {one.offer: one.id for one in rows}

    def place(one: Any) -> tuple[Any, ...]:
        # Who was asked, in that order, then who was not.
        return -newest[one.offer], one.state != State.WITHDRAWN, one.asked_at, one.rank

    found: dict[int, dict[str, None]] = defaultdict(dict)
    for one in sorted(filter(_still_wanted, rows), key=place):
        if one.track == track and one.profile:
            found[one.mentee_id][one.profile] = None
    return {person: tuple(profiles)[:CARDS] for person, profiles in found.items()}


def _tried(found: Everybody, rows: Iterable[Any]) -> frozenset[tuple[str, str]]:
    requests = {one.id: one.public_id for one in found.requests.values()}
    return frozenset(
        (one.profile, requests[one.request_id])
        for one in rows
        if one.state in NOTHING_CAME
        and not _still_wanted(one)
        and one.profile in found.profiles
        and one.request_id in requests
    )


def _around(track: Track, rows: Sequence[Any]) -> Around:
    """What pairs and cohorts say: places that are taken, who wants no more of whom, who leads whose cohort."""
    taken: Counter[int] = Counter()
    apart: People = defaultdict(set)
    others: People = defaultdict(set)
    for one in rows:
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
        choices=_choices(track, rows),
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
