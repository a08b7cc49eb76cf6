"""Work is written with what causes it, and its effect happens once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, insert, select, update

from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.outbox import Daily, Job, Outbox
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
        assert outbox.run(number) is False
        assert outbox.run_due() == 0
        assert failures("a") == 1
        assert _row().done_at is not None
        assert _row().leased_until is None


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


def test_what_nobody_knows_is_not_written(app: Flask, job: list[str]) -> None:
    with app.app_context(), transaction(), pytest.raises(LookupError, match=r"test\.other"):
        outbox.enqueue("test.other", {})


@pytest.fixture
def carried(app: Flask) -> Iterator[list[int]]:
    """The numbers that were carried to a worker."""
    before, found = list(outbox._wake), list[int]()
    outbox.on_wake(found.append)
    yield found
    outbox._wake[:] = before


def test_a_worker_is_woken_after_the_commit_and_only_for_work_of_now(
    app: Flask, job: list[str], carried: list[int]
) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "n"}, key="one")
            outbox.enqueue("test.count", {"name": "n"}, key="one")
            outbox.enqueue("test.count", {"name": "l"}, at=now() + timedelta(hours=1))
            assert carried == []
        with reading():
            numbers = list(db.session.scalars(select(Outbox.id).order_by(Outbox.id)))
    assert carried == numbers[:1]


def test_a_queue_that_is_down_loses_nothing(app: Flask, job: list[str]) -> None:
    def broken(_number: int) -> None:
        raise OSError("planted")

    before = list(outbox._wake)
    outbox.on_wake(broken)
    try:
        with app.app_context():
            with transaction():
                outbox.enqueue("test.count", {"name": "q"})
            assert outbox.run_due() == 1
    finally:
        outbox._wake[:] = before


def test_the_slow_part_gives_the_effect_what_it_made(app: Flask) -> None:
    seen: list[Any] = []

    def effect(payload: dict[str, Any], result: Any) -> None:
        seen.append((payload["n"], result))

    outbox.register(Job("test.slow", effect=effect, work=lambda payload: payload["n"] * 2))
    try:
        with app.app_context():
            with transaction():
                outbox.enqueue("test.slow", {"n": 21})
            assert outbox.run(outbox.due()[0]) is True
    finally:
        del outbox._jobs["test.slow"]
    assert seen == [(21, 42)]


def test_work_that_ended_meanwhile_is_not_done_again(app: Flask, job: list[str]) -> None:
    """Two workers under one row: a lease was too short, and the other one is done first."""

    def work(payload: dict[str, Any]) -> None:
        del payload
        db.session.rollback()
        with transaction():
            db.session.execute(update(Outbox).values(done_at=now()))

    outbox.register(Job("test.late", effect=lambda _p, _r: count("job", "late"), work=work))
    try:
        with app.app_context():
            with transaction():
                outbox.enqueue("test.late", {})
            assert outbox.run(outbox.due()[0]) is False
            assert failures("late") == 0
    finally:
        del outbox._jobs["test.late"]


def _row() -> Outbox:
    with reading():
        found = db.session.scalars(select(Outbox)).one()
        db.session.expunge(found)
        return found


def test_a_claim_lasts_a_minute_and_pauses_grow(app: Flask, job: list[str]) -> None:
    start = now().replace(microsecond=0)
    with app.app_context(), time_machine.travel(start, tick=False) as clock:
        with transaction():
            outbox.enqueue("test.count", {"name": "p"})
        number = outbox.due()[0]
        claimed = outbox._claim(number)
        assert claimed == ("test.count", {"name": "p"}, 1)
        assert _row().leased_until == start + timedelta(seconds=60)
        clock.move_to(start + timedelta(seconds=60))
        assert outbox._claim(number) is None, "the lease holds to its last moment"
        assert outbox.due() == []
        clock.move_to(start + timedelta(seconds=61))
        assert outbox.due() == [number]
        for tries, pause in (
            (1, 10),
            (2, 20),
            (5, 160),
            (7, 640),
            (8, 1280),
            (10, 3600),
            (12, 3600),
        ):
            outbox._put_back(number, tries)
            row = _row()
            assert row.run_at - now() == timedelta(seconds=pause)
            assert row.failed == (tries >= 8)
            assert row.leased_until is None
    with app.app_context():
        with transaction():
            assert outbox.retry_given_up() == 1
            assert outbox.retry_given_up() == 0
        assert (_row().tries, _row().failed) == (0, False)


def test_work_is_due_at_its_moment_and_in_order(app: Flask, job: list[str]) -> None:
    start = now().replace(microsecond=0)
    with app.app_context(), time_machine.travel(start, tick=False) as clock:
        with transaction():
            outbox.enqueue("test.count", {"name": "2"}, at=start + timedelta(seconds=9))
            outbox.enqueue("test.count", {"name": "1"}, at=start + timedelta(seconds=5))
        assert outbox.due() == []
        clock.move_to(start + timedelta(seconds=5))
        first = outbox.due()
        assert len(first) == 1
        clock.move_to(start + timedelta(seconds=9))
        assert outbox.due() == [first[0], first[0] - 1]
        assert outbox.run_due() == 2


def test_five_hundred_are_looked_at_together(app: Flask, job: list[str]) -> None:
    row = {"kind": "test.count", "payload": {"name": "m"}, "run_at": now()}
    with app.app_context():
        with transaction():
            db.session.execute(insert(Outbox), [row] * 501)
        assert len(outbox.due()) == 500


def test_who_gets_nothing_done_stops(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that stay due, because somebody else takes each of them first, are no endless loop."""
    looks = iter([[1], [1]])
    monkeypatch.setattr(outbox, "due", lambda: next(looks))
    with app.app_context():
        assert outbox.run_due() == 0


