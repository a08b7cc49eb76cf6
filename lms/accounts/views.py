"""Pages of accounts: join, sign in, the way back, one's own account, Leave."""

from __future__ import annotations

import json
import secrets as random
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, admission, queries, rules, secrets, signin
from lms.accounts.forms import (
    ChangePassphraseForm,
    FirstForm,
    JoinForm,
    RecoverForm,
    SignInForm,
    WayBackForm,
    ZoneForm,
)
from lms.accounts.policy import Permission
from lms.core import room, sealing
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.core.i18n import LANGUAGES, format_time, language
from lms.core.i18n import gettext as _
from lms.core.policy import SignInNeeded, actor, allow, public, signed_in
from lms.core.settings import Settings
from lms.web.forms import ReplayForm, safe_fields, typed, typed_text
from lms.web.page import front_url, page

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>", template_folder="templates")
site = Blueprint("leaving", __name__)

REPLAY = "replay:"
ANOTHER = "another"
ONWARD = "onward"  # where somebody who has just joined goes after step two


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
        zone = _settings().time_zone
        person, private = actions.join(typed(form.handle), typed(form.passphrase), zone)
    except actions.HandleTaken:
        form.handle.errors = [
            _("“%(name)s” is taken. Try one below, or add a word.", name=typed(form.handle))
        ]
        return _join_page(form, keep=True)
    signin.begin(actions.open_sign_in(person, private, own_phone=False), own_phone=False)
    session[ONWARD] = _onward(person.id)
    return redirect(url_for("accounts.way_back"), 303)


def _door_to_pass() -> admission.Door | None:
    # The very first account needs no code: nobody is there yet who could give one out.
    by_code = _settings().signup == "code" and queries.anybody()
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
@allow(Permission.OWN)
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


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    """Sign in; what was typed on a page whose sign-in had ended is carried along."""
    if actor() and request.method == "GET":
        return redirect(url_for("web.home"), 303)
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
    person = queries.by_token(token, now())
    if carried := _carried():
        form = ReplayForm.of_request(*carried)
        return page("accounts/resume.html", keep=True, replay=form)
    return redirect(_onward(person.person_id if person else 0), 303)


def wait_message(until: datetime) -> str:
    """When the next try is allowed, in the instance's time zone."""
    return _(
        "Too many tries. Next one at %(time)s.", time=format_time(until, _settings().time_zone)
    )


def _sign_in_page(form: SignInForm, status: int = 200, *, keep: bool = False) -> Response:
    carried = _carried()
    fields = (
        [(REPLAY + name, value) for name, value in carried[1].items(multi=True)] if carried else []
    )
    action = carried[0] if carried else ""
    return page(
        "accounts/sign_in.html",
        status,
        keep=keep,
        form=form,
        action=action,
        fields=fields,
        next=_next_url(),
    )


def _carried() -> tuple[str, Any] | None:
    action = request.form.get(REPLAY, "")
    if not _is_local(action):
        return None
    names = [name for name in request.form if name.startswith(REPLAY) and name != REPLAY]
    pairs = [
        (name.removeprefix(REPLAY), value) for name in names for value in request.form.getlist(name)
    ]
    return action, request.form.__class__(pairs)


def _is_local(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _next_url() -> str:
    address = request.values.get("next", "")
    return address if _is_local(address) else ""


def _onward(person_id: int) -> str:
    # What a guest wanted before signing in ("Done" on a lesson) is done now, in this very transaction.
    kind, value = session.pop("kept", ("", ""))
    return room.carry_over(person_id, kind, value) or _next_url() or url_for("web.home")


def ask_to_sign_in(_error: SignInNeeded) -> AnyResponse:
    """What a guest gets at a page that needs an account: the sign-in page, with the typed text kept."""
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    form = SignInForm(formdata=None)
    typed = typed_text()
    fields = [(REPLAY + name, value) for name, value in safe_fields(request.form)] if typed else []
    action = request.full_path.rstrip("?") if typed else ""
    return page("accounts/sign_in.html", 401, form=form, action=action, fields=fields, next="")


@bp.post("/sign-out")
@public
def sign_out() -> AnyResponse:
    """End this browser's sign-in. Pressed twice is pressed once."""
    if token := signin.end():
        actions.end_sign_in(token)
    return signin.forget_browser(redirect(front_url(), 303))  # type: ignore[arg-type]


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
    return signin.forget_browser(redirect(_settings().leave_url or url_for("site.today"), 303))  # type: ignore[arg-type]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
