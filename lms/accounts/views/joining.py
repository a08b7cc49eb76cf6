"""Joining: a name and a passphrase, then the way back."""

from __future__ import annotations

import json
import secrets as random
from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, admission, queries, rules, secrets, signin
from lms.accounts.forms import JoinForm, WayBackForm
from lms.accounts.policy import Permission
from lms.accounts.views.base import ONWARD, bp, onward, settings
from lms.core import sealing
from lms.core.i18n import LANGUAGES, language
from lms.core.i18n import gettext as _
from lms.core.policy import actor, allow, public, signed_in
from lms.web.forms import typed
from lms.web.page import page

ANOTHER = "another"


@bp.route("/join", methods=["GET", "POST"])
@public
def join() -> AnyResponse:
    """Step one: a name and a passphrase; suggestions of both are a press away, without script too."""
    if actor():
        return redirect(url_for("web.home"), 303)
    if door := _door_to_pass():
        flash(_("People join here with a code. Type yours first."), "info")
        return redirect(url_for(door.endpoint), 303)
    form = JoinForm()
    if _suggested(form) or not form.validate_on_submit():
        return _join_page(form)
    if actions.names_exhausted() and not _is_suggestion(typed(form.handle)):
        form.handle.errors = [
            _("Many names were tried just now. Take one of the suggestions below.")
        ]
        return _join_page(form, 429)
    try:
        zone = settings().time_zone
        person, private = actions.join(typed(form.handle), typed(form.passphrase), zone)
    except actions.HandleTaken:
        form.handle.errors = [
            _("“%(name)s” is taken. Try one below, or add a word.", name=typed(form.handle))
        ]
        return _join_page(form, keep=True)
    signin.begin(actions.open_sign_in(person, private, own_phone=False), own_phone=False)
    session[ONWARD] = onward(person.id)
    return redirect(url_for("accounts.way_back"), 303)


def _door_to_pass() -> admission.Door | None:
    # The very first account needs no code: nobody is there yet who could give one out.
    by_code = settings().signup == "code" and queries.anybody()
    return admission.closed() if by_code else None


def _suggested(form: JoinForm) -> bool:
    # The suggestion buttons post the same form, so nothing that was typed is lost.
    if (handle := request.form.get("pick", "")) and handle != ANOTHER:
        form.handle.data = handle
    if request.form.get("make"):
        form.passphrase.fill_in(rules.make_passphrase(language()))
    return bool({"pick", "make"} & set(request.form))


def _is_suggestion(handle: str) -> bool:
    word, _space, digits = handle.partition(" ")
    return digits.isdigit() and any(rules.is_name_word(word, lang) for lang in LANGUAGES)


def _join_page(form: JoinForm, status: int = 200, *, keep: bool = False) -> Response:
    if form.errors and status == 200:
        status = 422
    made = typed(form.passphrase) if request.form.get("make") else ""
    suggestions = rules.suggest_handles(language())
    return page(
        "accounts/join.html", status, keep=keep, form=form, suggestions=suggestions, made=made
    )


@bp.route("/join/way-back", methods=["GET", "POST"])
@allow(Permission.OWN, fresh=True)
def way_back() -> AnyResponse:
    """Step two: write the recovery code down; it counts once two of its groups were typed back."""
    person, form = signed_in(), WayBackForm()
    if not form.is_submitted():
        return _code_page(form, _new_code(person.public_id))
    try:
        offered = json.loads(
            sealing.unseal(bytes.fromhex(form.sealed.data or ""), _code_place(person.public_id))
        )
    except (sealing.CannotOpen, ValueError):
        flash(_("The page was open for too long. Here is a new code."), "info")
        return redirect(url_for("accounts.way_back"), 303)
    if not form.validate():
        return _code_page(form, offered, 422)
    groups = secrets.in_groups(offered["code"])
    for field, place in zip((form.first, form.second), offered["ask"], strict=True):
        if secrets.read_code(field.data or "") != groups[place]:
            field.errors = [_("Not the same. Look at group %(number)s again.", number=place + 1)]
    if form.errors or form.first.errors or form.second.errors:
        return _code_page(form, offered, 422)
    actions.keep_recovery_code(queries.by_id(person.id), signin.token(), offered["code"])
    return redirect(session.pop(ONWARD, url_for("web.home")), 303)


def _new_code(public_id: str) -> dict[str, Any]:
    places = sorted(random.SystemRandom().sample(range(secrets.GROUPS), 2))
    return {"code": secrets.new_recovery_code(), "ask": places, "for": public_id}


def _code_place(public_id: str) -> sealing.Place:
    return sealing.Place("page", "recovery", "way-back", public_id)


def _code_page(form: WayBackForm, offered: dict[str, Any], status: int = 200) -> Response:
    # The code is not in the database before it counts; it travels sealed in the page.
    owner = offered["for"]
    form.sealed.data = sealing.seal(json.dumps(offered), _code_place(owner)).hex()
    first, second = (place + 1 for place in offered["ask"])
    form.first.label.text = _("Group %(number)s", number=first)
    form.second.label.text = _("Group %(number)s", number=second)
    groups = secrets.in_groups(offered["code"])
    later = session.get(ONWARD, url_for("web.home"))
    facts = {"groups": groups, "first": first, "second": second, "later": later}
    return page("accounts/way_back.html", status, form=form, **facts)
