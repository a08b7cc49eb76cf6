"""Writes millions of rows fast: straight into the driver, in the form in which each engine keeps values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import text

from lms.core.db import Model, db

BATCH = 20_000


def _with_defaults(
    model: type[Model], columns: str, rows: Iterable[tuple[Any, ...]]
) -> tuple[str, Iterable[tuple[Any, ...]]]:
    """Add the columns that must have a value and of which the model knows one: no ORM does it here."""
    named = set(columns.split())
    left = [
        column
        for column in model.__table__.columns
        if column.name not in named and not column.nullable and column.default is not None
    ]
    values = tuple(
        column.default.arg(None) if column.default.is_callable else column.default.arg  # type: ignore[union-attr]
        for column in left
    )
    return " ".join([columns, *(column.name for column in left)]), ((*row, *values) for row in rows)


class Bulk:
    """Rows for the tables of the application's database, in one transaction. `commit` ends it."""

    def __init__(self) -> None:
        self._sqlite = db.engine.dialect.name == "sqlite"
        self._raw = db.engine.raw_connection()
        self._driver: Any = self._raw.driver_connection
        if self._sqlite:
            self._driver.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN")

    def add(self, model: type[Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows; `columns` are names with spaces between them, in the order of the values."""
        table = model.__table__.name  # type: ignore[attr-defined]
        columns, rows = _with_defaults(model, columns, rows)
        names = ", ".join(columns.split())
        if self._sqlite:
            self._insert(table, names, rows)
            return
        with self._driver.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([_flat(value) for value in row])

    def _insert(self, table: str, names: str, rows: Iterable[tuple[Any, ...]]) -> None:
        places = ", ".join("?" for _ in names.split(", "))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({places})'
        kept: sqlite3.Connection = self._driver
        for batch in _batches(rows):
            kept.executemany(statement, _as_kept(batch))

    def commit(self) -> None:
        """Keep everything; let PostgreSQL count again from the highest number, and know its tables."""
        if self._sqlite:
            self._driver.execute("COMMIT")
            self._raw.close()
            db.engine.dispose()
            return
        self._driver.commit()
        self._raw.close()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in Model.metadata.sorted_tables:
                if "id" in table.columns and table.columns["id"].autoincrement is not False:
                    last = f'(SELECT max(id) FROM "{table.name}")'
                    counter = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                    connection.execute(text(f"SELECT setval({counter}, {last}) WHERE {last} > 0"))
            connection.execute(text("ANALYZE"))


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _as_kept(batch: list[tuple[Any, ...]]) -> list[Any]:
    """The rows of a batch for SQLite. Only columns that need it are touched: most are plain already."""
    ends = zip(batch[0], batch[-1], strict=True)
    odd = [at for at, pair in enumerate(ends) if isinstance(pair[0] or pair[1], dict | list | date)]
    if not odd:
        return batch
    made = [list(row) for row in batch]
    for row in made:
        for at in odd:
            row[at] = _naive(_flat(row[at]))
    return made


def _flat(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@lru_cache(100_000)
def _naive(value: Any) -> Any:
    # The form in which SQLAlchemy writes moments and days into SQLite.
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value
