"""Sealing of fields with a server key that lives outside the database (`safety.md` 1.4, layer a).

A sealed field is bound to its place: table, column, row and owner are authenticated with it, so a
ciphertext that is moved anywhere else does not open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lms.core.keys import Keys

_VERSION = 1
_HEAD = 3
_NONCE = 12


class CannotOpen(Exception):
    """The field was changed, moved, or sealed with a key that is no longer here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed field stands. `row` and `owner` are public ids; the owner's erasure ends the field."""

    table: str
    column: str
    row: str
    owner: str

    def bound(self) -> bytes:
        """The bytes that are authenticated together with the text."""
        return "\0".join((self.table, self.column, self.row, self.owner)).encode()


def seal(text: str, place: Place) -> bytes:
    """Return `version | key id | nonce | ciphertext` of the text, bound to its place."""
    return seal_bytes(text.encode(), place)


def unseal(sealed: bytes, place: Place) -> str:
    """Return the text. Raises CannotOpen when anything at all was changed."""
    return unseal_bytes(sealed, place).decode()


def seal_bytes(plain: bytes, place: Place) -> bytes:
    """As `seal`, for bytes such as a finished PDF."""
    keys = _keys()
    number = keys.newest_kek
    nonce = os.urandom(_NONCE)
    cipher = AESGCM(_owner_key(keys.keks[number], place.owner))
    head = bytes([_VERSION]) + number.to_bytes(2, "big")
    return head + nonce + cipher.encrypt(nonce, plain, head + place.bound())


def unseal_bytes(sealed: bytes, place: Place) -> bytes:
    """As `unseal`, for bytes."""
    head, nonce, body = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
    kek = _keys().keks.get(int.from_bytes(head[1:], "big"))
    if len(body) < 16 or head[0] != _VERSION or kek is None:
        raise CannotOpen("unknown form or missing key")
    try:
        return AESGCM(_owner_key(kek, place.owner)).decrypt(nonce, body, head + place.bound())
    except InvalidTag:
        raise CannotOpen("changed or moved") from None


def _owner_key(kek: bytes, owner: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"field\0" + owner.encode()).derive(kek)


def _keys() -> Keys:
    keys: Keys = current_app.extensions["keys"]
    return keys
