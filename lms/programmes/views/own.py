"""Pages that people have for themselves: ask for a mentor, look after one's places."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.programmes import actions, languages, queries
from lms.programmes.forms import AskForm, CardForm
from lms.programmes.pairing import standing_of
from lms.programmes.policy import Permission
from lms.programmes.queries import Profile
from lms.programmes.views import bp
from lms.web.forms import Form, typed
from lms.web.page import page


@bp.route("/ask", methods=["GET", "POST"])
@allow(Permission.ASK)
def ask() -> AnyResponse:
    """Go on the list of people who want a mentor, change what it says."""
    person, form = signed_in(), AskForm()
    g.nav = "mentoring.mine"
    found, standing = queries.request_of(person.id), standing_of(person.id)
    if standing and standing.active:
        return redirect(standing.url, 303)
    if form.validate_on_submit():
        spoken = languages.known(form.languages.data)
        actions.ask(person.id, typed(form.shown_name), spoken, typed(form.goal))
        flash(_("You are on the list."), "done")
        return redirect(url_for("programmes.ask"), 303)
    if not form.is_submitted():
        form.shown_name.data = found.shown_name if found else person.name
        form.languages.data = list(found.languages) if found else [language()]
        form.goal.data = queries.goal_of(found) if found else ""
    return page(
        "programmes/ask.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        standing=standing,
        zone=person.zone,
    )


@bp.post("/ask/stop")
@allow(Permission.ASK)
def stop_waiting() -> AnyResponse:
    """Leave the list."""
    if Form().validate():
        actions.stop_waiting(signed_in().id)
        flash(_("You are off the list. What you wrote is deleted."), "done")
    return redirect(url_for("programmes.ask"), 303)


def _own_profile(person: Actor) -> Profile | None:
    return queries.profile_of(person.id)


@bp.route("/places", methods=["GET", "POST"])
@allow(Permission.PLACES, _own_profile)
def places(profile: Profile) -> AnyResponse:
    """What learners read about a mentor, how many places she has."""
    person, form = signed_in(), CardForm()
    g.nav = "mentoring.pairs"
    if form.overtaken(on_card(profile)):
        return page("programmes/places.html", 409, form=form, profile=profile)
    if form.validate_on_submit():
        actions.change_card(person.id, card_of(form, paused=profile.paused))
        flash(_("Saved."), "done")
        return redirect(url_for("mentoring.pairs"), 303)
    if not form.is_submitted():
        fill_card(form, profile)
    return page("programmes/places.html", 422 if form.errors else 200, form=form, profile=profile)


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
