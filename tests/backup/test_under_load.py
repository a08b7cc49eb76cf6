"""Copies made while people write: each holds whatever was acknowledged before it began, and no half of anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from pyrage import x25519
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from lms.backup import restore, rows, sealed, store
from lms.backup.shapes import Shape
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.once import FormKey
from lms.core.outbox import Outbox
from tests.backup.conftest import Make, inside
from tests.conftest import Tell

WRITERS = 6
KIND = "backup.test"


class Writers:
    """Threads that write pairs of rows, each pair in one transaction, and note what was acknowledged."""

    def __init__(self, app: Flask) -> None:
        self.app, self.acknowledged, self.over = app, set[str](), threading.Event()
        self.threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]

    def _write(self) -> None:
        with self.app.app_context():
            while not self.over.is_set():
                name = ids.token()
                # Busy: not acknowledged, and nobody counts it.
                with suppress(OperationalError):
                    with transaction():
                        self._pair(name)
                    self.acknowledged.add(name)
                # As people do: not all the time, so that each of them gets a turn.
                time.sleep(0.002)
            db.session.remove()

    @staticmethod
    def _pair(name: str) -> None:
        db.session.add(FormKey(digest=name.encode(), location="/", used_at=now()))
        db.session.flush()
        row = Outbox(kind=KIND, payload={"name": name}, key=f"{KIND}:{name}", run_at=now())
        db.session.add(row)


@contextmanager
def writing(app: Flask) -> Iterator[Writers]:
    """People who write as long as the block lasts."""
    writers = Writers(app)
    for thread in writers.threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.over.set()
        for thread in writers.threads:
            thread.join()


def whole_pairs() -> set[str]:
    """Names of which both rows are there. A half of a pair fails."""
    with reading():
        keys = {digest.decode() for digest in db.session.scalars(select(FormKey.digest))}
        jobs = select(Outbox.key).where(Outbox.kind == KIND)
        names = {str(key).partition(":")[2] for key in db.session.scalars(jobs)}
    assert names <= keys, "half a pair"
    return names


@pytest.fixture
def source(site: Flask, target: Make) -> Flask:
    """The instance with a past on the engine of this run."""
    with store.snapshot() as connection:
        lines = list(rows.lines(connection, rows.Manifest()))
    app = target("source")
    with inside(app):
        restore.into_empty(lines)
    return app


def test_every_copy_holds_what_was_acknowledged(
    source: Flask, empty: Flask, target: Make, size: Callable[[int, int], int], figure: Tell
) -> None:
    identity, wanted = x25519.Identity.generate(), size(2, 50)
    made = []
    with inside(source), writing(source) as writers:
        for _ in range(wanted):
            before = len(writers.acknowledged)
            while len(writers.acknowledged) < before + 5:
                time.sleep(0.001)
            known = set(writers.acknowledged)
            settings = source.extensions["settings"]
            path, _ = store.create(settings, [identity.to_public()])
            made.append((path, known))
    lost = 0
    for number, (path, known) in enumerate(made):
        with inside(target(f"back{number}", engine="sqlite")):
            restore.into_empty(sealed.read(path, identity))
            lost += len(known - whole_pairs())
    with inside(empty):
        restore.into_empty(sealed.read(*made[-1][:1], identity))
        lost += len(made[-1][1] - whole_pairs())
    figure("copies made under load that came back", len(made), "≥ 50")
    figure("rows written while copies were made", len(writers.acknowledged))
    figure("acknowledged rows missing in copies", lost, "= 0")
    assert lost == 0


def test_a_copy_without_one_snapshot_is_found(
    source: Flask, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that the snapshot prevents, planted: somebody writes between two tables."""
    one_snapshot = rows._rows

    def reads_anew(connection: Connection, shape: Shape) -> Iterator[bytes]:
        if shape.name != "outbox":
            yield from one_snapshot(connection, shape)
            return
        with transaction():
            Writers._pair(ids.token())
        with store.snapshot() as later:
            yield from one_snapshot(later, shape)

    with inside(source), monkeypatch.context() as planted:
        planted.setattr(rows, "_rows", reads_anew)
        with store.snapshot() as connection:
            lines = list(rows.lines(connection, rows.Manifest()))
    with inside(empty):
        restore.into_empty(lines)
        with pytest.raises(AssertionError, match="half a pair"):
            whole_pairs()
