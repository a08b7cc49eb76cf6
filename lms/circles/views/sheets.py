"""Case sheets: written with a checklist, talked about in order."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.accounts.vault import SharedKeys
from lms.circles import actions, queries, words
from lms.circles.forms import PostForm, SheetForm
from lms.circles.policy import Permission
from lms.circles.queries import Found, Sheet
from lms.circles.rules import NotAllowed, Stage, may_speak, next_stage
from lms.circles.views import bp
from lms.circles.views.circle import load_circle
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.safeguarding.queries import blocked
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.route("/<circle>/case", methods=["GET", "POST"])
@allow(Permission.TAKE_PART, load_circle)
def new_sheet(found: Found) -> AnyResponse:
    """Write one. It cannot be posted until every item is confirmed, and nothing is kept before."""
    form = SheetForm()
    if not form.validate_on_submit():
        return page("circles/new_sheet.html", 422 if form.errors else 200, form=form, found=found)
    parts = {name: typed(form[name]) for name in ("situation", "tried", "question")}
    try:
        public_id = actions.post_sheet(
            found, signed_in().id, parts, form.confirmed.data or (), vault.unlocked()
        )
    except NotAllowed:
        flash(_("This circle has ended."), "info")
        return redirect(url_for("circles.circle", circle=found.public_id), 303)
    flash(_("Posted. Questions come first, ideas later."), "done")
    return redirect(url_for("circles.sheet", circle=found.public_id, sheet=public_id), 303)


def load_sheet(person: Actor, circle: str, **_rest: str) -> Found | None:
    """The circle of a sheet's address; the sheet is found with the reader's keys (`_sheet`)."""
    return load_circle(person, circle)


def _sheet(found: Found) -> tuple[Sheet | None, SharedKeys]:
    person, wanted = signed_in(), str((request.view_args or {})["sheet"])
    keys = queries.shared_keys(found, person.id, vault.unlocked())
    every = queries.sheets(found, keys, blocked(person.id))
    return next((one for one in every if one.public_id == wanted), None), keys


@bp.get("/<circle>/case/<sheet>")
@allow(Permission.TAKE_PART, load_sheet)
def sheet(found: Found) -> AnyResponse:
    """A case with what was said about it, stage by stage."""
    return _page(found, PostForm(formdata=None))


def _page(found: Found, form: PostForm, status: int = 200) -> AnyResponse:
    person = signed_in()
    case, keys = _sheet(found)
    if case is None:
        return redirect(url_for("circles.circle", circle=found.public_id), 303)
    said = queries.posts(found, keys, blocked(person.id), case.id)
    leads = found.facilitator_id == person.id
    by_stage = [(stage, [one for one in said if one.stage == stage]) for stage in Stage]
    answer: Response = page(
        "circles/sheet.html",
        status,
        form=form,
        plain=Form(formdata=None),
        found=found,
        case=case,
        me=person.id,
        stages=words.STAGES,
        how=words.HOW[case.stage],
        by_stage=[(stage, posts) for stage, posts in by_stage if posts],
        order=[str(words.STAGES[stage]) for stage in Stage if stage is not Stage.CLOSED],
        next=next_stage(case.stage) if case.stage is not Stage.CLOSED else None,
        here=list(Stage).index(case.stage) + 1,
        may_speak=found.state == "open" and may_speak(case.stage, facilitator=leads),
        leads=leads and found.state == "open" and case.stage is not Stage.CLOSED,
        zone=person.zone,
    )
    return answer


@bp.post("/<circle>/case/<sheet>")
@allow(Permission.TAKE_PART, load_sheet)
def contribute(found: Found) -> AnyResponse:
    """Say something at this stage."""
    form = PostForm()
    if not form.validate():
        return _page(found, form, 422)
    person, (case, _keys) = signed_in(), _sheet(found)
    if case is None:
        return redirect(url_for("circles.circle", circle=found.public_id), 303)
    try:
        actions.contribute(found, case, person.id, typed(form.body), vault.unlocked())
    except NotAllowed:
        flash(_("The talk has gone on meanwhile. Your words are not kept."), "info")
    return _to(found, case)


@bp.post("/<circle>/case/<sheet>/on")
@allow(Permission.LEAD, load_sheet)
def go_on(found: Found) -> AnyResponse:
    """The facilitator brings the talk one stage on."""
    case, _keys = _sheet(found)
    if case is None or not Form().validate():
        return redirect(url_for("circles.circle", circle=found.public_id), 303)
    try:
        actions.go_on(found, case)
    except NotAllowed:
        flash(_("The talk about this case is over."), "info")
    return _to(found, case)


def _to(found: Found, case: Sheet) -> AnyResponse:
    return redirect(url_for("circles.sheet", circle=found.public_id, sheet=case.public_id), 303)
