"""Signing in and out, the way back, Leave."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, leaving, rules, secrets, signin
from lms.accounts.forms import AgainForm, RecoverForm, SignInForm
from lms.accounts.policy import Permission
from lms.accounts.views.base import (
    Errand,
    bp,
    enter,
    first_page,
    go_on,
    second_step,
    settings,
    site,
    wait_message,
)
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.log import log
from lms.core.policy import SignInNeeded, StepUpNeeded, actor, allow, public, signed_in
from lms.web.forms import typed
from lms.web.page import front_url, page


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    """Sign in; what was typed on a page whose sign-in had ended is carried along."""
    if actor() and request.method == "GET":
        return redirect(first_page(), 303)
    if signin.half_way() and request.method == "GET":
        return second_step(Errand.carried())
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, 422 if form.errors else 200)
    try:
        own = bool(form.own_phone.data)
        token = actions.sign_in(typed(form.handle), typed(form.passphrase), own_phone=own)
    except actions.MustWait as wait:
        form.passphrase.errors = [wait_message(wait.until)]
        return _sign_in_page(form, 429)
    except actions.NotRecognised:
        form.passphrase.errors = [
            _("Name and passphrase do not belong together. Check both and try again.")
        ]
        return _sign_in_page(form, 422, keep=True)
    signin.begin(token, own_phone=own)
    return enter(Errand.carried())


def _sign_in_page(
    form: SignInForm, status: int = 200, errand: Errand | None = None, *, keep: bool = False
) -> Response:
    carried = errand or Errand.carried()
    return page("accounts/sign_in.html", status, keep=keep, form=form, errand=carried)


def ask_to_sign_in(_error: SignInNeeded) -> AnyResponse:
    """What a guest gets at a page that needs an account: the sign-in page, with the typed text kept."""
    errand = Errand.interrupted()
    if signin.half_way():
        return second_step(errand)
    if back := leaving.way_back(now()):
        return redirect(back, 303)
    if errand.next:
        return redirect(url_for("accounts.sign_in", next=errand.next), 303)
    return _sign_in_page(SignInForm(formdata=None), 401, errand)


def ask_again(_error: StepUpNeeded) -> AnyResponse:
    """What somebody gets whose passphrase was typed too long ago for this page: it is asked for again."""
    errand = Errand.interrupted()
    if errand.next:
        return redirect(url_for("accounts.again", next=errand.next), 303)
    return _again_page(AgainForm(formdata=None), 401, errand)


@bp.route("/again", methods=["GET", "POST"])
@allow(Permission.OWN)
def again() -> AnyResponse:
    """Type the passphrase again; then it goes on where it stopped."""
    person, form = signed_in(), AgainForm()
    if not form.validate_on_submit():
        return _again_page(form, 422 if form.errors else 200)
    try:
        actions.confirm(person.id, typed(form.passphrase))
    except actions.MustWait as wait:
        form.passphrase.errors = [wait_message(wait.until)]
        return _again_page(form, 429)
    except actions.NotRecognised:
        form.passphrase.errors = [_("This is not your passphrase. Check it and try again.")]
        return _again_page(form, 422, keep=True)
    signin.freshen()
    return go_on(Errand.carried(), person.id)


def _again_page(
    form: AgainForm, status: int = 200, errand: Errand | None = None, *, keep: bool = False
) -> Response:
    carried = errand or Errand.carried()
    return page("accounts/again.html", status, keep=keep, form=form, errand=carried)


@bp.post("/sign-out")
@public
def sign_out() -> AnyResponse:
    """End this browser's sign-in. Pressed twice is pressed once."""
    if token := signin.end():
        _end_for_good(token)
    return signin.forget_browser(redirect(front_url(), 303))  # type: ignore[arg-type]


def _end_for_good(token: str) -> None:
    # The browser forgets it whatever the database says: nobody is kept signed in by a full disk.
    try:
        with transaction():
            actions.end_sign_in(token)
    except OperationalError as error:
        log.error("sign_out.not_stored", error=type(error.orig).__name__)


@bp.route("/way-back", methods=["GET", "POST"])
@public
def recover() -> AnyResponse:
    """Come back with the recovery code; it is used up, and a new one is written down right after."""
    form = RecoverForm()
    if request.form.get("make"):
        form.passphrase.fill_in(rules.make_passphrase(language()))
        return page("accounts/recover.html", form=form, made=typed(form.passphrase))
    if not form.validate_on_submit():
        return page("accounts/recover.html", 422 if form.errors else 200, form=form, made="")
    try:
        code = secrets.read_code(typed(form.code))
        token = actions.recover(typed(form.handle), code, typed(form.passphrase))
    except actions.MustWait as wait:
        form.code.errors = [wait_message(wait.until)]
        return page("accounts/recover.html", 429, form=form, made="")
    except actions.NotRecognised:
        form.code.errors = [_("Name and code do not belong together. Check both and try again.")]
        return page("accounts/recover.html", 422, keep=True, form=form, made="")
    signin.begin(token, own_phone=False)
    flash(_("You are back. The old code is used up; write down the new one."), "info")
    return redirect(url_for("accounts.way_back"), 303)


@site.get("/leave")
@public
def leave() -> AnyResponse:
    """Leave fast: end the sign-in and go to a neutral page.

    The one GET that changes something (`decisions.md` 5), so it only acts when the browser is really going
    there: never for a prefetch, an image or a frame.
    """
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in purpose or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return Response(status=204)
    with reading():
        token = signin.end()
    if token:
        with transaction():
            actions.end_sign_in(token)
    return signin.forget_browser(redirect(settings().leave_url or url_for("site.today"), 303))  # type: ignore[arg-type]
