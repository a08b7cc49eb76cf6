"""A small instance with a past, made once; empty databases to put copies into."""

from __future__ import annotations

import fcntl
import lzma
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from pyrage import x25519
from sqlalchemy import text

from lms.app import create_app
from lms.backup import restore
from lms.backup.rows import Copy, fill
from lms.core import keys, outbox
from lms.core.db import db, finish, rebuilding
from lms.core.settings import Settings

URL = os.environ.get("TEST_DATABASE_URL", "")
RELEASED = Path(__file__).parent / "released"
NUMBERS = sorted(path.name for path in RELEASED.iterdir() if path.is_dir())
Make = Callable[..., Flask]


@pytest.fixture(autouse=True)
def _nobody_carries() -> Iterator[None]:
    """Each application tells the outbox who carries its rows; the other tests' one does again afterwards."""
    before = list(outbox._wake)
    yield
    outbox._wake[:] = before


@contextmanager
def inside(app: Flask) -> Iterator[Flask]:
    """The context of an application, with its connections closed in the end."""
    with app.app_context():
        try:
            yield app
        finally:
            finish(keep=False)
            db.session.remove()
            db.engine.dispose()


def settings_in(folder: Path, **more: object) -> Settings:
    """Settings of an instance in a folder of its own."""
    given: dict[str, object] = {
        "mode": "test",
        "data": folder,
        "keys": folder / "keys",
        "backups": folder / "backups",
        "argon2_memory_kib": 8,
        "public_url": "http://localhost",
        "log_level": "error",
    }
    return Settings(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of an instance on SQLite with courses, people and their past. Copy it, do not use it.

    Made once for all processes of a run: it takes longer than most tests.
    """
    own = tmp_path_factory.getbasetemp()
    common = own if worker_id == "master" else own.parent
    with (common / "past.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (common / "past").exists():
            making = common / "past-in-the-making"
            _live(making)
            making.rename(common / "past")
    return common / "past"


def _live(folder: Path) -> None:
    keys.create(folder / "keys")
    app = create_app(settings_in(folder))
    with inside(app):
        upgrade()
    for command in (["courses", "publish", "--yes"], ["demo", "load"]):
        done = app.test_cli_runner().invoke(args=command)
        assert done.exit_code == 0, done.output
    with inside(app), db.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]


@pytest.fixture
def unopened(past: Path, tmp_path: Path) -> Flask:
    """An instance with a past, on SQLite."""
    folder = tmp_path / "site"
    shutil.copytree(past, folder)
    return create_app(settings_in(folder))


@pytest.fixture
def site(unopened: Flask) -> Iterator[Flask]:
    """An instance with a past, on SQLite, its context pushed."""
    with inside(unopened) as app:
        yield app


@pytest.fixture
def identity() -> x25519.Identity:
    """What opens the copies of a test."""
    return x25519.Identity.generate()


@pytest.fixture
def target(past: Path, tmp_path: Path, worker_id: str) -> Make:
    """Makes applications on empty databases, of the engine of this run, with the keys of the past."""

    def make(name: str = "target", engine: str = "") -> Flask:
        folder = tmp_path / name
        shutil.copytree(past / "keys", folder / "keys")
        url = "" if engine == "sqlite" else database(name, worker_id)
        return create_app(settings_in(folder, database_url=url))

    return make


@pytest.fixture
def empty(target: Make) -> Flask:
    """An application on an empty database, its context not pushed."""
    return target()


def lines_of(number: str) -> list[bytes]:
    """What an instance held when a release came out."""
    with lzma.open(RELEASED / number / "rows.xz") as file:
        return list(file)


@pytest.fixture
def released(tmp_path: Path, worker_id: str) -> Callable[[str], Flask]:
    """Makes an application with the key files, tables and rows of a release."""

    def make(number: str) -> Flask:
        keys = tmp_path / "keys"
        keys.mkdir(mode=0o700)
        for path in (RELEASED / number).glob("*.key"):
            shutil.copy(path, keys)
        app = create_app(settings_in(tmp_path, database_url=database("released", worker_id)))
        with inside(app), rebuilding() as connection:
            restore.migrate(connection, number)
            fill(connection, Copy(lines_of(number)))
        return app

    return make


def database(name: str, worker_id: str) -> str:
    """The address of an empty database of this run; empty for SQLite."""
    if not URL:
        return ""
    address = f"{URL.format(worker=worker_id)}&options=-csearch_path%3Dbackup_{name}"
    with inside(create_app_of(address)), db.engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS backup_{name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA backup_{name}"))
    return address


def create_app_of(address: str) -> Flask:
    """A bare application at an address."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    db.init_app(app)
    return app


def with_recipients(settings: Settings, identity: x25519.Identity) -> Settings:
    """The same, with somebody to seal copies for."""
    return replace(settings, backup_recipients=str(identity.to_public()))
