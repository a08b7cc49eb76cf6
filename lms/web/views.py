"""Pages of the shell: home, the small pages, colours, health."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from lms.core import discretion
from lms.core.clock import now
from lms.core.db import db
from lms.core.i18n import DEFAULT, LANGUAGES, format_day, format_time, language, speak
from lms.core.i18n import gettext as _
from lms.core.policy import actor, allow, public, signed_in
from lms.core.room import cards
from lms.core.settings import Settings
from lms.web.assets.samples import samples
from lms.web.forms import Form
from lms.web.page import THEME_COOKIE, THEMES, front_url, page
from lms.web.policy import Permission
from lms.web.small_pages import small_page

YEAR = 365 * 24 * 3600
# The page that Leave shows where the operator named no other: clocks of the region, nothing of ours.
CLOCKS = (
    ("Almaty", "Алматы", "Asia/Almaty"),
    ("Bishkek", "Бишкек", "Asia/Bishkek"),
    ("Tbilisi", "Тбилиси", "Asia/Tbilisi"),
    ("Kyiv", "Киев", "Europe/Kyiv"),
    ("Vilnius", "Вильнюс", "Europe/Vilnius"),
    ("Warsaw", "Варшава", "Europe/Warsaw"),
)

# Cards from this order on stand below the side column on a phone.
FOLD = 50

bp = Blueprint("web", __name__, url_prefix="/<lang:lang>", template_folder="templates")
site = Blueprint("site", __name__, template_folder="templates")


@site.get("/")
@public
def front() -> AnyResponse:
    """Send a visitor to the language that the browser asks for."""
    return redirect(f"/{request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT}/", 302)


@bp.get("/home")
@allow(Permission.HOME)
def home() -> Response:
    """What is next and who stands beside you; each card is made by the room that knows it."""
    person = signed_in()
    found = cards("home", person)
    if discretion.discreet():
        found = [card for card in found if card.template.startswith("learning/")]
    first = [card for card in found if not card.aside and card.order < FOLD]
    more = [card for card in found if not card.aside and card.order >= FOLD]
    aside = [card for card in found if card.aside]
    return page("web/home.html", name=person.name, first=first, more=more, aside_cards=aside)


@bp.get("/about")
@public
def about() -> Response:
    """Who is behind it and what it is for."""
    return _small("about")


@bp.get("/rules")
@public
def rules() -> Response:
    """How people treat each other here."""
    return _small("rules")


@bp.get("/accessibility")
@public
def accessibility() -> Response:
    """What works, what does not yet, whom to tell."""
    return _small("accessibility")


@bp.get("/no-trace")
@public
def no_trace() -> Response:
    """How to leave nothing behind on a shared phone."""
    return _small("no-trace")


@bp.get("/limits")
@public
def cannot() -> Response:
    """What we cannot do: it is safer to know."""
    return _small("cannot")


def _small(name: str) -> Response:
    title, html = small_page(name, language())
    found = _settings()
    return page(
        "web/small.html", title=title, html=html, contact=found.contact, source_url=found.source_url
    )


@bp.route("/look", methods=["GET", "POST"])
@public
def look() -> AnyResponse:
    """Choose light, dark or the system's colours; kept in this browser only."""
    form = Form()
    if not form.validate_on_submit():
        return page("web/look.html", form=form)
    answer = redirect(url_for("web.home") if actor() else front_url(), 303)
    chosen = request.form.get("theme", "")
    if chosen in THEMES:
        https = _settings().https
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=https, httponly=True
        )
    return answer


@site.get("/today")
@public
def today() -> Response:
    """A page that says nothing about us: today's date and clocks. The default target of Leave."""
    speak(request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT)
    moment = now()
    rows = [
        (ru if language() == "ru" else en, format_time(moment, zone)) for en, ru, zone in CLOCKS
    ]
    here = moment.astimezone(ZoneInfo(_settings().time_zone))
    html = current_app.jinja_env.get_template("web/today.html").render(
        lang=language(), day=format_day(here), title=_("Clocks"), clocks=rows
    )
    return Response(html, mimetype="text/html")


@site.get("/styleguide")
@public
def styleguide() -> Response:
    """Every component in every state; in development and tests only."""
    if _settings().mode == "production":
        abort(404)
    wanted = request.args.get("lang", "")
    speak(wanted if wanted in LANGUAGES else DEFAULT)
    return page("styleguide.html", **samples())


@site.get("/health/live")
@public
def live() -> dict[str, Any]:
    """The process answers."""
    return {"live": True}


@site.get("/health/ready")
@public
def ready() -> dict[str, Any]:
    """The database answers too."""
    db.session.execute(text("SELECT 1"))
    return {"ready": True}


@site.get("/robots.txt")
@public
def robots() -> Response:
    """No search engine: a person's search history should not lead here."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
