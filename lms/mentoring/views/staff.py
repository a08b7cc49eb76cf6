"""Pages of coordinators: who waits, who could be whose mentor and why not."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.mentoring import actions, queries, words
from lms.mentoring.policy import Permission
from lms.mentoring.queries import Pair, Profile
from lms.mentoring.rules import BARS, Mentee, reasons_against
from lms.mentoring.states import OFFERED, NotAllowed, awaited
from lms.mentoring.views import bp
from lms.mentoring.views.own import load_pair
from lms.programmes import languages
from lms.programmes import queries as programmes
from lms.programmes.queries import Request
from lms.web.forms import Form
from lms.web.page import page


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits, in the list."""

    found: Request
    spoken: str
    days: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mentor for somebody who waits, with reasons in words."""

    profile: Profile
    fit: words.Fit
    barred: bool


def _visitor(person: Actor) -> Visitor:
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    return Visitor(person.id, role)


@bp.get("/waiting")
@allow(Permission.COORDINATE)
def waiting() -> Response:
    """People who wait, the longest first; offers that wait for an answer."""
    person = signed_in()
    line, offers, profiles = _line(), queries.offers(), queries.profiles()
    _leave_line(person, line, offers)
    return page(
        "mentoring/waiting.html",
        form=Form(formdata=None),
        line=line,
        chosen=None,
        offers=[(offer, awaited(offer.state)) for offer in offers],
        places=_places(profiles),
        zone=person.zone,
    )


def _leave_line(person: Actor, line: list[InLine], offers: list[Pair]) -> None:
    seen = [one.found.person_id for one in line] + [offer.mentee_id for offer in offers]
    audit.saw_list(_visitor(person), seen, What.WAITING)


def _line() -> list[InLine]:
    moment = now()
    return [
        InLine(found, languages.names(found.languages), (moment - found.waiting_since).days)
        for found in programmes.waiting()
    ]


def _places(profiles: list[Profile]) -> tuple[int, int]:
    """(free places, all places) of mentors who take people."""
    open_ones = [profile for profile in profiles if not profile.paused]
    free = sum(profile.facts.free for profile in open_ones)
    return free, sum(profile.capacity for profile in open_ones)


def _waiting_person(_person: Actor, waiting: str) -> Request | None:
    found = programmes.request(waiting)
    return found if found and found.state == "waiting" else None


@bp.get("/waiting/<waiting>")
@allow(Permission.COORDINATE, _waiting_person)
def waiting_person(found: Request) -> Response:
    """Somebody who waits: what she hopes for, and who could be her mentor."""
    person = signed_in()
    g.nav = "mentoring.waiting"
    line, profiles, facts = _line(), queries.profiles(), queries.facts_of(found)
    suggestions = [_suggestion(profile, facts, found.shown_name) for profile in profiles]
    goal = programmes.goal_of(found)
    audit.saw(_visitor(person), found.person_id, What.REQUEST, found.public_id)
    _leave_line(person, line, [])
    return page(
        "mentoring/waiting_person.html",
        form=Form(formdata=None),
        line=line,
        chosen=found,
        spoken=languages.names(found.languages),
        goal=goal,
        suggestions=sorted(suggestions, key=_rank),
        places=_places(profiles),
        zone=person.zone,
    )


def _suggestion(profile: Profile, facts: Mentee, name: str) -> Suggestion:
    reasons = reasons_against(profile.facts, facts)
    fit = words.fit(profile.facts, facts, reasons, name)
    return Suggestion(profile, fit, bool(set(reasons) & BARS))


def _rank(one: Suggestion) -> tuple[bool, int, int]:
    return one.barred, len(one.fit.against), -one.profile.facts.free


@bp.post("/waiting/<waiting>/propose")
@allow(Permission.COORDINATE, _waiting_person)
def propose(found: Request) -> AnyResponse:
    """Propose a mentor; the learner is asked first."""
    back = redirect(url_for("mentoring.waiting_person", waiting=found.public_id), 303)
    profile = queries.profile(request.form.get("profile", ""))
    if not Form().validate() or profile is None:
        flash(_("Nothing was proposed. Choose a mentor from the list."), "error")
        return back
    try:
        actions.propose(found, profile, signed_in().id)
    except actions.Barred as bars:
        facts = queries.facts_of(found)
        said = words.fit(profile.facts, facts, bars.reasons, found.shown_name).against
        flash(_("Not proposed. %(reason)s.", reason=said[0]), "error")
        return back
    except actions.NotWaiting:
        flash(_("Somebody else has just made an offer."), "info")
        return redirect(url_for("mentoring.waiting"), 303)
    flash(_("Proposed. %(name)s is asked first.", name=found.shown_name), "done")
    return redirect(url_for("mentoring.waiting"), 303)


def _offer(_person: Actor, pair: str) -> Pair | None:
    found = load_pair(_person, pair)
    return found if found and found.state in OFFERED else None


@bp.post("/<pair>/take-back")
@allow(Permission.COORDINATE, _offer)
def take_back(found: Pair) -> AnyResponse:
    """Take an offer back."""
    if Form().validate():
        try:
            actions.take_back(found)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Taken back. %(name)s waits at the old place.", name=found.mentee_name), "done")
    return redirect(url_for("mentoring.waiting"), 303)
