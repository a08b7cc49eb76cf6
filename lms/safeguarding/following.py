"""Following up what was said without a name: twenty digits, shown once, from any phone.

Of the digits only a keyed digest is kept: a copy of the database without the key files opens nothing with it.
They open what an account would: how far it is, one's own words, and what was answered.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

from flask import current_app
from sqlalchemy import update

from lms.core import throttle
from lms.core.clock import now
from lms.core.db import db
from lms.core.keys import Keys
from lms.safeguarding import queries
from lms.safeguarding.models import Concern
from lms.safeguarding.queries import Found

DIGITS = 20
GROUP = 4
TRIES = "concern digits"
TRIES_AN_HOUR = 300


def give(public_id: str) -> str:
    """Make the digits of a concern that nobody can follow otherwise. They are told now and never again."""
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    mine = (Concern.public_id == public_id) & Concern.raised_by_id.is_(None)
    db.session.execute(update(Concern).where(mine).values(code=_digest(digits)))
    return digits


def in_groups(digits: str) -> list[str]:
    """The digits as they are written down."""
    return [digits[start : start + GROUP] for start in range(0, len(digits), GROUP)]


def read(typed: str) -> str:
    """The digits of what somebody typed, in any grouping; any script's digits count."""
    found = (unicodedata.digit(symbol, None) for symbol in typed)
    return "".join(str(digit) for digit in found if digit is not None)


def wait_until(digits: str) -> datetime | None:
    """When these may be tried, if too many were wrong.

    Counted are the first four, so that whoever guesses slows down few others, and all of an hour together.
    """
    alike = throttle.wait_until(TRIES, digits[:GROUP])
    return alike or throttle.wait_until(TRIES, _hour(), free=TRIES_AN_HOUR)


def find(digits: str) -> Found | None:
    """The concern that these digits were given for. A wrong try is counted, in the open transaction."""
    found = queries.concern_by_code(_digest(digits)) if len(digits) == DIGITS else None
    if found is None:
        throttle.count(TRIES, digits[:GROUP])
        throttle.count(TRIES, _hour())
    return found


def _hour() -> str:
    return f"{now():%Y-%m-%d %H}"


def _digest(digits: str) -> bytes:
    keys: Keys = current_app.extensions["keys"]
    return keys.digest("concern", digits)
