"""Random identifiers that stand in addresses. They carry no order, no time and no person."""

from __future__ import annotations

import secrets

# Crockford's base 32 in lower case: no i, l, o, u, so an address can be read aloud.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def public_id() -> str:
    """Return 12 random symbols (60 bits): unguessable behind a permission check, short enough to type."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def token() -> str:
    """Return 256 random bits as URL-safe text, for secrets that are stored only as a hash."""
    return secrets.token_urlsafe(32)
