"""Work is written with what causes it, and its effect happens once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.outbox import Job, Outbox
from lms.core.throttle import Throttle, count


def failures(name: str) -> int:
    with reading():
        rows = db.session.scalars(select(Throttle.failures)).all()
        return sum(rows)


@pytest.fixture
def job(app: Flask) -> Iterator[list[str]]:
    """A job whose effect is a row, and which fails when it is told to. Unknown again after the test."""
    told: list[str] = []

    def effect(payload: dict[str, Any], _result: Any) -> None:
        count("job", payload["name"])
        if told and told.pop() == "fail":
            raise RuntimeError("planted")

    outbox.register(Job("test.count", effect=effect))
    yield told
    del outbox._jobs["test.count"]


def test_done_once_however_often_it_is_carried(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "a"})
        number = outbox.due()[0]
        assert outbox.run(number)
        assert not outbox.run(number)
        assert outbox.run_due() == 0
        assert failures("a") == 1


def test_nothing_is_left_of_a_failure_and_it_is_tried_again(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "b"})
        job.append("fail")
        assert outbox.run_due() == 0
        assert failures("b") == 0, "the effect of a failed job must be undone"
        with time_machine.travel(now() + timedelta(minutes=1), tick=False):
            assert outbox.run_due() == 1
        assert failures("b") == 1


def enqueue_and_fail() -> None:
    with transaction():
        outbox.enqueue("test.count", {"name": "c"})
        raise RuntimeError("planted")


def test_a_rolled_back_request_leaves_no_work(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError):
            enqueue_and_fail()
        assert outbox.due() == []


def test_a_key_makes_it_one(app: Flask, job: list[str]) -> None:
    with app.app_context():
        for _ in range(3):
            with transaction():
                outbox.enqueue("test.count", {"name": "d"}, key="once")
        with reading():
            assert db.session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_a_worker_that_died_loses_its_lease(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "e"})
        assert outbox._claim(outbox.due()[0]) is not None
        assert outbox.due() == [], "somebody has it"
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            assert outbox.run_due() == 1


def test_given_up_after_eight_tries(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "f"})
        moment = now()
        for _ in range(outbox.TRIES):
            job.append("fail")
            with time_machine.travel(moment, tick=False):
                outbox.run_due()
            moment += timedelta(hours=2)
        with reading():
            assert outbox.health()[1] == 1
        with transaction():
            assert outbox.retry_given_up() == 1
        assert outbox.run_due() == 1
