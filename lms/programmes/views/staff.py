"""Pages of coordinators: who is a mentor, who offers to be one, which programmes there are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries as people
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor, allow, signed_in
from lms.courses import queries as courses
from lms.programmes import actions, languages, profiles, queries, waiting, words
from lms.programmes.forms.profiles import CardForm, MakeMentorForm
from lms.programmes.forms.programmes import ProgrammeForm
from lms.programmes.forms.shared import track_choices
from lms.programmes.forms.waiting import ScreenForm
from lms.programmes.pairing import Load, loads
from lms.programmes.policy import Permission
from lms.programmes.queries import Profile, Request, Running
from lms.programmes.rules import Track, level_of, ticks
from lms.programmes.states import (
    PROGRAMME,
    By,
    MentorState,
    NotAllowed,
    ProgrammeStep,
    RequestState,
    steps_from,
)
from lms.programmes.views import bp
from lms.programmes.views.own import Where, card_of, fill_card, on_card
from lms.web.forms import Form, typed
from lms.web.page import page

# --- Mentors -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A mentor in the list."""

    profile: Profile
    spoken: str
    load: Load
    state: str


@bp.get("/people")
@allow(Permission.MENTORS)
def mentors() -> Response:
    """Who offers to be a mentor, and who is one: state, languages, places, last confirmed."""
    g.nav = "workbench.waiting"
    had = loads()
    rows = [
        Row(
            profile,
            languages.names(profile.languages),
            had.get(profile.person_id, Load()),
            str(words.MENTOR_STATE[profile.state]),
        )
        for profile in queries.profiles()
    ]
    gone = {MentorState.LEFT, MentorState.DECLINED}
    return page(
        "programmes/mentors.html",
        submitted=[row for row in rows if row.profile.state is MentorState.SUBMITTED],
        rows=[
            row
            for row in rows
            if row.profile.state not in {MentorState.SUBMITTED, MentorState.DRAFT, *gone}
        ],
        gone=[row for row in rows if row.profile.state in gone],
        places=_places(rows),
        tracks=words.TRACK,
        zone=signed_in().zone,
    )


def _places(rows: list[Row]) -> tuple[int, int]:
    """(free places, all places) of mentors who take people."""
    open_ones = [row for row in rows if not row.profile.paused]
    free = sum(max(0, row.profile.capacity - row.load.taken) for row in open_ones)
    return free, sum(row.profile.capacity for row in open_ones)


@bp.route("/people/new", methods=["GET", "POST"])
@allow(Permission.MENTORS)
def new_mentor() -> AnyResponse:
    """Make somebody a mentor who has agreed to it."""
    form = MakeMentorForm()
    g.nav = "workbench.waiting"
    where = Where(form, asks=True)
    form.track.choices = track_choices(where.tracks())
    if form.validate_on_submit():
        found = people.by_handle(typed(form.handle))
        if found is None:
            form.handle.errors = [_("Nobody signs in with this name. Ask again how it is spelt.")]
        else:
            profiles.make_mentor(
                *(found.id, card_of(form), Track(typed(form.track)), signed_in().id),
                programme=where.chosen(),
            )
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
    g.nav = "workbench.waiting"
    if form.overtaken(on_card(profile)):
        return page("programmes/mentor_form.html", 409, form=form, profile=profile)
    if form.validate_on_submit():
        profiles.change_card(profile.person_id, card_of(form), profile.track)
        flash(_("Saved."), "done")
        return redirect(url_for("programmes.mentors"), 303)
    if not form.is_submitted():
        fill_card(form, profile)
    return page(
        "programmes/mentor_form.html", 422 if form.errors else 200, form=form, profile=profile
    )


def _visitor(person: Actor) -> Visitor:
    if person.has("coordinator"):
        return Visitor(person.id, Role.COORDINATOR)
    role = Role.ADMINISTRATOR if person.has("administrator") else Role.SAFEGUARDING
    return Visitor(person.id, role)


