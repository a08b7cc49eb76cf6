"""What changes in programmes themselves. Mentors are in `profiles`, people who wait in `waiting`.

Every change of a state goes through a table of `states` and leaves a row in the trail.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from lms.core import ids
from lms.core.db import db, fetch, insert_into
from lms.programmes import queries, trail
from lms.programmes.models import Programme
from lms.programmes.queries import Running
from lms.programmes.states import PROGRAMME, By, ProgrammeStep, move

_DEFAULT = select(Programme.id).where(Programme.key == queries.DEFAULT_PROGRAMME)


def programme_id() -> int:
    """The programme that pairs belong to; made when it is first needed."""
    if (found := fetch(_DEFAULT).scalar()) is not None:
        return int(found)
    values = {"public_id": ids.public_id(), "key": queries.DEFAULT_PROGRAMME, "offer_days": 7}
    db.session.execute(insert_into(Programme).values(**values).on_conflict_do_nothing())
    return int(fetch(_DEFAULT).scalar_one())


def make_programme(values: dict[str, Any]) -> str:
    """Make a programme, as a draft. Return its public id."""
    public_id = ids.public_id()
    row = Programme(public_id=public_id, key=public_id, state="draft", **values)
    db.session.add(row)
    db.session.flush()
    return public_id


def change_programme(found: Running, values: dict[str, Any]) -> None:
    """Change what staff decide about a programme; pairs that are there keep their own dates."""
    db.session.execute(update(Programme).where(Programme.id == found.id).values(**values))


def move_programme(found: Running, step: ProgrammeStep, actor_id: int) -> None:
    """Take a programme one step further. Raises NotAllowed."""
    state = move(PROGRAMME, found.state, step, By.STAFF)
    trail.change(Programme, Programme.id == found.id, found.state, {"state": state})
    trail.record("programme", found.public_id, [(found.state, state)], by=actor_id, reason=step)
