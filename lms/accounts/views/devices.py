"""Where one is signed in."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, queries, secrets, signin
from lms.accounts.forms import KeyForm
from lms.accounts.policy import Permission
from lms.accounts.views.base import bp
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import allow, signed_in
from lms.web.forms import typed
from lms.web.page import page


@bp.get("/account/devices")
@allow(Permission.OWN, fresh=True)
def devices() -> Response:
    """Every browser that is signed in: since when, and what the person calls it. Nothing else is kept."""
    return page(
        "accounts/devices.html",
        form=KeyForm(formdata=None),
        rows=queries.sign_ins(signed_in().id, now()),
        here=secrets.mark(secrets.token_hash(signin.token())),
    )


@bp.post("/account/devices/end")
@allow(Permission.OWN, fresh=True)
def end_one() -> AnyResponse:
    """Sign out of one browser."""
    actions.end_one(signed_in().id, request.form.get("which", ""))
    flash(_("Signed out there. It holds from the next press on that phone."), "done")
    return redirect(url_for("accounts.devices"), 303)


@bp.post("/account/devices/name")
@allow(Permission.OWN, fresh=True)
def name_one() -> AnyResponse:
    """Name a phone."""
    form = KeyForm()
    if form.validate():
        actions.name_one(signed_in().id, request.form.get("which", ""), typed(form.name))
        flash(_("Saved."), "done")
    return redirect(url_for("accounts.devices"), 303)
