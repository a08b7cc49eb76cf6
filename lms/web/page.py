"""Making a page: read first, close the transaction, then render.

A view ends with `page(...)`. From there on the database is out of reach, so no lock is held and no query
hides in a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from flask import (
    Response,
    current_app,
    g,
    get_flashed_messages,
    make_response,
    render_template,
    request,
    url_for,
)

from lms.core import once, room
from lms.core.db import finish, rendering
from lms.core.i18n import LANGUAGES, gettext, language
from lms.core.policy import Actor, actor
from lms.core.settings import Settings
from lms.web import gate

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"


# What a phone of 320 px and a header of 1,000 px take; whoever has more finds the rest under More.
MOST_TABS, MOST_IN_BAR = 5, 7


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a navigation."""

    label: str
    url: str
    icon: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the header shows of a signed-in person."""

    name: str
    initial: str
    is_mentor: bool
    url: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around a page's content; `templates/README.md` describes each field."""

    product: str
    marked: bool
    lang: str
    dir: str
    theme: str
    switch: list[tuple[str, str, str]]
    nav: tuple[Link, ...]
    tabs: tuple[Link, ...]
    more: tuple[Link, ...]
    viewer: Viewer | None
    home_url: str
    sign_in_url: str
    leave_url: str
    footer: tuple[tuple[str, str], ...]
    flashes: list[tuple[str, str]]
    idle_minutes: int
    focus_mode: bool = False


def page(template: str, status: int = 200, *, keep: bool = False, **context: Any) -> Response:
    """Render a template as the answer.

    `keep` commits what a writing request did although it answers with a page (a counted failure); without
    it such a request is rolled back, and its form may be sent again either way.
    """
    shell = make_shell(actor())
    if keep:
        once.release()
    finish(keep=keep)
    with rendering():
        response = make_response(render_template(template, shell=shell, **context), status)
    # Every page: it may hold a form's token, and on a shared phone even a public lesson tells what was read.
    response.headers["Cache-Control"] = "no-store"
    return response


def make_shell(person: Actor | None) -> Shell:
    """The shell for this request and person. Costs no statement."""
    lang = language()
    settings: Settings = current_app.extensions["settings"]
    shows = gate.sieve()
    items = [item for item in room.navigation(person) if shows(item.endpoint)]
    here = (g.get("nav"), request.path)
    links = [(item, _link(item, *here)) for item in items]
    tabs = _first([link for item, link in links if item.tab], MOST_TABS) if person else ()
    return Shell(
        product=settings.product(lang),
        marked=not settings.logos_are_hidden,
        lang=lang,
        dir="rtl" if request.args.get("dir") == "rtl" and settings.mode == "test" else "ltr",
        theme=theme(),
        switch=[(code, name, _same_page(code)) for code, name in LANGUAGES.items() if code != lang],
        nav=tuple(link for item, link in links if item.bar)[:MOST_IN_BAR],
        tabs=tabs,
        more=tuple(link for _item, link in links if link not in tabs),
        viewer=_viewer(person),
        home_url=address("web.home") if person else front_url(),
        sign_in_url=address("accounts.sign_in"),
        leave_url=address("leaving.leave"),
        footer=tuple((label, url) for endpoint, label, url in _footer(lang) if shows(endpoint)),
        flashes=get_flashed_messages(with_categories=True),  # type: ignore[arg-type]
        idle_minutes=settings.idle_minutes if person else 0,
    )


def front_url() -> str:
    """The first page in the reader's language, open to all."""
    return f"/{language()}/"


def theme() -> str:
    """The colours that this browser chose; the system's own by default."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def _viewer(person: Actor | None) -> Viewer | None:
    if person is None:
        return None
    initial = person.name[:1].upper() or "?"
    return Viewer(person.name, initial, person.has("mentor"), address("accounts.account"))


def address(endpoint: str, **parts: Any) -> str:
    """`url_for`, remembered: an address depends on nothing but its parts and the language of the page."""
    whole = f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint
    return _address(whole, language(), **parts)


@lru_cache(4096)
def _address(endpoint: str, _lang: str, /, **parts: Any) -> str:
    return url_for(endpoint, **parts)


def _first(links: list[Link], most: int) -> tuple[Link, ...]:
    """As many as there is place for; the last one leads to the others, so it stays."""
    return tuple(links) if len(links) <= most else (*links[: most - 1], links[-1])


def _link(item: room.NavItem, belongs_to: str | None, path: str) -> Link:
    url = address(item.endpoint)
    return Link(str(item.label), url, item.icon, item.endpoint == belongs_to or url == path)


def _same_page(code: str) -> str:
    # The same address in the other language; the query goes along, a POST's page falls back to its address.
    parts = request.path.split("/", 2)
    rest = parts[2] if len(parts) > 2 and parts[1] in LANGUAGES else ""
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    return f"/{code}/{rest}{query}"


@cache
def _footer(_lang: str) -> tuple[tuple[str, str, str], ...]:
    names = [
        ("audit.your_data", gettext("Your data")),
        ("safeguarding.report", gettext("Something is wrong")),
        ("web.about", gettext("About")),
        ("web.rules", gettext("Community rules")),
        ("web.accessibility", gettext("Accessibility")),
        ("web.no_trace", gettext("How to leave no trace")),
        ("web.cannot", gettext("What we cannot do")),
        ("certificates.check", gettext("Check a certificate")),
    ]
    known = current_app.view_functions
    return tuple(
        (endpoint, label, address(endpoint)) for endpoint, label in names if endpoint in known
    )
