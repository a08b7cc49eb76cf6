"""Rounds: the shortest way to one that is done."""

from __future__ import annotations

from lms.core import outbox
from lms.core.db import reading, transaction
from lms.matching.facts import Track
from lms.mentoring import queries as pairs
from lms.programmes import queries as lists
from lms.workbench import actions, queries
from lms.workbench.compute import Wanted
from lms.workbench.queries import Proposal, Run
from tests.world import Somebody


def make_round(staff: Somebody, before: Run | None = None, wanted: Wanted | None = None) -> Run:
    """A round of peer mentors, worked out."""
    with transaction():
        public_id = actions.start(Track.PEER, wanted or Wanted(), staff.id, before)
    outbox.run_due()
    return the_round(public_id)


def the_round(public_id: str) -> Run:
    """A round as it stands now."""
    with reading():
        found = queries.run(public_id)
    assert found is not None
    return found


def proposals(run: Run) -> list[Proposal]:
    """What a round says."""
    with reading():
        return queries.proposals(run.id)


def first_of(run: Run) -> list[Proposal]:
    """The pairs that it proposes."""
    return [one for one in proposals(run) if one.rank == 0 and one.profile]


def request_id(person: Somebody) -> str:
    """The request of somebody who waits."""
    with reading():
        found = lists.request_of(person.id)
    assert found is not None
    return found.public_id


def profile_id(person: Somebody) -> str:
    """The profile of a mentor."""
    with reading():
        found = pairs.profile_of(person.id)
    assert found is not None
    return found.public_id
