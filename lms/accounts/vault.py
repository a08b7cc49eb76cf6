"""Sealing to persons: what only their own keys open (`safety.md` 1.4, layer b).

Everybody has an X25519 pair since she joined. The private half is wrapped by her passphrase, by her recovery
code and, while she is signed in, by the token in her browser's cookie; the server has none of the three. To
seal for somebody, her public key is enough. To open, her own request is needed: `unlocked()` gives the opener
of that request. It must not outlive it, so it can be neither copied nor written anywhere.

People are sealed to by HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), the place being part of the key
schedule. What several people read is sealed with a shared key (AES-256-GCM), which is sealed to each of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from flask import current_app, session
from sqlalchemy import delete, select

from lms.accounts import secrets, signin
from lms.accounts.events import KeyPairReplaced
from lms.accounts.models import Person, SignIn
from lms.core import events, sealing
from lms.core.db import db
from lms.core.policy import SignInNeeded, StepUpNeeded, signed_in
from lms.core.sealing import CannotOpen, Place
from lms.core.settings import Settings

TO_PERSON = b"\x03"
TO_SEVERAL = b"\x04"
OPENED = "o"  # in the cookie: when a sealed page was last opened
_NUMBER = 2
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class KeyGone(CannotOpen):
    """It was sealed with a key that the reader does not have, and perhaps nobody has any more."""


# --- To one person -------------------------------------------------------------------------------


def seal(text: str, place: Place) -> bytes:
    """Seal a text to the owner of its place: nobody else opens it, the server neither."""
    return seal_bytes(text.encode(), place)


def seal_bytes(plain: bytes, place: Place) -> bytes:
    """As `seal`, for bytes such as a finished PDF. Raises LookupError when there is no such person."""
    public = db.session.scalar(select(Person.public_key).where(Person.public_id == place.owner))
    if public is None:
        raise LookupError("nobody to seal to")
    return seal_with(public, plain, place)


def seal_with(public_key: bytes, plain: bytes, place: Place) -> bytes:
    """Return `form | ephemeral key | ciphertext`, bound to the place. Pure."""
    key = X25519PublicKey.from_public_bytes(public_key)
    return TO_PERSON + _SUITE.encrypt(plain, key, info=TO_PERSON + place.bound())


class Opener:
    """What one person's unlocked key opens, for the length of one request."""

    __slots__ = ("_private", "owner")

    def __init__(self, owner: str, private: bytes) -> None:
        self.owner, self._private = owner, X25519PrivateKey.from_private_bytes(private)

    def open(self, sealed: bytes, place: Place) -> str:
        """Return the text that was sealed to this person. Raises CannotOpen."""
        return self.open_bytes(sealed, place).decode()

    def open_bytes(self, sealed: bytes, place: Place) -> bytes:
        """As `open`, for bytes."""
        if not sealed.startswith(TO_PERSON):
            raise CannotOpen("another form")
        if place.owner != self.owner:
            raise KeyGone("somebody else's")
        try:
            return _SUITE.decrypt(
                sealed[len(TO_PERSON) :], self._private, info=TO_PERSON + place.bound()
            )
        except InvalidTag:
            raise KeyGone("changed, moved, or sealed to an earlier key") from None

    def __repr__(self) -> str:
        """Say nothing: it may land in a trace."""
        return "<Opener>"

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        """Refuse to be copied into a session, a cache or a job."""
        raise TypeError("an opener does not outlive its request")


def unlocked() -> Opener:
    """The opener of whoever is signed in, from the sign-in's row and the cookie's token.

    Raises StepUpNeeded on somebody's own phone, where a sign-in lasts for days, when no sealed page was
    opened and no passphrase typed for so long that a shared phone would have been signed out.
    """
    person, found = signed_in(), signin.found()
    if found is None or found.person_id != person.id:
        raise SignInNeeded
    if found.own_phone and locked():
        raise StepUpNeeded
    _opened()
    private = secrets.unwrap(found.private_by_token, secrets.token_key(signin.token()))
    return Opener(person.public_id, private)


def locked() -> bool:
    """Whether sealed pages of this browser ask for the passphrase first, if the phone is its owner's."""
    settings: Settings = current_app.extensions["settings"]
    last = max(int(session.get(OPENED, 0)), int(session.get(signin.FRESH, 0)))
    return time.time() - last >= settings.idle_minutes * 60


def _opened() -> None:
    # As the idle clock, in the cookie: a page view writes no row. One cookie a minute at most.
    if time.time() - int(session.get(OPENED, 0)) > 60:
        session[OPENED] = int(time.time())


# --- To several people ---------------------------------------------------------------------------


def new_shared_key() -> bytes:
    """A random key for what several people read. Seal it to each of them, and to nobody else."""
    return os.urandom(32)


class SharedKeys:
    """The keys, by number, that one reader shares with others. The newest seals, each opens its own."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)

    def __bool__(self) -> bool:
        """Whether the reader has any."""
        return bool(self._keys)

    def seal(self, text: str, place: Place) -> bytes:
        """Return `form | number | nonce | ciphertext`, bound to the place. Raises KeyGone without any key."""
        if not self._keys:
            raise KeyGone("no shared key")
        number = max(self._keys)
        return sealing.encrypt(self._keys[number], _several(number), text.encode(), place)

    def open(self, sealed: bytes, place: Place) -> str:
        """Return the text. Raises CannotOpen; KeyGone when the reader has no key of this number."""
        head = sealed[: len(TO_SEVERAL) + _NUMBER]
        number = int.from_bytes(head[len(TO_SEVERAL) :], "big")
        if head != _several(number):
            raise CannotOpen("another form")
        if number not in self._keys:
            raise KeyGone("an earlier shared key")
        return sealing.decrypt(self._keys[number], head, sealed, place).decode()

    def __repr__(self) -> str:
        """Say nothing: it may land in a trace."""
        return "<SharedKeys>"

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        """Refuse to be copied into a session, a cache or a job."""
        raise TypeError("shared keys do not outlive their request")


def _several(number: int) -> bytes:
    return TO_SEVERAL + number.to_bytes(_NUMBER, "big")


# --- Pairs of keys -------------------------------------------------------------------------------


def public_keys(person_ids: Iterable[int]) -> dict[int, tuple[str, bytes]]:
    """Person → (public id, public key), in one statement."""
    found = select(Person.id, Person.public_id, Person.public_key)
    rows = db.session.execute(found.where(Person.id.in_(list(person_ids))))
    return {row.id: (row.public_id, row.public_key) for row in rows}


def new_pair(person: Person) -> bytes:
    """Give a person a new pair, after passphrase and code were both lost. Return its private half.

    What was sealed to the earlier pair is lost; whoever calls sets the new passphrase with the private key.
    """
    private, person.public_key = secrets.new_pair()
    person.private_by_recovery = person.recovery_hash = None
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    events.publish(KeyPairReplaced(person.id))
    return private


def destroy(person: Person) -> None:
    """Destroy a person's keys of both layers: nothing that was sealed to her or for her opens again."""
    sealing.destroy(person.public_id)
    person.private_by_passphrase = b""
    person.private_by_recovery = person.recovery_hash = None
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
