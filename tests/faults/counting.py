"""A job whose effect can be counted: doing it twice shows. And where it dies when its payload says so."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from sqlalchemy import select

from lms.core import throttle
from lms.core.clock import now
from lms.core.db import db, transaction
from lms.core.outbox import Job, Outbox, enqueue

POINTS = ("in the work", "before the effect", "after the effect")


def work(payload: dict[str, Any]) -> int:
    """The slow part."""
    time.sleep(0.01)
    _die(payload, "in the work")
    return 1


def effect(payload: dict[str, Any], _result: Any) -> None:
    """Count."""
    _die(payload, "before the effect")
    throttle.count("fault", payload["name"])
    _die(payload, "after the effect")


COUNT = Job("faults.count", effect=effect, work=work)


def _die(payload: dict[str, Any], point: str) -> None:
    """At the first try of a job, die at the point that it names."""
    first = select(Outbox.tries).where(Outbox.key == payload["name"])
    if payload.get("die") == point and db.session.scalar(first) == 1:
        db.session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def write(names: list[str], die: str = "") -> None:
    """Write jobs. Needs a context."""
    for name in names:
        with transaction():
            enqueue(COUNT.kind, {"name": name, "die": die}, key=name, at=now())


def counted(names: list[str]) -> dict[str, int]:
    """How often each job's effect is there."""
    found = {}
    for name in names:
        row = db.session.get(throttle.Throttle, throttle._key("fault", name))
        found[name] = row.failures if row else 0
    return found
