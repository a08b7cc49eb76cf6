"""What may become of a certificate. Pure: values in, values out."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a certificate is. A person meets five words for it."""

    WAITING = "waiting"
    ISSUING = "issuing"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class Reason(StrEnum):
    """Why staff withdraw a certificate."""

    MISTAKE = "mistake"
    NOT_OWN_WORK = "not-own-work"


PRINTED = frozenset({State.ISSUED, State.WITHDRAWN, State.REPLACED})
_NEXT = {
    State.WAITING: {State.ISSUING},
    State.ISSUING: {State.ISSUED},
    State.ISSUED: {State.REPLACED, State.WITHDRAWN},
    State.REPLACED: set(),
    State.WITHDRAWN: set(),
}


class NotAllowed(Exception):
    """The certificate is not in a state in which this can be done."""


def move(state: str, to: State) -> State:
    """Return the next state. Raises NotAllowed."""
    if to not in _NEXT[State(state)]:
        raise NotAllowed(f"{state} → {to}")
    return to


def may_ask_anew(state: str, ended_by: str | None) -> bool:
    """Whether the holder may have a new one made: she withdrew it herself, nobody took it away."""
    return State(state) is State.WITHDRAWN and ended_by == "holder"


def may_confirm(asked_by_id: int | None, staff_id: int, holder_id: int | None) -> bool:
    """Whether this member of staff may be the second: not who asked, and not the holder."""
    return asked_by_id is not None and staff_id not in {asked_by_id, holder_id}
