"""Lock from outside: made in the account, used by anybody, on any phone."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, locks, queries
from lms.accounts.events import AccountHandled
from lms.accounts.factors import actions as factors
from lms.accounts.forms import LockForm, PersonForm
from lms.accounts.policy import Permission
from lms.accounts.views.base import bp, settings, wait_message
from lms.core import events
from lms.core.i18n import gettext as _
from lms.core.policy import allow, public, signed_in
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.route("/account/lock", methods=["GET", "POST"])
@allow(Permission.OWN, fresh=True)
def lock_link() -> AnyResponse:
    """Make the address and the digits that lock this account from any phone. Shown once."""
    person, form = signed_in(), Form()
    has_code = queries.has_recovery(person.id)
    if not form.validate_on_submit() or not has_code:
        there = locks.has_link(person.id)
        return page("accounts/lock_link.html", form=form, there=there, has_code=has_code)
    link = locks.make(person.id)
    address = settings().public_url.rstrip("/") + url_for("accounts.lock", place=link.place)
    return page("accounts/lock_made.html", keep=True, address=address, groups=link.groups)


@bp.route("/l/<place>", methods=["GET", "POST"])
@public
def lock(place: str) -> AnyResponse:
    """Ask for the digits, then lock. GET does nothing; the answer is the same for right and wrong digits."""
    form = LockForm()
    if not form.validate_on_submit():
        return _lock_page(form, place, 422 if form.errors else 200)
    if until := locks.use(place, typed(form.code)):
        form.code.errors = [wait_message(until)]
        return _lock_page(form, place, 429)
    return page("accounts/lock_done.html", keep=True)


def _lock_page(form: LockForm, place: str, status: int) -> Response:
    return page("accounts/lock.html", status, form=form, place=place)


@bp.route("/people", methods=["GET", "POST"])
@allow(Permission.PEOPLE, fresh=True)
def people() -> AnyResponse:
    """End somebody's sign-ins, lock the account or take the second step away: for administrators."""
    form = PersonForm()
    if not form.validate_on_submit():
        return page("accounts/people.html", 422 if form.errors else 200, form=form)
    person = queries.by_handle(typed(form.handle))
    if person is None or person.id == signed_in().id:
        form.handle.errors = [_("Nobody else signs in with this name. Check how it is written.")]
        return page("accounts/people.html", 422, form=form)
    do = {"end": actions.end_all_sign_ins, "lock": locks.lock, "reset": factors.reset}
    do[form.what.data](person.id)
    events.publish(AccountHandled(person.id, signed_in().id, form.what.data))
    flash(_("Done. It holds from that person's next press on, and the person is told."), "done")
    return redirect(url_for("accounts.people"), 303)
