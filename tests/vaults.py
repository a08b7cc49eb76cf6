"""Openers of people of a test, as the passphrase gives them."""

from __future__ import annotations

from flask import current_app

from lms.accounts import queries, secrets
from lms.accounts.vault import Opener
from tests.world import Somebody


def opener_of(person: Somebody) -> Opener:
    """What this person's key opens. Inside an open transaction, or it begins one."""
    row, keys = queries.by_id(person.id), current_app.extensions["keys"]
    stretched = secrets.stretch(
        person.passphrase, row.salt, row.memory_kib, row.passes, keys.pepper
    )
    return Opener(row.public_id, secrets.unwrap(row.private_by_passphrase, stretched.wrapping))
