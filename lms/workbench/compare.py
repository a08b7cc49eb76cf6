"""Two rounds side by side: which pairs are the same, changed, lost or new, and the figures of both. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.programmes.facts import Everybody
from lms.workbench.compute import Result
from lms.workbench.queries import Proposal


class Change(StrEnum):
    """What is other with somebody."""

    CHANGED = "changed"
    LOST = "lost"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Paired:
    """Somebody with a mentor in a round. Names as both chose them."""

    mentee_id: int
    mentee: str
    profile: str
    mentor: str


@dataclass(frozen=True, slots=True)
class Side:
    """One round: its figures, and by request everybody with a mentor."""

    stats: Mapping[str, Any]
    pairs: Mapping[str, Paired]


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody for whom the rounds differ."""

    change: Change
    mentee_id: int
    mentee: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rounds side by side."""

    before: Mapping[str, Any]
    now: Mapping[str, Any]
    same: int
    rows: Sequence[Row]


def of_rows(stats: Mapping[str, Any], proposals: Sequence[Proposal]) -> Side:
    """A round that is stored."""
    return Side(
        stats,
        {
            one.request: Paired(one.mentee_id, one.mentee, one.profile, one.mentor or "")
            for one in proposals
            if one.rank == 0 and one.profile
        },
    )


def of_result(result: Result, everybody: Everybody) -> Side:
    """A round that was worked out and not stored."""
    return Side(
        result.stats,
        {
            line.request: Paired(
                everybody.requests[line.request].person_id,
                everybody.requests[line.request].shown_name,
                line.profile,
                everybody.profiles[line.profile].shown_name,
            )
            for line in result.lines
            if line.rank == 0 and line.profile
        },
    )


def compare(before: Side, now: Side) -> Compared:
    """Lay one round beside the other."""
    rows, same = [], 0
    for request in {**before.pairs, **now.pairs}:
        one, other = before.pairs.get(request), now.pairs.get(request)
        if one and other and one.profile == other.profile:
            same += 1
        elif one and other:
            rows.append(
                Row(Change.CHANGED, other.mentee_id, other.mentee, one.mentor, other.mentor)
            )
        elif one:
            rows.append(Row(Change.LOST, one.mentee_id, one.mentee, one.mentor, ""))
        elif other:
            rows.append(Row(Change.NEW, other.mentee_id, other.mentee, "", other.mentor))
    rows.sort(key=lambda row: (list(Change).index(row.change), row.mentee.casefold()))
    return Compared(before.stats, now.stats, same, rows)
