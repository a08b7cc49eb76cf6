"""Migration 0008 with pairs of before: each of them in a state of now, and back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, select, text

from lms.app import create_app
from lms.core import keys
from lms.core.db import db, finish
from lms.core.settings import Settings

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
# (state of before, weeks that it lasted) -> state of now
PAIRS = {
    ("offered_to_mentee", None): "offered_to_mentee",
    ("offered_to_mentor", None): "offered_to_mentor",
    ("active", None): "active",
    ("ended", 25): "completed",
    ("ended", 3): "ended_early",
    ("declined", None): "declined",
    ("withdrawn", None): "withdrawn",
}


@pytest.fixture
def earlier(tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An application on the tables before programmes."""
    keys.create(tmp_path / "keys")
    url = os.environ.get("TEST_DATABASE_URL", "").format(worker=worker_id)
    if url:
        url += "&options=-csearch_path%3Dpairing"
    app = create_app(Settings(mode="test", data=tmp_path, keys=tmp_path / "keys", database_url=url))
    with app.app_context():
        if url:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA IF EXISTS pairing CASCADE"))
                connection.execute(text("CREATE SCHEMA pairing"))
        upgrade(revision="0006")
        yield app
        finish(keep=False)
        db.session.remove()
        db.engine.dispose()


def fill() -> None:
    with db.engine.begin() as connection:

        def add(name: str, **values: Any) -> None:
            there = Table(name, MetaData(), autoload_with=connection)
            connection.execute(there.insert(), values)

        for number in range(1, len(PAIRS) + 2):
            add(
                "person", id=number, public_id=f"person-{number}", handle=f"p{number}",
                skeleton=f"p{number}", zone="UTC", state="active", salt=b"s", memory_kib=8, passes=1,
                verifier_hash=b"v", public_key=b"p", private_by_passphrase=b"x",
                private_by_recovery=b"x", recovery_hash=b"r", joined_at=BEGAN, passphrase_at=BEGAN,
            )  # fmt: skip
        add("programme", id=1, public_id="programme", key="default", offer_days=7)
        for number, (state, weeks) in enumerate(PAIRS, 1):
            add(
                "mentor_request", id=number, public_id=f"request-{number}", programme_id=1,
                person_id=number, shown_name="M", languages=["ru"], waiting_since=BEGAN,
                state="matched",
            )  # fmt: skip
            add(
                "match", id=number, public_id=f"match-{number}", programme_id=1, request_id=number,
                mentor_id=len(PAIRS) + 1, mentee_id=number, mentor_name="D", mentee_name="S",
                languages=["ru"], state=state, proposed_by=1, asked_at=BEGAN, started_at=BEGAN,
                ended_at=BEGAN + timedelta(weeks=weeks) if weeks else None, never_again=False,
                share_quizzes=False,
            )  # fmt: skip


def states() -> list[str]:
    with db.engine.connect() as connection:
        there = Table("match", MetaData(), autoload_with=connection)
        return list(connection.scalars(select(there.c.state).order_by(there.c.id)))


def test_every_pair_of_before_has_its_state_and_goes_back(earlier: Flask) -> None:
    fill()
    upgrade(revision="0008")
    assert states() == list(PAIRS.values())
    with db.engine.begin() as connection:
        there = Table("match", MetaData(), autoload_with=connection)
        tracks = set(connection.scalars(select(there.c.track)))
        changed = there.update().where(there.c.state == "active").values(state="paused")
        connection.execute(changed)
    assert tracks == {"peer"}
    downgrade(revision="0006")
    assert states() == [state for state, _weeks in PAIRS]
    upgrade(revision="0008")
    assert states() == list(PAIRS.values())
