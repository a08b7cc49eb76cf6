"""Pages that people have for themselves: ask for a mentor, decide about an offer, look after one's places."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.learning import queries as learning
from lms.mentoring import actions, languages, queries, words
from lms.mentoring.forms import AgreeForm, AskForm, CardForm, CourseTicks, MentorAnswerForm
from lms.mentoring.policy import Permission
from lms.mentoring.progress import Course, courses_of
from lms.mentoring.queries import Pair, Profile
from lms.mentoring.rules import NotAllowed, Side, State
from lms.mentoring.views import bp
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.get("/mine")
@allow(Permission.ASK)
def mine() -> AnyResponse:
    """Where a learner's way to her mentor stands now: the pair, an offer, or the list."""
    found = queries.live_pair_of(signed_in().id)
    if found and found.state is State.ACTIVE:
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    if found and found.state is State.OFFERED_TO_MENTEE:
        return redirect(url_for("mentoring.answer", pair=found.public_id), 303)
    return redirect(url_for("mentoring.ask"), 303)


@bp.route("/ask", methods=["GET", "POST"])
@allow(Permission.ASK)
def ask() -> AnyResponse:
    """Go on the list of people who want a mentor, change what it says."""
    person, form = signed_in(), AskForm()
    g.nav = "mentoring.mine"
    found, live = queries.request_of(person.id), queries.live_pair_of(person.id)
    if live and live.state is State.ACTIVE:
        return redirect(url_for("mentoring.pair", pair=live.public_id), 303)
    if form.validate_on_submit():
        spoken = languages.known(form.languages.data)
        actions.ask(person.id, typed(form.shown_name), spoken, typed(form.goal))
        flash(_("You are on the list."), "done")
        return redirect(url_for("mentoring.ask"), 303)
    if not form.is_submitted():
        form.shown_name.data = found.shown_name if found else person.name
        form.languages.data = list(found.languages) if found else [language()]
        form.goal.data = queries.goal_of(found) if found else ""
    return page(
        "mentoring/ask.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        asked=live is not None and live.state is State.OFFERED_TO_MENTEE,
        live=live,
        zone=person.zone,
    )


@bp.post("/ask/stop")
@allow(Permission.ASK)
def stop_waiting() -> AnyResponse:
    """Leave the list."""
    if Form().validate():
        actions.stop_waiting(signed_in().id)
        flash(_("You are off the list. What you wrote is deleted."), "done")
    return redirect(url_for("mentoring.ask"), 303)


def load_pair(_person: Actor, pair: str) -> Pair | None:
    """The pair of an address. The policy decides who may have it."""
    return queries.pair(pair)


@bp.get("/<pair>/answer")
@allow(Permission.ANSWER, load_pair)
def answer(found: Pair) -> AnyResponse:
    """An offer, for the one whose answer it waits for."""
    if found.state is State.OFFERED_TO_MENTEE:
        form = AgreeForm(formdata=None)
        form.shown_name.data = found.mentee_name
        return _mentee_page(found, form)
    form = MentorAnswerForm(formdata=None)
    form.shown_name.data = found.mentor_name
    return _mentor_page(found, form)


@bp.post("/<pair>/answer")
@allow(Permission.ANSWER, load_pair)
def give_answer(found: Pair) -> AnyResponse:
    """Agree or decline. Nobody has to say why."""
    person = signed_in()
    mentee = found.state is State.OFFERED_TO_MENTEE
    if "no" in request.form and Form().validate():
        return _decline(found, Side.MENTEE if mentee else Side.MENTOR)
    form = AgreeForm() if mentee else MentorAnswerForm()
    own = offer_courses(form, person.id) if isinstance(form, AgreeForm) else []
    if not form.validate():
        page_of = _mentee_page if mentee else _mentor_page
        return page_of(found, form, 422)
    try:
        if isinstance(form, AgreeForm):
            ticked = ticked_courses(form, own)
            quizzes = bool(form.quizzes.data)
            actions.agree_as_mentee(found, typed(form.shown_name), ticked, share_quizzes=quizzes)
            flash(_("Your mentor is asked now. You hear as soon as there is an answer."), "done")
            return redirect(url_for("web.home"), 303)
        actions.agree_as_mentor(found, typed(form.shown_name))
    except actions.NoPlace:
        actions.take_back(found)
        flash(_("There is no free place any more. The list keeps the old place."), "info")
        return redirect(url_for("web.home"), 303)
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
        return redirect(url_for("web.home"), 303)
    flash(_("You are a pair now. A first word is easiest today."), "done")
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


