"""Sealed fields open where they were sealed and nowhere else; server keys change and nothing is lost."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from lms.app import create_app
from lms.core import keys, rotation, sealing
from lms.core.db import Model, db, finish, reading, transaction
from lms.core.sealing import CannotOpen, DataKey, Place, decrypt, encrypt, seal, unseal
from lms.core.settings import Settings

CODE = Path(__file__).resolve().parents[2] / "lms"
HERE = Place("message", "body", "row1", "owner1")
KEY = bytes(range(32))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PARTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
PLACES = st.builds(Place, PARTS, PARTS, PARTS, PARTS)


class Killed(BaseException):
    """What a test throws where a process would be killed."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """An application with a key folder of its own, on SQLite."""
    keys.create(tmp_path / "keys")
    app = create_app(Settings(mode="test", data=tmp_path, keys=tmp_path / "keys"))
    with app.app_context():
        db.create_all()
        yield app
        finish(keep=False)
        db.session.remove()
        db.engine.dispose()


# --- One field -----------------------------------------------------------------------------------


@given(text=TEXTS, place=PLACES)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_opens_in_its_place(app: Flask, text: str, place: Place) -> None:
    place = dataclasses.replace(place, owner=place.owner[:40])
    with app.app_context(), transaction():
        assert unseal(seal(text, place), place) == text


@pytest.mark.parametrize("field", ["table", "column", "row", "owner"])
def test_a_moved_field_does_not_open(app: Flask, field: str) -> None:
    with app.app_context(), transaction():
        sealed = seal("between two people", HERE)
        elsewhere = dataclasses.replace(HERE, **{field: "other"})
        seal("so that the other owner has a key, too", elsewhere)
        with pytest.raises(CannotOpen):
            unseal(sealed, elsewhere)


@pytest.mark.sqlite_only
def test_what_was_sealed_before_still_opens() -> None:
    words = "68d5c3bb955beccf6cdb"
    tag = "cbc320e188ec9ebcf64d7346bdb9a615"
    sealed = bytes.fromhex("02" + "00" * 12 + words + tag)
    assert decrypt(KEY, sealing.BY_SERVER, sealed, HERE) == b"five words"


@pytest.mark.sqlite_only
def test_what_can_be_no_field_of_this_form() -> None:
    empty = encrypt(KEY, sealing.BY_SERVER, b"", HERE)
    assert len(empty) == 1 + 12 + 16
    assert decrypt(KEY, sealing.BY_SERVER, empty, HERE) == b""
    for length in range(len(empty)):
        with pytest.raises(CannotOpen, match="another form"):
            decrypt(KEY, sealing.BY_SERVER, empty[:length], HERE)
    with pytest.raises(CannotOpen, match="another form"):
        decrypt(KEY, b"\x03", empty, HERE)


@pytest.mark.sqlite_only
@given(plain=st.binary(max_size=200), bit=st.integers(min_value=0), place=PLACES)
def test_any_flipped_bit_fails(plain: bytes, bit: int, place: Place) -> None:
    broken = bytearray(encrypt(KEY, sealing.BY_SERVER, plain, place))
    bit %= len(broken) * 8
    broken[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CannotOpen):
        decrypt(KEY, sealing.BY_SERVER, bytes(broken), place)


def test_every_flipped_bit_of_one_fails(app: Flask) -> None:
    with app.app_context(), transaction():
        sealed = seal("five words in a row", HERE)
        for bit in range(len(sealed) * 8):
            broken = bytearray(sealed)
            broken[bit // 8] ^= 1 << (bit % 8)
            with pytest.raises(CannotOpen):
                unseal(bytes(broken), HERE)


@pytest.mark.sqlite_only
@given(plain=st.binary(max_size=60), length=st.integers(min_value=0))
def test_a_shortened_field_fails(plain: bytes, length: int) -> None:
    sealed = encrypt(KEY, sealing.BY_SERVER, plain, HERE)
    with pytest.raises(CannotOpen):
        decrypt(KEY, sealing.BY_SERVER, sealed[: length % len(sealed)], HERE)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("part", ["table", "column", "row", "owner"])
@pytest.mark.parametrize("value", ["", "a\0b"])
def test_a_place_names_everything(part: str, value: str) -> None:
    with pytest.raises(ValueError, match="needs table"):
        dataclasses.replace(HERE, **{part: value})


@pytest.mark.sqlite_only
def test_a_place_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        HERE.owner = "owner2"  # type: ignore[misc]
    assert DataKey.__table__.c.owner.type.length == 40, "longer than any public id"  # type: ignore[attr-defined]


@pytest.mark.sqlite_only
def test_a_hundred_thousand_nonces_are_different() -> None:
    # AES-GCM with one nonce twice gives the key of the tags away; at 96 random bits none should meet.
    made = {encrypt(KEY, b"\x02", b"same", HERE)[1:13] for _ in range(100_000)}
    assert len(made) == 100_000


def nonces_not_random(source: str) -> list[int]:
    """Lines on which something is named a nonce and does not come from `os.urandom` or from a message."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign):
            continue
        names = [
            n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)
        ]
        value = ast.unparse(node.value)
        if "nonce" in names and "os.urandom(" not in value and "sealed[" not in value:
            found.append(node.lineno)
    return found


