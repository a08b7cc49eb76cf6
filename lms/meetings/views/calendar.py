"""A secret address for phones' calendars: off until somebody makes one, and ended with one press."""

from __future__ import annotations

from flask import Response, abort, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import allow, public, signed_in
from lms.core.settings import Settings
from lms.meetings import actions, ics, queries
from lms.meetings.brake import UNKNOWN, Brake
from lms.meetings.policy import Permission
from lms.meetings.views import bp
from lms.web.forms import Form
from lms.web.page import page

BRAKE, STRANGERS = Brake(60), Brake(600)


@bp.get("/calendar")
@allow(Permission.CALENDAR)
def calendar() -> Response:
    """Whether one's calendar fetches meetings, and how to stop it."""
    return _calendar_page("")


def _calendar_page(secret: str, *, keep: bool = False) -> Response:
    person = signed_in()
    since = queries.feed_of(person.id)
    settings: Settings = current_app.extensions["settings"]
    path = url_for("meetings.feed", secret=secret) if secret else ""
    return page(
        "meetings/calendar.html",
        keep=keep,
        form=Form(formdata=None),
        since=since,
        address=f"{settings.public_url.rstrip('/')}{path}" if path else "",
        zone=person.zone,
    )


@bp.post("/calendar")
@allow(Permission.CALENDAR)
def make_feed() -> AnyResponse:
    """Make a new address and show it, once; an older one ends."""
    if not Form().validate():
        return redirect(url_for("meetings.calendar"), 303)
    return _calendar_page(actions.make_feed(signed_in().id), keep=True)


@bp.post("/calendar/stop")
@allow(Permission.CALENDAR)
def stop_feed() -> AnyResponse:
    """End the address at once."""
    if Form().validate():
        actions.stop_feed(signed_in().id)
        flash(_("Stopped. The address leads nowhere from now on."), "done")
    return redirect(url_for("meetings.calendar"), 303)


@bp.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> Response:
    """What a calendar fetches. Whoever has the address may; nobody is signed in, and nothing is remembered."""
    digest, moment = actions.digest(secret), now()
    if BRAKE.holds(digest, moment):
        abort(429)
    found = queries.feed(digest, moment)
    if found is None:
        abort(429 if STRANGERS.holds(UNKNOWN, moment) else 404)
    response = Response(ics.written(found), mimetype=ics.MEDIA_TYPE)
    response.headers["Content-Language"] = language()
    response.headers["Cache-Control"] = "no-store"
    return response
