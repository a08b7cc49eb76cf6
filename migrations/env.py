"""How migrations run: on the application's own engine, one transaction for all of them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import types

from lms.core.db import Model, UtcDateTime, rebuilding


def render_item(kind: str, item: Any, context: Any) -> str | bool:
    """Write our own column types as the plain types that they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, types.JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def same_type(
    _context: Any, _found: Any, _column: Any, _found_type: Any, wanted: Any
) -> bool | None:
    """SQLite keeps JSON and moments under looser names; those are no change."""
    return False if isinstance(wanted, (UtcDateTime, types.JSON)) else None


def run() -> None:
    """Bring the database to the wanted revision: all steps in one transaction, so that it is old or new.

    A caller that has a transaction of its own (a restore) gives its connection.
    """
    given = context.config.attributes.get("connection")
    with nullcontext(given) if given is not None else rebuilding() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_item=render_item,
            **{**current_app.extensions["migrate"].configure_args, "compare_type": same_type},
        )
        with context.begin_transaction():
            context.run_migrations()


run()