@pytest.mark.sqlite_only
def test_nonces_come_from_the_system() -> None:
    users = [path for path in CODE.rglob("*.py") if "AESGCM(" in path.read_text("utf-8")]
    assert {path.name for path in users} == {"sealing.py", "secrets.py"}, "one place a layer"
    for path in users:
        assert "nonce = os.urandom(" in path.read_text("utf-8")
        assert nonces_not_random(path.read_text("utf-8")) == []
    # The planted fault: a counter.
    assert nonces_not_random("nonce = (7).to_bytes(12, 'big')") == [1]


# --- Data keys -----------------------------------------------------------------------------------


def test_a_destroyed_key_closes_everything_of_its_owner(app: Flask) -> None:
    other = dataclasses.replace(HERE, owner="owner2")
    with app.app_context():
        with transaction():
            mine, hers = seal("mine", HERE), seal("hers", other)
        with transaction():
            assert unseal(mine, HERE) == "mine"
            sealing.destroy(HERE.owner)
            with pytest.raises(CannotOpen, match="gone"):
                unseal(mine, HERE)
        with reading():
            with pytest.raises(CannotOpen, match="gone"):
                unseal(mine, HERE)
            assert unseal(hers, other) == "hers"
        with transaction():
            seal("a new beginning", HERE)
            with pytest.raises(CannotOpen):
                unseal(mine, HERE)


def test_a_key_that_was_not_kept_seals_nothing_later(app: Flask) -> None:
    with app.app_context():
        with contextlib.suppress(Killed), transaction():
            seal("rolled back", HERE)
            raise Killed
        with transaction():
            sealed = seal("kept", HERE)
        with reading():
            assert unseal(sealed, HERE) == "kept"


def test_two_at_once_make_one_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real, looks = sealing._stored, iter(range(10))

    def too_early(owner: str) -> bytes | None:
        # At the first look the other request's key is not there yet; then it is.
        return None if next(looks) == 0 else real(owner)

    with app.app_context():
        with transaction():
            first = seal("by the other request", HERE)
        monkeypatch.setattr(sealing, "_stored", too_early)
        with transaction():
            second = seal("by this one", HERE)
        monkeypatch.undo()
        with reading():
            assert unseal(first, HERE) == "by the other request"
            assert unseal(second, HERE) == "by this one"


def test_a_page_that_only_reads_makes_no_key(app: Flask) -> None:
    with app.app_context():
        with reading(), pytest.raises(RuntimeError, match="writing transaction"):
            seal("lost with the page", HERE)
        with transaction():
            sealing.prepare(HERE.owner)
        with reading():
            assert unseal(seal("on a form", HERE), HERE) == "on a form"


