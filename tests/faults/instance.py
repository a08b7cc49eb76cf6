"""A real instance: key files, a database on disk or in a cluster, gunicorn, a worker; all ended by pid."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.app import create_app
from lms.core import keys
from lms.core.db import db, finish
from lms.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SOUND = "tests.faults.planted:sound()"


class Instance:
    """One instance in a folder of its own. `app` is this test's own hand on its database."""

    def __init__(self, folder: Path, database_url: str = "", **settings: str) -> None:
        self.folder, self.database_url, self.more = folder, database_url, settings
        # What its processes run under: `strace …`, which watches or breaks what they ask of the machine.
        self.under: list[str] = []
        keys.create(folder / "keys")
        self.app = self._make_app()

    @property
    def engine(self) -> str:
        """What it stands on, as people say it."""
        return "PostgreSQL" if self.database_url else "SQLite"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes get: its settings and nothing of ours."""
        given = {
            "mode": "demo",
            "data": str(self.folder),
            "keys": str(self.folder / "keys"),
            "database_url": self.database_url,
            "argon2_memory_kib": "8",
            "log_level": "error",
            **self.more,
        }
        settings = {f"ALONGSIDE_{name.upper()}": value for name, value in given.items()}
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "FLASK_APP": "wsgi",
            **settings,
        }

    def _make_app(self) -> Flask:
        names = {k: v for k, v in self.environment.items() if k.startswith("ALONGSIDE_")}
        app = create_app(Settings.from_env(names))
        with app.app_context():
            if self.database_url:
                with db.engine.begin() as connection:
                    connection.execute(text("DROP SCHEMA public CASCADE"))
                    connection.execute(text("CREATE SCHEMA public"))
            db.create_all()
        return app

    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context of this test's own application."""
        with self.app.app_context():
            try:
                yield
            finally:
                # The database may have died meanwhile.
                with suppress(SQLAlchemyError):
                    finish(keep=False)
                db.session.remove()

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()


class Process:
    """A process of an instance with children of its own; ends with its block, and they with it."""

    def __init__(self, instance: Instance, *command: str) -> None:
        self.log = (instance.folder / "processes.log").open("ab")
        self.watched = bool(instance.under)
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [*instance.under, sys.executable, *command],
            cwd=ROOT,
            env=instance.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        family = descendants(self.process.pid)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in family:
            kill(pid)
        self.log.close()

    def kill(self) -> None:
        """Kill it, without a word."""
        self.process.kill()
        self.process.wait()

    @property
    def pid(self) -> int:
        """The program's own number, whatever it runs under."""
        inner = children(self.process.pid) if self.watched else []
        return inner[0] if inner else self.process.pid

    @property
    def children(self) -> list[int]:
        """Its own children, not theirs."""
        return children(self.pid)


def kill(pid: int) -> bool:
    """Kill one process. Return whether it was there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    """Children of a process, whichever of its threads has them."""
    found = []
    for one in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += [int(child) for child in one.read_text().split()]
    return found


def descendants(pid: int) -> list[int]:
    """Children of a process, and theirs."""
    found = children(pid)
    return [*found, *(deeper for one in found for deeper in descendants(one))]


class Web(Process):
    """gunicorn as `./run demo` starts it; preloaded, so that a killed worker is back at once."""

    def __init__(self, instance: Instance, application: str = SOUND, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--workers", "2", "--worker-class", "gthread", "--threads", "1", "--preload"]
        quiet = ["--log-level", "critical", "--graceful-timeout", "2"]
        address = ["--bind", f"127.0.0.1:{self.port}"]
        super().__init__(instance, "-m", "gunicorn", *address, *options, *quiet, *more, application)
        self._wait()

    def _wait(self) -> None:
        patience = time.monotonic() + 30
        while time.monotonic() < patience and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0 and len(self.children) == 2:
                    return
            time.sleep(0.05)
        raise RuntimeError("gunicorn does not start; see processes.log")

    def kill_one(self, chance: random.Random) -> bool:
        """Kill one of its workers."""
        there = self.children
        return bool(there) and kill(chance.choice(there))
