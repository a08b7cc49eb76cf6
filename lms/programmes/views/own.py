"""Pages that people have for themselves: ask for a mentor and say what helps, look after one's places."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.courses import queries as courses
from lms.programmes import languages, profiles, queries, waiting, words
from lms.programmes.forms.profiles import CardForm, MentorMoreForm, OfferForm, PauseForm
from lms.programmes.forms.shared import WithProgramme, for_languages, track_choices
from lms.programmes.forms.waiting import AskForm, RequestMoreForm
from lms.programmes.pairing import standing_of
from lms.programmes.policy import Permission
from lms.programmes.queries import Profile, Request
from lms.programmes.rules import Track
from lms.programmes.states import TAKES_PEOPLE, MentorState, NotAllowed, RequestState
from lms.programmes.views import bp
from lms.web.forms import Form, typed
from lms.web.page import page

# Who stands here has places, whether or not somebody is proposed to her now.
WITH_PLACES = {MentorState.AVAILABLE, MentorState.UNCONFIRMED, MentorState.PAUSED}


def _labels() -> dict[str, Any]:
    """What the long forms call tracks, days and parts of a day."""
    hints = {track.value: str(hint) for track, hint in words.TRACK_HINT.items()}
    return {"track_hints": hints, "days": words.weekdays(), "parts": list(words.PART.values())}


class Where:
    """The programmes that take people now, and which of them a form names."""

    def __init__(self, form: WithProgramme, *, asks: bool) -> None:
        all_of_them = queries.programmes() if asks else []
        self.form = form
        self.open = [one for one in all_of_them if one.state in TAKES_PEOPLE]
        self.closed = bool(all_of_them) and not self.open
        lang, unnamed = language(), _("The first programme")
        form.among((one.public_id, one.title(lang) or unnamed) for one in self.open)

    def chosen(self) -> int | None:
        """The number of the programme; None where the first one has to be made."""
        named = typed(self.form.programme) if "programme" in self.form else ""
        return next((one.id for one in self.open if named in ("", one.public_id)), None)

    def tracks(self) -> list[str]:
        """The tracks that any of them has; both where the first one has to be made."""
        offered = {track for one in self.open for track in one.tracks}
        return [track.value for track in Track if track.value in offered or not self.open]


# --- Waiting -------------------------------------------------------------------------------------


@bp.route("/ask", methods=["GET", "POST"])
@allow(Permission.ASK)
def ask() -> AnyResponse:
    """Go on the list of people who want a mentor, change what it says."""
    person, form = signed_in(), AskForm()
    g.nav = "mentoring.mine"
    found, standing = queries.request_of(person.id), standing_of(person.id)
    if standing and standing.active:
        return redirect(standing.url, 303)
    where = Where(form, asks=found is None)
    if where.closed:
        return page("programmes/closed.html")
    if form.validate_on_submit():
        spoken = languages.known(form.languages.data)
        said = (typed(form.shown_name), spoken, typed(form.goal))
        waiting.ask(person.id, *said, programme=where.chosen())
        flash(_("Saved.") if found else _("You are on the list."), "done")
        return redirect(url_for("programmes.ask"), 303)
    if not form.is_submitted():
        form.shown_name.data = found.shown_name if found else person.name
        form.languages.data = list(found.languages) if found else [language()]
        form.goal.data = queries.goal_of(found) if found else ""
    waits = found is not None and found.state == RequestState.WAITING
    return page(
        "programmes/ask.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        standing=standing,
        line=queries.line_of(found) if found and waits else None,
        asked_again=found is not None and (found.state == "dormant" or found.silences > 0),
        zone=person.zone,
    )


@bp.post("/ask/stop")
@allow(Permission.ASK)
def stop_waiting() -> AnyResponse:
    """Leave the list."""
    if Form().validate():
        waiting.stop_waiting(signed_in().id)
        flash(_("You are off the list. What you wrote is deleted."), "done")
    return redirect(url_for("programmes.ask"), 303)


@bp.post("/ask/still")
@allow(Permission.ASK)
def still_wanted() -> AnyResponse:
    """Say that one still wants a mentor."""
    if Form().validate():
        waiting.still_wanted(signed_in().id)
        flash(_("Good. You keep your place."), "done")
    return redirect(url_for("programmes.ask"), 303)


def _own_request(person: Actor) -> Request | None:
    return queries.request_of(person.id)


@bp.route("/ask/more", methods=["GET", "POST"])
@allow(Permission.ASK, _own_request)
def ask_more(found: Request) -> AnyResponse:
    """Say what helps to find somebody. All of it is optional."""
    person, form = signed_in(), for_languages(RequestMoreForm, found.languages)()
    g.nav = "mentoring.mine"
    offered = queries.programme_by_id(found.programme_id).tracks
    form.tracks.choices = track_choices(offered)
    if form.validate_on_submit():
        waiting.describe_request(person.id, form.said(), form.wanted())
        flash(_("Saved. This helps to find somebody."), "done")
        return redirect(url_for("programmes.ask"), 303)
    if not form.is_submitted():
        form.fill(queries.more_of(found))
        form.tracks.data = [one.track.value for one in queries.requests_of(person.id)]
    status = 422 if form.errors else 200
    return page("programmes/ask_more.html", status, form=form, found=found, **_labels())


# --- Places --------------------------------------------------------------------------------------


def _own_profile(person: Actor) -> Profile | None:
    return queries.profile_of(person.id)


def _one_of_own(person: Actor, profile: str) -> Profile | None:
    found = queries.profile(profile)
    return found if found and found.person_id == person.id else None


@bp.route("/places", methods=["GET", "POST"])
@allow(Permission.PLACES, _own_profile)
def places(profile: Profile) -> AnyResponse:
    """What learners read about a mentor, how many places she has, and what is still to do."""
    person, form = signed_in(), CardForm()
    g.nav = "mentoring.pairs"
    if form.overtaken(on_card(profile)):
        return _places_page(person, form, profile, 409)
    if form.validate_on_submit():
        profiles.change_card(person.id, card_of(form), profile.track)
        flash(_("Saved."), "done")
        return redirect(_back_to(profile), 303)
    if not form.is_submitted():
        fill_card(form, profile)
    return _places_page(person, form, profile, 422 if form.errors else 200)


def _back_to(profile: Profile) -> str:
    pool = profile.state in WITH_PLACES
    return url_for("mentoring.pairs" if pool else "programmes.places")


def _places_page(person: Actor, form: CardForm, profile: Profile, status: int) -> AnyResponse:
    own = queries.profiles_of(person.id)
    programme = queries.programme_by_id(profile.programme_id)
    gate = next(
        (one for one in courses.catalogue(language()) if one.public_id == programme.gate_course),
        None,
    )
    return page(
        "programmes/places.html",
        status,
        form=form,
        profile=profile,
        own=own,
        missing=[track for track in Track if track not in {one.track for one in own}],
        in_pool=any(one.state in WITH_PLACES for one in own),
        paused=any(one.state is MentorState.PAUSED for one in own),
        unconfirmed=any(one.state is MentorState.UNCONFIRMED for one in own),
        gate=gate,
        pause=PauseForm(formdata=None),
        tracks=words.TRACK,
        zone=person.zone,
    )


def card_of(form: CardForm, *, paused: bool = False) -> profiles.Card:
    """What a card's form says."""
    name, about = typed(form.shown_name), typed(form.about)
    spoken = languages.known(form.languages.data)
    return profiles.Card(name, spoken, int(form.capacity.data), about, paused)


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


