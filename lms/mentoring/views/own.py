"""Pages that people have for themselves: where the way to a mentor stands, deciding about an offer."""

from __future__ import annotations

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.learning import queries as learning
from lms.mentoring import actions, queries, words
from lms.mentoring.forms import AgreeForm, CourseTicks, MentorAnswerForm
from lms.mentoring.policy import Permission
from lms.mentoring.progress import Course, courses_of
from lms.mentoring.queries import OfferCard, Pair
from lms.mentoring.states import TOGETHER, NotAllowed, Side, State
from lms.mentoring.views import bp
from lms.programmes import languages
from lms.programmes.policy import Permission as Programmes
from lms.programmes.queries import goal_of, request_by_id
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.get("/mine")
@allow(Programmes.ASK)
def mine() -> AnyResponse:
    """Where a learner's way to her mentor stands now: the pair, an offer, or the list."""
    found = queries.live_pair_of(signed_in().id)
    if found and found.state in TOGETHER:
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    if found and found.state is State.OFFERED_TO_MENTEE:
        return redirect(url_for("mentoring.answer", pair=found.public_id), 303)
    return redirect(url_for("programmes.ask"), 303)


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
        return _mentee_page(found, form, _shown_cards(found, form))
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
    return _mentee_agrees(found, person) if mentee else _mentor_agrees(found)


def _mentee_agrees(found: Pair, person: Actor) -> AnyResponse:
    form = AgreeForm()
    cards, own = _shown_cards(found, form), offer_courses(form, person.id)
    if not form.validate():
        return _mentee_page(found, form, cards, 422)
    try:
        actions.agree_as_mentee(
            found,
            typed(form.shown_name),
            ticked_courses(form, own),
            share_quizzes=bool(form.quizzes.data),
            share_tasks=bool(form.tasks.data),
            chosen=form.chosen.data,
            also=form.also.data or (),
        )
    except actions.NoPlace:
        actions.card_is_gone(found, form.chosen.data)
        flash(_("That place was taken a moment ago. You keep yours on the list."), "info")
        return redirect(url_for("mentoring.mine"), 303)
    except NotAllowed:
        return _settled()
    flash(_("Your mentor is asked now. You hear as soon as there is an answer."), "done")
    return redirect(url_for("web.home"), 303)


def _mentor_agrees(found: Pair) -> AnyResponse:
    form = MentorAnswerForm()
    if not form.validate():
        return _mentor_page(found, form, 422)
    try:
        actions.agree_as_mentor(found, typed(form.shown_name))
    except actions.NoPlace:
        actions.no_place_after_all(found)
        flash(_("There is no free place any more. The list keeps the old place."), "info")
        return redirect(url_for("web.home"), 303)
    except NotAllowed:
        return _settled()
    flash(_("You are a pair now. A first word is easiest today."), "done")
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


def _settled() -> AnyResponse:
    flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for("web.home"), 303)


def _decline(found: Pair, side: Side) -> AnyResponse:
    try:
        actions.decline(found, side)
    except NotAllowed:
        return _settled()
    if side is Side.MENTEE:
        flash(_("All right. You are on the list, at your old place. Nobody is told."), "done")
        return redirect(url_for("programmes.ask"), 303)
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


def _shown_cards(found: Pair, form: AgreeForm) -> list[OfferCard]:
    """The mentors to choose from, put into the form, too."""
    cards = queries.cards_of(found)
    form.show([(card.pair.public_id, card.pair.mentor_name) for card in cards])
    return cards


def _mentee_page(
    found: Pair, form: AgreeForm, cards: list[OfferCard], status: int = 200
) -> Response:
    person = signed_in()
    g.nav = "mentoring.mine"
    own = offer_courses(form, person.id)
    return page(
        "mentoring/offer_mentee.html",
        status,
        form=form,
        found=found,
        cards=[(card, languages.names(card.languages)) for card in cards],
        said_of={card.pair.public_id: _said_of(card) for card in cards},
        has_courses=bool(own),
    )


def _said_of(card: OfferCard) -> str:
    """What stands under a mentor's name: the line of her card, and her languages."""
    about = f"{card.about.rstrip('.')}. " if card.about else ""
    return about + _("Speaks %(languages)s.", languages=languages.names(card.languages))


def _mentor_page(found: Pair, form: MentorAnswerForm, status: int = 200) -> Response:
    person = signed_in()
    g.nav = "mentoring.pairs"
    request_ = request_by_id(found.request_id)
    goal = goal_of(request_)
    profile = queries.profile_in(person.id, found.track)
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
