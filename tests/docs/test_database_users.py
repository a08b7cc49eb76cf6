"""The two users of a PostgreSQL database, made as the page for operators says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from lms.core.db import Model, db
from tests.conftest import ENGINE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "security.md").read_text("utf-8")
pytestmark = pytest.mark.skipif(ENGINE == "sqlite", reason="SQLite knows no users")


def _refused(connection: Connection, statement: str) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(text(statement))
    except ProgrammingError as error:
        return "permission denied" in str(error.orig) or "must be owner" in str(error.orig)
    return False


def test_the_services_may_change_rows_and_no_tables(app: Flask) -> None:
    (block,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    changes = (
        "CREATE TABLE more (x int)",
        "DROP TABLE person",
        "ALTER TABLE person ADD y int",
        "TRUNCATE person",
    )
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text(block.replace("alongside_rows", "alongside_test_rows")))
        assert not _refused(connection, "ALTER TABLE person ADD planted int"), "the owner may"
        connection.execute(text("SET LOCAL ROLE alongside_test_rows"))
        assert [one for one in changes if not _refused(connection, one)] == []
        for table in Model.metadata.sorted_tables:
            connection.execute(table.select().limit(1))
            connection.execute(table.delete().where(text("false")))
        connection.execute(text("SELECT nextval('person_id_seq')"))
        connection.rollback()  # the role and the column are gone with it
