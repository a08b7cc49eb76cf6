"""The carrier between web and worker: huey, on a SQLite file or on Redis. It carries row numbers only."""

from __future__ import annotations

from typing import Any

from flask import Flask
from huey import RedisHuey, SqliteHuey, crontab

from lms.core import outbox
from lms.core.settings import Settings


def make_huey(app: Flask, settings: Settings) -> Any:
    """Return the huey of this instance, and have the outbox wake it after every commit."""
    if settings.redis_url:
        huey: Any = RedisHuey("alongside", url=settings.redis_url, results=False)
    else:
        huey = SqliteHuey(
            "alongside", filename=str(settings.data / "queue.db"), results=False, fsync=False
        )

    @huey.task()
    def carry_out(number: int) -> None:
        with app.app_context():
            outbox.run(number)

    @huey.periodic_task(crontab(minute="*"))
    def sweep() -> None:
        with app.app_context():
            outbox.plan_daily()
            outbox.run_due()

    outbox.on_wake(carry_out)
    return huey


def work(huey: Any) -> None:
    """Run the worker until it is told to stop. One thread: the slow part is a PDF, in a process of its own."""
    huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=2.0).run()
