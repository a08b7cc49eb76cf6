"""How migrations run: on the application's own engine, one transaction for each revision."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import types

from lms.core.db import Model, UtcDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column type as the plain type that it is in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, inspected: Any, wanted: Any) -> bool | None:
    """SQLite keeps JSON and moments under looser names; those are no change."""
    if isinstance(wanted, (UtcDateTime, types.JSON)):
        return False
    return None


def run() -> None:
    """Bring the database to the wanted revision."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_item=render_item,
            compare_type=compare_type,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
