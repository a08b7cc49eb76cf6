"""Sealing of fields with keys of the server that live outside the database (`safety.md` 1.4, layer a).

Everybody has a random data key; the newest `kek` wraps it, and it seals what is hers. Without her data key
nothing of hers opens, in no copy of the database: that is how erasure ends it. A sealed field is bound to
its place: table, column, row and owner are authenticated with it, so a ciphertext that is moved anywhere
else does not open. `accounts.vault` is the other layer, which the server cannot open by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import String, delete, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core import keys as key_files
from lms.core.db import S1, K, Model, db, insert_into, is_writing
from lms.core.keys import Keys
from lms.core.settings import Settings

# The first byte of everything sealed says how. 1 was a key derived from the kek; migration 0002 ended it.
BY_SERVER = b"\x02"
_WRAPPED = b"\x05"
_KEY = 32
_NONCE = 12
_TAG = 16
_KNOWN = "data keys"


class CannotOpen(Exception):
    """The field was changed, moved, or sealed with a key that is no longer here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed field stands. `row` and `owner` are public ids; the owner's erasure ends the field."""

    table: str
    column: str
    row: str
    owner: str

    def __post_init__(self) -> None:
        """Refuse a place that names no row or no owner, and parts that could run into each other."""
        parts = (self.table, self.column, self.row, self.owner)
        if not all(parts) or any("\0" in part for part in parts):
            raise ValueError("a sealed field needs table, column, row and owner")

    def bound(self) -> bytes:
        """The bytes that are authenticated together with the text."""
        return "\0".join((self.table, self.column, self.row, self.owner)).encode()


class DataKey(Model):
    """The key that seals what belongs to one owner, wrapped by the server key number `kek`.

    The owner is a public id, of a person or of a cohort: this room knows neither. Without this row nothing
    of hers opens.
    """

    __tablename__ = "data_key"

    owner: Mapped[str] = mapped_column(String(40), primary_key=True, info=S1)
    kek: Mapped[int] = mapped_column(info=K)
    wrapped: Mapped[bytes] = mapped_column(info=K)


def seal(text: str, place: Place) -> bytes:
    """Return `form | nonce | ciphertext` of the text, bound to its place."""
    return seal_bytes(text.encode(), place)


def unseal(sealed: bytes, place: Place) -> str:
    """Return the text. Raises CannotOpen when anything at all was changed, or the owner's key is gone."""
    return unseal_bytes(sealed, place).decode()


def seal_bytes(plain: bytes, place: Place) -> bytes:
    """As `seal`, for bytes."""
    return encrypt(_data_key(place.owner, make=True), BY_SERVER, plain, place)


def unseal_bytes(sealed: bytes, place: Place) -> bytes:
    """As `unseal`, for bytes."""
    return decrypt(_data_key(place.owner, make=False), BY_SERVER, sealed, place)


def prepare(owner: str) -> None:
    """Make an owner's data key now, so that later pages which only read can seal something for her."""
    _data_key(owner, make=True)


def read_keys(owners: Iterable[str]) -> None:
    """Read the data keys of many owners in one statement, to open fields of all of them in this transaction."""
    known = _known()
    wanted = set(owners) - known.keys()
    if wanted:
        rows = select(DataKey.owner, DataKey.kek, DataKey.wrapped).where(DataKey.owner.in_(wanted))
        for owner, number, wrapped in db.session.execute(rows):
            known[owner] = unwrap(wrapped, kek(number), owner)


def destroy(owner: str) -> None:
    """Destroy an owner's data key: nothing that was sealed for her here opens from now on."""
    db.session.execute(delete(DataKey).where(DataKey.owner == owner))
    _known().pop(owner, None)


def encrypt(key: bytes, form: bytes, plain: bytes, place: Place) -> bytes:
    """AES-256-GCM under a fresh random nonce; form and place are authenticated. Both layers use it."""
    nonce = os.urandom(_NONCE)
    return form + nonce + AESGCM(key).encrypt(nonce, plain, form + place.bound())


def decrypt(key: bytes, form: bytes, sealed: bytes, place: Place) -> bytes:
    """Open what `encrypt` made. Raises CannotOpen."""
    start = len(form) + _NONCE
    if not sealed.startswith(form) or len(sealed) < start + _TAG:
        raise CannotOpen("another form")
    try:
        return AESGCM(key).decrypt(sealed[len(form) : start], sealed[start:], form + place.bound())
    except InvalidTag:
        raise CannotOpen("changed or moved") from None


# --- Data keys -----------------------------------------------------------------------------------


def wrap(data_key: bytes, kek: bytes, owner: str) -> bytes:
    """Wrap an owner's data key with a server key."""
    return encrypt(kek, _WRAPPED, data_key, Place("data_key", "wrapped", owner, owner))


def unwrap(wrapped: bytes, kek: bytes, owner: str) -> bytes:
    """Open a wrapped data key. Raises CannotOpen for another owner's, another kek's or a changed one."""
    return decrypt(kek, _WRAPPED, wrapped, Place("data_key", "wrapped", owner, owner))


def kek(number: int) -> bytes:
    """A server key by its number; one that was added since the start is read from the folder.

    Raises CannotOpen when its file is not there.
    """
    found = _keys().keks.get(number) or reload_keys().keks.get(number)
    if found is None:
        raise CannotOpen(f"kek-{number} is not in the key folder")
    return found


def reload_keys() -> Keys:
    """Read the key folder again."""
    settings: Settings = current_app.extensions["settings"]
    current_app.extensions["keys"] = key_files.load(settings.keys)
    return _keys()


def hold_still(*, alone: bool) -> None:
    """Take the lock under which data keys are made, or (`alone`) a server key is taken out of use.

    On SQLite the writing transaction is that lock.
    """
    if db.engine.dialect.name == "postgresql":
        mode = "SHARE ROW EXCLUSIVE" if alone else "ROW EXCLUSIVE"
        db.session.execute(text(f"LOCK TABLE data_key IN {mode} MODE"))


def _data_key(owner: str, *, make: bool) -> bytes:
    known = _known()
    if owner not in known:
        found = _stored(owner)
        if found is None and not make:
            raise CannotOpen("the owner's key is gone")
        known[owner] = found or _made(owner)
    return known[owner]


def _stored(owner: str) -> bytes | None:
    row = db.session.execute(
        select(DataKey.kek, DataKey.wrapped).where(DataKey.owner == owner)
    ).first()
    return unwrap(row.wrapped, kek(row.kek), owner) if row else None


def _made(owner: str) -> bytes:
    if not is_writing():
        raise RuntimeError("the first sealing for an owner belongs into a writing transaction")
    data_key = os.urandom(_KEY)
    # The folder is looked at under the lock: no key is wrapped with a file that is being retired.
    hold_still(alone=False)
    number = reload_keys().newest_kek
    row = insert_into(DataKey).values(
        owner=owner, kek=number, wrapped=wrap(data_key, kek(number), owner)
    )
    if db.session.execute(row.on_conflict_do_nothing().returning(DataKey.owner)).first():
        return data_key
    made_meanwhile = _stored(owner)
    if made_meanwhile is None:
        raise CannotOpen("the owner's key is gone")
    return made_meanwhile


def _known() -> dict[str, bytes]:
    """Data keys that this transaction has read already."""
    found: dict[str, bytes] = db.session().info.setdefault(_KNOWN, {})
    return found


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, _transaction: Any) -> None:
    # A key whose making was rolled back must not seal anything; and none lies in memory between requests.
    session.info.pop(_KNOWN, None)


def _keys() -> Keys:
    keys: Keys = current_app.extensions["keys"]
    return keys
