"""The page "Your data"."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions, queries
from lms.audit.forms import AnswerForm
from lms.audit.holdings import holdings
from lms.audit.policy import Permission
from lms.audit.queries import Question
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, actor, allow, public, signed_in
from lms.web.forms import Form, typed
from lms.web.page import page

bp = Blueprint("audit", __name__, url_prefix="/<lang:lang>", template_folder="templates")

LATEST = 5
ON_A_PAGE = 50
MOST_LINES = 2**31


@bp.get("/your-data")
@public
def your_data() -> Response:
    """What is held, who has looked at it, what one can do. For guests: what an account would hold."""
    person = actor()
    if person is None:
        return page("audit/your_data_guest.html", holdings=holdings())
    count, latest = queries.visit_count(person.id), queries.visits(person.id, LATEST)
    return page(
        "audit/your_data.html",
        form=Form(formdata=None),
        holdings=holdings(),
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
        form=Form(formdata=None),
        visits=found,
        count=count,
        number=number,
        pages=pages,
        newer=url_for("audit.visits", page=number - 1) if number > 1 else None,
        older=url_for("audit.visits", page=number + 1) if number < pages else None,
        zone=person.zone,
    )


@bp.post("/your-data/why")
@allow(Permission.OWN)
def ask_why() -> AnyResponse:
    """Ask why somebody looked; who looked and the administrators are told the number of the line."""
    number = request.form.get("number", 0, type=int)
    if Form().validate() and 0 < number < MOST_LINES:
        actions.ask_why(signed_in().id, number)
        flash(_("Asked. The answer will stand under the line."), "done")
    return redirect(url_for("audit.visits" if number else "audit.your_data"), 303)


def _question(_person: Actor, question: str) -> Question | None:
    return queries.question(question)


@bp.get("/your-data/questions/<question>")
@allow(Permission.ANSWER, _question)
def question(found: Question) -> Response:
    """Why did you look? For who looked, and for administrators. It does not say who asks."""
    return _question_page(found, AnswerForm(formdata=None))


@bp.post("/your-data/questions/<question>")
@allow(Permission.ANSWER, _question)
def answer(found: Question) -> AnyResponse:
    """Answer, once."""
    form = AnswerForm()
    if not form.validate():
        return _question_page(found, form, 422)
    if actions.answer_why(found.public_id, signed_in().id, typed(form.answer)):
        flash(_("Answered. It stands under the line now."), "done")
    else:
        flash(_("Somebody has answered this already."), "info")
    return redirect(url_for("audit.question", question=found.public_id), 303)


def _question_page(found: Question, form: AnswerForm, status: int = 200) -> Response:
    return page("audit/question.html", status, form=form, found=found, zone=signed_in().zone)
