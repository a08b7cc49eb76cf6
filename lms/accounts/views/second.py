"""The second step of signing in, and the second factors that one has."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, queries, signin
from lms.accounts.factors import actions as factors
from lms.accounts.factors import passkeys, rules
from lms.accounts.factors import queries as held
from lms.accounts.forms import CodeAppForm, KeyForm, NewKeyForm, SecondForm
from lms.accounts.models import Person
from lms.accounts.views.base import Errand, bp, enter, second_page, settings, wait_message
from lms.core import sealing
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import SignInNeeded, actor, freshly_signed_in, public
from lms.web.forms import typed
from lms.web.page import page

View = Callable[..., AnyResponse]


@bp.route("/second-step", methods=["GET", "POST"])
@public
def second() -> AnyResponse:
    """Show a second factor: a code of the app, or a back-up code."""
    found = signin.half_way()
    if found is None:
        return redirect(url_for("web.home" if actor() else "accounts.sign_in"), 303)
    if not held.has_factor(found.person_id):
        return redirect(url_for("accounts.factors", next=Errand.carried().next or None), 303)
    form = SecondForm()
    if not form.validate_on_submit():
        return second_page(form, 422 if form.errors else 200)
    person = queries.by_id(found.person_id)
    return _passed(form, lambda: factors.check(person, typed(form.code)))


@bp.post("/second-step/key")
@public
def second_key() -> AnyResponse:
    """Show a passkey as the second factor."""
    found = signin.half_way()
    if found is None:
        return redirect(url_for("web.home" if actor() else "accounts.sign_in"), 303)
    person, form = queries.by_id(found.person_id), SecondForm(formdata=None)
    sealed, answer = request.form.get("challenge", ""), request.form.get("answer", "")
    return _passed(form, lambda: passkeys.check(person, sealed, answer))


def _passed(form: SecondForm, check: Callable[[], None]) -> AnyResponse:
    try:
        check()
    except actions.MustWait as wait:
        form.code.errors = [wait_message(wait.until)]
        return second_page(form, 429)
    except actions.NotRecognised:
        form.code.errors = [_("This does not open. Wait for the next code, or take another way.")]
        return second_page(form, 422, keep=True)
    _prove()
    return enter(Errand.carried())


def _prove() -> None:
    signin.carry(actions.prove(signin.token()))


def _of_owner(view: View) -> View:
    """Verdict: whoever is signed in freshly, and who is half-way in because she has no second factor yet."""

    @public
    @wraps(view)
    def guarded(**parts: Any) -> AnyResponse:
        found = signin.half_way()
        if found is None:
            return view(queries.by_id(freshly_signed_in().id), **parts)
        if held.has_factor(found.person_id):
            raise SignInNeeded
        return view(queries.by_id(found.person_id), **parts)

    return guarded


@bp.get("/account/second-step", endpoint="factors")
@_of_owner
def factors_page(person: Person) -> AnyResponse:
    """One's second factors: what there is, and setting one up."""
    return _factors_page(person, CodeAppForm(formdata=None), factors.new_secret())


def _factors_page(
    person: Person, form: CodeAppForm, secret: str, status: int = 200, key_name: str = ""
) -> Response:
    form.sealed.data = sealing.seal(secret, _secret_place(person)).hex()
    options, challenge = passkeys.to_add(person)
    facts: dict[str, Any] = {
        "has": held.of_person(person.id),
        "half_way": signin.half_way() is not None,
        "next": Errand.carried().next,
        "secret": rules.in_groups(secret),
        "svg": _drawing(person, secret),
        "options": options,
        "new_key": NewKeyForm(formdata=None, data={"challenge": challenge, "name": key_name}),
        "key_form": KeyForm(formdata=None),
    }
    return page("accounts/factors.html", status, form=form, **facts)


def _drawing(person: Person, secret: str) -> str:
    address = rules.address(secret, person.handle, settings().product(language()))
    return segno.make(address, error="m", micro=False).svg_inline(border=1, omitsize=True)


def _secret_place(person: Person) -> sealing.Place:
    # Before it counts the secret is in no table; it travels sealed in the page.
    return sealing.Place("page", "secret", "code-app", person.public_id)


@bp.post("/account/second-step/app")
@_of_owner
def add_app(person: Person) -> AnyResponse:
    """Set a code app up: it counts once it has shown a right code."""
    form = CodeAppForm()
    try:
        secret = sealing.unseal(bytes.fromhex(typed(form.sealed)), _secret_place(person))
    except (sealing.CannotOpen, ValueError):
        flash(_("The page was open for too long. Here is a new one."), "info")
        return redirect(url_for("accounts.factors"), 303)
    if not form.validate():
        return _factors_page(person, form, secret, 422)
    try:
        codes = factors.add_app(person, secret, typed(form.code))
    except actions.NotRecognised:
        form.code.errors = [
            _(
                "Not the code of this moment. Look at the phone's clock, then type the code that it shows."
            )
        ]
        return _factors_page(person, form, secret, 422)
    return _added(codes)


@bp.post("/account/second-step/key")
@_of_owner
def add_key(person: Person) -> AnyResponse:
    """Add a passkey that the browser has made."""
    form = NewKeyForm()
    if not form.validate():
        app = CodeAppForm(formdata=None)
        return _factors_page(person, app, factors.new_secret(), 422, typed(form.name))
    try:
        codes = passkeys.add(person, typed(form.challenge), typed(form.answer), typed(form.name))
    except actions.NotRecognised:
        flash(_("The passkey did not come through. Try once more, or take the code app."), "error")
        return redirect(url_for("accounts.factors"), 303)
    return _added(codes)


def _added(codes: list[str]) -> AnyResponse:
    _prove()
    flash(_("Signing in takes a second step now."), "done")
    return _codes_page(codes) if codes else redirect(url_for("accounts.factors"), 303)


def _codes_page(codes: list[str]) -> Response:
    onward = Errand.carried().next or url_for("web.home")
    return page("accounts/codes.html", keep=True, codes=codes, onward=onward)


@bp.post("/account/second-step/codes")
@_of_owner
def new_codes(person: Person) -> AnyResponse:
    """Make new back-up codes; the old ones are worth nothing from now on."""
    if not held.has_factor(person.id):
        return redirect(url_for("accounts.factors"), 303)
    return _codes_page(factors.new_backup_codes(person))


@bp.post("/account/second-step/app/remove")
@_of_owner
def remove_app(person: Person) -> AnyResponse:
    """Remove the code app."""
    return _removed(lambda: factors.remove_app(person.id))


@bp.post("/account/second-step/key/remove")
@_of_owner
def remove_key(person: Person) -> AnyResponse:
    """Remove a passkey."""
    return _removed(lambda: factors.remove_key(person.id, request.form.get("key", "")))


def _removed(remove: Callable[[], None]) -> AnyResponse:
    try:
        remove()
    except factors.LastFactor:
        flash(_("This is your last one. Set up another one first."), "error")
    else:
        flash(_("Removed."), "done")
    return redirect(url_for("accounts.factors"), 303)


@bp.post("/account/second-step/key/name")
@_of_owner
def name_key(person: Person) -> AnyResponse:
    """Give a passkey a name."""
    form = KeyForm()
    if form.validate():
        factors.name_key(person.id, request.form.get("key", ""), typed(form.name))
        flash(_("Saved."), "done")
    return redirect(url_for("accounts.factors"), 303)
