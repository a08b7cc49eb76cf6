"""Six-digit codes and back-up codes. Pure: what a moment's code is, whether one fits, how codes look."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime

import pyotp

from lms.core.codes import CodeShape

STEP = 30
DIGITS = 6
CODES = 10
# Two codes of the paper kind after one another: 28 free symbols of 17, 114 bits.
HALF = CodeShape(15, 5)


def step_of(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    """The six digits of a half minute (RFC 6238)."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).generate_otp(step)


def address(secret: str, handle: str, product: str) -> str:
    """What a code app reads from the square: secret, name for signing in, neutral name of the site."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(
        name=handle, issuer_name=product
    )


def fitting_step(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The half minute whose code this is: this one or a neighbour, later than the last one used."""
    here = step_of(now)
    for step in (here, here - 1, here + 1):
        if step > last_step and hmac.compare_digest(code_at(secret, step), typed):
            return step
    return None


def digits(typed: str) -> str:
    """The digits of what was typed, of any script, without spaces."""
    return "".join(
        str(unicodedata.digit(c)) for c in typed if unicodedata.digit(c, None) is not None
    )


def in_groups(secret: str) -> list[str]:
    """A secret in groups of four, to be typed."""
    return [secret[i : i + 4] for i in range(0, len(secret), 4)]


def new_backup_code() -> str:
    """A back-up code as it is shown."""
    return f"{HALF.shown(HALF.new())}-{HALF.shown(HALF.new())}"


def read_backup_code(typed: str) -> str | None:
    """A back-up code as it was typed; None for what can't be one."""
    signs = "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isalnum())
    halves = HALF.parse(signs[: HALF.length]), HALF.parse(signs[HALF.length :])
    return HALF.shown(halves[0]) + "-" + HALF.shown(halves[1]) if all(halves) else None  # type: ignore[arg-type]


def backup_hash(code: str, owner: str) -> bytes:
    """What is stored of a back-up code: 114 random bits need no slow hash (NIST SP 800-63B)."""
    return hashlib.sha256(f"back-up\0{owner}\0{code}".encode()).digest()
