"""A copy holds everything, is readable for nobody else, and comes back whole or not at all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pyrage import x25519
from sqlalchemy import func, select

from lms.accounts.models import Person, SignIn
from lms.backup import aftercare, drill, restore, rows, sealed, shapes, store
from lms.backup.rows import Copy, Damaged, differences
from lms.core.db import Model, db, transaction
from lms.core.settings import Settings
from tests.backup.conftest import Make, inside, with_recipients
from tests.conftest import Tell

SEED = 11


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def make(app: Flask, identity: x25519.Identity) -> Path:
    path, _ = store.create(settings_of(app), [identity.to_public()])
    return path


def read_through(path: Path, identity: x25519.Identity) -> int:
    """Read a copy to its end. Return how many rows it has."""
    return read_all(Copy(sealed.read(path, identity)))


def read_all(copy: Copy) -> int:
    return sum(1 for _name, _kinds, found in copy.tables() for _row in found)


def test_a_copy_comes_back_on_this_engine(
    site: Flask, empty: Flask, identity: x25519.Identity
) -> None:
    path, made = store.create(settings_of(site), [identity.to_public()])
    assert set(made.parts) == set(Model.metadata.tables)
    assert made.rows > 1000
    with inside(empty):
        back = restore.into_empty(sealed.read(path, identity))
        assert differences(made, back) == []
        assert differences(made, drill.contents()) == []
        with transaction():
            newest = db.session.scalar(select(func.max(Person.id))) or 0
            person = Person(**_like_somebody())
            db.session.add(person)
            db.session.flush()
            assert person.id > newest, "numbers that the database gives go on after those restored"


def _like_somebody() -> dict[str, Any]:
    found = db.session.execute(select(Person.__table__).limit(1)).mappings().one()
    return {**{k: v for k, v in found.items() if k != "id"}, "public_id": "x" * 12, "skeleton": "x"}


def test_nobody_is_signed_in_afterwards(
    site: Flask, empty: Flask, identity: x25519.Identity
) -> None:
    from lms.accounts import actions

    with transaction():
        somebody = db.session.scalars(select(Person).limit(1)).one()
        actions.open_sign_in(somebody, bytes(32), own_phone=True)
    path = make(site, identity)
    with inside(empty):
        restore.into_empty(sealed.read(path, identity), aftercare.within)
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
        assert db.session.scalar(select(func.count()).select_from(Person))


@pytest.mark.sqlite_only
def test_nothing_readable_and_no_key_is_in_it(site: Flask, identity: x25519.Identity) -> None:
    settings = settings_of(site)
    path = make(site, identity)
    raw, plain = path.read_bytes(), b"".join(sealed.read(path, identity))
    assert b"Saule" in plain, "the oracle sees what it should see"
    assert b"Saule" not in raw
    for key in settings.keys.glob("*.key"):
        secret = key.read_bytes()
        for form in (secret, secret.hex().encode(), rows.compact(shapes.ENCODERS[shapes.Kind.BYTES](secret)).encode()):  # fmt: skip
            assert form not in plain, key.name
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(Damaged):
        read_through(path, x25519.Identity.generate())


@pytest.mark.sqlite_only
def test_without_a_recipient_there_is_no_copy(site: Flask) -> None:
    done = site.test_cli_runner().invoke(args=["backup", "create"])
    assert done.exit_code == 1
    assert "flask backup key" in done.output
    assert not list(settings_of(site).backups.glob("*"))


@pytest.mark.sqlite_only
def test_a_copy_that_fails_leaves_nothing(
    site: Flask, identity: x25519.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Iterator[bytes]:
        yield b"{}\n" * 100_000
        raise RuntimeError

    monkeypatch.setattr(store, "lines", breaks)
    with pytest.raises(RuntimeError):
        make(site, identity)
    assert list(settings_of(site).backups.iterdir()) == []


def places(size: int, count: int) -> list[int]:
    """Positions all over a file, its beginning and its end among them."""
    chance = random.Random(SEED)
    edges = [*range(0, min(size, 400), 40), *range(size - 20, size, 5)]
    return (edges + [chance.randrange(size) for _ in range(count)])[:count]


@pytest.mark.sqlite_only
def test_every_changed_byte_is_found(
    site: Flask, identity: x25519.Identity, tmp_path: Path, size: Any, figure: Tell
) -> None:
    whole = make(site, identity).read_bytes()
    bad, count = tmp_path / "bad.age", size(60, 1000)
    missed = []
    for place in places(len(whole), count):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            read_through(bad, identity)
        except Damaged:
            continue
        missed.append(place)
    figure("changed bytes in a copy that were tried", count, "≥ 1,000")
    figure("changed bytes in a copy not found", len(missed), "= 0")
    assert missed == []
    bad.write_bytes(whole)
    assert read_through(bad, identity) > 1000, "the copy itself is fine"


@pytest.mark.sqlite_only
def test_every_cut_is_found(
    site: Flask, identity: x25519.Identity, tmp_path: Path, size: Any
) -> None:
    whole, bad = make(site, identity).read_bytes(), tmp_path / "bad.age"
    for place in [*places(len(whole), size(20, 200)), len(whole) - 1]:
        bad.write_bytes(whole[:place])
        with pytest.raises(Damaged):
            read_through(bad, identity)
    for more in (b"x", whole):
        bad.write_bytes(whole + more)
        with pytest.raises(Damaged):
            read_through(bad, identity)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("fault", ["changed", "left out", "twice", "moved", "no end"])
def test_rows_that_are_not_those_written_are_found(site: Flask, fault: str) -> None:
    """Whoever can open a copy, or a program with a fault, changes it inside."""
    with store.snapshot() as connection:
        good = list(rows.lines(connection, rows.Manifest()))
    numbers = [n for n, line in enumerate(good) if line.startswith(b'["') and b"Saule" in line]
    at = numbers[0]
    bad = {
        "changed": [*good[:at], good[at].replace(b"Saule", b"Paule"), *good[at + 1 :]],
        "left out": [*good[:at], *good[at + 1 :]],
        "twice": [*good[: at + 1], *good[at:]],
        "moved": [*good[:at], good[at + 1], good[at], *good[at + 2 :]],
        "no end": good[:-1],
    }[fault]
    with pytest.raises(Damaged):
        read_all(Copy(bad))


@pytest.mark.parametrize("table", ["answer", "access_event"])
def test_a_table_that_was_left_out_is_found(
    site: Flask, empty: Flask, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = rows.shapes
    with monkeypatch.context() as planted:
        planted.setattr(
            rows, "shapes", lambda c: [one for one in everything(c) if one.name != table]
        )
        with store.snapshot() as connection:
            lines = list(rows.lines(connection, rows.Manifest()))
    with inside(empty):
        with pytest.raises(Damaged, match=table):
            restore.into_empty(lines)
        with store.snapshot() as connection:
            assert shapes.shapes(connection) == [], "nothing stays of it"


def test_what_does_not_arrive_is_found(
    site: Flask, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = rows._batches
    monkeypatch.setattr(
        rows, "_batches", lambda shape, found: (one[:-1] or one for one in batches(shape, found))
    )
    with store.snapshot() as connection:
        lines = list(rows.lines(connection, rows.Manifest()))
    with inside(empty), pytest.raises(Damaged, match=r"not what the copy holds|refuses a row"):
        restore.into_empty(lines)


def test_a_restore_that_breaks_off_leaves_the_database_empty_and_can_be_repeated(
    site: Flask, empty: Flask
) -> None:
    with store.snapshot() as connection:
        manifest = rows.Manifest()
        lines = list(rows.lines(connection, manifest))
    with inside(empty):
        for share in (0.01, 0.99):
            with pytest.raises(Damaged, match="too early"):
                restore.into_empty(lines[: int(len(lines) * share)])
            with store.snapshot() as connection:
                assert shapes.shapes(connection) == []
        restore.into_empty(lines)
        assert differences(manifest, drill.contents()) == []
        with pytest.raises(restore.NotEmpty):
            restore.into_empty(lines)
        assert differences(manifest, drill.contents()) == []


@pytest.mark.sqlite_only
def test_a_copy_of_a_later_release_is_refused(site: Flask, target: Make) -> None:
    with store.snapshot() as connection:
        lines = list(rows.lines(connection, rows.Manifest()))
    later = [lines[0].replace(b'"revision":"0', b'"revision":"9'), *lines[1:]]
    with inside(target()), pytest.raises(Damaged, match="release"):
        restore.into_empty(later)


@pytest.mark.sqlite_only
def test_the_commands_of_the_page(unopened: Flask, target: Make, tmp_path: Path) -> None:
    site = unopened
    made = site.test_cli_runner().invoke(args=["backup", "key"])
    secret = tmp_path / "key.txt"
    secret.write_text(made.output)
    recipient = made.output.strip().rpartition("=")[2]
    site.extensions["settings"] = settings = with_recipients(
        settings_of(site), sealed.read_identity(secret)
    )
    assert settings.backup_recipients == recipient
    runner = site.test_cli_runner()
    created = runner.invoke(args=["backup", "create"])
    assert created.exit_code == 0, created.output
    (path,) = store.copies(settings.backups)
    opening = ["--identity", str(secret)]
    verified = runner.invoke(args=["backup", "verify", str(path), *opening])
    assert verified.exit_code == 0, verified.output
    assert "Whole" in verified.output
    onto_itself = runner.invoke(args=["backup", "restore", str(path), *opening, "--into-new"])
    assert onto_itself.exit_code == 1
    assert "not empty" in onto_itself.output
    fresh = target(engine="sqlite").test_cli_runner()
    unsaid = fresh.invoke(args=["backup", "restore", str(path), *opening])
    assert unsaid.exit_code == 2
    back = fresh.invoke(args=["backup", "restore", str(path), *opening, "--into-new"])
    assert back.exit_code == 0, back.output
    pruned = runner.invoke(args=["backup", "prune"])
    assert "1 kept" in pruned.output
