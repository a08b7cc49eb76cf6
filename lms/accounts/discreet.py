"""Discreet view (`decisions.md` 6): after signing in only courses are to be seen, by neutral titles.

Everything else asks for the passphrase again and closes ten minutes later. It is kept with the person, so it
holds on any phone, also on one that somebody else holds out to her. No page says that more is there.
"""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, request, url_for
from sqlalchemy import delete
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import signin
from lms.accounts.models import DiscreetView
from lms.accounts.policy import Permission
from lms.core import discretion
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.policy import StepUpNeeded, actor, allow, signed_in
from lms.web import gate
from lms.web.forms import Form
from lms.web.page import page

bp = Blueprint("discreet", __name__, url_prefix="/<lang:lang>", template_folder="templates")


def init_app(app: Flask) -> None:
    """Put it before every page."""
    discretion.decide_by(_is_closed)

    @app.before_request
    def close() -> None:
        if gate.closes(request.endpoint) and discretion.discreet():
            raise StepUpNeeded


def _is_closed() -> bool:
    person = actor()
    return person is not None and person.discreet and not person.fresh


@bp.route("/account/view", methods=["GET", "POST"])
@allow(Permission.OWN)
def choose() -> AnyResponse:
    """Switch it on or off. Off only with the passphrase: whoever holds the phone cannot."""
    form, person = Form(), signed_in()
    if not form.validate_on_submit():
        return page("accounts/discreet.html", form=form, is_on=person.discreet)
    wanted = request.form.get("view") == "discreet"
    if discretion.discreet() and not wanted:
        raise StepUpNeeded
    db.session.execute(delete(DiscreetView).where(DiscreetView.person_id == person.id))
    if wanted:
        db.session.add(DiscreetView(person_id=person.id))
        signin.stale()
    flash(_("Saved."), "done")
    return redirect(url_for("accounts.account"), 303)
