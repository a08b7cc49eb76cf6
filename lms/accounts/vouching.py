"""The second way back: two people vouch for somebody who lost passphrase and recovery code.

Her mentor asks, a member of staff agrees, three days pass in which she can stop it from any sign-in that
lives. Then each of the two can make half of a code; neither half opens anything. What was sealed to her
stays closed for ever, since nobody has that key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from lms.accounts import actions, queries, vault
from lms.accounts.actions import RECOVER, SIGN_IN, MustWait, NotRecognised
from lms.accounts.events import ComingBack
from lms.accounts.models import Person, Vouching
from lms.accounts.rules import skeleton
from lms.core import events, ids, throttle
from lms.core.clock import now
from lms.core.codes import CodeShape
from lms.core.db import db
from lms.core.room import Slot

WAIT = timedelta(hours=72)
OPEN_FOR = timedelta(days=14)
HALF = CodeShape(16, 4)
# Rooms above say whose mentor somebody is now: (person, public id of the pair, name in the pair).
MENTEES: Slot[Callable[[int], list[tuple[int, str, str]]]] = Slot()
_OPEN = Vouching.state.in_(("asked", "waiting"))


@dataclass(frozen=True, slots=True)
class Case:
    """One vouching as somebody who vouches sees it."""

    public_id: str
    name: str
    mentor: str
    state: str
    ready_at: datetime | None
    is_ready: bool
    mine: bool


def mentees(person_id: int) -> list[tuple[int, str, str]]:
    """Whom this person can vouch for as their mentor."""
    return [mentee for find in MENTEES for mentee in find(person_id)]


def ask(mentor_id: int, pair: str) -> None:
    """Begin, for the mentee of this pair. A second time is once; another's pair is nothing."""
    for person_id, public_id, name in mentees(mentor_id):
        if public_id == pair and not _open_for(person_id):
            row = Vouching(
                public_id=ids.public_id(),
                person_id=person_id,
                shown_name=name,
                mentor_id=mentor_id,
                state="asked",
                asked_at=now(),
            )
            db.session.add(row)


def agree(staff_id: int, public_id: str) -> None:
    """A member of staff, who is neither of the two, agrees: the waiting time begins."""
    fits = (
        (Vouching.public_id == public_id)
        & (Vouching.state == "asked")
        & (Vouching.mentor_id != staff_id)
        & (Vouching.person_id != staff_id)
    )
    facts = {"staff_id": staff_id, "state": "waiting", "ready_at": now() + WAIT}
    begun = db.session.execute(
        update(Vouching).where(fits).values(**facts).returning(Vouching.person_id)
    ).first()
    if begun:
        events.publish(ComingBack(begun[0]))


def stop(public_id: str, person_id: int) -> None:
    """End it: the person herself, or one of the two."""
    mine = (Vouching.public_id == public_id) & _OPEN & _of(person_id)
    db.session.execute(update(Vouching).where(mine).values(state="cancelled"))


def stop_all(person_id: int) -> None:
    """The person is here and says so: whatever is open for her ends."""
    mine = (Vouching.person_id == person_id) & _OPEN
    db.session.execute(update(Vouching).where(mine).values(state="cancelled"))


def new_half(public_id: str, voucher_id: int) -> str | None:
    """Make this voucher's half of the code, once the waiting time is over. It is shown now, never again."""
    case = db.session.scalar(
        select(Vouching).where(Vouching.public_id == public_id, Vouching.state == "waiting")
    )
    if case is None or not _is_ready(case):
        return None
    code = HALF.new()
    if voucher_id == case.mentor_id:
        case.mentor_half = _digest(code, case.public_id)
    elif voucher_id == case.staff_id:
        case.staff_half = _digest(code, case.public_id)
    else:
        return None
    return HALF.shown(code)


def come_back(handle: str, halves: tuple[str, str], passphrase: str) -> str:
    """Set a new passphrase with both halves. Return the token of a sign-in; every older one ends.

    Raises MustWait, or NotRecognised after counting the failure.
    """
    name = skeleton(handle)
    if until := throttle.wait_until(RECOVER, name):
        raise MustWait(until)
    person = queries.by_handle(handle)
    case = _ready_for(person.id) if person else None
    if person is None or case is None or not _fit(case, halves):
        throttle.count(RECOVER, name)
        raise NotRecognised
    throttle.clear(RECOVER, name)
    throttle.clear(SIGN_IN, name)
    case.state = "used"
    private = vault.new_pair(person)
    actions.set_passphrase(person, passphrase, private)
    actions.unlock(person)
    return actions.open_sign_in(person, private, own_phone=False)


def _ready_for(person_id: int) -> Vouching | None:
    waiting = (Vouching.person_id == person_id) & (Vouching.state == "waiting")
    case = db.session.scalars(select(Vouching).where(waiting)).first()
    return case if case and _is_ready(case) else None


def _is_ready(case: Vouching) -> bool:
    return case.ready_at is not None and case.ready_at <= now() < case.ready_at + OPEN_FOR


def _fit(case: Vouching, halves: tuple[str, str]) -> bool:
    typed = {_digest(HALF.parse(half) or "", case.public_id) for half in halves}
    kept = [case.mentor_half, case.staff_half]
    return all(half and any(hmac.compare_digest(half, one) for one in typed) for half in kept)


def _digest(code: str, public_id: str) -> bytes:
    return hashlib.sha256(f"half\0{public_id}\0{code}".encode()).digest()


def _open_for(person_id: int) -> bool:
    mine = select(Vouching.id).where(Vouching.person_id == person_id, _OPEN)
    return db.session.scalar(mine.limit(1)) is not None


def _of(person_id: int) -> ColumnElement[bool]:
    return or_(
        Vouching.person_id == person_id,
        Vouching.mentor_id == person_id,
        Vouching.staff_id == person_id,
    )


def cases(voucher_id: int, *, staff: bool) -> list[Case]:
    """What is open that this person has vouched for, and for staff what waits for a second one."""
    mine = or_(Vouching.mentor_id == voucher_id, Vouching.staff_id == voucher_id)
    seen = or_(mine, Vouching.state == "asked") if staff else mine
    rows = db.session.execute(
        select(Vouching, Person.handle)
        .join(Person, Person.id == Vouching.mentor_id)
        .where(_OPEN, seen, Vouching.person_id != voucher_id)
        .order_by(Vouching.id)
    )
    return [
        Case(
            case.public_id,
            case.shown_name,
            mentor,
            case.state,
            case.ready_at,
            _is_ready(case),
            voucher_id in {case.mentor_id, case.staff_id},
        )
        for case, mentor in rows
    ]


def forget_old() -> None:
    """End what nobody agreed to or used."""
    late = or_(
        (Vouching.state == "asked") & (Vouching.asked_at < now() - OPEN_FOR),
        (Vouching.state == "waiting") & (Vouching.ready_at < now() - OPEN_FOR),
    )
    db.session.execute(update(Vouching).where(late).values(state="cancelled"))
