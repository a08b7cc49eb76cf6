"""Work that follows a transaction: written in it as a row, carried out after it, once.

The outbox is the queue and the truth. huey only carries a row's number to a worker; its file may be deleted
at any time, a sweep finds what was lost. The effect of a job and its "done" are one transaction, so a worker
that is killed leaves the job either undone or done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, func, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.clock import now
from lms.core.db import S1, Model, after_commit, db, insert_into, reading, transaction
from lms.core.log import log

LEASE = timedelta(seconds=60)
TRIES = 8
KEPT = timedelta(days=7)


class Outbox(Model):
    """One piece of work. The payload holds ids, never what a person wrote."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    kind: Mapped[str] = mapped_column(info=S1)
    payload: Mapped[dict[str, Any]] = mapped_column(info=S1)
    key: Mapped[str | None] = mapped_column(unique=True, info=S1)
    tries: Mapped[int] = mapped_column(default=0, info=S1)
    run_at: Mapped[datetime] = mapped_column(info=S1)
    leased_until: Mapped[datetime | None] = mapped_column(info=S1)
    done_at: Mapped[datetime | None] = mapped_column(info=S1)
    failed: Mapped[bool] = mapped_column(default=False, info=S1)

    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "run_at",
            # As SQLite sees the query of `due`: written in another way, the index would never be used.
            sqlite_where=text("done_at IS NULL AND failed = 0"),
            postgresql_where=text("done_at IS NULL AND NOT failed"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """How a kind of work is done.

    `work` is the slow part (a PDF, a mail): it may read, holds no lock and may run twice. `effect` gets the
    payload and what `work` returned, and writes; it and the "done" of the job are one transaction.
    """

    kind: str
    effect: Callable[[dict[str, Any], Any], None]
    work: Callable[[dict[str, Any]], Any] | None = None


@dataclass(frozen=True, slots=True)
class Daily:
    """Work to be done once a day, at `hour` UTC, however many schedulers run."""

    kind: str
    hour: int


_jobs: dict[str, Job] = {}
_daily: list[Daily] = []
_wake: list[Callable[[int], None]] = []


def register(job: Job) -> None:
    """Make a kind of work known to the worker."""
    _jobs[job.kind] = job


def register_daily(daily: Daily) -> None:
    """Have a job written once a day."""
    if daily not in _daily:
        _daily.append(daily)


def on_wake(carry: Callable[[int], None]) -> None:
    """Set who carries a row's number to a worker after commit (huey; nobody in tests)."""
    _wake[:] = [carry]


def kinds() -> list[str]:
    """Every known kind of work, for the documentation test and `flask jobs list`."""
    return sorted(_jobs)


def enqueue(
    kind: str, payload: dict[str, Any], *, key: str | None = None, at: datetime | None = None
) -> None:
    """Write work into the open transaction. With a `key`, work that was written once is not written again."""
    if kind not in _jobs:
        raise LookupError(f"no job is called {kind!r}")
    values = {
        "kind": kind,
        "payload": payload,
        "key": key,
        "run_at": at or now(),
    }
    row = insert_into(Outbox).values(**values).on_conflict_do_nothing().returning(Outbox.id)
    number = db.session.scalar(row)
    if number is not None and at is None:
        after_commit(lambda: _carry(number))


def _carry(number: int) -> None:
    for wake in _wake:
        try:
            wake(number)
        except Exception as error:  # noqa: BLE001 - the row is safe; the sweep finds it
            log.warning("job.not_carried", job=number, error=type(error).__name__)


def run(number: int) -> bool:
    """Carry out one row if it is due and nobody else has it. Return whether it was done now."""
    claimed = _claim(number)
    if claimed is None:
        return False
    kind, payload, tries = claimed
    try:
        result = _work(_jobs[kind], payload)
        with transaction():
            still = select(Outbox.id).where(Outbox.id == number, Outbox.done_at.is_(None))
            if db.session.scalar(still.with_for_update()) is None:
                return False
            _jobs[kind].effect(payload, result)
            done = {"done_at": now(), "leased_until": None}
            db.session.execute(update(Outbox).where(Outbox.id == number).values(**done))
    except Exception as error:  # noqa: BLE001 - any failure is retried, then shown by `flask doctor`
        _put_back(number, tries)
        log.error("job.failed", job=number, kind=kind, tries=tries, error=type(error).__name__)
        return False
    return True


def _work(job: Job, payload: dict[str, Any]) -> Any:
    if job.work is None:
        return None
    with reading():
        return job.work(payload)


def _claim(number: int) -> tuple[str, dict[str, Any], int] | None:
    with transaction():
        free = or_(Outbox.leased_until.is_(None), Outbox.leased_until < now())
        claim = (
            update(Outbox)
            .where(
                Outbox.id == number,
                Outbox.done_at.is_(None),
                ~Outbox.failed,
                Outbox.run_at <= now(),
                free,
            )
            .values(leased_until=now() + LEASE, tries=Outbox.tries + 1)
            .returning(Outbox.kind, Outbox.payload, Outbox.tries)
            .execution_options(synchronize_session=False)
        )
        row = db.session.execute(claim).first()
        return None if row is None else (row.kind, row.payload, row.tries)


def _put_back(number: int, tries: int) -> None:
    later = now() + timedelta(seconds=min(3600, 5 * 2**tries))
    with transaction():
        values = {"leased_until": None, "run_at": later, "failed": tries >= TRIES}
        db.session.execute(update(Outbox).where(Outbox.id == number).values(**values))


def due() -> list[int]:
    """Numbers of the rows that wait and that nobody works on."""
    with reading():
        free = or_(Outbox.leased_until.is_(None), Outbox.leased_until < now())
        waiting = select(Outbox.id).where(
            Outbox.done_at.is_(None), ~Outbox.failed, Outbox.run_at <= now(), free
        )
        return list(db.session.scalars(waiting.order_by(Outbox.run_at).limit(500)))


def run_due() -> int:
    """Carry out everything that is due, in order; what the jobs themselves enqueue too. Return how many."""
    count = 0
    while numbers := due():
        before = count
        count += sum(run(number) for number in numbers)
        if count == before:
            break
    return count


def plan_daily() -> None:
    """Write today's daily jobs, each once: the key makes a second scheduler's row the same row."""
    today = now()
    with transaction():
        for daily in _daily:
            if today.hour >= daily.hour:
                enqueue(daily.kind, {}, key=f"{daily.kind}:{today:%Y-%m-%d}")


def forget_old() -> None:
    """Drop rows whose work was done a week ago."""
    db.session.execute(Outbox.__table__.delete().where(Outbox.done_at < now() - KEPT))  # type: ignore[attr-defined]


def retry_given_up() -> int:
    """Give work that was given up its tries back, once its cause is mended. Return how many rows."""
    again = {"failed": False, "tries": 0, "run_at": now(), "leased_until": None}
    given_up = update(Outbox).where(Outbox.failed).values(**again).returning(Outbox.id)
    return len(db.session.scalars(given_up.execution_options(synchronize_session=False)).all())


def health() -> tuple[int, int]:
    """Return (rows that wait over five minutes, rows given up), for the doctor."""
    late = (
        Outbox.done_at.is_(None) & ~Outbox.failed & (Outbox.run_at < now() - timedelta(minutes=5))
    )
    row = db.session.execute(
        select(func.count().filter(late), func.count().filter(Outbox.failed)).select_from(Outbox)
    ).one()
    return row[0], row[1]
