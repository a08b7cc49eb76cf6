"""Questions, for scientists who answer."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.circles import answering, questions, words
from lms.circles.answering import Taken, TooMany
from lms.circles.forms import AnswerForm
from lms.circles.policy import Permission
from lms.circles.questions import Found
from lms.circles.rules import MOST_CLAIMS, NotAllowed, State
from lms.circles.views import questions_bp as bp
from lms.core.clock import now
from lms.core.db import transaction
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.safeguarding.queries import blocked
from lms.web.forms import Form, typed
from lms.web.page import page


def load_scientist(person: Actor) -> str | None:
    """The name under which the person answers, if she is a scientist."""
    return questions.scientist(person.id)


@bp.get("/queue")
@allow(Permission.ANSWER, load_scientist)
def queue(_name: str) -> Response:
    """What waits, longest first, and what one has taken. Topics only."""
    person = signed_in()
    waiting = questions.queue(person.id, blocked(person.id))
    mine = questions.claimed_by(person.id)
    taken = {one.id for one in mine}
    with transaction():
        messaging.seen(person.id, Kind.QUESTION_WAITS)
        messaging.seen(person.id, Kind.QUESTION_THANKS)
    return page(
        "circles/queue.html",
        waiting=[one for one in waiting if one.id not in taken],
        mine=mine,
        most=MOST_CLAIMS,
        now=now(),
        for_long=words.for_long,
        zone=person.zone,
    )


def load_open(person: Actor, asked: str) -> Found | None:
    """A question that a scientist may read: one that nobody else has, or her own; no one's who is blocked."""
    found = questions.question(asked)
    if questions.scientist(person.id) is None:
        return None
    if found is None or found.asker_id in {person.id, *blocked(person.id)}:
        return None
    own = found.claimed_by_id == person.id
    lapsed = found.claim_until is not None and found.claim_until < now()
    free = found.state in {State.QUEUED, State.REOPENED} or lapsed
    return found if own or free else None


@bp.get("/queue/<asked>")
@allow(Permission.ANSWER, load_open)
def read(found: Found) -> Response:
    """Read a question, before taking it or to answer it. Whoever asked sees that it was read."""
    return _page(found, AnswerForm(formdata=None))


def _page(found: Found, form: AnswerForm, status: int = 200) -> Response:
    person = signed_in()
    name = questions.scientist(person.id) or ""
    said = questions.said(found)
    if not form.is_submitted():
        form.name.data = name
    audit.saw(Visitor(person.id, Role.MENTOR, name), found.asker_id, What.QUESTION)
    return page(
        "circles/answer.html",
        status,
        form=form,
        plain=Form(formdata=None),
        found=found,
        said=said,
        asker=found.asker_id,
        mine=found.state is State.CLAIMED and found.claimed_by_id == person.id,
        done=found.state in {State.ANSWERED, State.CLOSED},
        zone=person.zone,
    )


@bp.post("/queue/<asked>")
@allow(Permission.ANSWER, load_open)
def answer(found: Found) -> AnyResponse:
    """Take it, give it back, or answer it."""
    person = signed_in()
    if "take" in request.form and Form().validate():
        return _take(found, person)
    if "back" in request.form and Form().validate():
        return _give_back(found, person)
    form = AnswerForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        answering.answer(found, person.id, typed(form.name), typed(form.body), typed(form.sources))
    except NotAllowed:
        form.body.errors = [_("Somebody else has it now. Copy your text; it is not kept here.")]
        return _page(found, form, 422)
    flash(_("Sent. Thank you."), "done")
    return redirect(url_for("questions.queue"), 303)


def _take(found: Found, person: Actor) -> AnyResponse:
    try:
        answering.claim(found, person.id)
    except TooMany:
        flash(
            _("Three questions wait for your answer already. Answer one first, or give it back."),
            "info",
        )
    except Taken:
        flash(_("Somebody else was faster."), "info")
        return redirect(url_for("questions.queue"), 303)
    return redirect(url_for("questions.read", asked=found.public_id), 303)


def _give_back(found: Found, person: Actor) -> AnyResponse:
    try:
        answering.release(found, person.id)
        flash(_("Given back. It keeps its place in the queue."), "done")
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for("questions.queue"), 303)