def test_a_moved_data_key_does_not_open(app: Flask) -> None:
    other = dataclasses.replace(HERE, owner="owner2")
    with app.app_context():
        with transaction():
            sealed = seal("mine", HERE)
            seal("hers", other)
        with transaction():
            hers = select(DataKey.wrapped).where(DataKey.owner == "owner2").scalar_subquery()
            mine = update(DataKey).where(DataKey.owner == "owner1")
            db.session.execute(mine.values(wrapped=hers))
        with reading(), pytest.raises(CannotOpen):
            unseal(sealed, HERE)


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_keys_of_many_are_read_together_and_once(app: Flask) -> None:
    owners = ["owner0", "owner1", "owner2", "nobody"]
    with app.app_context():
        fields = sealed_for(3)
        with reading(), statements() as asked:
            sealing.read_keys(owners[:3])
            assert [unseal(sealed, place) for place, sealed in fields.items()] == owners[:3]
            sealing.read_keys(owners[:3])
            assert len(asked) == 1
            sealing.read_keys(owners)
            assert len(asked) == 2


def test_a_new_key_is_not_looked_up_again(app: Flask) -> None:
    with app.app_context(), transaction(), statements() as asked:
        sealing.prepare(HERE.owner)
        seal("one", HERE)
        seal("two", HERE)
    assert len([one for one in asked if "SELECT" in one]) == 1
    assert len([one for one in asked if "INSERT" in one]) == 1


def test_a_key_that_is_gone_again_seals_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another request makes the key first, and erases its owner before this one can read it.
    with app.app_context():
        sealed_for(1)
        monkeypatch.setattr(sealing, "_stored", lambda _owner: None)
        with transaction(), pytest.raises(CannotOpen, match="gone"):
            sealing.prepare("owner0")


