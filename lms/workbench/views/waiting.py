"""Who waits, longest first, and who could be a mentor, with reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts.roles import Role
from lms.audit import actions as audit
from lms.audit.rules import Role as SeenAs
from lms.audit.rules import Visitor, What
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language, ngettext
from lms.core.policy import Actor, allow, signed_in
from lms.matching.constraints import Bar
from lms.mentoring import actions as pair_actions
from lms.mentoring import queries as pairs
from lms.mentoring import renewal
from lms.mentoring.queries import Pair, Profile
from lms.mentoring.states import OFFERED, TOGETHER, NotAllowed, Side, awaited
from lms.programmes import languages
from lms.programmes import queries as programmes
from lms.programmes.facts import Everybody
from lms.programmes.queries import Profile as Card
from lms.programmes.queries import Request
from lms.web.forms import Form
from lms.web.page import page
from lms.workbench import actions, compute, files, queries, snapshot, words
from lms.workbench.policy import Permission
from lms.workbench.reasons import Candidate, Look, look
from lms.workbench.rules import CARDS, SLOW_AFTER, Outcome
from lms.workbench.snapshot import Snapshot
from lms.workbench.views import bp

NAV = "workbench.waiting"
LONGEST_REASON = 300
SHOWN = 6


def visitor(person: Actor) -> Visitor:
    """As whom somebody of the staff looks."""
    role = SeenAs.COORDINATOR if person.has(Role.COORDINATOR) else SeenAs.ADMINISTRATOR
    return Visitor(person.id, role)


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits, in the list."""

    found: Request
    spoken: str
    days: int

    @property
    def long(self) -> bool:
        """Whether the wait is one to look at."""
        return self.days >= SLOW_AFTER


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mentor for somebody who waits, with reasons in words."""

    profile: Card
    taken: int
    fit: str
    said: words.Said
    free: int
    needs_reason: bool


def line_of(found: list[Request]) -> list[InLine]:
    """The list of people who wait."""
    moment = now()
    return [
        InLine(one, languages.names(one.languages), (moment - one.waiting_since).days)
        for one in found
    ]


def free_of(mentors: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """(free places, all places) of mentors, each given so."""
    found = list(mentors)
    return sum(free for free, _all in found), sum(places for _free, places in found)


@bp.get("/waiting")
@allow(Permission.COORDINATE)
def waiting() -> Response:
    """People who wait, the longest first; offers that wait for an answer; the way to a round."""
    person, profiles = signed_in(), pairs.profiles()
    line, offers = line_of(programmes.waiting()), _offers()
    rounds, closing = queries.runs(), renewal.closing()
    seen = [one.found.person_id for one in line] + [one.pair.mentee_id for one in offers]
    seen += [found.mentee_id for found, _standing in closing]
    audit.saw_list(visitor(person), seen, What.WAITING)
    return page(
        "workbench/waiting.html",
        form=Form(formdata=None),
        line=line,
        chosen=None,
        offers=offers,
        closing=closing,
        weeks=renewal.WEEKS,
        usual=renewal.WEEKS[-1],
        places=free_of((one.facts.free, one.capacity) for one in profiles if not one.paused),
        rounds=rounds[:3],
        zone=person.zone,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that waits for an answer: with whom it stands now, and the mentors on its other cards."""

    pair: Pair
    side: Side | None
    others: Sequence[str]

    @property
    def mentors(self) -> str:
        """The mentors whom the mentee chooses from, or the one who is asked."""
        shown = self.others if self.side is Side.MENTEE else ()
        return ", ".join([self.pair.mentor_name, *shown])


def _offers() -> list[Offer]:
    others = pairs.also_offered()
    return [
        Offer(one, awaited(one.state), others.get(one.offer or "", ())) for one in pairs.offers()
    ]


def _waiting_person(_person: Actor, waiting: str) -> Request | None:
    found = programmes.request(waiting)
    return found if found and found.state == "waiting" else None


@bp.get("/waiting/<waiting>")
@allow(Permission.COORDINATE, _waiting_person)
def waiting_person(found: Request) -> Response:
    """Somebody who waits: what she hopes for, who could be her mentor, and where the others are lost."""
    person = signed_in()
    g.nav = NAV
    everybody = snapshot.take(found.track, now(), found.programme_id)
    line = line_of(list(everybody.requests.values()))
    goal = programmes.goal_of(found)
    seen = seen_from(everybody, found)
    suggestions = _suggestions(everybody, found, seen)
    audit.saw(visitor(person), found.person_id, What.REQUEST, found.public_id)
    audit.saw_list(visitor(person), [one.found.person_id for one in line], What.WAITING)
    return page(
        "workbench/waiting_person.html",
        form=Form(formdata=None),
        line=line,
        chosen=found,
        days=(now() - found.waiting_since).days,
        spoken=languages.names(found.languages),
        goal=goal,
        asks=_asks_for(everybody, found),
        rules=found.private_rules,
        suggestions=[one for one in suggestions if not one.needs_reason],
        against=[one for one in suggestions if one.needs_reason and one.free],
        shown=SHOWN,
        funnel=words.funnel(seen.funnel, found.track),
        left_out=[words.lost(step, count) for step, count in seen.left_out],
        left_out_total=sum(count for _step, count in seen.left_out),
        cards=CARDS,
        places=free_of((one.free, one.capacity) for one in everybody.mentors if one.available),
        longest_reason=LONGEST_REASON,
        zone=person.zone,
    )


def seen_from(everybody: Everybody, found: Request) -> Look:
    """All mentors, seen from somebody who waits."""
    mentee = snapshot.mentee(everybody, found.public_id)
    settings = compute.present(mentee.track, now(), mentee.programme)
    return look(everybody.mentors, mentee, settings)


