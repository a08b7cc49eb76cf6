"""Who is on the other end of a request. The only module that knows Flask-Login (it has no types).

The signed cookie holds a random token, when it was last used, and nothing about the person.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from lms.accounts import queries
from lms.accounts.queries import Found
from lms.core.clock import now
from lms.core.policy import Actor
from lms.core.settings import Settings

TOKEN = "_user_id"  # noqa: S105 - where Flask-Login keeps the id that `Bearer.get_id` returns
LAST = "t"
FRESH = "f"
FRESH_FOR = 10 * 60
# What a guest wanted, and the random token that binds form keys to the browser (`core.once`).
_KEPT_OVER_SIGN_IN = ("kept", "b")


class Bearer:
    """The four members that Flask-Login asks of a user, around the cookie's token and whose it is."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, token: str, found: Found | None = None) -> None:
        self.token, self.found = token, found

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.token


def init_app(app: Flask, settings: Settings) -> None:
    """Set up cookies and Flask-Login."""
    # Templates get who is looking from the shell, read before they run.
    manager = LoginManager(app, add_context_processor=False)
    # Its session protection hashes address and browser into the cookie; nothing of that is kept here.
    manager.session_protection = None
    manager._session_identifier_generator = lambda: ""  # noqa: SLF001
    manager.user_loader(_load)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-s" if settings.https else "s",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.own_phone_days * 24 * 3600,
    )


def identify() -> Actor | None:
    """The signed-in person of this request, or None.

    Somebody who still has to show a second factor is nobody: no page can forget to ask for it.
    """
    who = found()
    if who is None or who.half_way:
        return None
    return Actor(
        who.person_id,
        who.public_id,
        who.handle,
        who.roles,
        who.zone,
        who.sign_in_id,
        fresh(),
        who.discreet,
    )


def half_way() -> Found | None:
    """Who has typed her passphrase and has not shown the second factor that is asked of her."""
    who = found()
    return who if who and who.half_way else None


def found() -> Found | None:
    """Who is behind this request's cookie, however far she has come."""
    if TOKEN not in session or not current_user.is_authenticated:
        return None
    who: Found | None = current_user.found
    return who


def _load(token: str) -> Bearer | None:
    found = queries.by_token(token, now())
    if found is None or (not found.own_phone and _idle()):
        return None
    _tick()
    return Bearer(token, found)


def _idle() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return time.time() - int(session.get(LAST, 0)) > settings.idle_minutes * 60


def fresh() -> bool:
    """Whether the passphrase was typed in this browser a few minutes ago."""
    # In the signed cookie beside the token: where the sign-in has ended, an old copy of it is worth nothing.
    return 0 <= time.time() - int(session.get(FRESH, 0)) < FRESH_FOR


def freshen() -> None:
    """Remember that the passphrase was typed in this browser now."""
    session[FRESH] = int(time.time())
    g.pop("actor", None)


def stale() -> None:
    """Forget that the passphrase was typed."""
    session.pop(FRESH, None)
    g.pop("actor", None)


def _tick() -> None:
    # The idle clock lives in the cookie, not in a row: a page view writes nothing. One cookie a minute at most.
    if time.time() - int(session.get(LAST, 0)) > 60:
        session[LAST] = int(time.time())


def begin(token: str, *, own_phone: bool) -> None:
    """Put a new sign-in into the cookie. Everything older in it goes, so a planted cookie is worth nothing."""
    kept = {name: session[name] for name in _KEPT_OVER_SIGN_IN if name in session}
    session.clear()
    # The token of the emptied session stands in `g`, too: a form in this very answer would carry it.
    g.pop("csrf_token", None)
    session.update(kept)
    session.permanent = own_phone
    session[LAST] = int(time.time())
    freshen()
    carry(token)
    if current_user.found and current_user.found.discreet:
        # This passphrase opens courses only; for the rest it is typed once more.
        stale()


def carry(token: str) -> None:
    """Put another token into the cookie, for the same sign-in: what it may has changed."""
    login_user(Bearer(token, queries.by_token(token, now())))
    session.pop("_id", None)
    g.pop("actor", None)


def end() -> str | None:
    """Empty the cookie. Return the token that was in it, so that its row can go too."""
    token: Any = session.get(TOKEN)
    logout_user()
    session.clear()
    g.pop("actor", None)
    return str(token) if token else None


def token() -> str:
    """The token of this browser's sign-in."""
    return str(session[TOKEN])


def forget_browser(response: Response) -> Response:
    """Ask the browser to drop what it has of us. Only over TLS do browsers listen."""
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"], secure=request.is_secure)
    return response
