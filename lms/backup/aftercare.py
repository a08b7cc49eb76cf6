"""What a restored database must not bring back: sign-ins of its day, and people who were erased since."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from lms.accounts.models import Person, SignIn
from lms.core.db import db
from lms.privacy import actions, ledger


def within(connection: Connection) -> None:
    """In the transaction of the restore: end every sign-in, destroy the keys of everybody in the list.

    So there is no moment at which they are back. Their rows follow in `afterwards`, or else in a job.
    """
    # The session works in the open transaction instead of beginning its own.
    db.session().connection(bind_arguments={"bind": connection})
    db.session.execute(delete(SignIn))
    gone = ledger.listed()
    for person_id, public_id in db.session.execute(select(Person.id, Person.public_id)).all():
        if gone and ledger.digest(public_id) in gone:
            actions.destroy_now(person_id)
    db.session.flush()
    # The worker's sweep finds the jobs; the rows are destroyed here before it looks.
    db.session.info.pop("after_commit", None)
    db.session.close()


def afterwards() -> int:
    """After it: destroy the rows of everybody in the list. Return how many people had been back."""
    return actions.reapply_erasures()
