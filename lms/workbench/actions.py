"""What changes at the workbench: rounds are asked for, worked out, corrected, published.

A round writes its own rows and nothing else. Offers are made by publishing, and only then is anybody told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from lms.core import ids, outbox
from lms.core.clock import now
from lms.core.db import db
from lms.core.log import log
from lms.core.sealing import seal
from lms.matching import constraints
from lms.matching.constraints import PIN_BREAKS, Bar
from lms.matching.facts import Track
from lms.mentoring import actions as pairs
from lms.mentoring.queries import Profile
from lms.programmes import actions as programmes
from lms.programmes import queries as lists
from lms.programmes.facts import Everybody
from lms.programmes.models import MentorProfile, MentorRequest
from lms.programmes.queries import Request
from lms.programmes.states import TAKES_PEOPLE
from lms.workbench import compute, queries, snapshot
from lms.workbench.compute import Result, Wanted
from lms.workbench.models import MatchDecision, MatchProposal, MatchRun
from lms.workbench.queries import Run, reason_place
from lms.workbench.rules import (
    DECISIONS_KEPT,
    LOSING_KEPT,
    Kind,
    Outcome,
    RunState,
    is_weekly_day,
)

JOB = "workbench.run"


class NeedsReason(Exception):
    """The pair breaks a rule that staff may set aside, and nobody said why."""


class NotPossible(Exception):
    """The pair breaks a rule that staff may not set aside. Which one is not told."""


# --- Rounds --------------------------------------------------------------------------------------


def start(
    track: Track,
    wanted: Wanted,
    by_id: int | None,
    before: Run | None = None,
    programme_id: int | None = None,
) -> str:
    """Ask for a round; a worker does it. Return its public id. Decisions of the one before go along.

    It is about one programme: that of the round before, the named one, or the first there was.
    """
    if before is not None:
        programme_id = before.programme_id
    row = MatchRun(
        public_id=ids.public_id(),
        programme_id=programme_id or programmes.programme_id(),
        track=track,
        settings=wanted.as_data(),
        before_id=before.id if before else None,
        by_id=by_id,
        state=RunState.WAITING,
        stats={},
        made_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    if before is not None:
        _copy_decisions(before.id, row.id)
    outbox.enqueue(JOB, {"run": row.public_id}, key=f"{JOB}:{row.public_id}")
    return row.public_id


def _copy_decisions(from_id: int, to_id: int) -> None:
    # The reason is sealed for its own row; it stays with the round in which it was given.
    rows = db.session.scalars(select(MatchDecision).where(MatchDecision.run_id == from_id)).all()
    by_request = {one.public_id: one.reason for one in queries.decisions(from_id)}
    for row in rows:
        found = Choice(Kind(row.kind), row.request_id, row.profile_id, row.places)
        _write(to_id, found, row.by_id, by_request.get(row.public_id, ""), row.made_at)


def work(payload: dict[str, Any]) -> Result | None:
    """The slow part of a round: read everybody, solve. Holds no lock, writes nothing.

    None when these people and settings make no round; a failure of the machine is tried again.
    """
    found = queries.run(payload["run"])
    if found is None or found.state is not RunState.WAITING:
        return None
    everybody = _everybody(found, found.made_at)
    try:
        settings = compute.settings_of(found, queries.decisions(found.id), everybody.tried)
        return compute.result(everybody, settings)
    except ValueError as error:
        log.error("round.failed", round=found.public_id, error=type(error).__name__)
        return None


def _everybody(found: Run, at: datetime) -> snapshot.Snapshot:
    return snapshot.take(Track(found.track), at, found.programme_id)


def store(payload: dict[str, Any], result: Result | None) -> None:
    """Write what a round found: once, in one short transaction."""
    waiting = (MatchRun.public_id == payload["run"]) & (MatchRun.state == RunState.WAITING)
    row = db.session.scalar(select(MatchRun).where(waiting).with_for_update())
    if row is None:
        return
    if result is None:
        row.state, row.done_at = RunState.FAILED, now()
        return
    row.state, row.done_at, row.engine = RunState.READY, now(), result.engine
    row.input_digest, row.result_digest = result.input_digest, result.result_digest
    row.stats = result.stats
    requests = _numbers(MentorRequest, {line.request for line in result.lines})
    profiles = _numbers(MentorProfile, {line.profile for line in result.lines if line.profile})
    db.session.add_all(
        MatchProposal(
            run_id=row.id,
            request_id=requests[line.request],
            profile_id=profiles[line.profile] if line.profile else None,
            rank=line.rank,
            score=line.score,
            pinned=line.pinned,
            terms=line.terms,
        )
        for line in result.lines
        # Somebody may have left between reading and writing.
        if line.request in requests and (line.profile is None or line.profile in profiles)
    )
    db.session.flush()


def _numbers(
    model: type[MentorRequest] | type[MentorProfile], public_ids: Collection[str]
) -> dict[str, int]:
    wanted = select(model.public_id, model.id).where(model.public_id.in_(public_ids))
    return {row.public_id: row.id for row in db.session.execute(wanted)}


def weekly() -> None:
    """On Thursdays, make a round of each programme and track in which somebody waits, for staff to look at.

    It publishes nothing, whatever it finds. A programme that takes nobody makes no pairs either.
    """
    if not is_weekly_day(now()):
        return
    running = {one.id for one in lists.programmes() if one.state in TAKES_PEOPLE}
    for programme_id, track in sorted({(one.programme_id, one.track) for one in lists.waiting()}):
        if programme_id in running:
            start(track, Wanted(), None, programme_id=programme_id)


# --- Decisions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision about a round, by row numbers."""

    kind: Kind
    request_id: int | None = None
    profile_id: int | None = None
    places: int | None = None


