"""Error pages: what happened, what is safe, what to do next. What was typed is never lost."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from lms.core.db import finish, reading
from lms.core.i18n import gettext as _
from lms.core.log import log
from lms.web.forms import ReplayForm, typed_text
from lms.web.page import page

NOT_HERE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not here</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>Nothing is here</h1><p>Look at the address again.</p>
<p lang="ru">Здесь ничего нет. Проверьте адрес.</p></html>
"""


def init_app(app: Flask) -> None:
    """Attach the pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _another_name)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _broken)


def words(code: int) -> tuple[str, str]:
    """Heading and advice for a status code."""
    known = {
        404: (
            _("There is nothing at this address"),
            _("It may have moved, or it is not open to you. Start again from the first page."),
        ),
        405: (_("This page can't be used that way"), _("Go back and use the button on the page.")),
        413: (_("That is too much at once"), _("Make the text or file smaller and send it again.")),
        429: (_("A short pause"), _("Too many tries in a row. Wait a minute, then try again.")),
        503: (
            _("Very busy at the moment"),
            _("Nothing was saved and nothing is lost. Wait a few seconds and send it again."),
        ),
    }
    if code in known:
        return known[code]
    if code < 500:
        return _("This could not be understood"), _(
            "Go back, look at what you typed and try again."
        )
    return (
        _("Something broke on our side"),
        _("What you had saved before is safe. Try again in a minute."),
    )


def _http(error: HTTPException) -> Response:
    # A commit fails after the view has answered; Flask then knows nothing better than "500".
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, OperationalError):
        return _busy(cause)
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    return error_page(error.code)


def _another_name(_error: SecurityError) -> Response:
    # Asked for under a name that is not ours: no page of ours either, so nothing says what stands here.
    return Response(NOT_HERE, 400, {"Cache-Control": "no-store"}, mimetype="text/html")


def error_page(code: int) -> Response:
    """The page for a status code, with the typed text to send again where there is some."""
    finish(keep=False)
    heading, advice = words(code)
    form = ReplayForm.of_request() if typed_text() else None
    response = _page(code, heading, advice, form)
    if code in {429, 503}:
        response.headers["Retry-After"] = "5"
    return response


def _page(code: int, heading: str, advice: str, form: ReplayForm | None = None) -> Response:
    # Whose page it is can be asked without the write lock, which may be what somebody else holds.
    with reading():
        return page("error.html", code, heading=heading, advice=advice, replay=form)


def _stale(_error: CSRFError) -> Response:
    finish(keep=False)
    heading = _("This page was open for a long time")
    advice = _("What you typed is still here. Press the button to send it again.")
    return _page(400, heading, advice, ReplayForm.of_request())


def _undo() -> None:
    """Roll back; the browser's cookie too: no sign-in that is not stored, no word of what was not done."""
    finish(keep=False)
    came = current_app.session_interface.open_session(current_app, request)
    session.clear()
    session.update(came or {})
    session.modified = False
    # The token of a form, as it was made for the cookie that does not come about.
    g.pop("csrf_token", None)


def _conflict(_error: IntegrityError) -> Response:
    _undo()
    heading = _("Somebody was faster")
    advice = _(
        "This changed while you were looking at it. Go back, look again and repeat what you need."
    )
    return _page(409, heading, advice)


def _unfit(_error: DataError) -> Response:
    # PostgreSQL has no NUL in a text, so nothing bears such a name. SQLite just finds nothing.
    return error_page(404 if request.method == "GET" else 400)


def _busy(error: OperationalError) -> Response:
    log.error("database.unavailable", error=type(error.orig).__name__)
    # Not another question to a database that does not answer: who it is stands there or stays unknown.
    g.setdefault("actor", None)
    _undo()
    return error_page(503)


def _broken(error: Exception) -> Response:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.error("request.failed", endpoint=request.endpoint, exc_info=error)
    _undo()
    return error_page(500)