@pytest.mark.sqlite_only
def test_work_that_waits_is_found_by_its_index(app: Flask) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        assert outbox.due() == []
        event.remove(db.engine, "before_cursor_execute", note)
        with db.engine.connect() as connection:
            [(statement, values)] = asked
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "ix_outbox_waiting" in str(plan)


@pytest.mark.sqlite_only
def test_what_a_job_is_does_not_change() -> None:
    for thing in (Job("kind", effect=print), Daily("kind", hour=3)):
        with pytest.raises(dataclasses.FrozenInstanceError):
            thing.kind = "other"  # type: ignore[misc]


def test_what_goes_wrong_is_in_the_log_without_what_it_was_about(
    app: Flask, job: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    for level in ("warning", "error"):
        monkeypatch.setattr(outbox.log, level, lambda name, **facts: told.append((name, facts)))
    monkeypatch.setattr(outbox, "_wake", [lambda number: [][number]])
    with app.app_context():
        with transaction():
            outbox.enqueue("test.count", {"name": "between two people"})
        job.append("fail")
        number = outbox.due()[0]
        outbox.run(number)
    assert told == [
        ("job.not_carried", {"job": number, "error": "IndexError"}),
        ("job.failed", {"job": number, "kind": "test.count", "tries": 1, "error": "RuntimeError"}),
    ]


def test_what_a_job_enqueues_is_carried_out_too(app: Flask, job: list[str]) -> None:
    def effect(payload: dict[str, Any], _result: Any) -> None:
        if payload["left"]:
            outbox.enqueue("test.chain", {"left": payload["left"] - 1})

    outbox.register(Job("test.chain", effect=effect))
    try:
        with app.app_context():
            with transaction():
                outbox.enqueue("test.chain", {"left": 3})
            assert outbox.run_due() == 4
    finally:
        del outbox._jobs["test.chain"]


def test_daily_work_is_written_from_its_hour_on_once_a_day(
    app: Flask, job: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_daily", [])
    for _ in range(2):
        outbox.register_daily(Daily("test.count", hour=3))
    assert len(outbox._daily) == 1

    def written(*moments: datetime) -> int:
        with app.app_context():
            for moment in moments:
                with time_machine.travel(moment, tick=False):
                    outbox.plan_daily()
            with reading():
                return db.session.scalar(select(func.count()).select_from(Outbox)) or 0

    day = datetime(2027, 3, 1, tzinfo=UTC)
    assert written(day + timedelta(hours=2, minutes=59)) == 0
    assert written(day + timedelta(hours=3), day + timedelta(hours=4)) == 1
    assert written(day + timedelta(days=1, hours=3)) == 2


def test_done_work_is_kept_for_a_week(app: Flask, job: list[str]) -> None:
    with app.app_context(), time_machine.travel(now(), tick=False):
        for age, left in ((timedelta(days=7), 1), (timedelta(days=7, seconds=1), 0)):
            with transaction():
                if left:
                    outbox.enqueue("test.count", {"name": "k"})
                done = now() - age
                db.session.execute(update(Outbox).values(done_at=done))
                outbox.forget_old()
            with reading():
                assert db.session.scalar(select(func.count()).select_from(Outbox)) == left


def test_the_doctor_hears_of_late_and_given_up_work(app: Flask, job: list[str]) -> None:
    with app.app_context():
        with transaction():
            for name in "abc":
                outbox.enqueue("test.count", {"name": name})
            written = now()
        with transaction():
            db.session.execute(update(Outbox).values(run_at=written))
        for seconds, late in ((300, 0), (301, 3)):
            with time_machine.travel(written + timedelta(seconds=seconds), tick=False), reading():
                assert outbox.health() == (late, 0)
        with transaction():
            first = select(func.min(Outbox.id)).scalar_subquery()
            db.session.execute(update(Outbox).where(Outbox.id == first).values(failed=True))
        with time_machine.travel(now() + timedelta(minutes=6), tick=False), reading():
            assert outbox.health() == (2, 1)
    assert "test.count" in outbox.kinds()