def pin(found: Run, request: str, profile: str, reason: str, by_id: int) -> None:
    """Want this pair in any case. Raises NotPossible, NeedsReason, LookupError."""
    everybody = _everybody(found, now())
    broken = broken_rules(everybody, request, profile)
    require_possible(broken, reason)
    _decide(found, Kind.PIN, by_id, request=request, profile=profile, reason=reason)


def broken_rules(everybody: Everybody, request: str, profile: str) -> list[Bar]:
    """The rules that a pair breaks now. Raises LookupError for people who are not there."""
    mentee = snapshot.mentee(everybody, request)
    settings = compute.present(mentee.track, now(), mentee.programme)
    return list(constraints.against(snapshot.mentor(everybody, profile), mentee, settings))


def require_possible(broken: Sequence[Bar], reason: str) -> None:
    """Refuse what staff may not decide, and ask for a reason for what they may."""
    if set(broken) - PIN_BREAKS:
        raise NotPossible
    if broken and not reason:
        raise NeedsReason


def forbid(found: Run, request: str, profile: str, by_id: int) -> None:
    """Keep this pair out of the next round."""
    _decide(found, Kind.FORBID, by_id, request=request, profile=profile)


def hold(found: Run, request: str, by_id: int) -> None:
    """Keep a person out of the next round; she stays on the list, at her place."""
    _decide(found, Kind.HOLD, by_id, request=request)


def one_less(found: Run, profile: str, by_id: int) -> None:
    """Let a mentor have one place less in the next round than in this one. Raises LookupError."""
    everybody = _everybody(found, now())
    mentor = snapshot.mentor(everybody, profile)
    before = [one.places for one in queries.decisions(found.id) if one.profile == profile]
    lowered = [places for places in before if places is not None]
    places = max(0, min([mentor.free, *lowered]) - 1)
    _decide(found, Kind.PLACES, by_id, profile=profile, places=places)


def _decide(
    found: Run,
    kind: Kind,
    by_id: int,
    *,
    request: str = "",
    profile: str = "",
    places: int | None = None,
    reason: str = "",
) -> None:
    requests = _numbers(MentorRequest, {request}) if request else {}
    profiles = _numbers(MentorProfile, {profile}) if profile else {}
    choice = Choice(kind, requests.get(request), profiles.get(profile), places)
    if (request and not choice.request_id) or (profile and not choice.profile_id):
        raise LookupError(request or profile)
    _forget_same(found.id, choice)
    _write(found.id, choice, by_id, reason, now())


def _forget_same(run_id: int, choice: Choice) -> None:
    """A newer decision about the same people stands in the place of the older one."""
    about = (MatchDecision.run_id == run_id) & (MatchDecision.profile_id == choice.profile_id)
    if choice.kind in (Kind.PIN, Kind.FORBID):
        about &= MatchDecision.request_id == choice.request_id
        about &= MatchDecision.kind.in_((Kind.PIN, Kind.FORBID))
    elif choice.kind is Kind.PLACES:
        about &= MatchDecision.kind == Kind.PLACES
    else:
        about = (MatchDecision.run_id == run_id) & (MatchDecision.kind == Kind.HOLD)
        about &= MatchDecision.request_id == choice.request_id
    db.session.execute(delete(MatchDecision).where(about))


