"""Pages open to all: the catalogue, a course, its pictures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core import discretion
from lms.core.files.web import SHUT_IN
from lms.core.i18n import LANGUAGES, language
from lms.core.i18n import gettext as _
from lms.core.policy import actor, public
from lms.core.room import Card, cards
from lms.core.text import is_clean
from lms.courses import queries, words
from lms.courses.source.pictures import ADDRESS, MEDIA_TYPES
from lms.web.page import page

YEAR = 365 * 24 * 3600
LONGEST_SEARCH = 100

bp = Blueprint("courses", __name__, url_prefix="/<lang:lang>", template_folder="templates")
site = Blueprint("course_files", __name__)


@bp.get("/")
@public
def catalogue() -> Response:
    """The front page: what this is, and every course; searched and filtered by a GET form."""
    typed = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    typed = typed if is_clean(typed) else ""
    spoken = request.args.get("in", "")
    spoken = spoken if spoken in LANGUAGES else ""
    accompanied = bool(request.args.get("with"))
    found = queries.catalogue(language(), typed, spoken, with_mentor=accompanied)
    return page(
        "courses/catalogue.html",
        found=found,
        typed=typed,
        spoken=spoken,
        accompanied=accompanied,
        chips=_chips(typed, spoken, accompanied=accompanied),
        words=words,
        person=actor(),
        plain=discretion.discreet(),
    )


def _chips(typed: str, spoken: str, *, accompanied: bool) -> list[dict[str, object]]:
    """Links that keep what was searched for and change one thing."""
    unfiltered = not spoken and not accompanied
    return [
        _chip(_("All languages"), typed, current=unfiltered),
        *(
            _chip(name, typed, current=spoken == code, lang=code, choice={"in": code})
            for code, name in sorted(LANGUAGES.items(), key=lambda pair: pair[0] != language())
        ),
        _chip(_("With a mentor"), typed, current=accompanied, choice={"with": "1"}),
    ]


def _chip(
    text: str, typed: str, *, current: bool, lang: str = "", choice: dict[str, str] | None = None
) -> dict[str, object]:
    kept: dict[str, Any] = {"q": typed or None, **(choice or {})}
    url = url_for("courses.catalogue", _anchor="courses", **kept)
    return {"text": text, "url": url, "current": current, "lang": lang}


@bp.get("/courses/<course_pid>")
@public
def course(course_pid: str) -> Response:
    """One course: what it gives, its modules, who wrote it. Rooms above add progress and the next step."""
    version_id = queries.latest_version(course_pid)
    outline = queries.outline(version_id, language()) if version_id else None
    if outline is None:
        abort(404)
    g.nav = "courses.catalogue"
    made = cards("course", actor(), outline.course_id, outline)
    return page(
        "courses/course.html",
        outline=outline,
        states=_module_states(made),
        words=words,
        themes=words.THEMES,
        plain=discretion.discreet(),
        links_to_items="learning.item" in current_app.view_functions,
        aside_cards=[card for card in made if card.aside],
        cards=[card for card in made if not card.aside],
    )


def _module_states(made: list[Card]) -> dict[str, str]:
    """What a card says of the modules: its context may have `modules`, key of a module to done or here."""
    states: dict[str, str] = {}
    for card in made:
        states.update(card.context.get("modules", {}))
    return states


@site.get(f"{ADDRESS}<name>")
@public
def file(name: str) -> AnyResponse:
    """A picture of a course. Its name is the hash of what it is, so a browser may keep it for ever."""
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2])
    data = queries.course_file(name) if media_type else None
    if data is None:
        abort(404)
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.headers["Content-Security-Policy"] = SHUT_IN
    return response
