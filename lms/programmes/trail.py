"""The audit rows of state changes: who, when, from, to, and a code for the reason. Rows are only added.

Rooms above use it for their own machines (pairs, agreements, goals ...).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from lms.core.clock import now
from lms.core.db import db
from lms.programmes.models import Transition
from lms.programmes.states import NotAllowed


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was made."""

    from_state: str
    to_state: str
    reason: str
    actor_id: int | None
    at: datetime


def record(
    machine: str,
    subject: str,
    steps: list[tuple[str, str]],
    *,
    about: int | None = None,
    by: int | None = None,
    reason: str = "",
) -> None:
    """Write steps (from, to) of the thing with this public id, in the open transaction. One statement.

    `about` is whom the thing is about, `by` who did it: None for the house. `reason` is a code, never words.
    """
    at = now()
    rows = [
        {
            "machine": machine,
            "subject": subject,
            "person_id": about,
            "actor_id": by,
            "from_state": str(before),
            "to_state": str(after),
            "reason": reason,
            "at": at,
        }
        for before, after in steps
    ]
    db.session.execute(insert(Transition), rows)


def steps_of(machine: str, subject: str) -> list[Step]:
    """What has happened to a thing, the first step first."""
    mine = (Transition.machine == machine) & (Transition.subject == subject)
    rows = db.session.execute(
        select(
            *(Transition.from_state, Transition.to_state, Transition.reason, Transition.actor_id),
            Transition.at,
        )
        .where(mine)
        .order_by(Transition.id)
    )
    return [Step(*row) for row in rows]


def change(model: Any, which: ColumnElement[bool], before: str, values: dict[str, Any]) -> None:
    """Change a row that still stands in a state. Raises NotAllowed when somebody else was faster."""
    changed = update(model).where(which, model.state == before).values(**values)
    same = changed.returning(model.id).execution_options(synchronize_session=False)
    if db.session.scalar(same) is None:
        raise NotAllowed("settled meanwhile")