@bp.route("/places/new", methods=["GET", "POST"])
@allow(Permission.ASK)
def new_places() -> AnyResponse:
    """Offer to be a mentor, in one track."""
    person, form = signed_in(), OfferForm()
    g.nav = "mentoring.pairs" if person.has("mentor") else "mentoring.mine"
    where = Where(form, asks=True)
    if where.closed:
        return page("programmes/closed.html")
    form.track.choices = track_choices(where.tracks())
    if form.validate_on_submit():
        try:
            track = Track(typed(form.track))
            profiles.offer_to_mentor(person.id, card_of(form), track, where.chosen())
        except NotAllowed:
            flash(_("You have offered this already. Nothing was changed."), "info")
            return redirect(url_for("programmes.places"), 303)
        flash(_("Thank you. A coordinator looks at it and answers here."), "done")
        return redirect(url_for("programmes.places"), 303)
    if not form.is_submitted():
        form.shown_name.data, form.languages.data = person.name, [language()]
        form.capacity.data = 1
    return page("programmes/offer.html", 422 if form.errors else 200, form=form, **_labels())


@bp.route("/places/more/<profile>", methods=["GET", "POST"])
@allow(Permission.PLACES, _one_of_own)
def more_places(profile: Profile) -> AnyResponse:
    """What a mentor says about how she works, and what she keeps to herself."""
    form = for_languages(MentorMoreForm, profile.languages)()
    g.nav = "mentoring.pairs"
    if form.validate_on_submit():
        profiles.describe_mentor(profile, form.said())
        flash(_("Saved."), "done")
        return redirect(url_for("programmes.places"), 303)
    if not form.is_submitted():
        form.fill(queries.more_of(profile))
    status = 422 if form.errors else 200
    return page("programmes/places_more.html", status, form=form, profile=profile, **_labels())


@bp.route("/places/boundaries/<profile>", methods=["GET", "POST"])
@allow(Permission.PLACES, _one_of_own)
def boundaries(profile: Profile) -> AnyResponse:
    """The page about boundaries, to be read and signed before the first pair."""
    form = Form()
    g.nav = "mentoring.pairs"
    if form.validate_on_submit():
        profiles.sign_boundaries(profile)
        flash(_("Thank you. It stands on your page."), "done")
        return redirect(url_for("programmes.places"), 303)
    return page("programmes/boundaries.html", form=form, profile=profile, zone=signed_in().zone)


@bp.post("/places/pause")
@allow(Permission.PLACES, _own_profile)
def pause(profile: Profile) -> AnyResponse:
    """Take nobody new for now, until a day or until further notice, or take people again."""
    form, paused = PauseForm(), profile.state is MentorState.PAUSED
    if not form.validate():
        said = [*form.until.errors, _("Nothing was changed.")]
        flash(str(said[0]), "error")
        return redirect(url_for("programmes.places"), 303)
    profiles.pause(profile.person_id, paused=not paused, until=form.until.data)
    said_so = (
        _("You can be proposed again.")
        if paused
        else _("Nobody new is proposed to you. Your pairs go on.")
    )
    flash(said_so, "done")
    return redirect(_back_to(profile), 303)


@bp.post("/places/confirm")
@allow(Permission.PLACES, _own_profile)
def confirm(profile: Profile) -> AnyResponse:
    """Say that one is still there for new people."""
    if Form().validate():
        profiles.confirm(profile.person_id)
        flash(_("Thank you. You can be proposed for another 30 days."), "done")
    return redirect(_back_to(profile), 303)


@bp.post("/places/leave/<profile>")
@allow(Permission.PLACES, _one_of_own)
def leave(profile: Profile) -> AnyResponse:
    """Give the places of one track back. No reason is asked."""
    if Form().validate():
        try:
            profiles.leave(profile)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Your places are given back. Pairs that you have go on."), "done")
    return redirect(url_for("programmes.places"), 303)
