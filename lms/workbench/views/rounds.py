"""Rounds: started, looked at, corrected, compared, published. Nobody is told anything before that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import What
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language, ngettext
from lms.core.policy import Actor, allow, signed_in
from lms.matching.facts import LARGEST_CHARGE, LARGEST_FLOOR, Policy, Track, Weights
from lms.programmes import queries as programmes
from lms.programmes.states import TAKES_PEOPLE
from lms.web.forms import Form
from lms.web.page import page
from lms.workbench import actions, compute, files, queries, shown, snapshot, words
from lms.workbench import compare as comparing
from lms.workbench.compute import Wanted
from lms.workbench.policy import Permission
from lms.workbench.queries import Run
from lms.workbench.rules import RunState, is_late, shares_of_100
from lms.workbench.views import ROUND, bp
from lms.workbench.views.waiting import LONGEST_REASON, NAV, as_file, visitor

WEIGHTS = tuple(Weights.__slots__)
UNFOLDED = 50
# As long as a row's number can be in either database.
LONGEST_NUMBER = 10


def _load(_person: Actor, run: str) -> Run | None:
    g.nav = NAV
    return queries.run(run)


def _ready(person: Actor, run: str) -> Run | None:
    found = _load(person, run)
    return found if found and found.state is RunState.READY else None


def _to(run: Run | str) -> AnyResponse:
    public_id = run if isinstance(run, str) else run.public_id
    return redirect(url_for("workbench.round_page", run=public_id), 303)


@bp.get("/rounds")
@allow(Permission.COORDINATE)
def rounds() -> Response:
    """The rounds of the last weeks, and the button for a new one."""
    g.nav = NAV
    return page(
        "workbench/rounds.html",
        form=Form(formdata=None),
        programmes=_programmes(),
        rounds=queries.runs(),
        zone=signed_in().zone,
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Who waits in a programme: (track, people). `id` and `title` are empty where there is no choice."""

    id: str
    title: str
    tracks: Sequence[tuple[str, int]]


def _programmes() -> list[Lines]:
    """The programmes that take people or in which somebody waits, the latest first."""
    waiting = Counter((one.programme_id, one.track) for one in programmes.waiting())
    waited_in = {programme_id for programme_id, _track in waiting}
    shown = [
        one for one in programmes.programmes() if one.state in TAKES_PEOPLE or one.id in waited_in
    ]
    if len(shown) < 2:
        alone = shown[0].id if shown else 0
        return [Lines("", "", [(track.value, waiting[alone, track]) for track in Track])]
    return [
        Lines(
            one.public_id,
            one.title(language()) or _("The first programme"),
            [
                (track.value, waiting[one.id, track])
                for track in Track
                if track.value in one.tracks or waiting[one.id, track]
            ],
        )
        for one in shown
    ]


@bp.post("/rounds")
@allow(Permission.COORDINATE)
def start() -> AnyResponse:
    """Ask for a round of one programme; a worker does it."""
    named = request.form.get("programme", "")
    programme = programmes.programme(named) if named else None
    known = request.form.get("track") in set(Track) and bool(programme) is bool(named)
    if not Form().validate() or not known:
        flash(_("Nothing was started. Try again from this page."), "error")
        return redirect(url_for("workbench.rounds"), 303)
    track, programme_id = Track(request.form["track"]), programme.id if programme else None
    return _to(actions.start(track, Wanted(), signed_in().id, programme_id=programme_id))


