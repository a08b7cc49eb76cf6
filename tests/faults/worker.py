"""A worker that is killed again and again: `python -m tests.faults.worker MODE`.

The first process loads the application and forks the one that works, so that a killed worker is replaced at
once, as gunicorn does it. Leases are short here: what a dead worker held is free after a second, not sixty.

MODE is `sound` (the outbox of the product) or `loose` (a job's effect outside the transaction of its "done").
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from config import settings
from lms.app import create_app
from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, transaction
from tests.faults.counting import COUNT


def main(mode: str) -> None:
    """Fork a worker; fork another one when it is gone."""
    outbox.LEASE = timedelta(seconds=1)
    outbox.register(COUNT)
    run = {"sound": outbox.run, "loose": run_loosely}[mode]
    app = create_app(settings)
    while True:
        child = os.fork()
        if child == 0:
            work(app, run)
        os.waitpid(child, 0)


def work(app: Flask, run: Callable[[int], bool]) -> None:
    """Carry out what is due, until killed."""
    with app.app_context():
        while True:
            for number in outbox.due():
                run(number)
            time.sleep(0.02)


def run_loosely(number: int) -> bool:
    """What `outbox.run` must not be: effect and "done" in two transactions."""
    claimed = outbox._claim(number)
    if claimed is None:
        return False
    kind, payload, _tries = claimed
    job: Any = outbox._jobs[kind]
    result = outbox._work(job, payload)
    with transaction():
        job.effect(payload, result)
    time.sleep(0.05)
    with transaction():
        done = {"done_at": now(), "leased_until": None}
        db.session.execute(update(outbox.Outbox).where(outbox.Outbox.id == number).values(**done))
    return True


if __name__ == "__main__":
    main(sys.argv[1])