def _decline(found: Pair, side: Side) -> AnyResponse:
    try:
        actions.decline(found, side)
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
        return redirect(url_for("web.home"), 303)
    if side is Side.MENTEE:
        flash(_("All right. You are on the list, at your old place. Nobody is told."), "done")
        return redirect(url_for("mentoring.ask"), 303)
    flash(_("All right. Nobody is told that it was you."), "done")
    return redirect(url_for("mentoring.pairs"), 303)


def offer_courses(form: CourseTicks, person_id: int) -> list[Course]:
    """Put the learner's own courses into the form. Return them."""
    own = courses_of(learning.progress_of(person_id), language())
    form.offer((course.outline.public_id, course.outline.title) for course in own)
    return own


def ticked_courses(form: CourseTicks, own: list[Course]) -> list[int]:
    """The numbers of the courses that are ticked."""
    ticked = set(form.courses.data or ())
    return [course.facts.course_id for course in own if course.outline.public_id in ticked]


def _mentee_page(found: Pair, form: AgreeForm, status: int = 200) -> Response:
    person = signed_in()
    g.nav = "mentoring.mine"
    profile = queries.profile_of(found.mentor_id)
    own = offer_courses(form, person.id)
    return page(
        "mentoring/offer_mentee.html",
        status,
        form=form,
        found=found,
        about=profile.about if profile else "",
        spoken=languages.names(profile.languages if profile else ()),
        has_courses=bool(own),
    )


def _mentor_page(found: Pair, form: MentorAnswerForm, status: int = 200) -> Response:
    person = signed_in()
    g.nav = "mentoring.pairs"
    request_ = queries.request_by_id(found.request_id)
    goal = queries.goal_of(request_)
    profile = queries.profile_of(person.id)
    visitor = Visitor(person.id, Role.MENTOR, found.mentor_name)
    audit.saw(visitor, found.mentee_id, What.OFFER, found.public_id)
    return page(
        "mentoring/offer_mentor.html",
        status,
        form=form,
        found=found,
        goal=goal,
        spoken=languages.names(request_.languages),
        profile=profile,
        place=words.place_of(found.mentee_zone),
    )


def _own_profile(person: Actor) -> Profile | None:
    return queries.profile_of(person.id)


@bp.route("/places", methods=["GET", "POST"])
@allow(Permission.PLACES, _own_profile)
def places(profile: Profile) -> AnyResponse:
    """What learners read about a mentor, how many places she has."""
    person, form = signed_in(), CardForm()
    g.nav = "mentoring.pairs"
    if form.overtaken(on_card(profile)):
        return page("mentoring/places.html", 409, form=form, profile=profile)
    if form.validate_on_submit():
        actions.change_card(person.id, card_of(form, paused=profile.paused))
        flash(_("Saved."), "done")
        return redirect(url_for("mentoring.pairs"), 303)
    if not form.is_submitted():
        fill_card(form, profile)
    return page("mentoring/places.html", 422 if form.errors else 200, form=form, profile=profile)


def card_of(form: CardForm, *, paused: bool = False) -> actions.Card:
    """What a card's form says."""
    name, about = typed(form.shown_name), typed(form.about)
    spoken = languages.known(form.languages.data)
    return actions.Card(name, spoken, int(form.capacity.data), about, paused)


def on_card(profile: Profile) -> dict[str, Any]:
    """What stands on a card, by the fields of its form."""
    return {
        "shown_name": profile.shown_name,
        "about": profile.about,
        "languages": list(profile.languages),
        "capacity": profile.capacity,
    }


def fill_card(form: CardForm, profile: Profile) -> None:
    """Put a card into its form."""
    for name, value in on_card(profile).items():
        form[name].data = value


@bp.post("/places/pause")
@allow(Permission.PLACES, _own_profile)
def pause(profile: Profile) -> AnyResponse:
    """Take nobody new for now, or take people again."""
    if Form().validate():
        actions.pause(profile.person_id, paused=not profile.paused)
        said = (
            _("You can be proposed again.")
            if profile.paused
            else _("Nobody new is proposed to you. Your pairs go on.")
        )
        flash(said, "done")
    return redirect(url_for("mentoring.pairs"), 303)
