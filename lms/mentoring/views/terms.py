"""What a pair agrees on, its rest, a change of mentor, its end."""

from __future__ import annotations

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.mentoring import actions, conversation, renewal, words
from lms.mentoring.forms import AgreementForm, EndForm
from lms.mentoring.policy import Permission
from lms.mentoring.queries import Pair
from lms.mentoring.states import Ending, NotAllowed, Side, State
from lms.mentoring.views import bp
from lms.mentoring.views.own import load_pair
from lms.mentoring.views.pairs import day_of
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.route("/<pair>/end", methods=["GET", "POST"])
@allow(Permission.PAIR, load_pair)
def end(found: Pair) -> AnyResponse:
    """End the pair, with one tap from a list."""
    person, form = signed_in(), EndForm()
    mentor, name = _turn_to(person, found)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page("mentoring/end.html", status, form=form, found=found, name=name, mentor=mentor)
    try:
        actions.end(
            found,
            person.id,
            never_again=bool(form.never_again.data),
            reason=Ending(form.reason.data),
            words=typed(form.words),
        )
    except NotAllowed:
        return _settled()
    flash(_("The pair has ended. Nobody sees the page any more."), "done")
    return redirect(url_for("mentoring.pairs" if mentor else "web.home"), 303)


def _turn_to(person: Actor, found: Pair) -> tuple[bool, str]:
    """Mark where this page belongs. Return (whether this is the mentor, the other side's name)."""
    mentor = found.side(person.id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"
    return mentor, found.name_of(found.other(person.id))


def _settled() -> AnyResponse:
    flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for("web.home"), 303)


@bp.route("/<pair>/change", methods=["GET", "POST"])
@allow(Permission.PAIR, load_pair)
def change(found: Pair) -> AnyResponse:
    """A change of mentor that is nobody's fault, after a talk or without one."""
    person, form = signed_in(), Form()
    mentor, name = _turn_to(person, found)
    if not form.validate_on_submit():
        return page("mentoring/change.html", form=form, found=found, name=name, mentor=mentor)
    talk = "talk" in request.form
    try:
        actions.change(found, person.id, talk=talk)
    except NotAllowed:
        return _settled()
    if talk:
        flash(_("You have time to say goodbye. When you are done, end the pair."), "done")
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    said = (
        _("The pair has ended. A coordinator looks for somebody else for %(name)s.", name=name)
        if mentor
        else _("The pair has ended. You are on the list, at your old place.")
    )
    flash(said, "done")
    return redirect(url_for("mentoring.pairs" if mentor else "web.home"), 303)


@bp.post("/<pair>/go-on")
@allow(Permission.PAIR, load_pair)
def go_on(found: Pair) -> AnyResponse:
    """Answer whether the pair goes on after its agreed time."""
    yes, here = "yes" in request.form, url_for("mentoring.pair", pair=found.public_id)
    if not Form().validate() or not (yes or "no" in request.form):
        return redirect(here, 303)
    try:
        goes_on = renewal.answer(found, signed_in().id, yes=yes)
    except NotAllowed:
        return _settled()
    name = found.name_of(found.other(signed_in().id))
    if goes_on:
        flash(_("You go on together."), "done")
    elif yes:
        flash(_("Noted. %(name)s is asked, too.", name=name), "done")
    else:
        flash(_("All right. Nobody is told that it was you."), "done")
    return redirect(here, 303)


@bp.post("/<pair>/rest")
@allow(Permission.PAIR, load_pair)
def rest(found: Pair) -> AnyResponse:
    """Let the pair rest, or go on."""
    if not Form().validate():
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    resting = found.state is State.PAUSED
    try:
        (actions.resume if resting else actions.pause)(found, signed_in().id)
    except NotAllowed:
        return _settled()
    flash(_("It goes on.") if resting else _("The pair rests. Nothing is expected of you."), "done")
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


@bp.get("/<pair>/agreement")
@allow(Permission.PAIR, load_pair)
def agreement(found: Pair) -> Response:
    """What the two agree on, and who has signed it."""
    return _agreement_page(found, AgreementForm(formdata=None))


@bp.post("/<pair>/agreement")
@allow(Permission.PAIR, load_pair)
def change_agreement(found: Pair) -> AnyResponse:
    """Propose another text: a new version, which both sign."""
    person, form = signed_in(), AgreementForm()
    if not form.validate():
        return _agreement_page(found, form, 422)
    texts = form.texts()
    own = None if texts == words.proposed_texts() else texts
    actions.agree_on(found, person.id, own, vault.unlocked())
    flash(_("Saved and signed by you. The other side is asked now."), "done")
    return redirect(url_for("mentoring.agreement", pair=found.public_id), 303)


@bp.post("/<pair>/agreement/sign")
@allow(Permission.PAIR, load_pair)
def sign(found: Pair) -> AnyResponse:
    """Sign the version that was read."""
    person = signed_in()
    back = redirect(url_for("mentoring.agreement", pair=found.public_id), 303)
    if not Form().validate():
        return back
    version = request.form.get("version", 0, type=int)
    try:
        if version == 0 and conversation.agreement_version(found.id)[0] == 0:
            actions.agree_on(found, person.id, None, vault.unlocked())
        else:
            actions.sign(found, person.id, version)
    except NotAllowed:
        flash(_("The text was changed meanwhile. Read it again, then sign."), "info")
        return back
    flash(_("Signed."), "done")
    return back


def _agreement_page(found: Pair, form: AgreementForm, status: int = 200) -> Response:
    person = signed_in()
    mentor, name = _turn_to(person, found)
    latest = conversation.agreement(found, person.id, vault.unlocked())
    texts = latest.texts if latest else None
    if not form.is_submitted():
        form.fill(texts or words.proposed_texts())
    side = Side.MENTOR if mentor else Side.MENTEE
    mine = latest.signed_by(side) if latest else None
    others = latest.signed_by(Side.MENTEE if mentor else Side.MENTOR) if latest else None
    return page(
        "mentoring/agreement.html",
        status,
        form=form,
        sign_form=Form(formdata=None),
        found=found,
        name=name,
        mentor=mentor,
        version=latest.version if latest else 0,
        closed=bool(latest and latest.closed),
        parts=words.agreed_texts(texts),
        signed_on=day_of(mine, person.zone) if mine else "",
        other_signed_on=day_of(others, person.zone) if others else "",
    )
