"""What mentoring tells the rooms above: how a pair goes on. Offers that come to nothing are told to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class PairEvent(Event):
    """Something that happened to a pair that both had agreed to; `mentoring.queries.pair_by_id` reads the rest."""

    match_id: int
    mentor_id: int
    mentee_id: int
    track: str


@dataclass(frozen=True, slots=True)
class PairStarted(PairEvent):
    """The mentor said yes, too: the pair begins."""


@dataclass(frozen=True, slots=True)
class PairPaused(PairEvent):
    """One side needs a rest from it. Nothing is asked of them until it goes on."""


@dataclass(frozen=True, slots=True)
class PairResumed(PairEvent):
    """It goes on."""


@dataclass(frozen=True, slots=True)
class PairClosing(PairEvent):
    """The last weeks, or the talk before a change of mentor: both are asked how they see it."""


@dataclass(frozen=True, slots=True)
class PairEnded(PairEvent):
    """It is over. `early`: before what they wanted; `change`: the mentee waits for another mentor again.

    No reason is told here; `silent`: nobody may be asked about it. In the transaction of this event the row of
    the pair still stands.
    """

    early: bool
    change: bool
    silent: bool = False
