"""`flask upgrade`: the newest state, or exactly what was there before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from pyrage import x25519
from sqlalchemy import text
from sqlalchemy.engine import Connection

from lms.backup import drill, renew, restore
from lms.backup.rows import Manifest, differences
from tests.backup.conftest import NUMBERS, inside, with_recipients


@pytest.fixture
def empty(released: Callable[[str], Flask]) -> Flask:
    """An instance of the oldest release that waits for its upgrade."""
    app = released(NUMBERS[0])
    identity = x25519.Identity.generate()
    app.extensions["settings"] = with_recipients(app.extensions["settings"], identity)
    return app


def contents(app: Flask) -> Manifest:
    with inside(app):
        return drill.contents()


def upgrade(app: Flask) -> Result:
    done = app.test_cli_runner().invoke(args=["upgrade"])
    with inside(app):
        return done  # its connections are closed now


def is_as_before(before: Manifest, app: Flask) -> bool:
    now = contents(app)
    return now.revision == before.revision and not differences(before, now)


def test_it_upgrades_and_keeps_a_copy(empty: Flask) -> None:
    done = upgrade(empty)
    assert done.exit_code == 0, done.output
    with inside(empty):
        assert drill.contents().revision == restore.newest()
    assert len(list(empty.extensions["settings"].backups.glob("*.age"))) == 1
    again = upgrade(empty)
    assert again.exit_code == 0, "twice is once"


def breaks_in_the_middle(connection: Connection, revision: str) -> None:
    REAL(connection, revision)
    if revision == restore.NEWEST:
        connection.execute(text("DELETE FROM notice"))
        connection.execute(text("SELECT nothing FROM nowhere"))


REAL = restore.migrate


@pytest.mark.sqlite_only
def test_steps_that_fail_change_nothing(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(empty)
    monkeypatch.setattr(restore, "migrate", breaks_in_the_middle)
    done = upgrade(empty)
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert is_as_before(before, empty)


def test_steps_that_fail_on_the_live_database_only_change_nothing(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something that the rehearsal could not know."""
    before = contents(empty)
    monkeypatch.setattr(restore, "migrate", breaks_in_the_middle)
    monkeypatch.setattr(drill, "verify", lambda *_: None)
    done = upgrade(empty)
    assert done.exit_code == 1
    assert "rehearsed" in done.output
    assert is_as_before(before, empty)


def test_pages_that_do_not_open_bring_the_copy_back(empty: Flask) -> None:
    before = contents(empty)

    def breaks(**_: Any) -> str:
        raise RuntimeError("planted")

    empty.view_functions["accounts.sign_in"] = breaks
    done = upgrade(empty)
    assert done.exit_code == 1
    assert "as they were before" in done.output
    assert is_as_before(before, empty)


@pytest.mark.sqlite_only
def test_without_the_way_back_it_would_not_be_as_before(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(empty)
    monkeypatch.setattr(renew, "_put_back", lambda *_: None)
    monkeypatch.setattr(renew.look, "outside", lambda _app: iter(["planted"]))
    monkeypatch.setattr(drill, "verify", lambda *_: None)
    assert upgrade(empty).exit_code == 1
    assert not is_as_before(before, empty)
