"""What is there for somebody who is to see little: a guest where pages are not public, a discreet view.

Closed by default: a new page is not among them until it is named here.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, request

from lms.core import discretion
from lms.core.policy import SignInNeeded, actor
from lms.core.settings import Settings

# The way in and out, and pages that say nothing of what is here.
DOORS = {"accounts", "leaving", "site"}
PLAIN = {
    *("web.look", "web.no_trace", "web.accessibility", "web.cannot", "cohorts.code"),
    *("safeguarding.report", "safeguarding.sent"),
}
CHECK = {
    *("certificates.check", "certificates.checked"),
    *("certificate_numbers.short", "certificate_numbers.scanned"),
}
# Opened by calendars and mailboxes, with a secret address; nobody is signed in there.
FETCHED = {"meetings.feed", "messaging.stop"}
# What a discreet view shows of somebody's own.
COURSES = {"courses", "course_files", "learning", "assessment", "discreet"}
ENDPOINTS = {"web.home"}
# In these rooms, pages about other people.
NOT_OWN = {"learning.read_task", "learning.answer_task", "learning.open_file"}


def init_app(app: Flask) -> None:
    """Put it before every page."""

    @app.before_request
    def close() -> None:
        if hides_from_guests(request.endpoint) and actor() is None:
            raise SignInNeeded


def hides_from_guests(endpoint: str | None) -> bool:
    """Whether guests are sent to sign in, where pages are not public or checking is not."""
    settings = _settings()
    if endpoint in CHECK:
        return settings.public_check == "off"
    return not settings.pages_are_public and not _is_plain(endpoint)


def closes(endpoint: str | None) -> bool:
    """Whether a discreet view hides the page."""
    room = (endpoint or "").partition(".")[0]
    shown = _is_plain(endpoint) or room in COURSES or endpoint in ENDPOINTS
    return not shown or endpoint in NOT_OWN


def sieve() -> Callable[[str], bool]:
    """What tells whether a link to a page may stand in this answer. Made once, asked for every link."""
    if actor() is None:
        return lambda endpoint: not hides_from_guests(endpoint)
    if discretion.discreet():
        return lambda endpoint: not closes(endpoint)
    return lambda _endpoint: True


def _is_plain(endpoint: str | None) -> bool:
    plain = endpoint in PLAIN | FETCHED
    return endpoint is None or plain or endpoint.partition(".")[0] in DOORS


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
