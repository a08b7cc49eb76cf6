"""Pages of certificates: one's own, and the public check."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.certificates import actions, names, number, queries, record
from lms.certificates.forms import NEUTRAL, REASONS, ClaimForm, CompareForm, WithdrawForm
from lms.certificates.guesses import Guesses
from lms.certificates.pdf.document import CertificateDocument
from lms.certificates.pdf.words import long_date
from lms.certificates.policy import Permission
from lms.certificates.queries import Held
from lms.certificates.rules import NotAllowed, Reason, State, may_ask_anew, may_confirm
from lms.core import throttle
from lms.core.clock import now
from lms.core.i18n import DEFAULT, LANGUAGES, format_time, language
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, public, signed_in
from lms.core.sealing import CannotOpen
from lms.core.settings import Settings
from lms.web.forms import Form, typed
from lms.web.page import page

bp = Blueprint("certificates", __name__, url_prefix="/<lang:lang>", template_folder="templates")
site = Blueprint("certificate_numbers", __name__)

# Comparing names: ten tries on one certificate, then slower and slower (`core.throttle`).
FREE_COMPARISONS = 10
REFRESH_SECONDS, MOST_REFRESHES = 3, 40
GUESSES = Guesses()


def _own(person: Actor, certificate: str) -> Held | None:
    return queries.own(person.id, certificate)


# ---------------------------------------------------------------- one's own


@bp.get("/certificates")
@allow(Permission.OWN)
def mine() -> Response:
    """Everything that the person holds, and what waits for a name."""
    held = queries.of_person(signed_in().id)
    return page("certificates/mine.html", held=held, **_words())


@bp.get("/certificates/<certificate>")
@allow(Permission.OWN, _own)
def one(held: Held) -> AnyResponse:
    """One certificate in its present state; looks again by itself while the file is made."""
    if held.state == State.WAITING:
        return redirect(url_for(".claim", certificate=held.public_id), 303)
    answer = page(
        "certificates/one.html",
        held=held,
        check_address=record.check_address(_settings().public_url),
        anew=may_ask_anew(held.state, held.ended_by),
        **_words(),
    )
    looked = request.args.get("look", 0, type=int)
    if held.state == State.ISSUING and looked < MOST_REFRESHES:
        again = url_for(".one", certificate=held.public_id, look=looked + 1)
        answer.headers["Refresh"] = f"{REFRESH_SECONDS}; url={again}"
    return answer


@bp.route("/certificates/<certificate>/claim", methods=["GET", "POST"])
@allow(Permission.OWN, _own)
def claim(held: Held) -> AnyResponse:
    """Choose name, language and wording; look at the text; have it made. Also for one with another name."""
    if held.state not in {State.WAITING, State.ISSUED} and not may_ask_anew(
        held.state, held.ended_by
    ):
        return redirect(url_for(".one", certificate=held.public_id), 303)
    form = ClaimForm()
    form.offer(language())
    if not form.validate_on_submit() or request.form.get("change"):
        return page("certificates/claim.html", 422 if form.errors else 200, form=form, held=held)
    if not request.form.get("make"):
        return page("certificates/look_over.html", form=form, held=held, said=_said(held, form))
    return _make(held, form)


def _said(held: Held, form: ClaimForm) -> CertificateDocument:
    """The words as they will be printed; the number is not known yet."""
    return record.document(
        held.record,
        number=held.number,
        name=typed(form.name),
        lang=form.lang.data,
        neutral=form.wording.data == NEUTRAL,
        issued_at=now(),
        public_url=_settings().public_url,
    )


def _make(held: Held, form: ClaimForm) -> AnyResponse:
    person, neutral = signed_in(), form.wording.data == NEUTRAL
    try:
        made = actions.claim(
            held, person.public_id, typed(form.name), form.lang.data, neutral=neutral
        )
    except actions.MustWait as wait:
        until = format_time(wait.until, person.zone)
        form.name.errors = [_("Many were made in a row. The next one at %(time)s.", time=until)]
        return page("certificates/claim.html", 429, form=form, held=held)
    except NotAllowed:
        return redirect(url_for(".mine"), 303)
    return redirect(url_for(".one", certificate=made), 303)


@bp.get("/certificates/<certificate>/file")
@allow(Permission.OWN, _own)
def file(held: Held) -> AnyResponse:
    """The PDF, for its holder; the name of the file says nothing."""
    try:
        pdf = queries.pdf_of(held, vault.unlocked())
    except CannotOpen:
        flash(_("The key that this file was sealed with is gone. Have it made again."), "info")
        return redirect(url_for(".one", certificate=held.public_id), 303)
    if pdf is None:
        abort(404)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/certificates/<certificate>/withdraw", methods=["GET", "POST"])
@allow(Permission.OWN, _own)
def withdraw(held: Held) -> AnyResponse:
    """Withdraw one's own certificate, without a reason."""
    if held.state != State.ISSUED:
        return redirect(url_for(".one", certificate=held.public_id), 303)
    form = Form()
    if not form.validate_on_submit():
        return page("certificates/withdraw.html", form=form, held=held)
    actions.withdraw(held)
    flash(_("The certificate is withdrawn. Whoever checks it is told so."), "done")
    return redirect(url_for(".one", certificate=held.public_id), 303)


# ---------------------------------------------------------------- the public check


