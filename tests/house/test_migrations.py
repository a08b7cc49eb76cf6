"""Migrations: one line of numbered steps that ends at the models, up and down with rows in the tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, inspect, select, text

from lms.app import create_app
from lms.core import keys
from lms.core.db import Model, db, finish
from lms.core.settings import Settings
from tests.world import make_person

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty(tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An application on a database without tables, on the engine of this run."""
    keys.create(tmp_path / "keys")
    url = os.environ.get("TEST_DATABASE_URL", "").format(worker=worker_id)
    if url:
        url += "&options=-csearch_path%3Dmigrating"
    app = create_app(
        Settings(
            mode="test",
            data=tmp_path,
            keys=tmp_path / "keys",
            database_url=url,
            argon2_memory_kib=8,
        )
    )
    with app.app_context():
        if url:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA IF EXISTS migrating CASCADE"))
                connection.execute(text("CREATE SCHEMA migrating"))
        yield app
        finish(keep=False)
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


@pytest.mark.sqlite_only
def test_one_head_and_numbers_in_order(empty: Flask) -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert re.match(r"\d{4}_[a-z0-9_]+\.py", path.name)


def test_they_end_at_the_models(empty: Flask) -> None:
    upgrade()
    assert tables() == {table.name for table in Model.metadata.sorted_tables}
    found = MetaData()
    found.reflect(db.engine)
    for table in Model.metadata.sorted_tables:
        there = found.tables[table.name]
        assert {c.name for c in there.columns} == {c.name for c in table.columns}, table.name
        for column in table.columns:
            assert there.columns[column.name].nullable == column.nullable, (
                f"{table.name}.{column.name}"
            )
        indexes = {index.name for index in there.indexes}
        assert {index.name for index in table.indexes} <= indexes, table.name


def test_down_and_up_again_with_rows(empty: Flask) -> None:
    upgrade()
    make_person("Saule")
    with db.engine.connect() as connection:
        person = Model.metadata.tables["person"]
        assert connection.scalar(select(func.count()).select_from(person)) == 1
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    with db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    assert len(heads) == 1
