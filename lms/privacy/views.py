"""Pages of a copy and of erasure."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import leaving, signin
from lms.accounts.factors.queries import has_factor
from lms.core import once
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import actor, allow, public, signed_in
from lms.core.settings import Settings
from lms.privacy import actions, archive, queries
from lms.privacy.forms import EraseForm
from lms.privacy.policy import Permission
from lms.privacy.rules import CAN_COME_BACK, CopyState
from lms.web.forms import Form
from lms.web.page import front_url, page

bp = Blueprint(
    "privacy", __name__, url_prefix="/<lang:lang>/your-data", template_folder="templates"
)

REFRESH_SECONDS = 3
MOST_REFRESHES = 40


# --- A copy --------------------------------------------------------------------------------------


@bp.get("/copy")
@allow(Permission.COPY, fresh=True)
def copy() -> Response:
    """Where the copy stands; looks again by itself while it is made."""
    person = signed_in()
    found = queries.copy_of(person.id)
    state = found.state(now()) if found else CopyState.NONE
    answer = page(
        "privacy/copy.html",
        form=Form(formdata=None),
        found=found,
        state=state,
        zone=person.zone,
    )
    looked = request.args.get("look", 0, type=int)
    if state is CopyState.ASKED and looked < MOST_REFRESHES:
        answer.headers["Refresh"] = f"{REFRESH_SECONDS}; url={url_for('.copy', look=looked + 1)}"
    return answer


@bp.post("/copy")
@allow(Permission.COPY, fresh=True)
def ask_for_copy() -> AnyResponse:
    """Have a copy made."""
    if not Form().validate():
        abort(400)
    actions.ask_for_copy(signed_in().id, language())
    return redirect(url_for(".copy"), 303)


@bp.post("/copy/file")
@allow(Permission.COPY, fresh=True)
def take_copy() -> AnyResponse:
    """The copy as a file, once. What is sealed to the person joins it here, in her own hands."""
    if not Form().validate():
        abort(400)
    person = signed_in()
    found = queries.copy_of(person.id, lock=True)
    if found is None or found.state(now()) is not CopyState.READY:
        return redirect(url_for(".copy"), 303)
    rows = archive.from_bytes(queries.open_part(found, person.public_id))
    archive.add_personal(rows, person.id, person.public_id, found.lang)
    own_files = archive.files(person.id, person.public_id, found.lang)
    product = _settings().product(found.lang)
    body = archive.pack(rows, own_files, found.lang, person.zone, product)
    actions.take(found.id)
    # The answer is no page: pressed again, the button leads to the page that says it is taken.
    once.release()
    answer = Response(body, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.public_id}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


# --- Erasure -------------------------------------------------------------------------------------


@bp.route("/erase", methods=["GET", "POST"])
@allow(Permission.ERASE, fresh=True)
def erase() -> AnyResponse:
    """What goes and what stays; then, with the name typed by hand, hidden at once or destroyed now."""
    person, form = signed_in(), EraseForm()
    if not form.validate_on_submit() or not form.is_of(person.name):
        return page(
            "privacy/erase.html", 422 if form.errors else 200, form=form, days=CAN_COME_BACK.days
        )
    if request.form.get("now"):
        actions.destroy_now(person.id)
    else:
        actions.leave(person.id)
    signin.end()
    gone = url_for(".gone", now=1) if request.form.get("now") else url_for(".gone")
    return signin.forget_browser(redirect(gone, 303))  # type: ignore[arg-type]


@bp.get("/gone")
@public
def gone() -> Response:
    """What somebody reads who has just left. It says nothing about who that was."""
    return page("privacy/gone.html", at_once=bool(request.args.get("now")), days=CAN_COME_BACK.days)


@bp.get("/back")
@public
def way_back() -> AnyResponse:
    """For somebody who signed in while she was leaving: come back, or let go for good."""
    person = _hidden()
    if person is None:
        return redirect(url_for("web.home") if actor() else front_url(), 303)
    return page(
        "privacy/back.html",
        form=Form(formdata=None),
        due=queries.erasure_due(person.id),
        at_once=_may_destroy(person.id),
        zone=person.zone,
    )


def _may_destroy(person_id: int) -> bool:
    # The passphrase alone was shown here: where there is a second factor, it comes before what can't be undone.
    return not has_factor(person_id)


@bp.post("/back")
@public
def come_back() -> AnyResponse:
    """Come back, or destroy everything now."""
    person = _hidden()
    if person is None or not Form().validate():
        return redirect(front_url(), 303)
    if request.form.get("now") and _may_destroy(person.id):
        actions.destroy_now(person.id)
        signin.end()
        return signin.forget_browser(redirect(url_for(".gone", now=1), 303))  # type: ignore[arg-type]
    if actions.come_back(person.id):
        flash(_("You are back. Everything is as it was."), "done")
    return redirect(url_for("web.home"), 303)


def _hidden() -> Any:
    return leaving.signed_in_again(now())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
