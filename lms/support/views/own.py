"""Pages of the two sides: a short question, what coordinators noted about oneself, the look back at the end."""

from __future__ import annotations

from flask import Response, flash, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.mentoring import conversation
from lms.mentoring import queries as pairs
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side, State
from lms.support import actions, queries
from lms.support.forms import FitForm, LookBackForm, PulseForm
from lms.support.policy import Permission
from lms.support.queries import LookBack, Question
from lms.support.rules import Asked, Fit
from lms.support.views import bp
from lms.web.forms import Form
from lms.web.page import page


def _load(_person: Actor, pair: str) -> Pair | None:
    return pairs.pair(pair)


def _home(found: Pair) -> AnyResponse:
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


def _stand(found: Pair) -> None:
    mentor = found.side(signed_in().id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"


# --- Short questions -----------------------------------------------------------------------------


@bp.route("/pairs/<pair>/questions", methods=["GET", "POST"])
@allow(Permission.ANSWER, _load)
def questions(found: Pair) -> AnyResponse:
    """The question that waits. The other side never learns of the answer."""
    person = signed_in()
    _stand(found)
    question = queries.open_question(found.id, person.id, now().date())
    if question is None:
        return _home(found)
    form = FitForm() if question.kind is Asked.FIT else PulseForm()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page("support/questions.html", status, form=form, found=found, kind=question.kind)
    actions.answer(question, person.public_id, form.answers, found.public_id)
    flash(_("Thank you. The other side does not see this."), "done")
    if form.answers is Fit.NOT_A_FIT:
        return redirect(url_for("mentoring.end", pair=found.public_id), 303)
    return _home(found)


@bp.post("/pairs/<pair>/questions/skip")
@allow(Permission.ANSWER, _load)
def skip(found: Pair) -> AnyResponse:
    """Rather not. Nothing is asked, and it does not come again."""
    question = _waiting(found)
    if Form().validate() and question:
        actions.skip(question, found.public_id)
    return _home(found)


def _waiting(found: Pair) -> Question | None:
    return queries.open_question(found.id, signed_in().id, now().date())


# --- What coordinators noted ---------------------------------------------------------------------


@bp.get("/pairs/<pair>/about-me")
@allow(Permission.NOTES, _load)
def about_me(found: Pair) -> Response:
    """What coordinators noted about oneself, word for word."""
    person = signed_in()
    _stand(found)
    noted = queries.notes_about(found.id, person.id)
    return page("support/about_me.html", found=found, notes=noted, zone=person.zone)


# --- The closing talk ----------------------------------------------------------------------------


@bp.route("/pairs/<pair>/look-back", methods=["GET", "POST"])
@allow(Permission.LOOK_BACK, _load)
def look_back(found: Pair) -> AnyResponse:
    """What both say at the end, each for the other. Every part may stay empty."""
    if found.state not in {State.CLOSING, State.COMPLETED, State.ENDED_EARLY}:
        return _home(found)
    person, form = signed_in(), LookBackForm()
    _stand(found)
    keys = conversation.shared_keys(found, person.id, vault.unlocked())
    if form.validate_on_submit() and keys:
        actions.look_back(found, person.id, LookBack(*form.parts), keys)
        other = found.name_of(found.other(person.id))
        flash(_("Kept. %(name)s can read it.", name=other), "done")
        return redirect(url_for("support.look_back", pair=found.public_id), 303)
    words = queries.closing_words(found, keys)
    mine = words.get(person.id)
    if not form.is_submitted() and mine and mine.said:
        form.reached.data, form.next.data = mine.said.reached, mine.said.next
        form.thanks.data = mine.said.thanks
    other_id = found.other(person.id)
    theirs = words.get(other_id)
    return page(
        "support/look_back.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        name=found.name_of(other_id),
        theirs=theirs.said if theirs else None,
        locked=theirs is not None and theirs.said is None,
    )
