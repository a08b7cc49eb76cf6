"""Whoever was erased after a copy was made is not brought back by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from pyrage import x25519
from sqlalchemy import select

from lms.accounts.models import Person
from lms.backup import aftercare, restore, sealed, store
from lms.core import outbox
from lms.core.db import db, reading, transaction
from lms.privacy import actions, ledger
from tests.backup.conftest import Make, inside

NAME = "Saule"


def person(handle: str = NAME) -> Person | None:
    with reading():
        return db.session.scalars(select(Person).where(Person.handle == handle)).first()


def erase() -> str:
    found = person()
    assert found is not None
    number, public_id = found.id, found.public_id
    with transaction():
        actions.destroy_now(number)
    outbox.run_due()
    assert person() is None
    return public_id


@pytest.fixture
def key(tmp_path: Path) -> tuple[x25519.Identity, Path]:
    """What opens the copies, also as a file."""
    identity = x25519.Identity.generate()
    path = tmp_path / "copies.key"
    path.write_text(f"# ours\n{identity}\n")
    return identity, path


def test_she_stays_erased(unopened: Flask, target: Make, key: tuple[x25519.Identity, Path]) -> None:
    """On a new machine, whose keys are an old copy: the list comes with the copies."""
    identity, secret = key
    settings = unopened.extensions["settings"]
    with inside(unopened):
        path, _ = store.create(settings, [identity.to_public()])
        public_id = erase()
        store.create(settings, [identity.to_public()])
    assert (path.parent / ledger.NAME).exists()
    empty = target()
    command = ["backup", "restore", str(path), "--identity", str(secret), "--into-new"]
    done = empty.test_cli_runner().invoke(args=command)
    assert done.exit_code == 0, done.output
    assert "1 people who were erased" in done.output
    with inside(empty):
        assert person() is None
        assert person("Daria") is not None
        assert ledger.digest(public_id) in ledger.listed()
        with store.snapshot() as connection:
            lines = store.lines(connection, store.Manifest())
            assert public_id.encode() not in b"".join(lines), "the next copy does not have her"


def test_without_the_list_she_would_be_back(
    site: Flask, empty: Flask, key: tuple[x25519.Identity, Path]
) -> None:
    """The fault that the list prevents, planted."""
    path, _ = store.create(site.extensions["settings"], [key[0].to_public()])
    erase()
    with inside(empty):
        restore.into_empty(sealed.read(path, key[0]), aftercare.within)
        assert aftercare.afterwards() == 0
        assert person() is not None


def test_killed_right_after_the_transaction_her_keys_are_gone(
    site: Flask, empty: Flask, key: tuple[x25519.Identity, Path]
) -> None:
    """`afterwards` never comes; the job of the erasure does."""
    path, _ = store.create(site.extensions["settings"], [key[0].to_public()])
    erase()
    gone = ledger.listed()
    with inside(empty):
        ledger.add(gone)
        restore.into_empty(sealed.read(path, key[0]), aftercare.within)
        there = person()
        assert there is None or there.state != "active"
        outbox.run_due()
        assert person() is None
