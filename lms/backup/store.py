"""Copies as files in the folder of backups: whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pyrage import x25519
from sqlalchemy.engine import Connection

from lms.backup import erased, rules, sealed
from lms.backup.rows import Manifest, lines
from lms.core.clock import now
from lms.core.db import db
from lms.core.settings import Settings

RECORD = "backups.json"


@contextmanager
def snapshot() -> Iterator[Connection]:
    """The database as it stands now, for as long as the block lasts. Writers go on meanwhile."""
    postgres = db.engine.dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect() as connection:
        seen = connection.execution_options(**options) if postgres else connection
        with seen.begin():
            yield seen


def create(settings: Settings, to: list[x25519.Recipient]) -> tuple[Path, Manifest]:
    """Make one copy. It has its name only when all of it is on the disk."""
    folder, manifest = settings.backups, Manifest()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    erased.carry_along(folder)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with snapshot() as connection:
                sealed.write(file, lines(connection, manifest), to)
            file.flush()
            os.fsync(file.fileno())
        path = _name(folder, unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(folder)
    return path, manifest


def _name(folder: Path, unfinished: Path) -> Path:
    at, more = now(), 0
    while True:
        path = folder / rules.name_of(at, more)
        try:
            # As a rename, but one that never takes the place of another copy.
            os.link(unfinished, path)
        except FileExistsError:
            more += 1
        else:
            return path


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copies(folder: Path) -> dict[Path, datetime]:
    """Every finished copy and when it was made."""
    found = {path: rules.made_at(path.name) for path in folder.glob("*.age")}
    return {path: at for path, at in found.items() if at}


def prune(folder: Path) -> list[Path]:
    """Delete the copies that are no longer kept, and what was left unfinished a day ago. Return them."""
    found, today = copies(folder), now()
    stay = rules.kept(found.values(), today)
    gone = [path for path, at in found.items() if at not in stay]
    gone += [
        path
        for path in folder.glob(".*.part")
        if today.timestamp() - path.stat().st_mtime > 24 * 3600
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


# --- What the doctor is told ---------------------------------------------------------------------


def remember(settings: Settings, **facts: str) -> None:
    """Note for the doctor what went well, and when."""
    path = settings.data / RECORD
    text = json.dumps({**record(settings), **facts}, indent=2)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text + "\n", "utf-8")
    unfinished.replace(path)


def record(settings: Settings) -> dict[str, Any]:
    """What is noted."""
    try:
        found = json.loads((settings.data / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