def _write(
    run_id: int | None, choice: Choice, by_id: int | None, reason: str, made_at: Any
) -> None:
    public_id = ids.public_id()
    owner = _owner(choice.request_id) if reason else ""
    row = MatchDecision(
        public_id=public_id,
        run_id=run_id,
        kind=choice.kind,
        request_id=choice.request_id,
        profile_id=choice.profile_id,
        places=choice.places,
        reason=seal(reason, reason_place(public_id, owner)) if owner else None,
        by_id=by_id,
        made_at=made_at,
    )
    db.session.add(row)
    db.session.flush()


def _owner(request_id: int | None) -> str:
    return queries.owner_of(request_id) if request_id else ""


def undo(found: Run, decision: str) -> None:
    """Take a decision back, for the next round."""
    mine = (MatchDecision.run_id == found.id) & (MatchDecision.public_id == decision)
    db.session.execute(delete(MatchDecision).where(mine))


# --- Offers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing."""

    offered: int = 0
    not_any_more: int = 0


def publish(found: Run, proposal_ids: Collection[int], by_id: int) -> Published:
    """Make the offers of these proposals, each once, however often and by how many it is asked.

    Who does not wait any more, or can't be paired any more, is passed over and shown so.
    """
    outcomes = []
    for one in _claim(found.id, proposal_ids, by_id):
        outcome = _offer_of(found, one, by_id)
        mine = MatchProposal.id == one.id
        db.session.execute(update(MatchProposal).where(mine).values(outcome=outcome))
        outcomes.append(outcome)
    offered = outcomes.count(Outcome.OFFERED)
    return Published(offered, len(outcomes) - offered)


def _claim(run_id: int, proposal_ids: Collection[int], by_id: int) -> list[MatchProposal]:
    """The proposals that nobody has published yet, marked as published in this transaction.

    On PostgreSQL a second one waits for the rows and then finds them taken; SQLite lets one write at a time.
    """
    open_ones = (
        (MatchProposal.run_id == run_id)
        & MatchProposal.id.in_(list(proposal_ids))
        & (MatchProposal.rank == 0)
        & MatchProposal.profile_id.is_not(None)
        & MatchProposal.published_at.is_(None)
    )
    mark = update(MatchProposal).where(open_ones)
    taken = mark.values(published_at=now(), published_by=by_id).returning(MatchProposal.id)
    numbers = db.session.scalars(taken.execution_options(synchronize_session=False)).all()
    rows = select(MatchProposal).where(MatchProposal.id.in_(numbers)).order_by(MatchProposal.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def _offer_of(found: Run, one: MatchProposal, by_id: int) -> Outcome:
    request = queries.request_of(one.request_id)
    cards = queries.cards_of(found.id, one.request_id)
    if request is None or not cards:
        return Outcome.NOT_WAITING
    return offer(request, cards, by_id, found.public_id)


def offer(request: Request, profiles: Sequence[Profile], by_id: int, run: str | None) -> Outcome:
    """Offer up to three mentors to somebody who waits, the best first. Nothing changes if it can't be."""
    try:
        pairs.offer(request, profiles, by_id, run)
    except pairs.NotWaiting:
        return Outcome.NOT_WAITING
    except pairs.Barred:
        return Outcome.BARRED
    return Outcome.OFFERED


def log_override(request_id: int, profile_id: int, reason: str, by_id: int) -> None:
    """Keep why a pair was proposed by hand although a rule speaks against it."""
    _write(None, Choice(Kind.PIN, request_id, profile_id), by_id, reason, now())


# --- Keeping -------------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy what has been kept long enough; of a round, digests and counts stay."""
    losing, old = now() - LOSING_KEPT, now() - DECISIONS_KEPT
    before = select(MatchRun.id)
    lost = MatchProposal.run_id.in_(before.where(MatchRun.made_at < losing))
    gone = MatchProposal.run_id.in_(before.where(MatchRun.made_at < old))
    offered = MatchProposal.outcome == Outcome.OFFERED
    db.session.execute(delete(MatchProposal).where(gone | (lost & ~offered)))
    db.session.execute(delete(MatchDecision).where(MatchDecision.made_at < old))
    values: dict[str, Any] = {"settings": {}, "by_id": None}
    db.session.execute(update(MatchRun).where(MatchRun.made_at < old).values(**values))
