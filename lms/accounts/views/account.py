"""One's own account."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, locks, queries, signin
from lms.accounts.factors import queries as factors
from lms.accounts.forms import ChangePassphraseForm, FirstForm, NewNameForm, ZoneForm
from lms.accounts.policy import Permission
from lms.accounts.views.base import bp, wait_message
from lms.accounts.views.vouching import may_vouch
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import allow, may, signed_in
from lms.web.forms import typed
from lms.web.page import page


@bp.get("/account")
@allow(Permission.OWN)
def account() -> Response:
    """One's own account: time zone, passphrase, way back, sign-ins."""
    return _account_page(ZoneForm(formdata=None), ChangePassphraseForm(formdata=None))


def _account_page(
    zone: ZoneForm, passphrase: ChangePassphraseForm, status: int = 200, *, keep: bool = False
) -> Response:
    person = signed_in()
    zone.offer(person.zone)
    if not zone.is_submitted() or zone.zone.data is None:
        zone.zone.data = person.zone
    facts = {
        "handle": person.name,
        "has_code": queries.has_recovery(person.id),
        "sign_ins": queries.sign_in_count(person.id, now()),
        "second": factors.of_person(person.id).count > 0,
        "is_staff": may(person, Permission.PEOPLE),
        "vouches": may_vouch(person),
        "has_link": locks.has_link(person.id),
        "vouched": (found := signin.found()) is not None and found.vouched_for,
    }
    wrong = passphrase if passphrase.errors else zone
    return page(
        "accounts/account.html",
        status,
        keep=keep,
        form=wrong,
        zone_form=zone,
        passphrase_form=passphrase,
        **facts,
    )


@bp.route("/account/name", methods=["GET", "POST"])
@allow(Permission.OWN, fresh=True)
def change_name() -> AnyResponse:
    """Change the name for signing in, by the same rules as when joining."""
    form, person = NewNameForm(), signed_in()
    if not form.validate_on_submit():
        return page("accounts/name.html", 422 if form.errors else 200, form=form)
    if actions.names_exhausted():
        form.handle.errors = [_("Many names were tried just now. Try again in an hour.")]
        return page("accounts/name.html", 429, form=form)
    try:
        actions.change_handle(person.id, typed(form.handle))
    except actions.HandleTaken:
        form.handle.errors = [
            _("“%(name)s” is taken. Try another one, or add a word.", name=typed(form.handle))
        ]
        return page("accounts/name.html", 422, keep=True, form=form)
    flash(_("From now on you sign in as %(name)s.", name=typed(form.handle)), "done")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/zone")
@allow(Permission.OWN)
def set_zone() -> AnyResponse:
    """Change the time zone."""
    form, person = ZoneForm(), signed_in()
    form.offer(person.zone)
    if not form.validate():
        return _account_page(form, ChangePassphraseForm(formdata=None), 422)
    actions.set_zone(person.id, form.zone.data)
    flash(_("Times are shown for %(zone)s now.", zone=form.zone.data.replace("_", " ")), "done")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/passphrase")
@allow(Permission.OWN)
def change_passphrase() -> AnyResponse:
    """Change the passphrase; other browsers are signed out."""
    form, person = ChangePassphraseForm(), signed_in()
    if not form.validate():
        return _account_page(ZoneForm(formdata=None), form, 422)
    row = queries.by_id(person.id)
    try:
        actions.change_passphrase(row, typed(form.current), typed(form.passphrase))
    except actions.MustWait as wait:
        form.current.errors = [wait_message(wait.until)]
        return _account_page(ZoneForm(formdata=None), form, 429)
    except actions.NotRecognised:
        form.current.errors = [_("This is not your passphrase now.")]
        return _account_page(ZoneForm(formdata=None), form, 422, keep=True)
    actions.end_other_sign_ins(person.id, signin.token())
    flash(_("The passphrase is changed. Other phones are signed out."), "done")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/end-all")
@allow(Permission.OWN)
def end_all() -> AnyResponse:
    """Sign out of every browser, this one too."""
    actions.end_all_sign_ins(signed_in().id)
    signin.end()
    return signin.forget_browser(redirect(url_for("accounts.sign_in"), 303))  # type: ignore[arg-type]


@bp.route("/first", methods=["GET", "POST"])
@allow(Permission.OWN)
def first() -> AnyResponse:
    """Become the first administrator with the one-time token that the operator printed."""
    form = FirstForm()
    if not form.validate_on_submit():
        return page("accounts/first.html", 422 if form.errors else 200, form=form)
    try:
        actions.use_first_token(signed_in().id, typed(form.code))
    except actions.NoSuchToken:
        form.code.errors = [
            _("Not a valid token. Make a new one with “flask accounts first-admin”.")
        ]
        return page("accounts/first.html", 422, form=form)
    flash(_("You are administrator now."), "done")
    return redirect(url_for("web.home"), 303)
