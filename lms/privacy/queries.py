"""Reads of copies and erasures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.db import db
from lms.core.sealing import unseal_bytes
from lms.privacy import ledger
from lms.privacy.actions import copy_place
from lms.privacy.models import Copy, Erased, Erasure
from lms.privacy.rules import COPY_WAITS, CopyState, copy_state


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person's copy as its page shows it."""

    id: int
    public_id: str
    lang: str
    asked_at: datetime
    ready_at: datetime | None
    taken_at: datetime | None

    def state(self, now: datetime) -> CopyState:
        """Where it stands."""
        return copy_state(self.asked_at, self.ready_at, self.taken_at, now)

    @property
    def until(self) -> datetime:
        """When it is destroyed."""
        return (self.ready_at or self.asked_at) + COPY_WAITS


_COLUMNS = tuple(getattr(Copy, name) for name in Waiting.__slots__)


def copy_of(person_id: int, *, lock: bool = False) -> Waiting | None:
    """The copy that a person has here. `lock` keeps a second download of the same moment waiting."""
    found = select(*_COLUMNS).where(Copy.person_id == person_id)
    row = db.session.execute(found.with_for_update() if lock else found).first()
    return Waiting(*row) if row else None


def open_part(found: Waiting, owner: str) -> bytes:
    """The open part, unsealed."""
    sealed = db.session.scalar(select(Copy.sealed).where(Copy.id == found.id))
    if sealed is None:
        raise LookupError("it is taken already")
    return unseal_bytes(sealed, copy_place(found.public_id, owner))


def erasure_due(person_id: int) -> datetime | None:
    """When somebody who is leaving will be destroyed; None when there is no way back any more."""
    mine = (Erasure.person_id == person_id) & Erasure.keys_gone_at.is_(None)
    return db.session.scalar(select(Erasure.due_at).where(mine))


def health() -> list[str]:
    """What `flask doctor` should tell about erasures."""
    gone, listed = set(db.session.scalars(select(Erased.digest))), ledger.listed()
    problems = []
    if gone - listed:
        problems.append(
            f"{len(gone - listed)} erased people are not in {ledger.path()}; the worker must be able to write it"
        )
    if db.session.scalar(select(Person.id).where(Person.state == "leaving").limit(1)) is None:
        return problems
    stuck = select(Erasure.person_id).where(Erasure.keys_gone_at.is_not(None))
    if db.session.scalar(stuck.limit(1)) is not None:
        problems.append("somebody's keys are gone but her rows are not; look at `flask jobs`")
    return problems
