"""From a passphrase to keys, and the keys of a person. Pure: bytes in, bytes out.

One Argon2id run per sign-in gives the raw secret; HKDF splits it into a verifier, of which only a hash is
stored, and a wrapping key, which is stored nowhere (`safety.md` 1.4).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT = 16
NONCE = 12
GROUPS = 9
GROUP = 4


class WrongKey(Exception):
    """A wrapped key does not open with the key that was offered."""


@dataclass(frozen=True, slots=True)
class Stretched:
    """What one Argon2id run gives: compare `verifier_hash`, unwrap with `wrapping`."""

    verifier_hash: bytes
    wrapping: bytes


def stretch(passphrase: str, salt: bytes, memory_kib: int, passes: int, pepper: bytes) -> Stretched:
    """Run Argon2id once. The passphrase is taken in NFKC, since keyboards differ in how they compose й."""
    peppered = hmac.digest(pepper, unicodedata.normalize("NFKC", passphrase).encode(), "sha256")
    raw = hash_secret_raw(peppered, salt, passes, memory_kib, 1, 32, Type.ID)
    verifier = _derive(raw, b"verifier")
    return Stretched(hashlib.sha256(verifier).digest(), _derive(raw, b"wrapping"))


def new_pair() -> tuple[bytes, bytes]:
    """Return (private, public) of a new X25519 pair, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def wrap(private: bytes, key: bytes) -> bytes:
    """Seal a private key with a 32-byte key."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, private, b"private key")


def unwrap(wrapped: bytes, key: bytes) -> bytes:
    """Open a wrapped private key. Raises WrongKey."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE], wrapped[NONCE:], b"private key")
    except InvalidTag:
        raise WrongKey from None


def token_key(token: str) -> bytes:
    """The wrapping key that a sign-in's cookie token stands for."""
    return _derive(token.encode(), b"token")


def token_hash(token: str) -> bytes:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).digest()


def mark(hashed: bytes) -> str:
    """What stands for a stored token where its owner points at it."""
    return hashlib.sha256(b"mark" + hashed).hexdigest()[:16]


def new_recovery_code() -> str:
    """36 random digits, 119.6 bits: they need no keyboard layout and can be written down as phone numbers."""
    return "".join(secrets.choice("0123456789") for _ in range(GROUPS * GROUP))


def in_groups(code: str) -> list[str]:
    """The code as nine groups of four digits."""
    return [code[i : i + GROUP] for i in range(0, GROUPS * GROUP, GROUP)]


def read_code(typed: str) -> str:
    """The digits of what somebody typed, in any grouping; any script's digits count."""
    return "".join(
        str(unicodedata.digit(c)) for c in typed if unicodedata.digit(c, None) is not None
    )


def recovery_key(code: str, salt: bytes) -> bytes:
    """The wrapping key of a recovery code."""
    return _derive(code.encode() + salt, b"recovery")


def recovery_hash(code: str, salt: bytes) -> bytes:
    """What is stored of a recovery code. 119 random bits need no slow hash (NIST SP 800-63B)."""
    return hashlib.sha256(b"recovery" + salt + code.encode()).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"alongside\0" + purpose).derive(secret)
