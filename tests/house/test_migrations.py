"""Migrations: one line of numbered steps that ends at the models, up and down with rows in the tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, func, inspect, select, text

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


def planted(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """A row of a table as the database has it now, by the names that it has now. Return it as it was read."""
    with db.engine.begin() as connection:
        there = Table(name, MetaData(), autoload_with=connection)
        connection.execute(there.insert().values(**values))
    return only(name)


def only(name: str) -> dict[str, Any]:
    """The one row of a table."""
    with db.engine.connect() as connection:
        there = Table(name, MetaData(), autoload_with=connection)
        return dict(connection.execute(select(there)).mappings().one())


AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAID = {
    "languages": ["ru"], "levels": {}, "experience": [], "style": {}, "hours": [[0, 600, 900]],
    "async_only": False, "channels": ["platform"], "private_rules": 2, "shown_name": "Daria V.",
}  # fmt: skip


def rows_before(revision: str, person_id: int) -> dict[str, dict[str, Any]]:
    """Rows as they stood before a step, of the tables that it changes."""
    if revision == "0017":
        answers = {"mail": False, "reminders_here": True, "reminders_by_mail": False}
        return {"notice_choice": {"person_id": person_id, **answers}}
    where = {"id": 1, "programme_id": 1, "person_id": person_id, "track": "peer"}
    programme = {
        "id": 1, "public_id": "p1", "key": "k", "title_en": "", "title_ru": "", "state": "running",
        "tracks": ["peer"], "policy": "coverage", "duration_weeks": 24, "session_rhythm_days": 14,
        "offer_days": 7, "gate_course": "", "screens_requests": False, "donor_code": "",
    }  # fmt: skip
    profile = {
        "public_id": "mp1",
        "state": "available",
        "about": "",
        "capacity": 3,
        "topics": ["law"],
    }
    request = {"public_id": "mr1", "state": "waiting", "needs": [], "priority": 7, "silences": 0}
    return {
        "programme": programme,
        "mentor_profile": {**where, **SAID, **profile, "countries_known": [], "made_at": AT},
        "mentor_request": {**where, **SAID, **request, "waiting_since": AT},
        "concern": {
            "id": 1, "public_id": "c1", "pair": "", "wish": "record", "body": b"sealed",
            "state": "raised", "raised_at": AT,
        },
    }  # fmt: skip


# (step, the one before, what it adds to rows that were there)
NEW_COLUMNS: list[tuple[str, str, dict[str, dict[str, Any]]]] = [
    ("0017", "0016", {"notice_choice": {"weekly": False}}),
    (
        "0018",
        "0017",
        {
            "mentor_profile": {"glad_topics": [], "adults_only": True},
            "mentor_request": {"under_18": False},
            "concern": {"code": None},
        },
    ),
]


def test_rows_survive_a_new_column_both_ways(empty: Flask) -> None:
    """A column that may not be empty has to find a value for rows that were there, on both engines."""
    upgrade(revision=NEW_COLUMNS[-1][0])
    person_id = make_person("Saule").id
    downgrade(revision=NEW_COLUMNS[0][1])
    for step, before, new in NEW_COLUMNS:
        rows = rows_before(step, person_id)
        as_read = {name: planted(name, values) for name, values in rows.items()}
        upgrade(revision=step)
        for name, row in as_read.items():
            assert only(name) == {**row, **new.get(name, {})}, name
        downgrade(revision=before)
        for name, row in as_read.items():
            assert only(name) == row, name
        upgrade(revision=step)
