"""Keeping files: sealed rows, written and destroyed with what they hang on (ADR 10)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from lms.core import ids, sealing
from lms.core.clock import now
from lms.core.db import db
from lms.core.files.intake import Taken
from lms.core.files.models import StoredFile


def keep(owner_id: int, owner: str, taken: Taken) -> int:
    """Keep a file for its owner (number and public id), in the open transaction. Return its number."""
    public_id = ids.public_id()
    row = StoredFile(
        public_id=public_id,
        owner_id=owner_id,
        kind=taken.kind,
        size=len(taken.data),
        kept_at=now(),
        sealed=sealing.seal_bytes(taken.data, _place(public_id, owner)),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def content(public_id: str, owner: str) -> bytes:
    """Open a file. Who calls has asked the policy and left the line."""
    sealed = db.session.scalar(select(StoredFile.sealed).where(StoredFile.public_id == public_id))
    if sealed is None:
        raise sealing.CannotOpen("no such file")
    return sealing.unseal_bytes(sealed, _place(public_id, owner))


def destroy(numbers: Iterable[int]) -> None:
    """Destroy files that nothing hangs on any more."""
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(list(numbers))))


def _place(public_id: str, owner: str) -> sealing.Place:
    return sealing.Place("file", "sealed", public_id, owner)
