"""The page "Your data"."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from lms.audit import queries
from lms.audit.holdings import HOLDINGS
from lms.audit.policy import Permission
from lms.core.policy import actor, allow, public, signed_in
from lms.web.page import page

bp = Blueprint("audit", __name__, url_prefix="/<lang:lang>", template_folder="templates")

LATEST = 5
ON_A_PAGE = 50


@bp.get("/your-data")
@public
def your_data() -> Response:
    """What is held, who has looked at it, what one can do. For guests: what an account would hold."""
    person = actor()
    if person is None:
        return page("audit/your_data_guest.html", holdings=HOLDINGS)
    count, latest = queries.visit_count(person.id), queries.visits(person.id, LATEST)
    return page(
        "audit/your_data.html",
        holdings=HOLDINGS,
        visits=latest,
        count=count,
        more=count > LATEST,
        zone=person.zone,
    )


@bp.get("/your-data/visits")
@allow(Permission.OWN)
def visits() -> Response:
    """Every visit, latest first."""
    person, number = signed_in(), max(1, request.args.get("page", 1, type=int))
    count = queries.visit_count(person.id)
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(number, pages)
    found = queries.visits(person.id, ON_A_PAGE, (number - 1) * ON_A_PAGE)
    return page(
        "audit/visits.html",
        visits=found,
        count=count,
        number=number,
        pages=pages,
        newer=url_for("audit.visits", page=number - 1) if number > 1 else None,
        older=url_for("audit.visits", page=number + 1) if number < pages else None,
        zone=person.zone,
    )
