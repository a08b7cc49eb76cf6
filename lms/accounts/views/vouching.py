"""The second way back: pages of those who vouch, and of whom they vouch for."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, rules, signin, vouching
from lms.accounts.forms import TogetherForm, VouchForm
from lms.accounts.policy import Permission
from lms.accounts.roles import Role
from lms.accounts.views.base import bp, wait_message
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, public, signed_in
from lms.core.room import Card
from lms.web.forms import Form, typed
from lms.web.page import page


def _is_staff(person: Actor) -> bool:
    return person.has(Role.COORDINATOR) or person.has(Role.ADMINISTRATOR)


def home_card(_person: Actor) -> list[Card]:
    """The card on home of somebody for whom two people vouch. Costs no statement."""
    found = signin.found()
    if found is None or not found.vouched_for:
        return []
    return [Card("accounts/vouched_card.html", {"form": Form(formdata=None)}, 0)]


def may_vouch(person: Actor) -> bool:
    """Whether there is a page on which this person can help somebody back in."""
    return _is_staff(person) or bool(vouching.mentees(person.id))


@bp.route("/vouch", methods=["GET", "POST"])
@allow(Permission.OWN, fresh=True)
def vouch() -> AnyResponse:
    """Vouch for somebody: for mentors and staff."""
    person, form = signed_in(), VouchForm()
    whom = vouching.mentees(person.id)
    if not whom and not _is_staff(person):
        abort(404)
    form.pair.choices = [(pair, name) for _number, pair, name in whom]
    if not form.validate_on_submit():
        return _vouch_page(person, form, 422 if form.errors else 200)
    vouching.ask(person.id, form.pair.data)
    flash(_("Noted. Now a coordinator or an administrator has to agree."), "done")
    return redirect(url_for("accounts.vouch"), 303)


def _vouch_page(person: Actor, form: VouchForm, status: int = 200) -> Response:
    staff = _is_staff(person)
    cases = vouching.cases(person.id, staff=staff)
    facts: dict[str, Any] = {"cases": cases, "staff": staff, "zone": person.zone}
    return page("accounts/vouch.html", status, form=form, plain=Form(formdata=None), **facts)


@bp.post("/vouch/agree")
@allow(Permission.OWN, fresh=True)
def agree() -> AnyResponse:
    """The second person agrees."""
    person = signed_in()
    if not _is_staff(person):
        abort(404)
    vouching.agree(person.id, request.form.get("case", ""))
    return redirect(url_for("accounts.vouch"), 303)


@bp.post("/vouch/half")
@allow(Permission.OWN, fresh=True)
def half() -> AnyResponse:
    """Show this person's half of the code, once the waiting time is over."""
    code = vouching.new_half(request.form.get("case", ""), signed_in().id)
    if code is None:
        abort(404)
    return page("accounts/half.html", keep=True, code=code)


@bp.post("/vouch/stop")
@allow(Permission.OWN)
def stop() -> AnyResponse:
    """End a vouching: by the person herself, or by one of the two."""
    person = signed_in()
    if case := request.form.get("case", ""):
        vouching.stop(case, person.id)
        return redirect(url_for("accounts.vouch"), 303)
    vouching.stop_all(person.id)
    flash(
        _("Stopped. Nobody comes in that way. Change your passphrase if you did not ask for it."),
        "done",
    )
    return redirect(url_for("web.home"), 303)


@bp.route("/way-back/together", methods=["GET", "POST"])
@public
def together() -> AnyResponse:
    """Come back with the halves that two people hand over."""
    form = TogetherForm()
    if request.form.get("make"):
        form.passphrase.fill_in(rules.make_passphrase(language()))
        return page("accounts/together.html", form=form, made=typed(form.passphrase))
    if not form.validate_on_submit():
        return page("accounts/together.html", 422 if form.errors else 200, form=form, made="")
    halves = typed(form.code), typed(form.recovery)
    try:
        token = vouching.come_back(typed(form.handle), halves, typed(form.passphrase))
    except actions.MustWait as wait:
        form.code.errors = [wait_message(wait.until)]
        return page("accounts/together.html", 429, form=form, made="")
    except actions.NotRecognised:
        form.code.errors = [_("Name and halves do not belong together. Check all three.")]
        return page("accounts/together.html", 422, keep=True, form=form, made="")
    signin.begin(token, own_phone=False)
    flash(
        _("You are back. Write down a recovery code now, so that this is not needed again."), "info"
    )
    return redirect(url_for("accounts.way_back"), 303)