@bp.get(ROUND)
@allow(Permission.COORDINATE, _load)
def round_page(found: Run) -> Response:
    """What a round proposes, with reasons, and what can be changed about it."""
    person = signed_in()
    if found.state is not RunState.READY:
        return page(
            "workbench/round.html",
            form=Form(formdata=None),
            run=found,
            published=0,
            late=is_late(found.made_at, now()),
            words=words,
            zone=person.zone,
        )
    proposals, decided = queries.proposals(found.id), queries.decisions(found.id)
    everybody = snapshot.take(Track(found.track), found.made_at, found.programme_id)
    sort = request.args.get("sort", "wait")
    pairs = shown.pairs_of(proposals, now())
    unmatched = shown.unmatched_of(proposals, found.track, now())
    audit.saw_list(visitor(person), [one.mentee_id for one in proposals], What.WAITING)
    return page(
        "workbench/round.html",
        form=Form(formdata=None),
        run=found,
        words=words,
        pairs=shown.ordered(pairs, sort),
        sort=sort,
        sorts=shown.sorts(),
        open=sum(one.open for one in pairs),
        published=sum(one.offered for one in pairs),
        unmatched=unmatched,
        unfolded=UNFOLDED,
        stale=compute.is_stale(everybody, found, decided),
        pending=sum(one.made_at > found.made_at for one in decided),
        decided=[(one, shown.decision_words(one)) for one in decided],
        demand=shown.demand(found),
        wanted=Wanted.of(found.settings).as_data(),
        terms=shown.terms(),
        who_waits=[(one.public_id, one.shown_name) for one in everybody.requests.values()],
        who_mentors=[(one.public_id, one.shown_name) for one in everybody.profiles.values()],
        zone=person.zone,
    )


@bp.post(f"{ROUND}/again")
@allow(Permission.COORDINATE, _load)
def again(found: Run) -> AnyResponse:
    """Run again: with what was decided, and with new settings where some were sent."""
    if not Form().validate():
        flash(_("Nothing was started. Try again from this page."), "error")
        return _to(found)
    wanted = _wanted(request.form) if "policy" in request.form else Wanted.of(found.settings)
    return _to(actions.start(Track(found.track), wanted, signed_in().id, found))


@bp.post(f"{ROUND}/decide")
@allow(Permission.COORDINATE, _ready)
def decide(found: Run) -> AnyResponse:
    """Pin or forbid a pair, hold somebody out, lower a mentor's places, for the next round."""
    what = request.form.get("do", "").split()
    if not Form().validate() or not what:
        flash(_("Nothing was changed. Try again from this page."), "error")
        return _to(found)
    try:
        _decide(found, what, signed_in().id)
    except actions.NeedsReason:
        flash(_("Not pinned. A rule speaks against it: write why it should be so."), "error")
    except actions.NotPossible:
        flash(_("Not pinned. These two can’t be a pair."), "error")
    except (LookupError, ValueError):
        flash(_("Nothing was changed. Somebody of them is not there any more."), "error")
    else:
        flash(_("Noted for the next round. Run again when you are done."), "done")
    return _to(found)


def _decide(found: Run, what: list[str], by_id: int) -> None:
    match what:
        case ["by-hand"]:
            sent, reason = request.form, request.form.get("reason", "")
            about = (sent.get("request", ""), sent.get("profile", ""))
            actions.pin(found, *about, " ".join(reason.split())[:LONGEST_REASON], by_id)
        case ["pin", waits, mentor]:
            actions.pin(found, waits, mentor, "", by_id)
        case ["forbid", waits, mentor]:
            actions.forbid(found, waits, mentor, by_id)
        case ["hold", waits]:
            actions.hold(found, waits, by_id)
        case ["less", mentor]:
            actions.one_less(found, mentor, by_id)
        case _:
            raise ValueError(what)


def _decided(person: Actor, run: str, decision: str) -> tuple[Run, str] | None:
    found = _load(person, run)
    return (found, decision) if found else None


@bp.post(f"{ROUND}/undo/<decision>")
@allow(Permission.COORDINATE, _decided)
def undo(about: tuple[Run, str]) -> AnyResponse:
    """Take a decision back, for the next round."""
    found, decision = about
    if Form().validate():
        actions.undo(found, decision)
        flash(_("Taken back. Run again when you are done."), "done")
    return _to(found)