@bp.get("/people/<profile>/look")
@allow(Permission.LOOK, _profile)
def look(profile: Profile) -> Response:
    """What a mentor says about herself, and what staff can do about it. Private rules are a number."""
    person = signed_in()
    g.nav = "workbench.waiting"
    organisations = queries.organisations_of(profile)
    audit.saw(_visitor(person), profile.person_id, What.PAGE, profile.public_id)
    return page(
        "programmes/mentor.html",
        form=Form(formdata=None),
        profile=profile,
        state=words.MENTOR_STATE[profile.state],
        track=words.TRACK[profile.track],
        spoken=[
            (languages.title(code), words.LEVEL[level_of(profile.levels, code)])
            for code in profile.languages
        ],
        topics=words.topics(profile.topics),
        glad=words.topics(profile.glad_topics),
        experience=[
            str(words.EXPERIENCE[one]) for one in words.EXPERIENCE if one in profile.experience
        ],
        channels=[str(text) for key, text in words.CHANNEL.items() if key in profile.channels],
        countries=[words.country(code) for code in profile.countries_known],
        hours=words.hours(ticks(profile.hours)),
        organisations=organisations,
        staff=person.has("coordinator") or person.has("administrator"),
        lead=person.has("safeguarding") and profile.person_id != person.id,
        zone=person.zone,
    )


@bp.post("/people/<profile>/decide")
@allow(Permission.MENTORS, _profile)
def decide(profile: Profile) -> AnyResponse:
    """Accept somebody to the training, or decline."""
    accepts = request.form.get("answer") == "accept"
    if Form().validate() and request.form.get("answer") in {"accept", "decline"}:
        act = profiles.accept_mentor if accepts else profiles.decline_mentor
        try:
            act(profile, signed_in().id)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            name = profile.shown_name
            said = (
                _("%(name)s is accepted. The training is next.", name=name)
                if accepts
                else _("Declined. %(name)s is told kindly.", name=name)
            )
            flash(said, "done")
    return redirect(url_for("programmes.mentors"), 303)


def _of_somebody_else(person: Actor, profile: str) -> Profile | None:
    # Nobody clears herself, or lets herself back.
    found = queries.profile(profile)
    return found if found and found.person_id != person.id else None


@bp.post("/people/<profile>/suspend")
@allow(Permission.SUSPEND, _of_somebody_else)
def suspend(profile: Profile) -> AnyResponse:
    """A safeguarding lead takes a mentor out of the pool, or lets her back."""
    if Form().validate():
        act = profiles.lift if profile.state is MentorState.SUSPENDED else profiles.suspend
        try:
            act(profile, signed_in().id)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Done. Live pairs go on; coordinators look at them."), "done")
    return redirect(url_for("programmes.look", profile=profile.public_id), 303)


@bp.post("/people/<profile>/clear")
@allow(Permission.SUSPEND, _of_somebody_else)
def clear(profile: Profile) -> AnyResponse:
    """A safeguarding lead lets a mentor be proposed to people of 16 and 17, or to adults only."""
    answer = request.form.get("adults")
    if Form().validate() and answer in {"only", "also"}:
        profiles.clear(profile, signed_in().id, adults_only=answer == "only")
        flash(_("Saved. It counts for new pairs; look yourself at pairs that are there."), "done")
    return redirect(url_for("programmes.look", profile=profile.public_id), 303)


# --- Requests ------------------------------------------------------------------------------------


def _request(_person: Actor, waiting: str) -> Request | None:
    found = queries.request(waiting)
    shown = {RequestState.SUBMITTED.value, RequestState.WAITING.value}
    return found if found and found.state in shown else None


@bp.get("/requests")
@allow(Permission.MENTORS)
def requests() -> Response:
    """Requests that staff look at before they join the line."""
    person, found = signed_in(), queries.submitted()
    g.nav = "workbench.waiting"
    goals = [queries.goal_of(one) for one in found]
    audit.saw_list(_visitor(person), [one.person_id for one in found], What.WAITING)
    rows = [
        (one, languages.names(one.languages), goal) for one, goal in zip(found, goals, strict=True)
    ]
    form = Form(formdata=None)
    return page(
        "programmes/requests.html", form=form, rows=rows, tracks=words.TRACK, zone=person.zone
    )


