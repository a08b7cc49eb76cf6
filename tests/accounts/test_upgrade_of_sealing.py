"""Migration 0002 with rows in every sealed column: all of them readable afterwards, by whom they are for."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, select, text

from lms.accounts import secrets
from lms.accounts.vault import Opener
from lms.app import create_app
from lms.certificates import queries as certificates
from lms.core import keys, rotation
from lms.core.db import db, finish, reading
from lms.core.sealing import CannotOpen, Place, unseal
from lms.core.settings import Settings
from lms.mentoring import conversation, queries
from lms.programmes import queries as lists

ROOT = Path(__file__).resolve().parents[2]
WHEN = datetime(2026, 1, 2, tzinfo=UTC)
PAIRS = {name: secrets.new_pair() for name in ("mentor", "mentee", "third")}
OWNERS = {name: f"{name}-id"[:12] for name in PAIRS}
NUMBERS = {name: number for number, name in enumerate(PAIRS, 1)}


@pytest.fixture
def earlier(tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An application on tables of the first release."""
    keys.create(tmp_path / "keys")
    url = os.environ.get("TEST_DATABASE_URL", "").format(worker=worker_id)
    if url:
        url += "&options=-csearch_path%3Dsealing"
    app = create_app(Settings(mode="test", data=tmp_path, keys=tmp_path / "keys", database_url=url))
    with app.app_context():
        if url:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA IF EXISTS sealing CASCADE"))
                connection.execute(text("CREATE SCHEMA sealing"))
        upgrade(revision="0001")
        yield app
        finish(keep=False)
        db.session.remove()
        db.engine.dispose()


def step() -> Any:
    """The module of the migration, whose first form seals as the first release did."""
    found = ScriptDirectory(str(ROOT / "migrations")).get_revision("0002")
    assert found is not None
    return found.module


def sealed(words: str, table: str, column: str, row: str, owner: str) -> bytes:
    return bytes(step().earlier_seal(words.encode(), (table, column, row, owner)))


def fill() -> None:
    """A row in every sealed column, as the first release wrote them."""
    there = MetaData()
    there.reflect(db.engine)
    with db.engine.begin() as connection:

        def add(name: str, **values: Any) -> None:
            connection.execute(Table(name, there).insert(), values)

        for name, (private, public) in PAIRS.items():
            add(
                "person", id=NUMBERS[name], public_id=OWNERS[name], handle=name, skeleton=name,
                zone="UTC", state="active", salt=b"s", memory_kib=8, passes=1, verifier_hash=b"v",
                public_key=public, private_by_passphrase=private,
            )  # fmt: skip
        mentee, mentor = NUMBERS["mentee"], NUMBERS["mentor"]
        add("programme", id=1, public_id="prog", key="default", offer_days=7)
        for number, state in ((1, "matched"), (2, "matched")):
            goal = sealed("a goal", "mentor_request", "goal", f"req{number}", OWNERS["mentee"])
            add(
                "mentor_request", id=number, public_id=f"req{number}", programme_id=1,
                person_id=mentee, shown_name="S", languages=["ru"], goal=goal,
                waiting_since=WHEN, state=state,
            )  # fmt: skip
        for number, other, state in ((1, "third", "ended"), (2, "mentor", "active")):
            add(
                "match", id=number, public_id=f"match{number}", programme_id=1, request_id=number,
                mentor_id=NUMBERS[other], mentee_id=mentee, mentor_name="D", mentee_name="S",
                languages=["ru"], state=state, proposed_by=mentor, asked_at=WHEN, never_again=False,
                share_quizzes=False,
            )  # fmt: skip
        said = [(1, 1, "third"), (2, 2, "mentor"), (3, 2, "mentee")]
        for number, match, who in said:
            body = sealed(f"said by {who}", "message", "body", f"mess{number}", OWNERS[who])
            add(
                "message", id=number, public_id=f"mess{number}", match_id=match, body=body,
                author_id=NUMBERS[who], sent_at=WHEN,
            )  # fmt: skip
        for number, kind in ((1, "shared"), (2, "mine")):
            body = sealed(f"{kind} note", "note", "body", f"note{number}", OWNERS["mentor"])
            add(
                "note", id=number, public_id=f"note{number}", match_id=2, author_id=mentor,
                kind=kind, body=body, created_at=WHEN,
            )  # fmt: skip
        address = sealed("a@b.org", "contact", "address", OWNERS["mentee"], OWNERS["mentee"])
        add("contact", person_id=mentee, address=address, lang="ru", cycle=1)
        for number, state in ((1, "issued"), (2, "issuing")):
            name = sealed("A Name", "certificate", "name_sealed", f"cert{number}", OWNERS["mentee"])
            pdf = sealed("%PDF", "certificate", "pdf_sealed", f"cert{number}", OWNERS["mentee"])
            add(
                "certificate", id=number, public_id=f"cert{number}", number=f"NUMBER{number}",
                person_id=mentee, course_key=f"c{number}", course_version=1, contract_hash="h",
                record={}, state=state, completed_at=WHEN, neutral=False,
                name_sealed=name if state == "issuing" else None,
                pdf_sealed=pdf if state == "issued" else None,
            )  # fmt: skip


