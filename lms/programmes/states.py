"""The states of a programme, of a mentor and of somebody who waits, and every step that is allowed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class ProgrammeState(StrEnum):
    """Where a programme stands."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    ARCHIVED = "archived"


class MentorState(StrEnum):
    """Where somebody stands as a mentor."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    SCREENED = "screened"
    IN_TRAINING = "in_training"
    AVAILABLE = "available"
    UNCONFIRMED = "unconfirmed"
    PAUSED = "paused"
    LEFT = "left"
    SUSPENDED = "suspended"


class RequestState(StrEnum):
    """Where somebody stands who asked for a mentor."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITING = "waiting"
    OFFERED = "offered"
    MATCHED = "matched"
    DORMANT = "dormant"
    WITHDRAWN = "withdrawn"


# A programme in one of these takes new people, on both sides.
TAKES_PEOPLE = frozenset({ProgrammeState.OPEN, ProgrammeState.RUNNING})

# Somebody in one of these has an entry that she can look at and change.
OPEN_REQUESTS = (
    RequestState.SUBMITTED, RequestState.ACCEPTED, RequestState.WAITING, RequestState.OFFERED,
    RequestState.DORMANT,
)  # fmt: skip


class By(StrEnum):
    """Who acts. The house acts by itself, when something else has happened or time has passed."""

    SELF = "self"
    STAFF = "staff"
    SAFEGUARDING = "safeguarding"
    HOUSE = "house"


class ProgrammeStep(StrEnum):
    """What staff do with a programme."""

    OPEN = "open"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE_DOWN = "close_down"
    CLOSE = "close"
    ARCHIVE = "archive"


class MentorStep(StrEnum):
    """What can happen to a mentor's profile."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    TRAIN = "train"
    VOUCH = "vouch"
    READY = "ready"
    PAUSE = "pause"
    RETURN = "return"
    LAPSE = "lapse"
    CONFIRM = "confirm"
    LEAVE = "leave"
    SUSPEND = "suspend"
    LIFT = "lift"


class RequestStep(StrEnum):
    """What can happen to a request for a mentor."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    QUEUE = "queue"
    OFFER = "offer"
    OFFER_OFF = "offer_off"
    MATCH = "match"
    AGAIN = "again"
    FALL_SILENT = "fall_silent"
    STILL_WANTED = "still_wanted"
    WITHDRAW = "withdraw"


class NotAllowed(Exception):
    """The thing is not in a state in which this one can do that."""


_P, _M, _R = ProgrammeState, MentorState, RequestState
_PS, _MS, _RS = ProgrammeStep, MentorStep, RequestStep

PROGRAMME: dict[tuple[ProgrammeState, ProgrammeStep, By], ProgrammeState] = {
    (_P.DRAFT, _PS.OPEN, By.STAFF): _P.OPEN,
    (_P.OPEN, _PS.START, By.STAFF): _P.RUNNING,
    (_P.RUNNING, _PS.PAUSE, By.STAFF): _P.PAUSED,
    (_P.PAUSED, _PS.RESUME, By.STAFF): _P.RUNNING,
    (_P.RUNNING, _PS.CLOSE_DOWN, By.STAFF): _P.CLOSING,
    (_P.CLOSING, _PS.CLOSE, By.STAFF): _P.CLOSED,
    (_P.CLOSED, _PS.ARCHIVE, By.STAFF): _P.ARCHIVED,
}

_WITH_PLACES = (_M.AVAILABLE, _M.UNCONFIRMED, _M.PAUSED)

MENTOR: dict[tuple[MentorState, MentorStep, By], MentorState] = {
    (_M.DRAFT, _MS.SUBMIT, By.SELF): _M.SUBMITTED,
    (_M.DECLINED, _MS.SUBMIT, By.SELF): _M.SUBMITTED,
    (_M.LEFT, _MS.SUBMIT, By.SELF): _M.SUBMITTED,
    (_M.SUBMITTED, _MS.ACCEPT, By.STAFF): _M.SCREENED,
    (_M.SUBMITTED, _MS.DECLINE, By.STAFF): _M.DECLINED,
    (_M.SCREENED, _MS.TRAIN, By.HOUSE): _M.IN_TRAINING,
    (_M.IN_TRAINING, _MS.READY, By.HOUSE): _M.AVAILABLE,
    # Staff add somebody whom they know: no screening, and the training is what staff say it is.
    (_M.DRAFT, _MS.VOUCH, By.STAFF): _M.AVAILABLE,
    (_M.AVAILABLE, _MS.LAPSE, By.HOUSE): _M.UNCONFIRMED,
    (_M.UNCONFIRMED, _MS.CONFIRM, By.SELF): _M.AVAILABLE,
    (_M.AVAILABLE, _MS.PAUSE, By.SELF): _M.PAUSED,
    (_M.UNCONFIRMED, _MS.PAUSE, By.SELF): _M.PAUSED,
    (_M.PAUSED, _MS.RETURN, By.SELF): _M.AVAILABLE,
    (_M.PAUSED, _MS.RETURN, By.HOUSE): _M.AVAILABLE,
    **{
        (state, _MS.LEAVE, By.SELF): _M.LEFT
        for state in (*_WITH_PLACES, _M.SUBMITTED, _M.SCREENED, _M.IN_TRAINING)
    },
    **{
        (state, _MS.SUSPEND, By.SAFEGUARDING): _M.SUSPENDED
        for state in _M
        if state is not _M.SUSPENDED
    },
    # She decides herself whether to take people again, and from when.
    (_M.SUSPENDED, _MS.LIFT, By.SAFEGUARDING): _M.PAUSED,
}

REQUEST: dict[tuple[RequestState, RequestStep, By], RequestState] = {
    (_R.DRAFT, _RS.SUBMIT, By.SELF): _R.SUBMITTED,
    (_R.SUBMITTED, _RS.ACCEPT, By.STAFF): _R.ACCEPTED,
    # A programme that does not look at requests one by one.
    (_R.SUBMITTED, _RS.ACCEPT, By.HOUSE): _R.ACCEPTED,
    (_R.SUBMITTED, _RS.DECLINE, By.STAFF): _R.DECLINED,
    (_R.ACCEPTED, _RS.QUEUE, By.HOUSE): _R.WAITING,
    (_R.WAITING, _RS.OFFER, By.STAFF): _R.OFFERED,
    (_R.OFFERED, _RS.OFFER_OFF, By.HOUSE): _R.WAITING,
    (_R.OFFERED, _RS.MATCH, By.HOUSE): _R.MATCHED,
    (_R.MATCHED, _RS.AGAIN, By.SELF): _R.WAITING,
    (_R.WAITING, _RS.FALL_SILENT, By.HOUSE): _R.DORMANT,
    (_R.DORMANT, _RS.STILL_WANTED, By.SELF): _R.WAITING,
    **{(state, _RS.WITHDRAW, By.SELF): _R.WITHDRAWN for state in (_R.DRAFT, *OPEN_REQUESTS)},
}

_State = TypeVar("_State", bound=StrEnum)
_Step = TypeVar("_Step", bound=StrEnum)


def move(
    table: Mapping[tuple[_State, _Step, By], _State], state: _State, step: _Step, by: By
) -> _State:
    """Return the next state. Raises NotAllowed for everything that the table does not name."""
    found = table.get((state, step, by))
    if found is None:
        raise NotAllowed(f"{state}: {step} by {by}")
    return found


def steps_from(
    table: Mapping[tuple[_State, _Step, By], _State], state: _State, by: By
) -> list[_Step]:
    """What this one can do now."""
    return [step for at, step, who in table if at == state and who is by]
