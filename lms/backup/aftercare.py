"""What a restored database must not bring back."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from lms.accounts.models import SignIn
from lms.core.db import db


def care(connection: Connection) -> None:
    """End every sign-in, in the transaction of the restore."""
    # The session works in the open transaction instead of beginning its own.
    db.session().connection(bind_arguments={"bind": connection})
    db.session.execute(delete(SignIn))
    db.session.flush()
    db.session.close()
