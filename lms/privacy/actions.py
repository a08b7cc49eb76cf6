"""Copies, erasure, and the clearing of what is old."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table, delete, exists, select, update

from lms.accounts import leaving, vault
from lms.accounts.models import Person, SignIn
from lms.core import events, ids, outbox, records, sealing, throttle
from lms.core.clock import now
from lms.core.db import Model, db, insert_into, transaction
from lms.core.once import FormKey
from lms.core.outbox import Outbox
from lms.privacy import archive, ledger
from lms.privacy.events import PersonErased
from lms.privacy.models import Copy, Erased, Erasure, LastUse
from lms.privacy.rules import CAN_COME_BACK, COPY_WAITS, abandoned_before, month_of

COPY = "privacy.copy"
DESTROY = "privacy.destroy"
RESIDUE = "privacy.residue"
DAILY = "privacy.daily"


# --- A copy --------------------------------------------------------------------------------------


def ask_for_copy(person_id: int, lang: str) -> None:
    """Have a copy made. One that was there before goes."""
    drop_copy(person_id)
    row = Copy(public_id=ids.public_id(), person_id=person_id, lang=lang, asked_at=now())
    db.session.add(row)
    db.session.flush()
    outbox.enqueue(COPY, {"copy": row.public_id}, key=f"{COPY}:{row.public_id}")


def gather(payload: dict[str, Any]) -> bytes | None:
    """Job, the slow part: read what the server can read. None when the copy is not wanted any more."""
    found = db.session.execute(
        select(Copy.person_id, Copy.lang, Person.public_id)
        .join(Person, Person.id == Copy.person_id)
        .where(Copy.public_id == payload["copy"], Copy.ready_at.is_(None))
    ).first()
    return archive.to_bytes(archive.open_part(*_whom(found))) if found else None


def _whom(found: Any) -> tuple[int, str, str]:
    return found.person_id, found.public_id, found.lang


def keep(payload: dict[str, Any], made: bytes | None) -> None:
    """Job, the effect: keep it sealed until it is taken."""
    row = db.session.scalar(select(Copy).where(Copy.public_id == payload["copy"]))
    if row is None or made is None:
        return
    owner = db.session.get_one(Person, row.person_id).public_id
    row.sealed, row.ready_at = sealing.seal_bytes(made, copy_place(row.public_id, owner)), now()


def copy_place(public_id: str, owner: str) -> sealing.Place:
    """Where a copy is sealed."""
    return sealing.Place("data_copy", "sealed", public_id, owner)


def take(copy_id: int) -> None:
    """It is taken now: what was kept of it goes. Who calls has read it in this transaction."""
    values = {"sealed": None, "taken_at": now()}
    db.session.execute(update(Copy).where(Copy.id == copy_id).values(**values))


def drop_copy(person_id: int) -> None:
    """Destroy the copy that a person has here, and the work that made it."""
    gone = delete(Copy).where(Copy.person_id == person_id).returning(Copy.public_id)
    for public_id in db.session.scalars(gone).all():
        db.session.execute(delete(Outbox).where(Outbox.key == f"{COPY}:{public_id}"))


def forget_copies() -> None:
    """Destroy copies that nobody came for within a day, and the traces of those that were taken."""
    too_old = now() - COPY_WAITS
    ready = Copy.ready_at.is_(None) | (Copy.ready_at <= too_old)
    db.session.execute(delete(Copy).where(Copy.asked_at <= too_old, ready))


# --- Leaving -------------------------------------------------------------------------------------


def leave(person_id: int) -> None:
    """Hide a person from everybody at once; destroy what is hers in seven days. Done twice is done once."""
    row = insert_into(Erasure).values(
        person_id=person_id, asked_at=now(), due_at=now() + CAN_COME_BACK
    )
    db.session.execute(row.on_conflict_do_nothing())
    drop_copy(person_id)
    leaving.hide(person_id)


def come_back(person_id: int) -> bool:
    """Undo `leave`, if her keys are still there. Return whether she is back."""
    mine = (Erasure.person_id == person_id) & Erasure.keys_gone_at.is_(None)
    undone = delete(Erasure).where(mine).returning(Erasure.person_id)
    if db.session.execute(undone).first() is None:
        return False
    leaving.show_again(person_id)
    used([person_id])
    return True


def destroy_now(person_id: int) -> None:
    """The small write that cannot be undone: both keys of a person go, and her rows follow in a job."""
    leave(person_id)
    person = db.session.get_one(Person, person_id)
    # Every counter that names her, before her names are gone; the rest of them forget within a day.
    for purpose, name in (("sign-in", person.skeleton), ("recover", person.skeleton)):
        throttle.clear(purpose, name)
    throttle.clear("certificate-print", person.public_id)
    vault.destroy(person)
    person.verifier_hash = b""
    gone = insert_into(Erased).values(digest=ledger.digest(person.public_id))
    db.session.execute(gone.on_conflict_do_nothing())
    values = {"due_at": now(), "keys_gone_at": now()}
    db.session.execute(update(Erasure).where(Erasure.person_id == person_id).values(**values))
    outbox.enqueue(DESTROY, {"leaving": person_id}, key=f"{DESTROY}:{person_id}")


def list_gone(_payload: dict[str, Any]) -> None:
    """Job, the slow part: bring the list beside the keys up to date, before any row is destroyed."""
    ledger.add(set(db.session.scalars(select(Erased.digest))))


def destroy(payload: dict[str, Any], _result: Any) -> None:
    """Job, the effect: destroy the rows of somebody whose keys are gone, then what is left on the disk."""
    person_id = int(payload["leaving"])
    mine = (Erasure.person_id == person_id) & Erasure.keys_gone_at.is_not(None)
    if db.session.scalar(select(Erasure.person_id).where(mine)) is None:
        return
    _destroy_rows(person_id)
    outbox.enqueue(RESIDUE, {}, key=None)


def _destroy_rows(person_id: int) -> None:
    events.publish(PersonErased(person_id))
    db.session.flush()
    addresses = _addresses(person_id)
    db.session.execute(delete(Erasure).where(Erasure.person_id == person_id))
    records.erase_rows(person_id)
    _drop_traces(person_id, addresses)
    db.session.expire_all()
    if not _is_counted(person_id):
        db.session.execute(delete(Person).where(Person.id == person_id))


def _addresses(person_id: int) -> set[str]:
    """The random ids of her rows that are about to go: whatever else names one of them goes, too."""
    found: set[str] = set()
    for record in records.records():
        table = Model.metadata.tables[record.table]
        if record.mine is not None and record.deletes and "public_id" in table.c:
            found |= set(
                db.session.scalars(select(table.c.public_id).where(record.mine(person_id)))
            )
    return found


def _drop_traces(person_id: int, addresses: set[str]) -> None:
    """Work, notices and form keys that name her or one of her rows."""
    for name, number, params in _naming():
        table = Model.metadata.tables[name]
        hers = params.get("person") == person_id or addresses & set(map(str, params.values()))
        if hers:
            key = next(iter(table.primary_key))
            db.session.execute(delete(table).where(key == number))
    for digest, location in db.session.execute(select(FormKey.digest, FormKey.location)).all():
        if addresses & set(location.replace("?", "/").split("/")):
            db.session.execute(delete(FormKey).where(FormKey.digest == digest))


def _naming() -> list[tuple[str, int, dict[str, Any]]]:
    """(table, number, what it names) of every row that carries random ids of other rows as JSON."""
    rows = [("outbox", *row) for row in db.session.execute(select(Outbox.id, Outbox.payload))]
    notice = Model.metadata.tables["notice"]
    rows += [("notice", *row) for row in db.session.execute(select(notice.c.id, notice.c.params))]
    return rows


def _is_counted(person_id: int) -> bool:
    """Whether rows of other people still point to her number; then an empty row stays behind it."""
    pointing = (
        select(exists().where(column == person_id))
        for table in Model.metadata.sorted_tables
        for column in _to_person(table)
    )
    return any(db.session.scalar(found) for found in pointing)


def _to_person(table: Table) -> list[Any]:
    return [
        column
        for column in table.columns
        if any(key.column is Person.__table__.c.id for key in column.foreign_keys)
    ]


# --- Every day -----------------------------------------------------------------------------------


def daily(_payload: dict[str, Any], _result: Any) -> None:
    """Job: clear what is old by the table that people read; destroy whose time has come. Twice is once."""
    for forget in dict.fromkeys(holding.forget for holding in records.holdings()):
        if forget is not None:
            forget()
    note_use()
    for person_id in _abandoned():
        leave(person_id)
    for person_id in _due():
        destroy_now(person_id)
    outbox.enqueue(RESIDUE, {}, key=f"{RESIDUE}:{now():%Y-%m-%d}")


def note_use() -> None:
    """Remember the month for everybody who is signed in somewhere; accounts without one begin now."""
    used(list(db.session.scalars(select(SignIn.person_id).distinct())))
    known = select(LastUse.person_id)
    new = Person.id.not_in(known) & (Person.state != "gone")
    used(list(db.session.scalars(select(Person.id).where(new))))


def used(person_ids: list[int]) -> None:
    """These accounts are in use this month."""
    month = month_of(now())
    if not person_ids:
        return
    rows = [{"person_id": one, "month": month} for one in person_ids]
    row = insert_into(LastUse).values(rows)
    later = {"month": row.excluded.month}
    keep = LastUse.month < row.excluded.month
    db.session.execute(
        row.on_conflict_do_update(index_elements=[LastUse.person_id], set_=later, where=keep)
    )


def _abandoned() -> list[int]:
    oldest: date = abandoned_before(now())
    found = select(LastUse.person_id).join(Person, Person.id == LastUse.person_id)
    still = found.where(LastUse.month < oldest, Person.state == "active")
    return list(db.session.scalars(still))


def _due() -> list[int]:
    due = (Erasure.due_at <= now()) & Erasure.keys_gone_at.is_(None)
    return list(db.session.scalars(select(Erasure.person_id).where(due)))


def reapply_erasures() -> int:
    """Destroy again whom a backup brought back: everybody in the list beside the keys. Return how many.

    For the end of a restore, before anybody can sign in. Needs a context of the application, no transaction.
    """
    gone = ledger.listed()
    with transaction():
        rows = db.session.execute(select(Person.id, Person.public_id).where(Person.state != "gone"))
        back = [row.id for row in rows.all() if ledger.digest(row.public_id) in gone]
        for person_id in back:
            destroy_now(person_id)
            _destroy_rows(person_id)
        for one in gone:
            row = insert_into(Erased).values(digest=one)
            db.session.execute(row.on_conflict_do_nothing())
    clean_up({})
    return len(back)


# --- What is left on the disk --------------------------------------------------------------------


def clean_up(_payload: dict[str, Any]) -> None:
    """Job, the slow part: nothing of a destroyed row stays in the files of the database.

    SQLite overwrites what it frees (`secure_delete`), but older pages wait in its log until it is emptied.
    Raises RuntimeError while somebody reads; then it is tried again.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            busy, _log, _done = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise RuntimeError("somebody reads; the log is emptied later")
        else:
            for record in records.records():
                driver.execute(f'VACUUM "{record.table}"')


def nothing(_payload: dict[str, Any], _result: Any) -> None:
    """Job, the effect of work that writes no row."""
