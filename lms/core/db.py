"""The data layer: typed models, two engines, one transaction a request.

SQLite is the embedded engine (WAL, `synchronous=FULL`: an acknowledged write survives a power cut),
PostgreSQL the one for several machines. A reading request gets a deferred transaction, a writing one takes
the write lock at its first statement. `commit(` stands in this module and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, Response, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Select,
    event,
    text,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Compiled, Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from lms.core.settings import Settings

# How sensitive a column is (`safety.md` 1.1). Every column names one; a house test fails for one without.
S0 = {"sensitivity": "S0"}  # public
S1 = {
    "sensitivity": "S1"
}  # pseudonymous: seen by the person, her mentor, her coordinator (progress only)
S2 = {"sensitivity": "S2"}  # protected: sealed with the server's key, every read leaves a line
S3 = {"sensitivity": "S3"}  # sealed to persons
K = {"sensitivity": "K"}  # verifiers and wrapped keys: useless without what the person knows

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no zones, so they are taken off and put back on."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: it would silently mean another time on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        bytes: LargeBinary,
        dict[str, Any]: JSON().with_variant(pg.JSONB(), "postgresql"),
        list[Any]: JSON().with_variant(pg.JSONB(), "postgresql"),
    }


db = SQLAlchemy(
    metadata=Model.metadata,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_rendering: ContextVar[bool] = ContextVar("rendering", default=False)
_statements: ContextVar[int] = ContextVar("statements", default=0)


class QueryWhileRendering(RuntimeError):
    """A template touched the database. Read rows first, then render."""


def init_app(app: Flask, settings: Settings) -> None:
    """Attach the database and the one transaction of a request."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings.database)
    db.init_app(app)
    app.before_request(_open_request)
    app.after_request(_settle_request)


def _engine_options(address: str) -> dict[str, Any]:
    if address.startswith("sqlite"):
        # The driver must not begin transactions by itself: BEGIN IMMEDIATE is ours (`_begin`).
        return {"connect_args": {"isolation_level": None, "timeout": 5}, "hide_parameters": True}
    # An error's text goes to the log, and bound values are what people typed.
    return {"pool_pre_ping": True, "hide_parameters": True}


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if _rendering.get():
        raise QueryWhileRendering("read rows before rendering; see lms.web.page")
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        begin = "BEGIN IMMEDIATE" if _writing.get() else "BEGIN"
        try:
            driver.execute(begin)
        except (
            sqlite3.OperationalError
        ) as error:  # locked: told as every other failure of a statement
            raise OperationalError(begin, None, error) from error


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_: Any) -> None:
    # One integer a statement: cheap enough to keep, for the line that operators get of each request.
    _statements.set(_statements.get() + 1)


def _open_request() -> None:
    _writing.set(request.method not in {"GET", "HEAD", "OPTIONS"})
    _rendering.set(False)
    _statements.set(0)


def _settle_request(response: Response) -> Response:
    finish(keep=_writing.get() and response.status_code < 400)
    _writing.set(False)
    return response


def fetch(statement: Select[*tuple[Any, ...]], **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Rows of a statement that was made once, at import, with `bindparam` for what changes.

    It goes past the ORM's own steps, which cost five times as much as the query: for the pages that are
    opened most (`docs/performance.md`).
    """
    session = db.session()
    if _writing.get():
        session.flush()
    return session.connection().execute(statement, values, execution_options=_BY_IDENTITY)


class _ByIdentity:
    """SQL of statements, found by which object a statement is: the same ones come again and again.

    SQLAlchemy's own cache finds equal ones too, and walks through all parts of a statement for it each time.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], tuple[object, Compiled]] = {}

    def get(self, key: tuple[Any, ...]) -> Compiled | None:
        """What was made of it before."""
        dialect, parts, *_ = key
        _parts, made = self._made.get((dialect.name, id(parts)), (None, None))
        return made

    def __setitem__(self, key: tuple[Any, ...], made: Compiled) -> None:
        dialect, parts, *_ = key
        # Its parts are kept with it: nothing else comes to lie in their place.
        self._made[dialect.name, id(parts)] = parts, made


_BY_IDENTITY = {"compiled_cache": _ByIdentity()}


def insert_into(model: type[Model]) -> pg.Insert:
    """The engine's own insert, which can give way: `.on_conflict_do_nothing()`, `.on_conflict_do_update(…)`.

    Both engines' forms have these methods alike; the type is PostgreSQL's, so that callers need not ask.
    """
    own = sqlite.insert if db.engine.dialect.name == "sqlite" else pg.insert
    return cast(pg.Insert, own(model))


def statements() -> int:
    """How many statements this request has sent so far."""
    return _statements.get()


def is_writing() -> bool:
    """Whether what is written in the open transaction will be kept."""
    return _writing.get()


def alone(name: str) -> None:
    """Wait until no other writing transaction goes by this name; none does until this one has ended.

    On SQLite a writing transaction is the only one anyway.
    """
    if db.engine.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        db.session.execute(lock, {"name": name})


def after_commit(action: Callable[[], None]) -> None:
    """Call `action` once the open transaction has been committed; forget it if it is rolled back."""
    db.session.info.setdefault("after_commit", []).append(action)


def finish(*, keep: bool) -> None:
    """End the open transaction: commit it and run what waited for that, or roll it back."""
    session = db.session()
    waiting = session.info.pop("after_commit", [])
    if keep:
        session.commit()
        for action in waiting:
            action()
    elif session.in_transaction():
        session.rollback()


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction outside a request: a job, a command, a test."""
    finish(keep=False)
    token = _writing.set(True)
    try:
        yield
        finish(keep=True)
    except BaseException:
        finish(keep=False)
        raise
    finally:
        _writing.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """One reading transaction; nothing of it is kept, and no write lock is taken, even in a POST."""
    finish(keep=False)
    token = _writing.set(False)
    try:
        yield
    finally:
        finish(keep=False)
        _writing.reset(token)


@contextmanager
def rebuilding() -> Iterator[Connection]:
    """One writing transaction that may change the tables themselves: all migrations of an upgrade, a restore.

    SQLite changes a table by making it anew and dropping the old one, which must not count as deleting rows
    that others point to: foreign keys rest meanwhile and are checked before the end. Raises IntegrityError.
    """
    token = _writing.set(True)
    try:
        with db.engine.connect() as connection, _foreign_keys_rest(connection), connection.begin():
            yield connection
            if connection.dialect.name == "sqlite":
                _require_whole(connection)
    finally:
        _writing.reset(token)


@contextmanager
def _foreign_keys_rest(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection  # inside a transaction it has no effect
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _require_whole(connection: Connection) -> None:
    check = "PRAGMA foreign_key_check"
    if broken := connection.exec_driver_sql(check).first():
        told = sqlite3.IntegrityError(f"{broken[0]} points to rows of {broken[2]} that are gone")
        raise IntegrityError(check, None, told)


@contextmanager
def rendering() -> Iterator[None]:
    """Forbid the database while a template runs."""
    token = _rendering.set(True)
    try:
        yield
    finally:
        _rendering.reset(token)
