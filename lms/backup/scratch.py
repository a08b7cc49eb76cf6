"""A second application in a folder that goes away: where copies are tried out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from lms.core import log
from lms.core.db import db, finish
from lms.core.settings import Settings


@contextmanager
def application(**changes: Any) -> Iterator[Flask]:
    """The present application with other settings, its context pushed."""
    make: Callable[[Settings], Flask] = current_app.extensions["create_app"]
    own: Settings = current_app.extensions["settings"]
    app = make(replace(own, log_level="error", **changes))
    try:
        with app.app_context():
            try:
                yield app
            finally:
                finish(keep=False)
                db.session.remove()
                db.engine.dispose()
    finally:
        log.configure(own.log_level)


@contextmanager
def scratch() -> Iterator[Flask]:
    """An application on an empty SQLite database that nobody else sees and that is gone afterwards."""
    own: Settings = current_app.extensions["settings"]
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=own.data) as name:
        folder = Path(name)
        with application(data=folder, database_url="", redis_url="", mail_url="") as app:
            yield app