@bp.post(f"{ROUND}/publish")
@allow(Permission.COORDINATE, _ready)
def publish(found: Run) -> AnyResponse:
    """Make the offers of the ticked pairs. Sent twice, it is done once."""
    ticked = request.form.getlist("proposal")
    numbers = [int(one) for one in ticked if one.isdecimal() and len(one) < LONGEST_NUMBER]
    if not Form().validate() or not numbers:
        flash(_("Nothing was published. Tick the pairs that you want."), "error")
        return _to(found)
    done = actions.publish(found, numbers, signed_in().id)
    flash(ngettext("%(num)s offer was made.", "%(num)s offers were made.", done.offered), "done")
    if done.not_any_more:
        flash(
            ngettext(
                "%(num)s pair is no longer possible; nobody was told.",
                "%(num)s pairs are no longer possible; nobody was told.",
                done.not_any_more,
            ),
            "info",
        )
    return _to(found)


# ---------------------------------------------------------------- settings, comparison


def _wanted(values: Any) -> Wanted:
    """Settings from what was sent; nonsense is the default."""
    default = Wanted()
    sent = {name: _number(values.get(name, ""), 0) for name in WEIGHTS}
    try:
        weights = Weights(**shares_of_100(sent)) if any(sent.values()) else Weights()
    except ValueError:
        weights = Weights()
    policy = values.get("policy", "")
    return Wanted(
        Policy(policy) if policy in set(Policy) else Policy.COVERAGE,
        weights,
        min(_number(values.get("floor", ""), default.floor), LARGEST_FLOOR),
        min(_number(values.get("charge", ""), default.charge), LARGEST_CHARGE),
    )


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else default


@bp.get(f"{ROUND}/effect")
@allow(Permission.COORDINATE, _ready)
def preview(found: Run) -> Response:
    """What other settings would change, worked out now; nothing is written."""
    wanted = _wanted(request.args)
    proposals, decided = queries.proposals(found.id), queries.decisions(found.id)
    everybody = snapshot.take(Track(found.track), found.made_at, found.programme_id)
    result = compute.result(everybody, compute.settings_of(found, decided, everybody.tried, wanted))
    sides = comparing.of_rows(found.stats, proposals), comparing.of_result(result, everybody)
    fields = [(name, value) for name, value in wanted.as_data().items() if name != "weights"]
    return page(
        "workbench/preview.html",
        form=Form(formdata=None),
        run=found,
        shown=_side_by_side(*sides),
        fields=[*fields, *wanted.as_data()["weights"].items()],
        zone=signed_in().zone,
    )


@bp.get(f"{ROUND}/compare")
@allow(Permission.COORDINATE, _ready)
def compare(found: Run) -> Response:
    """A round beside the one that it was made from."""
    before = queries.run(found.before or "")
    if before is None or before.state is not RunState.READY:
        abort(404)
    sides = [comparing.of_rows(one.stats, queries.proposals(one.id)) for one in (before, found)]
    return page(
        "workbench/compare.html",
        run=found,
        before=before,
        shown=_side_by_side(*sides),
        zone=signed_in().zone,
    )


def _side_by_side(before: comparing.Side, after: comparing.Side) -> shown.ComparedView:
    """Two rounds as the page shows them; everybody who is named there has a line about it."""
    found = comparing.compare(before, after)
    seen = [row.mentee_id for row in found.rows]
    audit.saw_list(visitor(signed_in()), seen, What.WAITING)
    return shown.compared(found)


@bp.get(f"{ROUND}/fair")
@allow(Permission.COORDINATE, _ready)
def fair(found: Run) -> Response:
    """For whom a round finds a mentor, by group, with small numbers left out."""
    report = shown.fairness(found)
    return page("workbench/fair.html", run=found, zone=signed_in().zone, **report)


@bp.get(f"{ROUND}/table.csv")
@allow(Permission.COORDINATE, _ready)
def round_file(found: Run) -> Response:
    """A round as a file; taking it leaves a line with everybody in it."""
    person, proposals = signed_in(), queries.proposals(found.id)
    rows: Sequence[Sequence[str]] = shown.table(proposals, found.track, now())
    seen = [one.mentee_id for one in proposals]
    audit.saw_list(visitor(person), seen, What.WAITING, "file")
    return as_file(files.as_csv(rows, language()))
