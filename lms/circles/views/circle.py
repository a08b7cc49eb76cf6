"""A circle for its people, and for its facilitator."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.circles import actions, queries, words
from lms.circles.forms import (
    AcceptForm,
    ChangeForm,
    InviteForm,
    JoinForm,
    NewForm,
    PlanForm,
    PostForm,
)
from lms.circles.policy import Permission
from lms.circles.queries import Found
from lms.circles.rules import CODE, MOST_MEMBERS, Full, NotAllowed
from lms.circles.views import bp
from lms.core import throttle
from lms.core.clock import now
from lms.core.db import transaction
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, may, signed_in
from lms.safeguarding.queries import blocked
from lms.web.forms import Form, typed
from lms.web.page import page

GUESSES = "circle code"


def load_circle(_person: Actor, circle: str) -> Found | None:
    """The circle of an address. The policy decides who may have it."""
    return queries.circle(circle)


# --- Which circles -------------------------------------------------------------------------------


@bp.get("")
@allow(Permission.OWN)
def index() -> Response:
    """One's circles, where one is asked in, and the way in with a code."""
    return _index(JoinForm(formdata=None))


def _index(form: JoinForm, status: int = 200, *, keep: bool = False) -> Response:
    person = signed_in()
    found = queries.circles_of(person.id)
    if not form.is_submitted():
        form.name.data = person.name
    invited = [one for one in found if (me := one.member(person.id)) and me.state == "invited"]
    return page(
        "circles/index.html",
        status,
        keep=keep,
        form=form,
        accept=AcceptForm(formdata=None, data={"name": person.name}),
        circles=[one for one in found if one not in invited],
        invited=[one for one in invited if one.state == "open"],
        may_begin=may(person, Permission.BEGIN),
        every=words.every,
        zone=person.zone,
    )


@bp.post("")
@allow(Permission.OWN)
def join() -> AnyResponse:
    """Come in with a code. Guessing is slowed down."""
    person, form = signed_in(), JoinForm()
    if not form.validate():
        return _index(form, 422)
    if throttle.wait_until(GUESSES, person.public_id):
        form.circle_code.errors = [_("Too many tries. Wait a few minutes, then type it again.")]
        return _index(form, 429)
    code = CODE.parse(typed(form.circle_code))
    found = queries.by_code(code) if code else None
    if found is None:
        throttle.count(GUESSES, person.public_id)
        form.circle_code.errors = [_("No circle has this code. Ask the facilitator for it again.")]
        return _index(form, 422, keep=True)
    return _come_in(found, person, typed(form.name))


@bp.post("/<circle>/accept")
@allow(Permission.OWN, load_circle)
def accept(found: Found) -> AnyResponse:
    """Come in since one was asked, or decline."""
    person, form = signed_in(), AcceptForm()
    me = found.member(person.id)
    if me is None or me.state != "invited":
        return redirect(url_for("circles.index"), 303)
    if "no" in request.form and Form().validate():
        actions.leave(found, person.id)
        flash(_("All right. Nobody is told."), "done")
        return redirect(url_for("circles.index"), 303)
    if not form.validate():
        flash(_("Choose a name."), "error")
        return redirect(url_for("circles.index"), 303)
    return _come_in(found, person, typed(form.name))


def _come_in(found: Found, person: Actor, name: str) -> AnyResponse:
    try:
        actions.join(found, person.id, name)
    except Full:
        flash(_("Twelve people are in this circle: it is full. Ask the facilitator."), "info")
        return redirect(url_for("circles.index"), 303)
    except NotAllowed:
        flash(_("This circle has ended."), "info")
        return redirect(url_for("circles.index"), 303)
    flash(_("You are in. You read what is said from now on."), "done")
    return redirect(url_for("circles.circle", circle=found.public_id), 303)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.BEGIN)
def new() -> AnyResponse:
    """Begin one."""
    person, form = signed_in(), NewForm()
    if form.validate_on_submit():
        public_id = actions.make(person.id, typed(form.title), typed(form.name), form.rhythm.data)
        flash(_("The circle is there. Give its code to those who shall come."), "done")
        return redirect(url_for("circles.run", circle=public_id), 303)
    if not form.is_submitted():
        form.name.data = person.name
    return page("circles/new.html", 422 if form.errors else 200, form=form)


# --- Inside --------------------------------------------------------------------------------------


@bp.get("/<circle>")
@allow(Permission.TAKE_PART, load_circle)
def circle(found: Found) -> Response:
    """The thread, the next meeting on one's own clock, the cases, the people."""
    return _page(found, PostForm(formdata=None))


def _page(found: Found, form: PostForm, status: int = 200) -> Response:
    person = signed_in()
    keys = queries.shared_keys(found, person.id, vault.unlocked())
    hidden = blocked(person.id)
    posts = queries.posts(found, keys, hidden)
    sheets = queries.sheets(found, keys, hidden)
    meetings = queries.meetings(found, person.id, keys)
    if status == 200:
        with transaction():
            actions.read(found, person.id)
    return page(
        "circles/circle.html",
        status,
        form=form,
        change=ChangeForm(formdata=None),
        found=found,
        me=person.id,
        posts=posts,
        sheets=sheets,
        meetings=meetings,
        people=[one for one in found.here if one.person_id not in hidden],
        leads=found.facilitator_id == person.id,
        stages=words.STAGES,
        every=words.every(found.rhythm_days),
        most=MOST_MEMBERS,
        zone=person.zone,
        now=now(),
    )


