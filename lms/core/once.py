"""One-time form keys: the same form, sent twice, is done once and answered the same way.

Every page with a form carries a random key. The first POST writes it in its own transaction, together with
the address that it redirected to; a repeat finds the row and is sent to that address. A refused form (an
error page) rolls back, so it does not use up its key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask, Response, abort, g, redirect, request, session
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response as AnyResponse

from lms.core.clock import now
from lms.core.db import S1, Model, db, finish, insert_into
from lms.core.ids import token
from lms.core.keys import Keys

FIELD = "form_key"
KEPT = timedelta(days=2)


class FormKey(Model):
    """A form that was acted upon. The digest binds the key to the browser that got the page."""

    __tablename__ = "form_key"

    digest: Mapped[bytes] = mapped_column(primary_key=True, info=S1)
    location: Mapped[str] = mapped_column(default="", info=S1)
    used_at: Mapped[datetime] = mapped_column(index=True, info=S1)


def init_app(app: Flask, keys: Keys) -> None:
    """Watch every POST that carries a form key."""

    @app.before_request
    def claim() -> AnyResponse | None:
        key = request.form.get(FIELD, "") if request.method == "POST" else ""
        if not key:
            return None
        return _claim(keys.digest("form", f"{browser_token()}\0{key[:64]}"))

    @app.after_request
    def remember(response: Response) -> Response:
        # An answer that refuses the form takes its key back, and this with it.
        if (digest := g.get("form_claimed")) and response.location:
            _store_location(digest, response.location)
        return response


def new_key() -> str:
    """A key for a form that is being shown, in a browser that can be told from others from then on."""
    browser_token()
    return token()


def browser_token() -> str:
    """A random value that stays in this browser's signed cookie, signed in or not."""
    if "b" not in session:
        session["b"] = token()
    return str(session["b"])


def _claim(digest: bytes) -> AnyResponse | None:
    # A second, parallel post waits here for the first one: for the write lock, or for the row's index entry.
    row = insert_into(FormKey).values(digest=digest, location="", used_at=now())
    if db.session.execute(row.on_conflict_do_nothing().returning(FormKey.digest)).first():
        g.form_claimed = digest
        return None
    location = db.session.scalar(select(FormKey.location).where(FormKey.digest == digest))
    return redirect(location or "/", 303)


@contextmanager
def waiting() -> Iterator[None]:
    """Let go of the open transaction while something slow is done: no other writer waits for it.

    The form's key is given back with it and claimed again afterwards. If the same form was done meanwhile by a
    second post, that one's answer is given for this one, too.
    """
    digest = g.pop("form_claimed", None)
    finish(keep=False)
    yield
    if digest is not None and (answer := _claim(digest)) is not None:
        abort(answer)


def release() -> None:
    """Give the key back, for an answer that commits but lets the person try the same form again."""
    if digest := g.pop("form_claimed", None):
        db.session.execute(delete(FormKey).where(FormKey.digest == digest))


def _store_location(digest: bytes, location: str) -> None:
    db.session.execute(update(FormKey).where(FormKey.digest == digest).values(location=location))


def forget_old() -> None:
    """Drop keys of forms that nobody can still have open."""
    db.session.execute(delete(FormKey).where(FormKey.used_at < now() - KEPT))
