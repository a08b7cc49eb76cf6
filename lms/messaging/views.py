"""Pages of notices: the list, opening one, the mail address."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from lms.core import throttle
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, public, signed_in
from lms.core.room import Card
from lms.core.settings import Settings
from lms.messaging import actions, queries, stopping
from lms.messaging.forms import AddressForm, WishesForm
from lms.messaging.kinds import LOOKS
from lms.messaging.policy import Permission
from lms.messaging.queries import Found
from lms.messaging.rules import Wishes
from lms.web.forms import Form, typed
from lms.web.page import page

bp = Blueprint("messaging", __name__, url_prefix="/<lang:lang>", template_folder="templates")

ON_A_PAGE = 50
STOP, FREE_PRESSES = "mail-stop", 20


def home_cards(person: Actor) -> list[Card]:
    """The card on home that says how much is new; nothing of what it is."""
    count = queries.unread_count(person.id)
    return [Card("messaging/home_card.html", {"count": count}, 30, aside=True)] if count else []


@bp.get("/notices")
@allow(Permission.OWN)
def notices() -> Response:
    """What is new, latest first."""
    person, number = signed_in(), max(1, request.args.get("page", 1, type=int))
    count, unread = queries.counts(person.id)
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(number, pages)
    found = queries.notices(person.id, ON_A_PAGE, (number - 1) * ON_A_PAGE)
    return page(
        "messaging/notices.html",
        form=Form(formdata=None),
        rows=[(notice, LOOKS[notice.kind]) for notice in found],
        unread=unread,
        number=number,
        pages=pages,
        newer=url_for("messaging.notices", page=number - 1) if number > 1 else None,
        older=url_for("messaging.notices", page=number + 1) if number < pages else None,
        zone=person.zone,
    )


def _own_notice(person: Actor, notice_pid: str) -> Found | None:
    return queries.notice(person.id, notice_pid)


@bp.post("/notices/<notice_pid>")
@allow(Permission.OWN, _own_notice)
def open_notice(notice: Found) -> AnyResponse:
    """Mark a notice read and go to what it is about."""
    if not Form().validate():
        return redirect(url_for("messaging.notices"), 303)
    actions.mark_read(notice.id)
    return redirect(_target(notice), 303)


def _target(notice: Found) -> str:
    endpoint, params = LOOKS[notice.kind].endpoint, dict[str, Any](notice.params)
    known = endpoint in current_app.view_functions
    return url_for(endpoint, **params) if known else url_for("web.home")


@bp.post("/notices/read")
@allow(Permission.OWN)
def read_all() -> AnyResponse:
    """Mark all notices read."""
    if Form().validate():
        actions.mark_all_read(signed_in().id)
        flash(_("All marked as read."), "done")
    return redirect(url_for("messaging.notices"), 303)


@bp.route("/notices/settings", methods=["GET", "POST"])
@allow(Permission.OWN)
def settings() -> AnyResponse:
    """Leave a mail address, change it or take it back."""
    person, form = signed_in(), AddressForm()
    instance: Settings = current_app.extensions["settings"]
    if form.validate_on_submit():
        actions.set_address(person.id, typed(form.address))
        if instance.mail_url:
            told = _("Saved. A mail comes when something waits, at most one an hour.")
        else:
            told = _("Saved. No mail comes as long as this instance sends none.")
        flash(told, "done")
        return redirect(url_for("messaging.settings"), 303)
    wishes = WishesForm(formdata=None, data=asdict(actions.wishes(person.id)))
    return page(
        "messaging/settings.html",
        422 if form.errors else 200,
        form=form,
        wishes=wishes,
        address=queries.address(person.id),
        mail_works=bool(instance.mail_url),
    )


@bp.post("/notices/settings/wishes")
@allow(Permission.OWN)
def choose() -> AnyResponse:
    """Say what comes, and where."""
    form = WishesForm()
    if form.validate():
        ticked = {name: bool(form[name].data) for name in Wishes.__slots__}
        actions.choose(signed_in().id, Wishes(**ticked))
        flash(_("Saved. It holds from now on."), "done")
    return redirect(url_for("messaging.settings"), 303)


@bp.post("/notices/settings/remove")
@allow(Permission.OWN)
def remove_address() -> AnyResponse:
    """Take the address back."""
    if Form().validate():
        actions.remove_address(signed_in().id)
        flash(_("The address is deleted. No mail will come."), "done")
    return redirect(url_for("messaging.settings"), 303)


@bp.route("/mail/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> AnyResponse:
    """End mails for whoever holds one of them. Looking does nothing; the mailbox's provider may press, too."""
    person_id = stopping.whose(token)
    if person_id is None:
        abort(404)
    if request.method == "POST":
        if throttle.wait_until(STOP, token, FREE_PRESSES):
            abort(429)
        throttle.count(STOP, token)
        stopping.stop(person_id)
        return page("messaging/stop.html", keep=True, done=True)
    return page("messaging/stop.html", done=False, form=Form(formdata=None), token=token)


@bp.record_once
def _press_without_a_page(state: BlueprintSetupState) -> None:
    # A provider's one-click press comes from no page of ours: the secret in the address stands for the token.
    state.app.extensions["csrf"].exempt(stop)