@site.get("/c")
@public
def short() -> AnyResponse:
    """The short address on the paper."""
    return redirect(f"/{_readers_language()}/c", 302)


@site.get("/c/<typed_number>")
@public
def scanned(typed_number: str) -> AnyResponse:
    """The address in the QR code, in the language that the browser asks for."""
    target = url_for("certificates.checked", typed_number=typed_number, lang=_readers_language())
    return redirect(target, 302)


def _readers_language() -> str:
    return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT


@bp.get("/c")
@public
def check() -> AnyResponse:
    """Type a number; the answer has an address of its own."""
    if given := request.args.get("number", "").strip():
        found = number.parse(given) or given[:64].replace("/", "-")
        return redirect(url_for(".checked", typed_number=found), 303)
    return page("certificates/check.html", given="", missing=False)


@bp.route("/c/<typed_number>", methods=["GET", "POST"])
@public
def checked(typed_number: str) -> AnyResponse:
    """Say whether a certificate is genuine, withdrawn, replaced or not known; compare a name with it."""
    if GUESSES.too_many(now()):
        abort(429)
    found = number.parse(typed_number)
    held = queries.printed(found) if found else None
    if held is None:
        GUESSES.missed(now())
        return page("certificates/check.html", 404, given=typed_number, missing=True)
    form = CompareForm()
    if not form.validate_on_submit():
        return _verdict(held, form, 422 if form.errors else 200)
    return _compare(held, form)


def _compare(held: Held, form: CompareForm) -> Response:
    if held.commitment is None or held.salt is None:
        return _verdict(held, form)
    if until := throttle.wait_until("certificate-name", held.number, FREE_COMPARISONS):
        time = format_time(until, _settings().time_zone)
        form.name.errors = [_("Many names were tried on it. The next one at %(time)s.", time=time)]
        return _verdict(held, form, 429)
    # Each try counts, so that a match takes no other time than a miss.
    throttle.count("certificate-name", held.number)
    matches = names.matches(
        held.commitment, actions.commitment_key(), held.salt, names.tidy(typed(form.name))
    )
    return _verdict(held, form, keep=True, matches=matches)


def _verdict(
    held: Held,
    form: CompareForm,
    status: int = 200,
    *,
    keep: bool = False,
    matches: bool | None = None,
) -> Response:
    zone = _settings().time_zone
    return page(
        "certificates/verdict.html",
        status,
        keep=keep,
        form=form,
        held=held,
        said=held.record[language()],
        matches=matches,
        zone=zone,
        moment=now(),
        **_words(),
    )


# ---------------------------------------------------------------- staff


@bp.route("/certificates/withdrawals", methods=["GET", "POST"])
@allow(Permission.WITHDRAW)
def withdrawals() -> AnyResponse:
    """Ask for a certificate to be withdrawn; a second member of staff has to agree. No names stand here."""
    form, person = WithdrawForm(), signed_in()
    if not form.validate_on_submit():
        return _withdrawals_page(form, person, 422 if form.errors else 200)
    found = number.parse(typed(form.number))
    held = queries.printed(found) if found else None
    if held is None:
        form.number.errors = [_("No certificate has this number. Check it for 0 and O, 1 and I.")]
        return _withdrawals_page(form, person, 422)
    try:
        actions.ask_to_withdraw(held, person.id, Reason(form.reason.data))
    except NotAllowed:
        form.number.errors = [
            _("This one is ended already, waits for a second person, or is yours.")
        ]
        return _withdrawals_page(form, person, 422)
    flash(_("Written down. A second person of the staff has to agree."), "done")
    return redirect(url_for(".withdrawals"), 303)


def _withdrawals_page(form: WithdrawForm, person: Actor, status: int) -> Response:
    asked = [
        (held, may_confirm(held.asked_by_id, person.id, held.person_id))
        for held in queries.asked_to_withdraw()
    ]
    return page(
        "certificates/withdrawals.html",
        status,
        form=form,
        asked=asked,
        plain_form=Form(formdata=None),
        reasons=dict(REASONS),
        **_words(),
    )


def _asked(_person: Actor, certificate: str) -> Held | None:
    return next((h for h in queries.asked_to_withdraw() if h.public_id == certificate), None)


@bp.post("/certificates/withdrawals/<certificate>/agree")
@allow(Permission.WITHDRAW, _asked)
def agree(held: Held) -> AnyResponse:
    """Be the second person: the certificate is withdrawn."""
    if not Form().validate_on_submit():
        abort(400)
    try:
        actions.agree_to_withdraw(held, signed_in().id)
        flash(_("Withdrawn. The holder is told, with the reason."), "done")
    except NotAllowed:
        flash(_("Somebody else of the staff has to agree."), "info")
    return redirect(url_for(".withdrawals"), 303)


@bp.post("/certificates/withdrawals/<certificate>/keep")
@allow(Permission.WITHDRAW, _asked)
def keep(held: Held) -> AnyResponse:
    """Drop the wish: the certificate stays."""
    if not Form().validate_on_submit():
        abort(400)
    try:
        actions.keep_after_all(held)
        flash(_("The certificate stays."), "done")
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for(".withdrawals"), 303)


def _words() -> dict[str, Any]:
    """What templates of this room need to put a certificate into words."""
    lang = language()
    return {
        "shown": number.shown,
        "day": lambda held, moment: long_date(held.day(moment), lang),
    }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
