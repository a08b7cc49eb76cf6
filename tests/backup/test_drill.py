"""The drill finds what a restore would only show on the day it is needed; the timer is one that systemd takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.audit.models import AccessEvent
from lms.backup import drill, look, rows, store
from lms.core.db import db, transaction
from lms.core.settings import Settings

pytestmark = pytest.mark.sqlite_only
HOST = Path(__file__).resolve().parents[2] / "docs" / "host"


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def test_it_is_content_notes_it_and_leaves_nothing(site: Flask) -> None:
    settings = settings_of(site)
    before = drill.contents()
    made = drill.drill(settings)
    assert made.rows == before.rows > 1000
    assert "drilled_at" in store.record(settings)
    assert not list(settings.data.glob(".trial-*"))
    assert not list(settings.backups.glob("*"))
    assert rows.differences(before, drill.contents()) == [], "the instance itself is only read"


def a_line_was_changed(_site: Flask, _patch: pytest.MonkeyPatch) -> None:
    with transaction():
        db.session.execute(update(AccessEvent).values(shown="Somebody else"))


def a_page_breaks(site: Flask, _patch: pytest.MonkeyPatch) -> None:
    make: Callable[[Settings], Flask] = site.extensions["create_app"]

    def broken(settings: Settings) -> Flask:
        app = make(settings)

        def breaks(**_: Any) -> str:
            raise RuntimeError("planted")

        app.view_functions["web.home"] = breaks
        return app

    site.extensions["create_app"] = broken


def nobody_can_sign_in(_site: Flask, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(look, "_browser_of", lambda app, _person: app.test_client())


def rows_get_lost(_site: Flask, patch: pytest.MonkeyPatch) -> None:
    batches = rows._batches

    def loses(shape: Any, found: Any) -> Iterator[Any]:
        yield from (batch[1:] for batch in batches(shape, found) if len(batch) > 1)

    patch.setattr(rows, "_batches", loses)


def the_copy_is_cut(_site: Flask, patch: pytest.MonkeyPatch) -> None:
    create = store.create

    def cuts(*arguments: Any) -> Any:
        path, manifest = create(*arguments)
        path.write_bytes(path.read_bytes()[:-10_000])
        return path, manifest

    patch.setattr(store, "create", cuts)


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (a_line_was_changed, "access record"),
        (a_page_breaks, "answers 500"),
        (nobody_can_sign_in, "answers 303 to a learner"),
        (rows_get_lost, "not what the copy holds|refuses a row"),
        (the_copy_is_cut, "cannot be opened|too early"),
    ],
)
def test_it_finds(
    site: Flask,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[Flask, pytest.MonkeyPatch], None],
    told: str,
) -> None:
    plant(site, monkeypatch)
    with pytest.raises((drill.Wrong, rows.Damaged), match=told):
        drill.drill(settings_of(site))
    assert "drilled_at" not in store.record(settings_of(site))


# --- The timer -----------------------------------------------------------------------------------


def test_systemd_understands_the_timer(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed: apt install systemd")
    for name in ("alongside-backup.timer", "alongside-backup.service"):
        unit = (HOST / name).read_text()
        (tmp_path / name).write_text(re.sub(r"/srv/alongside/\.venv/bin/\w+", "/bin/true", unit))
    command = [tool, "verify", str(tmp_path / "alongside-backup.timer")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "alongside" not in checked.stderr


def test_the_timer_keeps_the_promise_of_fifteen_minutes() -> None:
    timer = (HOST / "alongside-backup.timer").read_text()
    assert "OnCalendar=*:0/15" in timer
    assert "Persistent=true" in timer
    service = (HOST / "alongside-backup.service").read_text()
    (writes,) = re.findall(r"^ReadWritePaths=(\S+)$", service, re.MULTILINE)
    assert f"ALONGSIDE_BACKUPS={writes}\n" in (HOST / "settings.env").read_text()
    assert re.findall(r"flask (backup \w+)$", service, re.MULTILINE) == [
        "backup create",
        "backup prune",
    ]
