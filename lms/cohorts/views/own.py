"""Pages of everybody: the list of cohorts, the place to type a code, one's own seat."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.cohorts import actions, look, others, queries, rules
from lms.cohorts.cards import course_title, seat_facts
from lms.cohorts.forms import (
    CodeForm,
    NameForm,
    code_message,
    name_message,
)
from lms.cohorts.policy import Permission
from lms.cohorts.queries import OwnSeat
from lms.cohorts.views import COHORT, bp
from lms.core import room
from lms.core.clock import now
from lms.core.i18n import format_day, format_time
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, actor, allow, may, public, signed_in
from lms.core.settings import Settings
from lms.web.forms import Form, typed
from lms.web.page import page


def _seat(person: Actor, cohort: str) -> OwnSeat | None:
    return next(iter(queries.own_seats(person.id, cohort)), None)


@bp.get("/cohorts")
@allow(Permission.LIST)
def index() -> Response:
    """The cohorts that one runs (an administrator: all of them), and those that one sits in."""
    person = signed_in()
    runs = may(person, Permission.OPEN)
    everything = person.has("administrator")
    found = queries.cohorts_of(None if everything else person.id) if runs else []
    listed = [(cohort, course_title(cohort), look.this_week(cohort, now())) for cohort in found]
    seats = [seat_facts(seat, person.zone) for seat in queries.own_seats(person.id)]
    return page("cohorts/index.html", rows=listed, seats=seats, runs=runs, everything=everything)


@bp.route("/code", methods=["GET", "POST"])
@public
def code() -> AnyResponse:
    """Take what a code opens that somebody gave out. A guest's code waits until she has an account."""
    person, form = actor(), CodeForm()
    if not form.validate_on_submit():
        return page("cohorts/code.html", 422 if form.errors else 200, form=form)
    person_id = person.id if person else None
    try:
        if person is None:
            room.keep_for_later("code", actions.check(typed(form.code), None))
            flash(_("The code is good. Join with any name, and your place is yours."), "info")
            return redirect(url_for("accounts.join"), 303)
        onward = _take(person.id, typed(form.code))
    except actions.MustWait as wait:
        form.code.errors = [_wait_message(wait)]
        return page("cohorts/code.html", 429, form=form)
    except actions.CodeRefused as refused:
        return _refuse(form, refused, person_id)
    return redirect(onward, 303)


def _take(person_id: int, typed: str) -> str:
    """Take what a code opens. Return where she goes on. Raises CodeRefused, MustWait."""
    code = actions.check(typed, person_id)
    if other := others.maker_of(code):
        return other.use(person_id, code)
    joined = actions.join(person_id, code)
    return url_for("cohorts.name", cohort=joined.cohort_public_id)


def _refuse(form: CodeForm, refused: actions.CodeRefused, person_id: int | None) -> Response:
    guessed = refused.problem is rules.CodeProblem.UNKNOWN
    if guessed:
        actions.count_guess(person_id)
    form.code.errors = [_why(refused)]
    return page("cohorts/code.html", 422, keep=guessed, form=form)


def _why(refused: actions.CodeRefused) -> str:
    return code_message(refused.problem, format_day(refused.day) if refused.day else "")


def _wait_message(wait: actions.MustWait) -> str:
    settings: Settings = current_app.extensions["settings"]
    person = actor()
    zone = person.zone if person else settings.time_zone
    return _("Too many wrong codes. Next try at %(time)s.", time=format_time(wait.until, zone))


def has_shown_code() -> bool:
    """Whether this guest has typed a code that still opens something."""
    kind, value = room.kept_for_later()
    if kind != "code":
        return False
    try:
        actions.check(value, None)
    except (actions.CodeRefused, actions.MustWait):
        return False
    return True


def keep_code(person_id: int, code: str) -> str:
    """Take what a guest's code opens. Return where she goes on; a refusal is told there."""
    try:
        return _take(person_id, code)
    except actions.MustWait as wait:
        flash(_wait_message(wait), "error")
        return url_for("cohorts.code")
    except actions.CodeRefused as refused:
        flash(_why(refused), "error")
        return url_for("cohorts.code")


# ---------------------------------------------------------------- one's own seat


@bp.route(f"{COHORT}/name", methods=["GET", "POST"])
@allow(Permission.TAKE_PART, _seat)
def name(seat: OwnSeat) -> AnyResponse:
    """Choose the name that the coordinator sees; where somebody lands who has just joined."""
    form, others = NameForm(), queries.shown_names(seat.cohort.id, but=seat.person_id)
    if not form.is_submitted():
        form.name.data = seat.shown_name
    problem = rules.bad_name(typed(form.name), others) if form.validate_on_submit() else None
    if problem:
        form.name.errors = [name_message(problem)]
    if not form.is_submitted() or form.errors or form.name.errors:
        title = course_title(seat.cohort)
        status = 422 if form.name.errors else 200
        return page("cohorts/name.html", status, form=form, cohort=seat.cohort, course=title)
    actions.name_yourself(seat.person_id, seat.cohort.id, typed(form.name))
    flash(_("You are in. In this cohort you are %(name)s.", name=typed(form.name)), "done")
    return redirect(url_for("web.home"), 303)


@bp.route(f"{COHORT}/leave", methods=["GET", "POST"])
@allow(Permission.TAKE_PART, _seat)
def leave(seat: OwnSeat) -> AnyResponse:
    """Give the seat up, without a reason."""
    form = Form()
    if not form.validate_on_submit():
        return page("cohorts/leave.html", form=form, cohort=seat.cohort)
    actions.leave(seat.person_id, seat.cohort.id)
    flash(_("You have left the cohort. Your course and your progress are still yours."), "done")
    return redirect(url_for("web.home"), 303)