@bp.post("/requests/<waiting>/decide")
@allow(Permission.MENTORS, _request)
def decide_request(found: Request) -> AnyResponse:
    """Let somebody into the line, or decline."""
    accepts = request.form.get("answer") == "accept"
    if Form().validate() and request.form.get("answer") in {"accept", "decline"}:
        act = waiting.accept_request if accepts else waiting.decline_request
        try:
            act(found, signed_in().id)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(
                _("On the list.") if accepts else _("Declined. What was written is deleted."),
                "done",
            )
    return redirect(url_for("programmes.requests"), 303)


@bp.route("/requests/<waiting>", methods=["GET", "POST"])
@allow(Permission.MENTORS, _request)
def screen(found: Request) -> AnyResponse:
    """What staff say about somebody: brought forward or not, and whether she is 16 or 17."""
    person, form = signed_in(), ScreenForm()
    g.nav = "workbench.waiting"
    if form.validate_on_submit():
        waiting.screen(found, form.priority.data or 0, under_18=bool(form.under_18.data))
        flash(_("Saved."), "done")
        return redirect(_line_of(found), 303)
    if not form.is_submitted():
        form.priority.data, form.under_18.data = found.priority, found.under_18
    audit.saw(_visitor(person), found.person_id, What.REQUEST, found.public_id)
    status = 422 if form.errors else 200
    return page("programmes/screen.html", status, form=form, found=found, back=_line_of(found))


def _line_of(found: Request) -> str:
    if found.state == RequestState.SUBMITTED:
        return url_for("programmes.requests")
    return url_for("workbench.waiting_person", waiting=found.public_id)


# --- Programmes ----------------------------------------------------------------------------------


@bp.get("/programmes")
@allow(Permission.MENTORS)
def programmes() -> Response:
    """All programmes, the latest first."""
    g.nav = "workbench.waiting"
    rows = [
        (found, found.title(language()), words.PROGRAMME_STATE[found.state])
        for found in queries.programmes()
    ]
    return page("programmes/programmes.html", rows=rows)


def _programme(_person: Actor, programme: str) -> Running | None:
    return queries.programme(programme)


def _programme_form() -> ProgrammeForm:
    form = ProgrammeForm()
    form.offer((one.public_id, one.title) for one in courses.catalogue(language()))
    g.nav = "workbench.waiting"
    return form


@bp.route("/programmes/new", methods=["GET", "POST"])
@allow(Permission.MENTORS)
def new_programme() -> AnyResponse:
    """Make a programme; it begins as a draft."""
    form = _programme_form()
    if form.validate_on_submit():
        made = actions.make_programme(form.values())
        flash(_("Made, as a draft."), "done")
        return redirect(url_for("programmes.change_programme", programme=made), 303)
    if not form.is_submitted():
        form.tracks.data = ["peer", "scientist"]
    return _programme_page(form, None, 422 if form.errors else 200)


@bp.route("/programmes/<programme>", methods=["GET", "POST"])
@allow(Permission.MENTORS, _programme)
def change_programme(found: Running) -> AnyResponse:
    """Change what is decided about a programme."""
    form = _programme_form()
    stored = {name: getattr(found, name) for name in form.NAMES}
    if form.overtaken(stored):
        return _programme_page(form, found, 409)
    if form.validate_on_submit():
        actions.change_programme(found, form.values())
        flash(_("Saved."), "done")
        return redirect(url_for("programmes.programmes"), 303)
    if not form.is_submitted():
        for name, value in stored.items():
            form[name].data = value
    return _programme_page(form, found, 422 if form.errors else 200)


def _programme_page(form: ProgrammeForm, found: Running | None, status: int) -> Response:
    steps = steps_from(PROGRAMME, found.state, By.STAFF) if found else []
    return page(
        "programmes/programme.html",
        status,
        form=form,
        found=found,
        title=found.title(language()) if found else "",
        state=words.PROGRAMME_STATE[found.state] if found else "",
        steps=[(step.value, words.PROGRAMME_STEP[step]) for step in steps],
        plain=Form(formdata=None),
    )


@bp.post("/programmes/<programme>/state")
@allow(Permission.MENTORS, _programme)
def move_programme(found: Running) -> AnyResponse:
    """Take a programme one step further."""
    step = request.form.get("step", "")
    if Form().validate() and step in set(ProgrammeStep):
        try:
            actions.move_programme(found, ProgrammeStep(step), signed_in().id)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Done."), "done")
    return redirect(url_for("programmes.change_programme", programme=found.public_id), 303)
