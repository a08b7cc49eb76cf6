"""Changing the server keys that wrap people's data keys. What is sealed with the data keys stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, update

from lms.core import keys as key_files
from lms.core import sealing
from lms.core.db import db, reading, transaction
from lms.core.sealing import CannotOpen, DataKey
from lms.core.settings import Settings

BATCH = 500


class Refused(Exception):
    """The key is still needed, or is not there. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. `added` is None when an earlier one was finished instead."""

    added: int | None
    newest: int
    wrapped: int
    damaged: int


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A server key as `flask keys list` shows it."""

    number: int
    state: str
    used: int


def rotate() -> Rotated:
    """Add a server key and wrap every data key with it.

    Safe to kill: each batch is a transaction, and a data key opens with whichever key wraps it. Where an
    earlier rotation was cut short, this one finishes it and adds nothing.
    """
    newest = sealing.reload_keys().newest_kek
    added = None if _uses(newest, other=True) else key_files.add_kek(_folder())
    newest = sealing.reload_keys().newest_kek
    outcomes = [outcome for batch in _outdated(newest) for outcome in _wrap_anew(batch, newest)]
    return Rotated(added, newest, outcomes.count(True), outcomes.count(False))


def _outdated(newest: int) -> Iterator[list[str]]:
    """Owners whose data keys another server key wraps, a batch at a time."""
    last = ""
    while True:
        rows = (DataKey.kek != newest) & (DataKey.owner > last)
        with reading():
            statement = select(DataKey.owner).where(rows).order_by(DataKey.owner).limit(BATCH)
            owners = list(db.session.scalars(statement))
        if not owners:
            return
        yield owners
        last = owners[-1]


def _wrap_anew(owners: list[str], newest: int) -> list[bool]:
    """Wrap these owners' data keys with the newest key; False for one that does not open."""
    done = []
    with transaction():
        # Locked until the end of the batch: one that is destroyed meanwhile stays destroyed.
        rows = select(DataKey).where(DataKey.owner.in_(owners)).with_for_update()
        for row in db.session.scalars(rows).all():
            try:
                data_key = sealing.unwrap(row.wrapped, sealing.kek(row.kek), row.owner)
            except CannotOpen:
                done.append(False)
                continue
            values = {
                "kek": newest,
                "wrapped": sealing.wrap(data_key, sealing.kek(newest), row.owner),
            }
            db.session.execute(update(DataKey).where(DataKey.owner == row.owner).values(**values))
            done.append(True)
    return done


def retire(number: int) -> Path:
    """Take a server key out of use. Return where its file lies from now on. Raises Refused."""
    with transaction():
        sealing.hold_still(alone=True)
        used = _count(DataKey.kek == number)
        keks = sealing.reload_keys().keks
        if number not in keks:
            raise Refused(f"there is no kek-{number}.key in {_folder()}")
        if number == max(keks):
            raise Refused(f"kek-{number} is the newest one: run `flask keys rotate` first")
        if used:
            raise Refused(f"kek-{number} wraps {used} data keys: run `flask keys rotate` first")
        moved = key_files.retire_kek(_folder(), number)
    sealing.reload_keys()
    return moved


def server_keys() -> list[ServerKey]:
    """All server keys that are there or that data keys ask for, the newest first."""
    keks, out = sealing.reload_keys().keks, key_files.retired(_folder())
    with reading():
        counted = select(DataKey.kek, func.count()).group_by(DataKey.kek)
        used = {row[0]: row[1] for row in db.session.execute(counted)}
    numbers = sorted({*keks, *out, *used}, reverse=True)
    states = dict.fromkeys(used, "missing")
    states |= dict.fromkeys(out, "retired")
    states |= {number: "in use" if used.get(number) else "idle" for number in keks}
    states[max(keks)] = "newest"
    return [ServerKey(number, states[number], used.get(number, 0)) for number in numbers]


def health() -> list[str]:
    """What `flask doctor` should tell."""
    return [
        f"{key.used} data keys need kek-{key.number}.key, which is not in the key folder"
        for key in server_keys()
        if key.used and key.state in {"missing", "retired"}
    ]


def _uses(number: int, *, other: bool) -> int:
    """How many data keys a server key wraps; with `other`, how many it does not."""
    with reading():
        return _count(DataKey.kek != number if other else DataKey.kek == number)


def _count(condition: object) -> int:
    counted = select(func.count()).select_from(DataKey).where(condition)  # type: ignore[arg-type]
    return db.session.scalar(counted) or 0


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.keys
