"""What a copy costs when there is a lot: memory does not grow with it, a gigabyte takes minutes."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from bench import seed
from lms.accounts.models import Person
from lms.app import create_app
from lms.backup import rows, sealed, shapes, store
from lms.core import ids, keys
from lms.core.clock import now
from lms.core.db import db, transaction
from lms.core.files.models import StoredFile
from lms.core.settings import Settings
from tests.backup.conftest import inside, settings_in
from tests.conftest import Tell
from tests.services import PostgreSQL

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
# Files of the largest size that people can send.
LARGEST = 5 * MIB


def add_files(count: int, size: int) -> None:
    """Files of one person. What is in them is sealed, so it is as good as random."""
    chance = Random(count)
    for _ in range(count):
        with transaction():
            owner = db.session.scalar(select(Person.id).limit(1))
            db.session.add(
                StoredFile(
                    public_id=ids.public_id(), owner_id=owner, kind="jpg", size=size, kept_at=now(),
                    sealed=chance.randbytes(size),
                )
            )  # fmt: skip


def peak_of_reading() -> int:
    """The most bytes that are held at once while the lines of files are made."""
    with store.snapshot() as connection:
        (shape,) = (one for one in shapes.shapes(connection) if one.name == "file")
        tracemalloc.start()
        try:
            for _ in rows._rows(connection, shape):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.sqlite_only
def test_files_are_read_a_few_at_a_time(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    add_files(40, MIB)
    assert peak_of_reading() < 20 * MIB
    with monkeypatch.context() as planted:
        planted.setattr(rows, "_at_once", lambda *_: rows.BATCH_ROWS)
        assert peak_of_reading() > 40 * MIB, "the measure must see files that are read together"


# --- A gigabyte ----------------------------------------------------------------------------------


class Big:
    """Commands of the product in an instance with its own folder, timed and weighed from outside."""

    def __init__(self, folder: Path, figure: Tell, name: str, url: str = "") -> None:
        self.folder, self.figure, self.name = folder, figure, name
        if not (folder / "keys").exists():
            keys.create(folder / "keys")
        self.settings = replace(settings_in(folder, database_url=url), mode="demo")
        self.identity = folder.parent / "copies.key"

    def app(self) -> Flask:
        """An application of it in this process."""
        return create_app(self.settings)

    def run(self, what: str, *command: str | Path) -> None:
        """Run a command, and say what it took: seconds, seconds of CPU, MiB of memory at most."""
        began, before, peak = time.monotonic(), cpu_of_children(), 0.0
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *map(str, command)],
            cwd=ROOT,
            env=self._environment(self.settings),
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None:
            # Not `ru_maxrss`: that begins with what this process had when it forked.
            peak = max(peak, high_water_mib(process.pid))
            time.sleep(0.2)
        assert process.returncode == 0, command
        bound = "≤ 120" if what == "create" else ""
        self.figure(f"1 GB, {what}, seconds, {self.name}", time.monotonic() - began, bound)
        self.figure(f"1 GB, {what}, seconds of CPU, {self.name}", cpu_of_children() - before)
        self.figure(f"1 GB, {what}, peak MiB, {self.name}", peak, "≤ 300")

    def _environment(self, settings: Settings) -> dict[str, str]:
        to = sealed.read_identity(self.identity).to_public()
        return {
            "PATH": os.environ["PATH"],
            "ALONGSIDE_MODE": "demo",
            "ALONGSIDE_DATA": str(settings.data),
            "ALONGSIDE_KEYS": str(settings.keys),
            "ALONGSIDE_BACKUPS": str(settings.backups),
            "ALONGSIDE_DATABASE_URL": settings.database_url,
            "ALONGSIDE_BACKUP_RECIPIENTS": str(to),
            "ALONGSIDE_LOG_LEVEL": "error",
        }


def cpu_of_children() -> float:
    """Seconds of CPU of all processes that ended under this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def high_water_mib(pid: int) -> float:
    """The most resident memory that a running process has had."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


@pytest.fixture
def gigabyte(tmp_path: Path, figure: Tell, size: Callable[[int, int], int]) -> Big:
    """An instance of which a quarter is small rows and the rest files of people."""
    (tmp_path / "copies.key").write_text(sealed.make_identity()[0])
    big = Big(tmp_path / "here", figure, "SQLite")
    app = big.app()
    people = size(1_000, 50_000)
    scale = replace(
        seed.BASE, people=people, pairs=people // 20, certificates=people // 5, courses=2
    )
    with inside(app):
        upgrade()
    seed.fill(app, scale)
    with inside(app):
        add_files(size(4, 160), LARGEST)
    return big


@pytest.fixture
def server() -> Iterator[PostgreSQL]:
    """A cluster for copies."""
    with PostgreSQL() as found:
        yield found


@pytest.mark.soak
@pytest.mark.sqlite_only
def test_a_gigabyte_is_copied_tried_and_put_back(
    gigabyte: Big, server: PostgreSQL, figure: Tell, tmp_path: Path
) -> None:
    here = gigabyte.folder / "alongside.db"
    figure("1 GB, database, MB, SQLite", here.stat().st_size / 1e6)
    gigabyte.run("create", "backup", "create")
    (copy,) = store.copies(gigabyte.settings.backups)
    figure("1 GB, copy, MB", copy.stat().st_size / 1e6)
    identity = ("--identity", gigabyte.identity)
    gigabyte.run("verify", "backup", "verify", copy, *identity)
    for name, url in (("SQLite", ""), ("PostgreSQL", server.create("copies"))):
        other = Big(tmp_path / name, figure, name, url)
        other.run("restore", "backup", "restore", copy, *identity, "--into-new")
        if url:
            other.run("create", "backup", "create")
    figure("1 GB, load average of the machine", os.getloadavg()[1])
