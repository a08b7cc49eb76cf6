"""An instance to measure: its folder under `build/bench/`, its keys, its data, and servers of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask

from bench import load, seed
from bench.seed import Size
from lms.app import create_app
from lms.core import keys
from lms.core.db import Model, db
from lms.core.settings import Settings
from tests.services import PostgreSQL

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
WORKERS = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Instance:
    """Settings and application of seeded data; `postgres` are the processes of its database server."""

    size: Size
    settings: Settings
    app: Flask
    postgres: tuple[int, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """What a server of it is started with, the reference's variables among it."""
        found = keys.load(self.settings.keys)
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("ALONGSIDE_")
            },
            "ALONGSIDE_MODE": "demo",
            "ALONGSIDE_DATA": str(self.settings.data),
            "ALONGSIDE_KEYS": str(self.settings.keys),
            "ALONGSIDE_DATABASE_URL": self.settings.database_url,
            "ALONGSIDE_LOG_LEVEL": "error",
            "BENCH_DATABASE": self.app.config["SQLALCHEMY_DATABASE_URI"],
            "BENCH_SECRET": found.secret.hex(),
            "BENCH_PEPPER": found.pepper.hex(),
        }


@contextmanager
def seeded(size: Size, engine: str, build: Path = BUILD) -> Iterator[Instance]:
    """The instance of a size. On SQLite it is kept and used again as long as tables and seed are the same."""
    with ExitStack() as stack:
        folder = build / f"{size.name}-{engine}"
        address, pids = "", ()
        if engine == "postgresql":
            server = stack.enter_context(PostgreSQL())
            address = server.create("bench").replace("postgresql://", "postgresql+psycopg://")
            first = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
            pids = (int(first),)
        settings = _settings(folder, address)
        app = create_app(settings)
        _fill(app, size, folder, keep=not address)
        yield Instance(size, settings, app, pids)
        with app.app_context():
            db.engine.dispose()


def _settings(folder: Path, address: str) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    keys.create(folder / "keys")
    return Settings(
        mode="demo", data=folder, keys=folder / "keys", database_url=address, log_level="error"
    )


def _fill(app: Flask, size: Size, folder: Path, *, keep: bool) -> None:
    stamp, made = folder / "stamp", _stamp()
    if keep and stamp.exists() and stamp.read_text() == made:
        return
    if keep:
        stamp.unlink(missing_ok=True)
        for left in folder.glob("alongside.db*"):
            left.unlink()
    began = time.monotonic()
    print(f"Making the data of size {size.name} … ", end="", flush=True)
    seed.fill(app, size)
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    stamp.write_text(made)


def _stamp() -> str:
    """Changes with the tables and with the seed's own code."""
    tables = "\n".join(repr(table) for table in Model.metadata.sorted_tables)
    code = "".join((ROOT / "bench" / name).read_text() for name in ("seed.py", "bulk.py"))
    return sha256((tables + code).encode()).hexdigest()


# --- Servers -------------------------------------------------------------------------------------

OURS, REFERENCE = "wsgi:app", "bench.reference:create_app()"


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn; `pids` are all whose CPU counts, the database server among them."""

    port: int
    own: int
    pids: tuple[int, ...]

    @property
    def memory(self) -> float:
        """MiB of gunicorn and its workers."""
        return load.pss_mib([self.own])


@contextmanager
def serving(instance: Instance, what: str) -> Iterator[Server]:
    """A real gunicorn with two workers of one thread, as `gunicorn.conf.py` sets it up."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"{load.HOST}:{port}"),
        *("--workers", str(WORKERS), "--log-level", "error", what),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=instance.environment)
    try:
        _wait(process, port)
        yield Server(port, process.pid, (process.pid, *instance.postgres))
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((load.HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        if len(load.family([process.pid])) > WORKERS:
            with socket.socket() as probe:
                if probe.connect_ex((load.HOST, port)) == 0:
                    return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
