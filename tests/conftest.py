"""One application for a whole test run, an empty database for every test, and a browser-like client.

`TEST_DATABASE_URL` runs the same tests on PostgreSQL. Sockets are closed but for the database's.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import text

from lms.app import create_app
from lms.core import keys
from lms.core.db import Model, db, finish
from lms.core.settings import Settings
from tests.client import Browser
from tests.figures import Figure

# What a test saw, to be printed in the end.
LOOKED = "looked"
# A loaded machine is no bug: what is slow is found by the bench, not by a deadline in a property test.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
# Foreign keys are triggers there; a "replica" runs none, until the transaction ends.
REPLICA = "SET LOCAL session_replication_role = replica"
ENGINE = "postgresql" if os.environ.get("TEST_DATABASE_URL") else "sqlite"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, repeat only what touches a database; pure rules were proved in the first run.

    However the order was drawn, the tests of one folder follow one another: what a folder makes once, a town or
    a host, is then made by one of the processes and not by each.
    """
    if ENGINE != "sqlite":
        touching = {"app", "empty", "town"}
        stored = [item for item in items if touching & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=[item for item in items if item not in stored])
        items[:] = stored
    folders: dict[Path, int] = {}
    items.sort(key=lambda item: folders.setdefault(item.path.parent, len(folders)))
    items[:] = _costly_first(items)


def _costly_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """What makes most before it begins, at the start of either half: two processes get a half each.

    Who is done first takes from the end of the other's half, where nothing has to be made.
    """

    def of(*folders: str) -> list[pytest.Item]:
        return [item for item in items if item.path.parent.name in folders]

    one, other = of("hostile"), of("house", "backup", "faults", "docs")
    first = {*one, *other}
    rest = [item for item in items if item not in first]
    room = max(0, len(items) // 2 - len(one))
    return one + rest[:room] + other + rest[room:]


def pytest_collection_finish() -> None:
    """Keep the collector off what stays till the end: else it looks at every module again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the end how much was looked at. Here, because the process that sums up reads this conftest only."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, line in getattr(report, "user_properties", ()):
                if name == LOOKED and report.when == "call":
                    terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def translations() -> None:
    """Compile the catalogues, which are never committed."""
    for source in ROOT.glob("translations/*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            command = [sys.executable, "-m", "babel.messages.frontend", "compile", "-f"]
            files = ["-i", str(source), "-o", str(target), "-l", source.parts[-3]]
            subprocess.run([*command, *files], check=True, capture_output=True)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Settings:
    """Settings of a test instance: cheap passphrases, everything in a folder of its own."""
    folder = tmp_path_factory.mktemp("instance")
    keys.create(folder / "keys")
    url = os.environ.get("TEST_DATABASE_URL", "")
    return Settings(
        mode="test",
        data=folder,
        keys=folder / "keys",
        database_url=url.format(worker=worker_id),
        argon2_memory_kib=8,
        public_url="http://localhost",
        log_level="info",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application, with its tables made from the models (the migrations have tests of their own)."""
    app = create_app(settings)
    app.extensions["huey"].immediate = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with app.app_context():
        if settings.database_url:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        db.create_all()
    # No context stays open: a request of the test client would share its `g` with the next one.
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> Iterator[None]:
    # Only tests that use the application pay for emptying its tables.
    yield
    if "app" not in request.fixturenames:
        return
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        finish(keep=False)
        with (
            closing(db.engine.raw_connection()) as connection,
            closing(connection.cursor()) as cursor,
        ):
            if ENGINE == "sqlite":
                cursor.executescript(f"BEGIN; PRAGMA defer_foreign_keys = ON; {emptying()}; COMMIT")
            else:
                cursor.execute(f"{REPLICA}; {emptying()}")
                connection.commit()


@cache
def emptying() -> str:
    """Statements that empty all tables, in any order, sent at once: ten times as fast as one by one.

    Deleting a few rows is much faster than truncating a hundred tables.
    """
    return "; ".join(f'DELETE FROM "{table}"' for table in Model.metadata.tables)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this xdist worker; a single run has one name too."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "gw0"))


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A guest's browser. `browser.sign_in(person)` makes it somebody's."""
    return Browser(app)


Tell = Callable[[str, float, str], None]


@pytest.fixture
def figure(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Say what was measured, by name, and its target (`= 0`, `≤ 5`): shown always, kept by `./run soak`."""

    def say(name: str, number: float, target: str = "") -> None:
        found = Figure(name, number, target, request.node.nodeid)
        found.keep()
        with capsys.disabled():
            sys.stdout.write(f"\n  {request.node.name}: {found}")
            sys.stdout.flush()

    return say


@pytest.fixture(scope="session")
def size() -> Callable[[int, int], int]:
    """`size(quick, long)`: how much of something is wanted, in every run and in `./run soak`."""
    return lambda quick, long: long if os.environ.get("SOAK") else quick


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts Chromium: one in a process, a second one is refused."""
    with sync_playwright() as found:
        yield found
