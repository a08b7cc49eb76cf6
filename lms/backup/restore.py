"""Putting a copy into an empty database: tables, rows, upgrade and after-care in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.engine import Connection

from lms.backup.rows import Copy, Damaged, Manifest, fill
from lms.backup.shapes import is_empty
from lms.core.db import rebuilding

NEWEST = "head"


class NotEmpty(Exception):
    """The database that should be filled holds something."""


def into_empty(
    source: Iterable[bytes],
    afterwards: Callable[[Connection], None] | None = None,
) -> Manifest:
    """Fill the database of the present application, or leave it as it was.

    `afterwards` belongs to the same transaction: where it fails, nothing was restored.
    Raises Damaged or NotEmpty.
    """
    copy = Copy(source)
    with rebuilding() as connection:
        if not is_empty(connection):
            raise NotEmpty
        clear(connection)
        migrate(connection, copy.manifest.revision)
        fill(connection, copy)
        migrate(connection, NEWEST)
        if afterwards:
            afterwards(connection)
    return copy.manifest


def clear(connection: Connection) -> None:
    """Drop every table, in the open transaction."""
    found = sa.MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def migrate(connection: Connection, revision: str) -> None:
    """Bring the tables to a numbered state, in the open transaction. Raises Damaged for an unknown one."""
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise Damaged(f"the tables are of a release that this one does not know: {error}") from None


def newest() -> str:
    """The state of the tables that this release wants."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config
