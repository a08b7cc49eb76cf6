"""Pages of those who read concerns. Everything here asks for the passphrase first."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import allow, signed_in
from lms.safeguarding import actions, queries, words
from lms.safeguarding.forms import EntryForm, HandForm, ReferForm
from lms.safeguarding.policy import Permission
from lms.safeguarding.queries import Found
from lms.safeguarding.rules import NEXT, Basis, NotAllowed, State
from lms.safeguarding.views import bp
from lms.safeguarding.views.report import load_concern
from lms.web.forms import Form, typed
from lms.web.page import page

CLOSED_SHOWN = 30


@bp.get("/desk")
@allow(Permission.DESK, fresh=True)
def desk() -> Response:
    """What is open, by its clock, and what is closed. No words of anybody stand here."""
    person, moment = signed_in(), now()
    found = queries.open_concerns(person.id)
    closed = queries.closed_concerns(person.id, CLOSED_SHOWN)
    return page(
        "safeguarding/desk.html",
        new=[(one, words.clock(one.raised_at, moment)) for one in found if not one.acknowledged_at],
        running=[one for one in found if one.acknowledged_at],
        review=[one for one in closed if one.review_at and one.review_at <= moment],
        closed=[one for one in closed if not one.review_at or one.review_at > moment],
        mine=person.id,
        states=words.STATES,
        wishes=words.WANTED,
        zone=person.zone,
    )


@bp.get("/desk/<concern>")
@allow(Permission.HANDLE, load_concern, fresh=True)
def concern(found: Found) -> Response:
    """One concern with its log.

    Who raised it sees a line that it was opened. Whom it is about does not: that line would tell her of the
    one who raised it (the one exception to "every look leaves a line for the person"). The log has each look.
    """
    return _page(found, EntryForm(formdata=None), ReferForm(formdata=None))


def _page(found: Found, form: EntryForm, refer: ReferForm, status: int = 200) -> Response:
    person, moment = signed_in(), now()
    said, leads = queries.said(found), queries.lead_names(person.id)
    actions.opened(found, person.id)
    if found.raised_by_id is not None:
        audit.saw(Visitor(person.id, Role.SAFEGUARDING), found.raised_by_id, What.CONCERN)
    onward = [state for state in State if state in NEXT[found.state] and state in words.STEPS]
    return page(
        "safeguarding/concern.html",
        status,
        form=form,
        refer=refer,
        hand=HandForm(formdata=None).offer(leads),
        plain=Form(formdata=None),
        found=found,
        said=said,
        leads=leads,
        state=words.STATES[found.state],
        states=words.STATES,
        step=(onward[0], words.STEPS[onward[0]]) if onward else None,
        can_refer=State.REFERRED in NEXT[found.state],
        clock=None if found.acknowledged_at else words.clock(found.raised_at, moment),
        due=found.review_at is not None and found.review_at <= moment,
        wishes=words.WANTED,
        bases=words.BASES,
        log=words.LOG,
        zone=person.zone,
    )


@bp.post("/desk/<concern>")
@allow(Permission.HANDLE, load_concern, fresh=True)
def write(found: Found) -> AnyResponse:
    """Note something, or write to whoever raised it."""
    form = EntryForm()
    if not form.validate():
        return _page(found, form, ReferForm(formdata=None), 422)
    answers = form.kind.data == "answer" and found.answerable
    say = actions.answer if answers else actions.note
    say(found, signed_in().id, typed(form.body))
    return _back(found, _("Saved."))


@bp.post("/desk/<concern>/step")
@allow(Permission.HANDLE, load_concern, fresh=True)
def step(found: Found) -> AnyResponse:
    """Bring it one step on."""
    wanted = request.form.get("to", "")
    if not Form().validate() or wanted not in set(State):
        return _back(found)
    try:
        actions.step(found, signed_in().id, State(wanted))
    except NotAllowed:
        return _back(found, _("This has been settled meanwhile."), "info")
    return _back(found, _("Saved."))


@bp.post("/desk/<concern>/refer")
@allow(Permission.HANDLE, load_concern, fresh=True)
def refer(found: Found) -> AnyResponse:
    """Record that it is passed on, and why it may be."""
    form = ReferForm()
    if not form.validate():
        return _page(found, EntryForm(formdata=None), form, 422)
    try:
        actions.step(found, signed_in().id, State.REFERRED, Basis(typed(form.basis)))
    except NotAllowed:
        return _back(found, _("This has been settled meanwhile."), "info")
    return _back(found, _("Saved. Write down to whom, and what was said."))


@bp.post("/desk/<concern>/hand")
@allow(Permission.HANDLE, load_concern, fresh=True)
def hand(found: Found) -> AnyResponse:
    """Give it to another lead."""
    form = HandForm().offer(queries.lead_names(signed_in().id))
    if form.validate() and actions.hand_over(found, signed_in().id, typed(form.to)):
        return _back(found, _("Handed over."))
    return _back(found, _("Choose from the list."), "error")


@bp.post("/desk/<concern>/review")
@allow(Permission.HANDLE, load_concern, fresh=True)
def review(found: Found) -> AnyResponse:
    """Two years after it was closed: keep it for one more, or destroy it."""
    if not Form().validate():
        return _back(found)
    if "destroy" in request.form and actions.destroy(found):
        flash(_("Destroyed."), "done")
        return redirect(url_for("safeguarding.desk"), 303)
    if "keep" in request.form:
        actions.keep_longer(found, signed_in().id)
        return _back(found, _("Kept for one more year."))
    return _back(found)


def _back(found: Found, message: str = "", category: str = "done") -> AnyResponse:
    if message:
        flash(message, category)
    return redirect(url_for("safeguarding.concern", concern=found.public_id), 303)
