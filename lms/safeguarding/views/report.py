"""Say that something is wrong, with or without an account, and see what came of it."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.db import transaction
from lms.core.discretion import discreet
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, actor, allow, public, signed_in
from lms.core.settings import Settings
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.safeguarding import actions, following, queries, words
from lms.safeguarding.forms import ReportForm, SayForm, slow_down
from lms.safeguarding.others import Other, other_of
from lms.safeguarding.policy import Permission
from lms.safeguarding.queries import Found
from lms.safeguarding.rules import Wish, due_at
from lms.safeguarding.views import bp
from lms.web.forms import typed
from lms.web.page import page

# Where the digits wait in the browser's own cookie until the next page has shown them.
ONCE = "digits"


def _other(person: Actor | None, reference: str) -> Other | None:
    # A discreet view names nobody.
    if person is None or discreet():
        return None
    return other_of(reference, person.id)


@bp.route("", methods=["GET", "POST"])
@public
def report() -> AnyResponse:
    """Say it. `about` is the public id of a pair, if the way here led over one."""
    person, form = actor(), ReportForm()
    reference = typed(form.about) or request.args.get("about", "")
    other = _other(person, reference)
    form.about.data = reference if other else ""
    if person is None and not form.is_submitted():
        form.wish.data = Wish.RECORD.value
    if not form.validate_on_submit():
        return _page(form, person, other)
    if actions.too_many(person.id if person else None):
        form.body.errors = [slow_down()]
        return _page(form, person, other, 429)
    wish = Wish(typed(form.wish))
    public_id = actions.raise_concern(
        person.id if person else None, wish, typed(form.body), about=other, pair=reference
    )
    if person is None:
        session[ONCE] = following.give(public_id)
    if person is None or discreet():
        return redirect(
            url_for("safeguarding.sent", urgent="1" if wish is Wish.URGENT else None), 303
        )
    flash(_("We have it."), "done")
    return redirect(url_for("safeguarding.raised", concern=public_id), 303)


def _page(
    form: ReportForm, person: Actor | None, other: Other | None, status: int = 200
) -> Response:
    return page(
        "safeguarding/report.html",
        422 if form.errors and status == 200 else status,
        form=form,
        other=other,
        guest=person is None,
        has_lead=queries.has_lead(),
        names=person is not None and person.has("administrator"),
        contact=settings().contact,
        help_now=settings().help_now(language()),
        private=person is not None and not discreet(),
    )


@bp.get("/sent")
@public
def sent() -> Response:
    """After a concern without a name: the digits to follow it with, this once, and what to do if it is urgent."""
    return page(
        "safeguarding/sent.html",
        groups=following.in_groups(session.pop(ONCE, "")),
        urgent=bool(request.args.get("urgent")),
        has_lead=queries.has_lead(),
        contact=settings().contact,
        help_now=settings().help_now(language()),
    )


# --- One's own -----------------------------------------------------------------------------------


@bp.get("/mine")
@allow(Permission.BLOCK)
def mine() -> Response:
    """What the person has told us, with what came of it."""
    person = signed_in()
    found = queries.concerns_of(person.id)
    return page(
        "safeguarding/mine.html",
        concerns=found,
        words=words.TOLD,
        wishes=words.WISHES,
        zone=person.zone,
    )


def load_concern(_person: Actor, concern: str) -> Found | None:
    """The concern of an address. The policy decides who may have it."""
    return queries.concern(concern)


@bp.get("/mine/<concern>")
@allow(Permission.RAISED, load_concern)
def raised(found: Found) -> Response:
    """One of them: her words, how far it is, what was said since."""
    return _raised_page(found, SayForm(formdata=None))


@bp.post("/mine/<concern>")
@allow(Permission.RAISED, load_concern)
def reply(found: Found) -> AnyResponse:
    """Say something more."""
    form = SayForm()
    if not form.validate():
        return _raised_page(found, form, 422)
    actions.reply(found, signed_in().id, typed(form.body))
    flash(_("Sent."), "done")
    return redirect(url_for("safeguarding.raised", concern=found.public_id), 303)


def _raised_page(found: Found, form: SayForm, status: int = 200) -> Response:
    person, said = signed_in(), queries.said(found, talk_only=True)
    if status == 200:
        with transaction():
            messaging.seen(person.id, Kind.CONCERN_NEWS, concern=found.public_id)
    return page(
        "safeguarding/raised.html",
        status,
        form=form,
        found=found,
        said=said,
        words=words.TOLD,
        due=due_at(found.raised_at),
        zone=person.zone,
        has_lead=queries.has_lead(),
        contact=settings().contact,
        help_now=settings().help_now(language()),
    )


def settings() -> Settings:
    """The settings of this instance."""
    found: Settings = current_app.extensions["settings"]
    return found
