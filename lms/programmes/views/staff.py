"""Pages of coordinators: who is a mentor."""

from __future__ import annotations

from flask import Response, flash, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries as people
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.programmes import actions, languages, queries
from lms.programmes.forms import CardForm, MakeMentorForm
from lms.programmes.pairing import Load, loads
from lms.programmes.policy import Permission
from lms.programmes.queries import Profile
from lms.programmes.views import bp
from lms.programmes.views.own import card_of, fill_card, on_card
from lms.web.forms import typed
from lms.web.page import page


@bp.get("/people")
@allow(Permission.MENTORS)
def mentors() -> Response:
    """Who is a mentor, with languages and places."""
    g.nav = "mentoring.waiting"
    found, had = queries.profiles(), loads()
    rows = [
        (profile, languages.names(profile.languages), had.get(profile.person_id, Load()))
        for profile in found
    ]
    return page("programmes/mentors.html", rows=rows, places=_places(rows), zone=signed_in().zone)


def _places(rows: list[tuple[Profile, str, Load]]) -> tuple[int, int]:
    """(free places, all places) of mentors who take people."""
    open_ones = [(profile, load) for profile, _spoken, load in rows if not profile.paused]
    free = sum(max(0, profile.capacity - load.taken) for profile, load in open_ones)
    return free, sum(profile.capacity for profile, _load in open_ones)


@bp.route("/people/new", methods=["GET", "POST"])
@allow(Permission.MENTORS)
def new_mentor() -> AnyResponse:
    """Make somebody a mentor who has agreed to it."""
    form = MakeMentorForm()
    g.nav = "mentoring.waiting"
    if form.validate_on_submit():
        found = people.by_handle(typed(form.handle))
        if found is None:
            form.handle.errors = [_("Nobody signs in with this name. Ask again how it is spelt.")]
        else:
            actions.make_mentor(found.id, card_of(form))
            flash(_("%(name)s is a mentor now.", name=typed(form.shown_name)), "done")
            return redirect(url_for("programmes.mentors"), 303)
    if not form.is_submitted():
        form.capacity.data = 3
    return page("programmes/mentor_form.html", 422 if form.errors else 200, form=form, profile=None)


def _profile(_person: Actor, profile: str) -> Profile | None:
    return queries.profile(profile)


@bp.route("/people/<profile>", methods=["GET", "POST"])
@allow(Permission.MENTORS, _profile)
def change_mentor(profile: Profile) -> AnyResponse:
    """Change a mentor's card with her, and whether she takes people."""
    form = CardForm()
    g.nav = "mentoring.waiting"
    if form.overtaken(on_card(profile)):
        return page("programmes/mentor_form.html", 409, form=form, profile=profile)
    if form.validate_on_submit():
        actions.change_card(profile.person_id, card_of(form, paused=profile.paused))
        flash(_("Saved."), "done")
        return redirect(url_for("programmes.mentors"), 303)
    if not form.is_submitted():
        fill_card(form, profile)
    return page(
        "programmes/mentor_form.html", 422 if form.errors else 200, form=form, profile=profile
    )
