"""Where a pair can stand and what may happen to it: the table, and nothing beside the table. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a pair stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    OFFERED_TO_MENTEE = "offered_to_mentee"
    OFFERED_TO_MENTOR = "offered_to_mentor"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OFFERED = frozenset({State.OFFERED_TO_MENTEE, State.OFFERED_TO_MENTOR})
# Both have agreed, and it is not over: they see their page and can write.
TOGETHER = frozenset({State.ACTIVE, State.PAUSED, State.CLOSING})
# A pair in one of these states holds a place of its mentor; a mentee has one at most in each track.
LIVE = OFFERED | TOGETHER | {State.APPROVED}
ENDED = frozenset({State.COMPLETED, State.ENDED_EARLY})
NOTHING_CAME = frozenset({State.DISMISSED, State.DECLINED, State.EXPIRED, State.WITHDRAWN})


class Side(StrEnum):
    """Who acts on a pair. `staff` decides about proposals; the house is what runs by itself."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    STAFF = "staff"
    HOUSE = "house"


class Step(StrEnum):
    """What can be done to a pair."""

    APPROVE = "approve"
    DISMISS = "dismiss"
    OFFER = "offer"
    AGREE = "agree"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    RENEW = "renew"
    COMPLETE = "complete"
    END = "end"


_TWO = (Side.MENTEE, Side.MENTOR)
_OFFICE = (Side.STAFF, Side.HOUSE)
_ANYONE = (*_TWO, *_OFFICE)

# (from, step) -> (to, who may do it)
_STEPS: dict[tuple[State, Step], tuple[State, tuple[Side, ...]]] = {
    (State.PROPOSED, Step.APPROVE): (State.APPROVED, (*_OFFICE, Side.MENTEE)),
    (State.PROPOSED, Step.DISMISS): (State.DISMISSED, (*_OFFICE, Side.MENTEE)),
    (State.APPROVED, Step.OFFER): (State.OFFERED_TO_MENTEE, (*_OFFICE, Side.MENTEE)),
    (State.OFFERED_TO_MENTEE, Step.AGREE): (State.OFFERED_TO_MENTOR, (Side.MENTEE,)),
    (State.OFFERED_TO_MENTOR, Step.AGREE): (State.ACTIVE, (Side.MENTOR,)),
    **{
        (state, step): (reached, who)
        for state, asked in zip(
            (State.OFFERED_TO_MENTEE, State.OFFERED_TO_MENTOR), _TWO, strict=True
        )
        for step, reached, who in (
            (Step.DECLINE, State.DECLINED, (asked,)),
            (Step.EXPIRE, State.EXPIRED, (Side.HOUSE,)),
            (Step.WITHDRAW, State.WITHDRAWN, _OFFICE),
        )
    },
    (State.ACTIVE, Step.PAUSE): (State.PAUSED, _TWO),
    (State.PAUSED, Step.RESUME): (State.ACTIVE, _TWO),
    (State.ACTIVE, Step.CLOSE): (State.CLOSING, _ANYONE),
    (State.PAUSED, Step.CLOSE): (State.CLOSING, _ANYONE),
    # Out of the last weeks only by a renewal: staff propose it, and the second yes makes the step.
    (State.CLOSING, Step.RENEW): (State.ACTIVE, _TWO),
    (State.CLOSING, Step.COMPLETE): (State.COMPLETED, _ANYONE),
    **{(state, Step.END): (State.ENDED_EARLY, _ANYONE) for state in sorted(TOGETHER)},
}


class NotAllowed(Exception):
    """The pair is not in a state in which this side can do that."""


def move(state: State, step: Step, side: Side) -> State:
    """Return the next state. Raises NotAllowed for everything that the table above does not name."""
    reached, who = _STEPS.get((state, step), (None, ()))
    if reached is None or side not in who:
        raise NotAllowed(f"{state}: {step} by {side}")
    return reached


def awaited(state: State) -> Side | None:
    """Whose answer an offered pair waits for."""
    return {State.OFFERED_TO_MENTEE: Side.MENTEE, State.OFFERED_TO_MENTOR: Side.MENTOR}.get(state)


class Renewal(StrEnum):
    """Whether a pair goes on after its agreed time: who was asked, who has said yes, what came of it."""

    NONE = "none"
    ASKED = "asked"
    MENTOR = "mentor"
    MENTEE = "mentee"
    AGREED = "agreed"
    DECLINED = "declined"


def may_be_asked(before: Renewal) -> bool:
    """Whether staff may propose it: after a no they don't ask again, after a renewal they may."""
    return before in (Renewal.NONE, Renewal.AGREED)


def is_asked(before: Renewal, side: Side) -> bool:
    """Whether a side has not answered yet."""
    open_still = before in (Renewal.ASKED, Renewal.MENTOR, Renewal.MENTEE)
    return side in _TWO and open_still and before.value != side.value


def answered(before: Renewal, side: Side, *, yes: bool) -> Renewal:
    """What the answer of a side makes of it. Raises NotAllowed for a side that is not asked."""
    if not is_asked(before, side):
        raise NotAllowed(f"{before}: {side}")
    if not yes:
        return Renewal.DECLINED
    return Renewal(side.value) if before is Renewal.ASKED else Renewal.AGREED


class Ending(StrEnum):
    """Why a pair ends: one tap. `apart` is what the house says when a side is gone or has shut the other out."""

    GOAL_REACHED = "goal_reached"
    TIME_OVER = "time_over"
    NO_TIME = "no_time"
    NOT_A_FIT = "not_a_fit"
    CONTACT_LOST = "contact_lost"
    MOVED_ON = "moved_on"
    SAFETY = "safety"
    OTHER = "other"
    APART = "apart"


# What the two can say of themselves, in the order of the list.
SAID = tuple(ending for ending in Ending if ending is not Ending.APART)
# Ends of which nobody could say that they came too early.
GOOD_ENDS = frozenset({Ending.GOAL_REACHED, Ending.TIME_OVER})
