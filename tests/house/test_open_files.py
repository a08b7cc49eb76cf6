"""A database file that is open is read by another process only: see `tests.disk`."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.disk import lying_in

pytestmark = pytest.mark.sqlite_only


def _still_open_after(look: Callable[[Path], bytes], folder: Path) -> bool:
    """Whether our connections live on when somebody from outside comes after our look at the files."""
    path = folder / "alongside.db"
    ours = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t (x)",
        "INSERT INTO t VALUES (1)",
    ):
        ours.execute(statement)
    for file in folder.glob("alongside.db*"):
        look(file)
    subprocess.run(["sqlite3", str(path), f".backup '{folder / 'copy'}'"], check=True)
    other = sqlite3.connect(path)
    try:
        ours.execute("INSERT INTO t VALUES (2)")
        return other.execute("SELECT count(*) FROM t").fetchone() == (2,)
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
        ours.close()


def test_a_look_from_outside_takes_no_lock_away(tmp_path: Path) -> None:
    assert _still_open_after(lying_in, tmp_path)


def test_a_look_of_our_own_would(tmp_path: Path) -> None:
    assert not _still_open_after(Path.read_bytes, tmp_path)
