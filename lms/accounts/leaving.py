"""People on their way out: nobody sees them any more, and for some days they can come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import session, url_for
from sqlalchemy import Select, literal_column, select, update

from lms.accounts import actions, secrets, signin
from lms.accounts.models import Person, SignIn
from lms.core.db import db
from lms.core.room import Slot

LEAVING = "leaving"
# The page on which somebody who signs in again decides; the room above that owns it fills it in.
WAYS_BACK: Slot[str] = Slot()


def hidden() -> Select[Any]:
    """Numbers of the people whom nobody sees, for `NOT IN` in the lists of other rooms."""
    # A literal: SQLite plans a statement anew at each use when a partial index depends on a parameter of it.
    return select(Person.id).where(Person.state == literal_column(f"'{LEAVING}'"))


def hide(person_id: int) -> None:
    """Sign the person out of every browser and hide her from everybody."""
    actions.end_all_sign_ins(person_id)
    _set(person_id, "active", LEAVING)


def show_again(person_id: int) -> None:
    """Everything is as it was before `hide`."""
    _set(person_id, LEAVING, "active")


def _set(person_id: int, old: str, new: str) -> None:
    mine = (Person.id == person_id) & (Person.state == old)
    db.session.execute(update(Person).where(mine).values(state=new))


def signed_in_again(now: datetime) -> Any:
    """(id, public id, zone) of a hidden person who signed in here with her passphrase again, or None."""
    token = session.get(signin.TOKEN)
    if not token:
        return None
    found = (
        select(Person.id, Person.public_id, Person.zone)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(
            SignIn.token_hash == secrets.token_hash(str(token)),
            SignIn.expires_at > now,
            Person.state == LEAVING,
        )
    )
    return db.session.execute(found).first()


def way_back(now: datetime) -> str | None:
    """Where somebody who is hidden should go after signing in; None for everybody else."""
    if signed_in_again(now) is None:
        return None
    return next((url_for(endpoint) for endpoint in WAYS_BACK), None)
