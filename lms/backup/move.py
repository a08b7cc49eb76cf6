"""Carrying an instance from one engine to the other, in one transaction of the new one."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lms.backup import restore
from lms.backup.rows import Manifest, lines
from lms.backup.scratch import application
from lms.backup.shapes import revision, shapes
from lms.core.db import db, transaction


class NotCurrent(Exception):
    """The tables here are not those of this release: `flask db upgrade` comes first."""


def to(url: str) -> Manifest:
    """Copy everything to the empty database at `url`; nothing there stays unless all of it arrived and is equal.

    Nobody can write here meanwhile. Raises NotCurrent, Damaged or NotEmpty.
    """
    manifest = Manifest()
    with transaction():
        connection = db.session.connection()
        if revision(connection) != restore.newest():
            raise NotCurrent
        _hold_writers_off(connection)
        with application(database_url=url):
            restore.into_empty(lines(connection, manifest))
    return manifest


def _hold_writers_off(connection: Connection) -> None:
    # SQLite's writing transaction holds the one write lock already.
    if connection.dialect.name == "postgresql":
        for shape in shapes(connection):
            name = connection.dialect.identifier_preparer.quote(shape.name)
            connection.execute(sa.text(f"LOCK TABLE {name} IN SHARE MODE"))
