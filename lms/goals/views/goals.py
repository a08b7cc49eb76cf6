"""Pages of goals: all of a pair, one of them, what staff may count."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.goals import actions, queries
from lms.goals.actions import Words
from lms.goals.forms import GoalForm, OutcomeForm, StepForm
from lms.goals.policy import Permission
from lms.goals.queries import GoalOf, Held, Part, StepOf
from lms.goals.rules import MOST_OPEN, MOST_STEPS, GoalState, NotAllowed, TooMany
from lms.goals.views import bp, keys_for, keys_to_write, load_pair, on_page, saw
from lms.mentoring.queries import Pair
from lms.web.forms import Form, typed
from lms.web.page import page

Parts = list[tuple[str, list[Part]]]


def _load_goal(_person: Actor, goal: str) -> GoalOf | None:
    return queries.goal(goal)


def _load_step(_person: Actor, goal_step: str) -> StepOf | None:
    return queries.step(goal_step)


# --- All of them ---------------------------------------------------------------------------------


@bp.get("/pairs/<pair>/goals")
@allow(Permission.PAIR, load_pair)
def of_pair(pair: Pair) -> Response:
    """What the two want to reach, and how far it is."""
    person, mentor = signed_in(), on_page(pair)
    found = queries.held(queries.goal_rows(pair), pair, keys_for(pair), person.id)
    open_ones = [goal for goal in found if goal.state is GoalState.OPEN]
    saw(pair)
    return page(
        "goals/goals.html",
        form=Form(formdata=None),
        pair=pair,
        mentor=mentor,
        name=pair.name_of(pair.other(person.id)),
        goals=open_ones,
        closed=[goal for goal in found if goal.state is not GoalState.OPEN],
        room_left=len(open_ones) < MOST_OPEN,
        looked_at=max((g.looked_at for g in open_ones if g.looked_at), default=None),
        zone=person.zone,
    )


@bp.post("/pairs/<pair>/goals/looked")
@allow(Permission.PAIR, load_pair)
def looked(pair: Pair) -> AnyResponse:
    """Both have gone through the open goals."""
    if Form().validate():
        actions.look_at_goals(pair)
        flash(_("Kept: today you looked at your goals."), "done")
    return redirect(url_for("goals.of_pair", pair=pair.public_id), 303)


@bp.route("/pairs/<pair>/goals/new", methods=["GET", "POST"])
@allow(Permission.PAIR, load_pair)
def new(pair: Pair) -> AnyResponse:
    """Set a goal."""
    form, person = GoalForm(), signed_in()
    if not form.validate_on_submit():
        return _words_page(pair, form, None, 422 if form.is_submitted() else 200)
    try:
        public_id = actions.add_goal(pair, person.id, _words(form), keys_to_write(pair))
    except TooMany:
        flash(_("Three goals are open. Finish one or let it go, then there is room."), "info")
        return redirect(url_for("goals.of_pair", pair=pair.public_id), 303)
    flash(_("Goal kept. What is the first small step?"), "done")
    return redirect(url_for("goals.one", goal=public_id), 303)


def _words(form: GoalForm) -> Words:
    return Words(typed(form.title), typed(form.measure), form.due_on.data)


def _words_page(pair: Pair, form: GoalForm, goal: str | None, status: int = 200) -> Response:
    on_page(pair)
    return page("goals/goal_form.html", status, form=form, pair=pair, goal=goal)


# --- One of them ---------------------------------------------------------------------------------


@bp.get("/goals/<goal>")
@allow(Permission.WORK, _load_goal)
def one(found: GoalOf) -> Response:
    """One goal: its words, steps and how it came out."""
    return _goal_page(found, StepForm(formdata=None), OutcomeForm(formdata=None))


def _goal_page(
    found: GoalOf, form: StepForm, outcome: OutcomeForm, status: int = 200,
    parts: Parts | None = None,
) -> Response:  # fmt: skip
    person, mentor = signed_in(), on_page(found.pair)
    goal = _opened(found)
    form.offer(queries.parts(found.pair) if parts is None else parts)
    saw(found.pair)
    return page(
        "goals/goal.html",
        status,
        form=form,
        outcome=outcome,
        pair=found.pair,
        goal=goal,
        mentor=mentor,
        open=goal.state is GoalState.OPEN,
        can_reopen=not mentor and goal.state is not GoalState.OPEN and not goal.reopened,
        more_steps=len(goal.steps) < MOST_STEPS,
        zone=person.zone,
    )


def _opened(found: GoalOf) -> Held:
    rows = queries.goal_rows(found.pair, found.id)
    if not rows:
        abort(404)
    return queries.held(rows, found.pair, keys_for(found.pair), signed_in().id)[0]


@bp.route("/goals/<goal>/words", methods=["GET", "POST"])
@allow(Permission.WORK, _load_goal)
def change(found: GoalOf) -> AnyResponse:
    """Say it in other words. When the other side was faster, both stand on the page (409)."""
    stored = _opened(found)
    values = {"title": stored.title or "", "measure": stored.measure or "", "due_on": stored.due_on}
    form = GoalForm() if request.method == "POST" else GoalForm(formdata=None, data=values)
    told = {**values, "due_on": stored.due_on or ""}
    if form.overtaken(told):
        return _words_page(found.pair, form, found.public_id, 409)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return _words_page(found.pair, form, found.public_id, status)
    try:
        actions.change_goal(found, signed_in().id, _words(form), keys_to_write(found.pair))
    except NotAllowed:
        flash(_("This goal is closed. Take it up again first."), "info")
        return _back_to(found.public_id)
    flash(_("Saved."), "done")
    return _back_to(found.public_id)


@bp.post("/goals/<goal>/steps")
@allow(Permission.WORK, _load_goal)
def add_step(found: GoalOf) -> AnyResponse:
    """Add a step."""
    form, parts = StepForm(), queries.parts(found.pair)
    form.offer(parts)
    if not form.validate():
        return _goal_page(found, form, OutcomeForm(formdata=None), 422, parts)
    item = next((p.item_id for _t, ps in parts for p in ps if p.public_id == form.part.data), None)
    try:
        actions.add_step(
            *(found, signed_in().id, typed(form.words), form.due_on.data, item),
            keys_to_write(found.pair),
        )
    except NotAllowed:
        flash(_("This goal is closed. Take it up again first."), "info")
    except TooMany:
        flash(_("Twelve steps are enough for one goal. Remove one, or set another goal."), "info")
    else:
        flash(_("Step added."), "done")
    return _back_to(found.public_id)


@bp.post("/goals/steps/<goal_step>")
@allow(Permission.WORK, _load_step)
def step(found: StepOf) -> AnyResponse:
    """Tick a step, take the tick off, or remove it."""
    if not Form().validate():
        abort(400)
    try:
        if request.form.get("do") == "remove":
            actions.remove_step(found)
            flash(_("Step removed."), "done")
        else:
            actions.tick(found, done=request.form.get("do") == "tick")
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    if request.form.get("back") == "all":
        return redirect(url_for("goals.of_pair", pair=found.pair.public_id), 303)
    return _back_to(found.goal)


@bp.post("/goals/<goal>/outcome")
@allow(Permission.OWN, _load_goal)
def outcome(found: GoalOf) -> AnyResponse:
    """The mentee says how it came out."""
    form = OutcomeForm()
    if not form.validate():
        return _goal_page(found, StepForm(formdata=None), form, 422)
    try:
        actions.close_goal(
            *(found, signed_in().id, GoalState(form.outcome.data), typed(form.evidence)),
            keys_to_write(found.pair),
        )
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
        return _back_to(found.public_id)
    flash(_("Kept. There is room for something new."), "done")
    return redirect(url_for("goals.of_pair", pair=found.pair.public_id), 303)


@bp.post("/goals/<goal>/again")
@allow(Permission.OWN, _load_goal)
def again(found: GoalOf) -> AnyResponse:
    """The mentee takes it up again, once."""
    if not Form().validate():
        abort(400)
    try:
        actions.reopen_goal(found, signed_in().id)
    except NotAllowed:
        flash(_("A goal can be taken up again once. Set a new one in other words."), "info")
    except TooMany:
        flash(_("Three goals are open. Finish one or let it go, then there is room."), "info")
    return _back_to(found.public_id)


def _back_to(goal: str) -> AnyResponse:
    return redirect(url_for("goals.one", goal=goal), 303)


# --- What staff may count ------------------------------------------------------------------------


@bp.get("/goals")
@allow(Permission.COUNT)
def counts() -> Response:
    """How many goals each pair has, and how far. Nobody but the two can open the words."""
    person, found = signed_in(), queries.counted()
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    seen = [one.mentee_id for one in found]
    audit.saw_list(Visitor(person.id, role), seen, What.SUPPORT, "goals")
    return page("goals/counts.html", rows=found, zone=person.zone)