def opener(name: str) -> Opener:
    return Opener(OWNERS[name], PAIRS[name][0])


def read_by(name: str, match: str) -> list[str | None]:
    found = queries.pair(match)
    assert found is not None
    talk = conversation.talk(found, NUMBERS[name], opener(name))
    entries = conversation.messages(found, talk.keys, 50)
    entries += conversation.notes(found, NUMBERS[name], opener(name))
    return [entry.text for entry in entries]


def test_everything_is_readable_afterwards(earlier: Flask, tmp_path: Path) -> None:
    fill()
    upgrade()
    with reading():
        both = ["said by mentee", "said by mentor"]
        assert read_by("mentor", "match2") == [*both, "mine note", "shared note"]
        assert read_by("mentee", "match2") == [*both, "shared note"]
        assert read_by("third", "match1") == ["said by third"]
        request = lists.request("req2")
        assert request is not None
        assert lists.goal_of(request) == "a goal"
        names = ("contact", "certificate")
        there = MetaData()
        there.reflect(db.engine, only=names)
        address = db.session.scalar(select(there.tables["contact"].c.address))
        mine = OWNERS["mentee"]
        assert unseal(address, Place("contact", "address", mine, mine)) == "a@b.org"
        held = certificates.own(NUMBERS["mentee"], "cert1")
        assert held is not None
        assert certificates.pdf_of(held, opener("mentee")) == b"%PDF"
        with pytest.raises(CannotOpen):
            certificates.pdf_of(held, opener("mentor"))
        waiting = certificates.to_print(2)
        assert waiting is not None
        place = Place("certificate", "name_sealed", "cert2", mine)
        assert unseal(waiting[1], place) == "A Name"
    # No field needs the first key any more.
    rotation.rotate()
    rotation.retire(1)
    with reading():
        assert lists.goal_of(request) == "a goal"


def test_a_damaged_field_stops_nothing(earlier: Flask) -> None:
    fill()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE message SET public_id = 'moved' WHERE id = 2"))
    upgrade()
    with reading():
        assert read_by("mentee", "match2") == ["said by mentee", None, "shared note"]


@pytest.mark.sqlite_only
def test_the_way_back_ends_where_the_server_can_read_no_more(
    earlier: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill()
    upgrade(revision="0002")
    with pytest.raises(SystemExit):
        downgrade(revision="0001")
    assert "restore the copy from before the upgrade" in caplog.text
    with db.engine.begin() as connection:
        for table in ("note", "message"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")), "nothing is lost"
        for statement in ("DELETE FROM note", "DELETE FROM message"):
            connection.execute(text(statement))
        connection.execute(text("UPDATE certificate SET pdf_sealed = NULL"))
    downgrade(revision="0001")
    with sqlite3.connect(tmp_path / "alongside.db") as file:
        goal = file.execute("SELECT goal FROM mentor_request WHERE public_id = 'req2'").fetchone()
    place = ("mentor_request", "goal", "req2", OWNERS["mentee"])
    assert step().opened(goal[0], place) == b"a goal"
