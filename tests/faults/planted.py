"""Servers for faults: the product as it is, warmed up; with a fault planted; dying where it is told to.

Nothing of this is in the product: faults are put over it from outside.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import Engine, event
from werkzeug.wsgi import ClosingIterator

from config import settings
from lms.app import create_app
from lms.core import db as data
from lms.core.db import db

_late = threading.local()


def sound() -> Flask:
    """The product. Warm before it is forked, so that a worker that takes a dead one's place is not slow."""
    return warm(create_app(settings))


def warm(app: Flask) -> Flask:
    """Compile every template, load locale data, run a statement; leave no connection to be shared."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    for address in ("/en/", "/en/join", "/en/code", "/en/sign-in"):
        app.test_client().get(address)
    with app.app_context():
        db.engine.dispose()
    return app


def early() -> Flask:
    """Acknowledges before it commits: the answer is on its way while the transaction is still open."""
    real = data.finish

    def finish(*, keep: bool) -> None:
        if not (keep and has_request_context()):
            real(keep=keep)
            return
        _late.session = db.session()
        db.session.registry.clear()

    data.finish = finish
    app = sound()
    inner = app.wsgi_app

    def commit_late() -> None:
        session = getattr(_late, "session", None)
        if session is not None:
            _late.session = None
            time.sleep(0.2)
            session.commit()
            session.close()

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return ClosingIterator(inner(environ, start), commit_late)

    app.wsgi_app = outer  # type: ignore[method-assign]
    return app


def forgetful() -> Flask:
    """Does not keep what was done with a form: a repeat is done again. Dies as `aimed` does."""
    app = aimed()
    app.before_request_funcs[None] = [
        one
        for one in app.before_request_funcs[None]
        if one.__qualname__ != "init_app.<locals>.claim"
    ]
    return app


def hasty() -> Flask:
    """Leaves it to the machine when a commit reaches the disk."""

    @event.listens_for(Engine, "connect")
    def hurry(connection: Any, _entry: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    return sound()


def aimed() -> Flask:
    """Dies at the named point of a request that asks for it: `before` the commit, or `after` it."""
    real = data.finish

    def finish(*, keep: bool) -> None:
        aim = request.headers.get("X-Aim", "") if keep and has_request_context() else ""
        if aim == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(keep=keep)
        if aim == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    data.finish = finish
    return sound()