@bp.post("/<circle>")
@allow(Permission.TAKE_PART, load_circle)
def write(found: Found) -> AnyResponse:
    """Say something."""
    form = PostForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        actions.write(found, signed_in().id, typed(form.body), vault.unlocked())
    except NotAllowed:
        flash(_("This circle has ended."), "info")
    return redirect(url_for("circles.circle", circle=found.public_id, _anchor="last"), 303)


def load_circle_of(person: Actor, circle: str, **_rest: str) -> Found | None:
    """The circle of a meeting's address; which meeting it is, the action looks up inside that circle."""
    return load_circle(person, circle)


@bp.post("/<circle>/meetings/<meeting>")
@allow(Permission.TAKE_PART, load_circle_of)
def will_change(found: Found) -> AnyResponse:
    """Keep the sentence on what one will change."""
    form, meeting = ChangeForm(), str((request.view_args or {})["meeting"])
    back = redirect(url_for("circles.circle", circle=found.public_id), 303)
    if not form.validate():
        return back
    try:
        known = actions.will_change(
            found, meeting, signed_in().id, typed(form.change), vault.unlocked()
        )
    except NotAllowed:
        flash(_("This circle has ended."), "info")
        return back
    if known:
        flash(_("Saved. Others see only how many wrote one."), "done")
    return back


@bp.route("/<circle>/leave", methods=["GET", "POST"])
@allow(Permission.TAKE_PART, load_circle)
def leave(found: Found) -> AnyResponse:
    """Go, without a reason."""
    form, person = Form(), signed_in()
    if found.facilitator_id == person.id:
        return redirect(url_for("circles.circle", circle=found.public_id), 303)
    if form.validate_on_submit():
        actions.leave(found, person.id)
        flash(_("You have left. Nobody is asked why."), "done")
        return redirect(url_for("circles.index"), 303)
    return page("circles/leave.html", form=form, found=found)


# --- The facilitator -----------------------------------------------------------------------------


@bp.get("/<circle>/run")
@allow(Permission.LEAD, load_circle)
def run(found: Found) -> Response:
    """Code, people, the next meeting, who came to the last."""
    return _run_page(found, _plan_of(found), InviteForm(formdata=None))


def _plan_of(found: Found) -> PlanForm:
    form = PlanForm(formdata=None).in_zone(signed_in().zone)
    form.title.data, form.rhythm.data = found.title, found.rhythm_days
    form.show(found.next_at)
    return form


def _run_page(found: Found, form: PlanForm, invite: InviteForm, status: int = 200) -> Response:
    return page(
        "circles/run.html",
        status,
        form=form,
        invite=invite,
        plain=Form(formdata=None),
        found=found,
        code=CODE.shown(found.code) if found.code else "",
        due=found.next_at is not None and found.next_at <= now(),
        most=MOST_MEMBERS,
        zone=signed_in().zone,
    )


@bp.post("/<circle>/run")
@allow(Permission.LEAD, load_circle)
def plan(found: Found) -> AnyResponse:
    """Change name, rhythm, next meeting."""
    form = PlanForm().in_zone(signed_in().zone)
    if not form.validate():
        return _run_page(found, form, InviteForm(formdata=None), 422)
    actions.plan(found, typed(form.title), form.rhythm.data, form.at)
    return _back(found, _("Saved."))


@bp.post("/<circle>/held")
@allow(Permission.LEAD, load_circle)
def held(found: Found) -> AnyResponse:
    """Say who came to the meeting that was planned."""
    if not Form().validate():
        return _back(found)
    try:
        actions.held(found, request.form.getlist("came"))
    except NotAllowed:
        return _back(found, _("There is no meeting to record yet."), "info")
    return _back(found, _("Saved. The next one is planned by the rhythm; change it if need be."))


@bp.post("/<circle>/invite")
@allow(Permission.LEAD, load_circle)
def invite(found: Found) -> AnyResponse:
    """Ask somebody in. The answer is the same whoever signs in under that name."""
    form = InviteForm()
    if not form.validate():
        return _run_page(found, _plan_of(found), form, 422)
    person_id = actions.somebody(typed(form.handle))
    if person_id is not None:
        actions.invite(found, person_id)
    return _back(found, _("If somebody signs in under this name, she is asked now."))


@bp.post("/<circle>/code")
@allow(Permission.LEAD, load_circle)
def new_code(found: Found) -> AnyResponse:
    """Make another code."""
    if Form().validate():
        actions.new_code(found)
        return _back(found, _("The earlier code leads nowhere now."))
    return _back(found)


@bp.post("/<circle>/close")
@allow(Permission.LEAD, load_circle)
def close(found: Found) -> AnyResponse:
    """End the circle."""
    if not Form().validate():
        return _back(found)
    actions.close(found)
    flash(_("The circle has ended. It can be read for 90 days."), "done")
    return redirect(url_for("circles.index"), 303)


def _back(found: Found, message: str = "", category: str = "done") -> AnyResponse:
    if message:
        flash(message, category)
    return redirect(url_for("circles.run", circle=found.public_id), 303)
