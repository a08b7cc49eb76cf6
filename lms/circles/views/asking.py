"""Questions, for whoever asks."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.circles import answering, questions, words
from lms.circles.forms import AskForm, PostForm
from lms.circles.policy import Permission
from lms.circles.questions import Found
from lms.circles.rules import NotAllowed, State
from lms.circles.views import questions_bp as bp
from lms.core.db import transaction
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, may, signed_in
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.get("")
@allow(Permission.ASK)
def index() -> Response:
    """What one has asked, and how long an answer usually takes."""
    person = signed_in()
    wait = questions.wait()
    return page(
        "circles/questions.html",
        mine=questions.asked_by(person.id),
        answers=may(person, Permission.ANSWER) and questions.scientist(person.id) is not None,
        wait=wait,
        usual=words.usual(wait.usual, wait.counted),
        states=words.STATES,
        zone=person.zone,
    )


@bp.route("/ask", methods=["GET", "POST"])
@allow(Permission.ASK)
def ask() -> AnyResponse:
    """Ask."""
    person, form = signed_in(), AskForm()
    if form.validate_on_submit():
        public_id = answering.ask(
            person.id, typed(form.topic), typed(form.lang), typed(form.body), typed(form.name)
        )
        flash(_("Your question is in the queue."), "done")
        return redirect(url_for("questions.question", asked=public_id), 303)
    if not form.is_submitted():
        form.lang.data = language()
    wait = questions.wait()
    return page(
        "circles/ask.html",
        422 if form.errors else 200,
        form=form,
        wait=wait,
        usual=words.usual(wait.usual, wait.counted),
    )


def load_question(_person: Actor, asked: str) -> Found | None:
    """The question of an address. The policy decides who may have it."""
    return questions.question(asked)


@bp.get("/<asked>")
@allow(Permission.ASKED, load_question)
def question(found: Found) -> Response:
    """One's own question: its place, its answers."""
    return _page(found, PostForm(formdata=None))


def _page(found: Found, form: PostForm, status: int = 200) -> Response:
    person, said = signed_in(), questions.said(found)
    waiting = found.state in {State.QUEUED, State.REOPENED}
    place = questions.place_in_queue(found) if waiting else 0
    wait = questions.wait()
    if status == 200:
        with transaction():
            messaging.seen(person.id, Kind.QUESTION_ANSWERED, asked=found.public_id)
    return page(
        "circles/question.html",
        status,
        form=form,
        plain=Form(formdata=None),
        found=found,
        said=said,
        me=person.id,
        place=place,
        usual=words.usual(wait.usual, wait.counted),
        state=words.STATES[found.state],
        zone=person.zone,
    )


@bp.post("/<asked>")
@allow(Permission.ASKED, load_question)
def settle(found: Found) -> AnyResponse:
    """Say thanks, close it, or ask on."""
    if "thanks" in request.form and Form().validate():
        answering.thank(found)
        return _back(found, _("Your thanks are on the way."))
    if "close" in request.form and Form().validate():
        return _close(found)
    form = PostForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        answering.reopen(found, typed(form.body))
    except NotAllowed:
        return _back(found, _("This has been settled meanwhile."), "info")
    return _back(found, _("It waits again, at its old place in the queue."))


def _close(found: Found) -> AnyResponse:
    try:
        answering.close(found)
    except NotAllowed:
        return _back(found, _("Somebody writes an answer just now. Close it afterwards."), "info")
    return _back(found, _("Closed. It is destroyed after 180 days."))


def _back(found: Found, message: str, category: str = "done") -> AnyResponse:
    flash(message, category)
    return redirect(url_for("questions.question", asked=found.public_id), 303)
