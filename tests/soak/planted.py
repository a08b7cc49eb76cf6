"""Servers that a run of load must find out: one keeps, one stumbles, one forgets, one queues.

Nothing of this is in the product: faults are put over it from outside.
"""

from __future__ import annotations

import itertools
import time

from flask import Flask, abort, has_request_context, request

from config import settings
from lms.app import create_app
from lms.core import db as data
from tests.faults.planted import sound, warm

_kept: list[bytearray] = []


def leaking() -> Flask:
    """Keeps 256 KiB of every request for ever."""
    app = create_app(settings)

    @app.before_request
    def keep() -> None:
        _kept.append(bytearray(b"x" * 256 * 1024))

    return warm(app)


def stumbling() -> Flask:
    """Fails each fiftieth request of a worker."""
    app, numbers = create_app(settings), itertools.count(1)

    @app.before_request
    def stumble() -> None:
        if next(numbers) % 50 == 0:
            abort(500)

    return warm(app)


def forgetting() -> Flask:
    """Acknowledges each third write of a worker and keeps nothing of it."""
    real, numbers = data.finish, itertools.count(1)

    def finish(*, keep: bool) -> None:
        write = keep and has_request_context() and request.method == "POST"
        known = write and not request.path.endswith("/sign-in")
        dropped = known and next(numbers) % 3 == 0
        real(keep=keep and not dropped)

    data.finish = finish
    return sound()


def queueing() -> Flask:
    """Each page waits as long as a copy is made, at most two seconds."""
    app = create_app(settings)

    @app.before_request
    def wait() -> None:
        for _ in range(20):
            if not any(settings.backups.glob(".*.part")):
                return
            time.sleep(0.1)

    return warm(app)
