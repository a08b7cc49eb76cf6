"""Pages of recognition: a mentor's hours, statements of them, and the staff's answer."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.certificates import number
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.core.sealing import CannotOpen
from lms.core.settings import Settings
from lms.recognition import actions, queries, words
from lms.recognition.forms import StatementForm
from lms.recognition.policy import Permission
from lms.recognition.queries import Statement
from lms.recognition.rules import NotAllowed, State, by_month, heights, last_months, months
from lms.web.forms import Form, typed
from lms.web.page import page

bp = Blueprint(
    "recognition", __name__, url_prefix="/<lang:lang>/hours", template_folder="templates"
)
TALLEST = 96
ON_A_PAGE = 50


@bp.get("")
@allow(Permission.HOURS)
def hours() -> Response:
    """What a mentor has given, month by month."""
    person, wanted = signed_in(), last_months(now().date())
    found = by_month(queries.given(person.id, wanted[0], wanted[-1]), wanted)
    tall = heights(list(found.values()), TALLEST)
    bars = [(words.short_month(month), height) for month, height in zip(found, tall, strict=True)]
    return page(
        "recognition/hours.html",
        bars=bars,
        tallest=TALLEST,
        rows=[(words.month(m), words.time(n)) for m, n in reversed(found.items()) if n],
        total=queries.total(person.id),
        time=words.time,
        statements=[(one, _period(one)) for one in queries.statements_of(person.id)],
        shown=number.shown,
    )


def _period(found: Statement) -> str:
    return words.period(found.first_month, found.last_month)


@bp.route("/statement", methods=["GET", "POST"])
@allow(Permission.HOURS)
def ask() -> AnyResponse:
    """Ask for a statement."""
    form, g.nav = StatementForm().offer(now().date(), language()), "recognition.hours"
    if form.validate_on_submit():
        first, last = form.period
        try:
            made = actions.ask(signed_in().id, first, last, typed(form.name), form.lang.data)
        except actions.NothingGiven:
            form.first.errors = [_("No confirmed time lies in these months. Choose others.")]
        else:
            flash(_("Asked for. A coordinator looks at the months and the sum."), "done")
            return redirect(url_for("recognition.statement", statement=made), 303)
    return page("recognition/ask.html", 422 if form.errors else 200, form=form)


def _load(_person: Actor, statement: str) -> Statement | None:
    return queries.statement(statement)


@bp.get("/statements/<statement>")
@allow(Permission.OWN, _load)
def statement(found: Statement) -> Response:
    """A statement in its present state."""
    g.nav = "recognition.hours"
    wanted = months(found.first_month, found.last_month)
    given = by_month(queries.given(found.person_id, wanted[0], wanted[-1]), wanted)
    settings: Settings = current_app.extensions["settings"]
    return page(
        "recognition/statement.html",
        found=found,
        period=_period(found),
        rows=[(words.month(m), words.time(n)) for m, n in given.items() if n],
        total=words.time(found.minutes),
        reference=number.shown(found.reference),
        issuer=settings.issuer(language()),
        zone=settings.time_zone,
    )


@bp.get("/statements/<statement>/file")
@allow(Permission.OWN, _load)
def file(found: Statement) -> AnyResponse:
    """The PDF, for its holder; the name of the file says nothing."""
    if found.state is not State.READY:
        abort(404)
    try:
        pdf = queries.pdf_of(found, vault.unlocked())
    except CannotOpen:
        flash(_("The key that this file was sealed with is gone. Ask for a new one."), "info")
        return redirect(url_for("recognition.statement", statement=found.public_id), 303)
    if pdf is None:
        abort(404)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="statement.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


# --- Staff ---------------------------------------------------------------------------------------


@bp.get("/requests")
@allow(Permission.APPROVE)
def requests() -> Response:
    """Statements that wait for a coordinator."""
    person, found = signed_in(), queries.asked()
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    pages = max(1, -(-len(found) // ON_A_PAGE))
    leaf = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = found[(leaf - 1) * ON_A_PAGE : leaf * ON_A_PAGE]
    names = queries.names_of([one.person_id for one in shown])
    rows = [
        (one, names.get(one.person_id, ""), _period(one), words.time(one.minutes)) for one in shown
    ]
    audit.saw_list(Visitor(person.id, role), [one.person_id for one, *_rest in rows], What.MEETINGS)
    return page(
        "recognition/requests.html",
        form=Form(formdata=None),
        rows=rows,
        leaf=leaf,
        pages=pages,
        before=url_for("recognition.requests", page=leaf - 1) if leaf > 1 else None,
        after=url_for("recognition.requests", page=leaf + 1) if leaf < pages else None,
        me=person.id,
    )


@bp.post("/requests/<statement>")
@allow(Permission.ANSWER, _load)
def answer(found: Statement) -> AnyResponse:
    """Approve or decline."""
    if Form().validate():
        try:
            if "approve" in request.form:
                actions.approve(found, signed_in().id)
                flash(_("Approved. It is printed now."), "done")
            else:
                actions.decline(found)
                flash(_("Declined. The person is told."), "done")
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for("recognition.requests"), 303)
