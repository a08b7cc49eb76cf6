"""Every released state of the tables, with rows, becomes the newest one on both engines; killed on the way, it stays.

A kill is a kill: a child process upgrades and sends itself SIGKILL before a statement.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, inspect, select
from sqlalchemy.engine import Connection, Engine

from lms.accounts.models import Person
from lms.backup import drill, look, restore
from lms.backup.rows import Manifest, differences
from lms.core.db import Model, db, reading, rebuilding
from tests.backup.conftest import NUMBERS, inside, lines_of
from tests.conftest import Tell

Fault = Callable[[Connection, int], None]


@pytest.fixture(params=NUMBERS)
def number(request: pytest.FixtureRequest) -> str:
    """A released state."""
    return str(request.param)


@pytest.fixture
def empty(number: str, released: Callable[[str], Flask]) -> Flask:
    """An application with the key files of a released instance, its tables and rows as they were then."""
    return released(number)


def upgrade() -> None:
    with rebuilding() as connection:
        restore.migrate(connection, restore.NEWEST)


def watched(fault: Fault) -> None:
    """Have `fault` called before every statement, with its number."""
    count = iter(range(1_000_000))

    @event.listens_for(Engine, "before_cursor_execute")
    def look_at(connection: Connection, *_: Any) -> None:
        fault(connection, next(count))


def in_a_child(fault: Fault) -> int:
    """Upgrade in a child process of our own. Return how it ended: 0, or minus the signal that killed it."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if not child:
        try:
            watched(fault)
            upgrade()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number: int) -> Fault:
    def die(_connection: Connection, count: int) -> None:
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


def chosen(quick: int) -> Iterator[int]:
    """Statements to die before: all in the long form, the first ones and then ever fewer in the quick one."""
    if os.environ.get("SOAK"):
        yield from range(1_000_000)
    step = 0
    while True:
        yield step
        step += max(1, step // quick)


def test_it_becomes_the_newest_with_all_its_people(number: str, empty: Flask) -> None:
    with inside(empty):
        before = drill.contents()
        upgrade()
        after = drill.contents()
        tables = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert tables == set(Model.metadata.tables)
        # A step may change what a row says, and write new tables; it loses nobody and nothing.
        for name, part in before.parts.items():
            if name in after.parts:
                assert after.parts[name].rows == part.rows, name
        with reading():
            people = db.session.scalar(select(func.count()).select_from(Person))
        assert people == before.parts["person"].rows > 10
        assert look.record_problems() == []
        assert look.problems(empty) == []


def test_a_copy_of_it_is_put_back_into_this_release(number: str, empty: Flask) -> None:
    with inside(empty):
        with db.engine.begin() as connection:
            restore.clear(connection)
        copied = restore.into_empty(lines_of(number))
        assert copied.revision == number
        found = drill.contents()
        assert found.revision == restore.newest()
        assert found.parts["person"].rows == copied.parts["person"].rows
        assert look.record_problems() == []


def test_killed_before_any_statement_it_is_as_it_was(
    number: str, empty: Flask, figure: Tell
) -> None:
    kills = between = 0
    with inside(empty):
        old = drill.contents()
        for statement in chosen(2):
            ended = in_a_child(killed_at(statement))
            now = drill.contents()
            if ended == 0:
                break
            assert ended == -signal.SIGKILL
            kills += 1
            between += is_between(old, now)
        assert now.revision == restore.newest()
        assert set(now.parts) == set(Model.metadata.tables)
    figure(f"kills in the middle of upgrades from {number}", kills, "≥ 100")
    figure("upgrades found between old and new", between, "= 0")
    assert between == 0
    assert kills >= 8


def is_between(old: Manifest, now: Manifest) -> bool:
    """Whether a database is neither as it was nor at the newest state."""
    as_it_was = now.revision == old.revision and not differences(old, now)
    return not as_it_was and now.revision != restore.newest()


def test_an_upgrade_in_pieces_is_found(number: str, empty: Flask) -> None:
    """The fault that one transaction prevents, planted: it ends in the middle, and a kill comes later."""

    def fault(connection: Connection, count: int) -> None:
        driver: Any = connection.connection.driver_connection
        if count == 40:
            if connection.dialect.name == "sqlite":
                driver.execute("COMMIT")
            else:
                driver.commit()
        if count == 45:
            os.kill(os.getpid(), signal.SIGKILL)

    with inside(empty):
        old = drill.contents()
        assert in_a_child(fault) == -signal.SIGKILL
        assert is_between(old, drill.contents())