def _asks_for(everybody: Everybody, found: Request) -> list[str]:
    mentee = snapshot.mentee(everybody, found.public_id)
    asked = [words.topic(one) for one in mentee.needs]
    asked += [words.experience(one) for one in sorted(mentee.experience)]
    return [words.capital(one) for one in asked[:1]] + asked[1:]


def _suggestions(everybody: Snapshot, found: Request, seen: Look) -> list[Suggestion]:
    tried = {mentor for mentor, request in everybody.tried if request == found.public_id}
    return [
        _suggestion(everybody.profiles[one.id], one, found, tried=one.id in tried)
        for one in seen.candidates
    ]


def _suggestion(profile: Card, one: Candidate, found: Request, *, tried: bool) -> Suggestion:
    said = words.said(one.reasons, found.shown_name)
    if tried:
        said.against.append(_("Was proposed before; it did not come about"))
    if not one.free:
        said.against.append(_("All places are taken"))
    fit = words.fit(one.score) if one.free else _("Later")
    taken = profile.capacity - one.free
    return Suggestion(profile, taken, fit, said, one.free, bool(one.bars))


@bp.post("/waiting/<waiting>/propose")
@allow(Permission.COORDINATE, _waiting_person)
def propose(found: Request) -> AnyResponse:
    """Propose one mentor, or up to three to choose from; the learner is asked first."""
    back = redirect(url_for("workbench.waiting_person", waiting=found.public_id), 303)
    only = request.form.get("only", "")
    wanted = [only] if only else request.form.getlist("profile")[: CARDS + 1]
    profiles = [one for one in map(pairs.profile, wanted) if one is not None]
    if not Form().validate() or not profiles or len(profiles) != len(wanted):
        flash(_("Nothing was proposed. Choose a mentor from the list."), "error")
        return back
    if len(profiles) > CARDS:
        flash(_("Three cards are the most that somebody gets. Untick some."), "error")
        return back
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    try:
        broken = _broken(found, profiles, reason)
    except actions.NeedsReason:
        flash(_("Not proposed. A rule speaks against it: write why it should be so."), "error")
        return back
    except (actions.NotPossible, LookupError):
        flash(_("Not proposed. These two can’t be a pair."), "error")
        return back
    outcome = actions.offer(found, profiles, signed_in().id, None)
    if outcome is Outcome.BARRED:
        flash(_("Not proposed. All places are taken, or something has changed meanwhile."), "error")
        return back
    if outcome is Outcome.NOT_WAITING:
        flash(_("Somebody else has just made an offer."), "info")
        return redirect(url_for("workbench.waiting"), 303)
    for profile in broken:
        actions.log_override(found.id, profile.id, reason, signed_in().id)
    flash(_proposed(found.shown_name, len(profiles)), "done")
    return redirect(url_for("workbench.waiting"), 303)


def _proposed(name: str, cards: int) -> str:
    if cards == 1:
        return _("Proposed. %(name)s is asked first.", name=name)
    return ngettext(
        "Proposed. %(name)s chooses from %(num)s card.",
        "Proposed. %(name)s chooses from %(num)s cards.",
        cards,
        name=name,
    )


def _broken(found: Request, profiles: list[Profile], reason: str) -> list[Profile]:
    """Those of the mentors against whom a rule speaks that staff may set aside; they need a reason."""
    everybody = snapshot.take(found.track, now(), found.programme_id)
    broken: list[Profile] = []
    for profile in profiles:
        bars: list[Bar] = actions.broken_rules(everybody, found.public_id, profile.public_id)
        actions.require_possible(bars, reason)
        broken += [profile] if bars else []
    return broken


def _offer(_person: Actor, pair: str) -> Pair | None:
    found = pairs.pair(pair)
    return found if found and found.state in OFFERED else None


@bp.post("/<pair>/take-back")
@allow(Permission.COORDINATE, _offer)
def take_back(found: Pair) -> AnyResponse:
    """Take an offer back."""
    if Form().validate():
        try:
            pair_actions.take_back(found)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Taken back. %(name)s waits at the old place.", name=found.mentee_name), "done")
    return redirect(url_for("workbench.waiting"), 303)


def _together(_person: Actor, pair: str) -> Pair | None:
    found = pairs.pair(pair)
    return found if found and found.state in TOGETHER else None


@bp.post("/<pair>/longer")
@allow(Permission.COORDINATE, _together)
def longer(found: Pair) -> AnyResponse:
    """Ask both of a pair whose agreed time is over whether they go on."""
    weeks = request.form.get("weeks", "")
    if Form().validate() and weeks in map(str, renewal.WEEKS):
        try:
            renewal.propose(found, int(weeks), signed_in().id)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Proposed. Both are asked, and it goes on if both want it."), "done")
    return redirect(url_for("workbench.waiting"), 303)


@bp.get("/waiting/table.csv")
@allow(Permission.COORDINATE)
def export() -> Response:
    """The list as a file. Its name says nothing; taking it leaves a line with everybody in it."""
    person, line = signed_in(), line_of(programmes.waiting())
    rows = [[_("Name"), _("Languages"), _("Waits since"), _("Days")]]
    rows += [
        [
            one.found.shown_name,
            one.spoken,
            one.found.waiting_since.date().isoformat(),
            str(one.days),
        ]
        for one in line
    ]
    audit.saw_list(visitor(person), [one.found.person_id for one in line], What.WAITING, "file")
    return as_file(files.as_csv(rows, language()))


def as_file(body: str) -> Response:
    """A table as an answer that is kept nowhere."""
    answer = Response(body, mimetype="text/csv")
    name = f"table-{now().date().isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