def test_the_lock_is_held_before_the_folder_is_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real = sealing.reload_keys
    monkeypatch.setattr(sealing, "hold_still", lambda *, alone: steps.append(f"alone={alone}"))

    def reload() -> keys.Keys:
        steps.append("folder")
        return real()

    monkeypatch.setattr(sealing, "reload_keys", reload)
    with app.app_context(), transaction():
        sealing.prepare(HERE.owner)
    assert steps == ["alone=False", "folder"], "and a key that is known is not read again"


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("engine", "alone", "said"),
    [
        ("sqlite", True, []),
        ("sqlite", False, []),
        ("postgresql", True, ["LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE"]),
        ("postgresql", False, ["LOCK TABLE data_key IN ROW EXCLUSIVE MODE"]),
    ],
)
def test_the_lock(
    engine: str, alone: bool, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    session = SimpleNamespace(execute=lambda statement: told.append(str(statement)))
    dialect = SimpleNamespace(dialect=SimpleNamespace(name=engine))
    monkeypatch.setattr(sealing, "db", SimpleNamespace(engine=dialect, session=session))
    sealing.hold_still(alone=alone)
    assert told == said


# --- Server keys ---------------------------------------------------------------------------------


def sealed_for(count: int) -> dict[Place, bytes]:
    with transaction():
        places = [dataclasses.replace(HERE, owner=f"owner{at}") for at in range(count)]
        return {place: seal(place.owner, place) for place in places}


def all_open(fields: dict[Place, bytes]) -> bool:
    with reading():
        return all(unseal(sealed, place) == place.owner for place, sealed in fields.items())


@pytest.mark.sqlite_only
def test_rotate_retire_and_start_without_the_old_key(own: Flask, tmp_path: Path) -> None:
    fields, folder, run = sealed_for(7), tmp_path / "keys", own.test_cli_runner()
    assert "newest one" in run.invoke(args=["keys", "retire", "1"]).output
    assert "7 data keys wrapped with kek-2" in run.invoke(args=["keys", "rotate"]).output
    assert stat.S_IMODE((folder / "kek-2.key").stat().st_mode) == 0o400
    assert all_open(fields)
    run.invoke(args=["keys", "retire", "1"])
    assert not (folder / "kek-1.key").exists()
    assert (folder / "retired" / "kek-1.key").exists()
    (folder / "retired" / "kek-1.key").unlink()
    assert "kek-2  newest    7 data keys" in run.invoke(args=["keys", "list"]).output
    again = create_app(Settings(mode="test", data=tmp_path, keys=folder))
    with again.app_context():
        assert all_open(fields)
        assert all_open(sealed_for(9))
        assert rotation.health() == []
        db.engine.dispose()


def test_server_keys_change_on_either_engine(app: Flask) -> None:
    with app.app_context():
        fields = sealed_for(5)
        old = rotation.rotate().newest - 1
        assert all_open(fields)
        rotation.retire(old)
        assert all_open(fields)
        assert all_open(sealed_for(6))
        with pytest.raises(rotation.Refused, match="there is no"):
            rotation.retire(old)


@pytest.mark.sqlite_only
def test_a_key_that_is_in_use_is_not_retired(own: Flask, tmp_path: Path) -> None:
    fields = sealed_for(2)
    keys.add_kek(tmp_path / "keys")
    answer = own.test_cli_runner().invoke(args=["keys", "retire", "1"])
    assert answer.exit_code == 1
    assert "wraps 2 data keys" in answer.output
    assert all_open(fields)


@pytest.mark.sqlite_only
def test_other_processes_meet_a_new_key_without_a_restart(own: Flask, tmp_path: Path) -> None:
    fields = sealed_for(3)
    # As a web process that started before the rotation has them.
    before = keys.load(tmp_path / "keys")
    rotation.rotate()
    own.extensions["keys"] = before
    assert all_open(fields)
    own.extensions["keys"] = before
    rotation.retire(1)
    own.extensions["keys"] = before
    with transaction():
        sealing.prepare("newcomer")
    with reading():
        used = set(db.session.scalars(select(DataKey.kek)))
    assert used == {2}, "nobody's key is wrapped with one that was retired meanwhile"


@pytest.mark.sqlite_only
def test_rotation_killed_at_20_points_loses_nothing(
    own: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, real, folder = sealed_for(60), sealing.wrap, tmp_path / "keys"
    monkeypatch.setattr(rotation, "BATCH", 7)
    kills = 0
    for point in range(0, 60, 3):
        calls = iter(range(1_000))

        def killed_here(*given: object, calls: Iterator[int] = calls, point: int = point) -> bytes:
            if next(calls) == point:
                raise Killed
            return real(*given)

        monkeypatch.setattr(sealing, "wrap", killed_here)
        # Each turn finishes the rotation before and is killed in a new one.
        with pytest.raises(Killed):
            rotation.rotate()
        kills += 1
        monkeypatch.setattr(sealing, "wrap", real)
        own.extensions["keys"] = keys.load(folder)
        assert all_open(fields), point
        assert rotation.rotate().added is None, "finishes what was begun"
        assert all_open(fields)
    assert kills == 20
    newest = keys.load(folder).newest_kek
    for number in range(1, newest):
        rotation.retire(number)
    assert all_open(fields)


@pytest.mark.sqlite_only
def test_a_kill_while_a_key_is_written_leaves_no_half_key(
    own: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, folder = sealed_for(2), tmp_path / "keys"
    for step in ("fsync", "link"):

        def killed(*_given: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(os, step, killed)
            with pytest.raises(Killed):
                rotation.rotate()
        own.extensions["keys"] = keys.load(folder)
        assert own.extensions["keys"].newest_kek == 1
        assert all_open(fields)
    assert rotation.rotate().added == 2


@pytest.mark.sqlite_only
def test_a_missing_key_is_told_by_the_doctor(own: Flask, tmp_path: Path) -> None:
    fields, folder = sealed_for(2), tmp_path / "keys"
    rotation.rotate()
    (folder / "kek-2.key").rename(tmp_path / "away")
    own.extensions["keys"] = keys.load(folder)
    assert rotation.health() == ["2 data keys need kek-2.key, which is not in the key folder"]
    with pytest.raises(CannotOpen):
        all_open(fields)


@pytest.mark.sqlite_only
def test_no_column_of_the_two_layers_is_unknown() -> None:
    # Whoever adds a sealed column looks here first: which layer, and does the thief's test plant in it?
    found = {
        f"{table.name}.{column.name}": column.info["sensitivity"]
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.info["sensitivity"] in {"S2", "S3"}
    }
    to_persons = {name for name, level in found.items() if level == "S3"}
    assert to_persons == {
        *("note.body", "message.body", "agreement.body", "closing_word.body"),
        *("goal.title", "goal.measure", "goal.evidence", "goal_step.words"),
        *("review.title", "review_round.body", "review_round.answer", "review_file.sealed"),
        *("review_question.words", "review_question.answer"),
        *("journal_entry.body", "journal_copy.body"),
        *("circle_post.body", "case_sheet.body", "circle_presence.change"),
        *("certificate.pdf_sealed", "hours_statement.pdf_sealed"),
    }
