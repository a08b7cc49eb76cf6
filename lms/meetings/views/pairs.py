"""Pages for the two who meet: propose, agree, move, call off, log, confirm."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.meetings import actions, clocks, ics, pairs, queries, words
from lms.meetings.actions import Log, NotAgreed, Plan
from lms.meetings.forms import CHOOSE, NO_NEXT, AgreeForm, LogForm, PlanForm, UnplannedForm
from lms.meetings.policy import Permission
from lms.meetings.queries import Found
from lms.meetings.rules import LENGTHS, WRITTEN, Kind, Missed, NotAllowed, State
from lms.meetings.shown import Reader, Shown, shown
from lms.meetings.views import bp
from lms.mentoring import queries as mentoring
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side
from lms.mentoring.states import State as PairState
from lms.web.forms import Form, typed
from lms.web.page import page


def load_pair(_person: Actor, pair: str) -> Pair | None:
    """The pair of an address. The policy decides who may have it."""
    return mentoring.pair(pair)


def load_meeting(_person: Actor, meeting: str) -> Found | None:
    """The meeting of an address, with its pair."""
    return queries.meeting(meeting)


def _reader(pair: Pair) -> Reader:
    person = signed_in()
    g.nav = "mentoring.pairs" if pair.side(person.id) == Side.MENTOR else "mentoring.mine"
    return Reader.of(person.id, pair)


def _to(meeting: str) -> AnyResponse:
    return redirect(url_for("meetings.meeting", meeting=meeting), 303)


def _settled(meeting: str) -> AnyResponse:
    flash(_("This has been settled meanwhile."), "info")
    return _to(meeting)


# --- Lists ---------------------------------------------------------------------------------------


@bp.get("/pairs/<pair>/meetings")
@allow(Permission.PLAN, load_pair)
def of_pair(found: Pair) -> Response:
    """All meetings of a pair."""
    reader, moment = _reader(found), now()
    meetings = queries.of_pair(found.id)
    open_ones = [one for one in meetings if one.state is State.PROPOSED]
    times = queries.times([one.id for one in open_ones])
    rows = [shown(one, reader, moment, times.get(one.id, ())) for one in meetings]
    coming = [row for row in rows if _is_coming(row)]
    coming.sort(key=lambda row: (row.state is State.PROPOSED, rows.index(row) * -1))
    return page(
        "meetings/list.html",
        found=found,
        name=reader.name,
        coming=coming,
        past=[row for row in rows if row not in coming],
    )


def _is_coming(row: Shown) -> bool:
    return row.state is State.PROPOSED or (row.state is State.PLANNED and not row.is_past)


# --- One meeting ---------------------------------------------------------------------------------


@bp.get("/meetings/<meeting>")
@allow(Permission.MEET, load_meeting)
def meeting(found: Found) -> Response:
    """A meeting, and what can be done about it now."""
    return _meeting_page(found, AgreeForm(formdata=None))


def _meeting_page(found: Found, form: AgreeForm, status: int = 200) -> Response:
    reader, moment, one = _reader(found.pair), now(), found.meeting
    times = queries.times([one.id]).get(one.id, [])
    coming = [time for time in times if time.starts_at > moment]
    at = one.planned_at or (times[0].starts_at if times else moment)
    row = shown(one, reader, moment, times, queries.before(one.match_id, at))
    return page(
        "meetings/meeting.html",
        status,
        found=found,
        name=reader.name,
        row=row,
        form=form.offer([(number, at.own) for number, at in row.times]),
        their_clock={str(number): at.other for number, at in row.times},
        lapsed=one.state is State.PROPOSED and not coming,
        plain_form=Form(formdata=None),
        questions=_questions(found.pair),
        in_writing=one.kind in WRITTEN,
    )


def _questions(pair: Pair) -> tuple[str, ...]:
    closing = pair.state == PairState.CLOSING
    return words.questions(queries.held(pair.id), closing=closing)


@bp.post("/meetings/<meeting>/agree")
@allow(Permission.MEET, load_meeting)
def agree(found: Found) -> AnyResponse:
    """Take one of the times."""
    reader, moment = Reader.of(signed_in().id, found.pair), now()
    times = queries.times([found.meeting.id]).get(found.meeting.id, [])
    offered = shown(found.meeting, reader, moment, times).times
    form = AgreeForm().offer([(number, at.own) for number, at in offered])
    if not form.validate():
        return _meeting_page(found, form, 422)
    try:
        actions.agree(found, signed_in().id, int(form.number.data))
    except (NotAllowed, LookupError):
        return _settled(found.meeting.public_id)
    flash(_("Planned. %(name)s is told.", name=reader.name), "done")
    return _to(found.meeting.public_id)


@bp.route("/pairs/<pair>/meetings/new", methods=["GET", "POST"])
@allow(Permission.PLAN, load_pair)
def new(found: Pair) -> AnyResponse:
    """Propose a meeting."""
    reader, form = _reader(found), PlanForm().in_zone(signed_in().zone)
    if not form.validate_on_submit():
        return _plan_page(found, reader, form, None)
    public_id = actions.propose(found, signed_in().id, _plan(form))
    flash(_("Proposed. %(name)s chooses.", name=reader.name), "done")
    return _to(public_id)


@bp.route("/meetings/<meeting>/move", methods=["GET", "POST"])
@allow(Permission.MEET, load_meeting)
def move(found: Found) -> AnyResponse:
    """Propose other times."""
    reader, one = _reader(found.pair), found.meeting
    if one.state not in {State.PROPOSED, State.PLANNED}:
        return _settled(one.public_id)
    form = PlanForm().in_zone(signed_in().zone)
    if not form.is_submitted():
        form.kind.data = one.kind.value
        form.minutes.data = one.minutes if one.minutes in LENGTHS else form.minutes.default
    if not form.validate_on_submit():
        return _plan_page(found.pair, reader, form, found)
    try:
        actions.propose_again(found, signed_in().id, _plan(form))
    except NotAllowed:
        return _settled(one.public_id)
    flash(_("Proposed. %(name)s chooses.", name=reader.name), "done")
    return _to(one.public_id)


def _plan(form: PlanForm) -> Plan:
    return Plan(Kind(form.kind.data), int(form.minutes.data), form.zone, form.locals)


def _plan_page(pair: Pair, reader: Reader, form: PlanForm, found: Found | None) -> Response:
    ahead = clocks.apart(reader.zone, reader.other_zone, now())
    return page(
        "meetings/plan.html",
        422 if form.errors else 200,
        form=form,
        pair=pair,
        found=found,
        name=reader.name,
        difference=words.difference(ahead, reader.name),
        today=clocks.on_clock(now(), reader.zone).date().isoformat(),
    )


@bp.route("/meetings/<meeting>/cancel", methods=["GET", "POST"])
@allow(Permission.MEET, load_meeting)
def cancel(found: Found) -> AnyResponse:
    """Can't make it. No reason is asked."""
    reader, one = _reader(found.pair), found.meeting
    if one.state not in {State.PROPOSED, State.PLANNED}:
        return _settled(one.public_id)
    form = Form()
    if not form.validate_on_submit():
        row = shown(one, reader, now())
        return page("meetings/cancel.html", form=form, found=found, row=row, name=reader.name)
    try:
        actions.cancel(found, signed_in().id)
    except NotAllowed:
        return _settled(one.public_id)
    flash(_("Called off. %(name)s is told, without a reason.", name=reader.name), "done")
    return redirect(url_for("meetings.of_pair", pair=found.pair.public_id), 303)


@bp.post("/meetings/<meeting>/in-writing")
@allow(Permission.MEET, load_meeting)
def in_writing(found: Found) -> AnyResponse:
    """Keep the time and write instead of talking."""
    if Form().validate():
        try:
            actions.in_writing(found, signed_in().id)
        except NotAllowed:
            return _settled(found.meeting.public_id)
        flash(_("You meet in writing. The time stays."), "done")
    return _to(found.meeting.public_id)


# --- Afterwards ----------------------------------------------------------------------------------


@bp.route("/meetings/<meeting>/log", methods=["GET", "POST"])
@allow(Permission.MEET, load_meeting)
def log(found: Found) -> AnyResponse:
    """One minute afterwards: held or missed, how long, one line, the next date."""
    one, form = found.meeting, LogForm()
    if one.state is not State.PLANNED or one.planned_at is None or one.planned_at > now():
        return _settled(one.public_id)
    if not form.is_submitted():
        form.minutes.data = one.minutes if one.minutes in LENGTHS else 45
    if not form.validate_on_submit():
        return _log_page(found, form)
    if form.outcome.data == "moved":
        return redirect(url_for("meetings.move", meeting=one.public_id), 303)
    return _keep_log(found, form)


def _keep_log(found: Found, form: LogForm) -> AnyResponse:
    person = signed_in()
    held = int(form.minutes.data) if form.outcome.data == "held" else None
    try:
        actions.log(found, person.id, Log(held, Missed(form.reason.data)))
    except NotAllowed:
        return _settled(found.meeting.public_id)
    except NotAgreed:
        return _not_agreed(found.pair)
    if line := typed(form.line):
        pairs.write_shared_note(found.pair, person.id, line, vault.unlocked())
    flash(_("Kept. Thank you."), "done")
    return _go_on(found, person, form.following.data)


def _go_on(found: Found, person: Actor, following: str) -> AnyResponse:
    if following == CHOOSE:
        return redirect(url_for("meetings.new", pair=found.pair.public_id), 303)
    if following != NO_NEXT and found.meeting.planned_at is not None:
        local = _next_hour(found.meeting.planned_at, person.zone, int(following))
        plan = Plan(found.meeting.kind, found.meeting.minutes, person.zone, [local])
        return _to(actions.propose(found.pair, person.id, plan))
    return redirect(url_for("meetings.of_pair", pair=found.pair.public_id), 303)


def _next_hour(last: datetime, zone: str, days: int) -> datetime:
    """The same hour on one's own clock, so many days later, or as many times later as it takes to be ahead."""
    local = clocks.again(clocks.on_clock(last, zone), days)
    while clocks.moment(local, zone) <= now():
        local = clocks.again(local, days)
    return local


def _not_agreed(pair: Pair) -> AnyResponse:
    flash(
        _("First sign how you want to work together, both of you. Then the meeting can be kept."),
        "error",
    )
    return redirect(url_for("mentoring.pair", pair=pair.public_id), 303)


def _log_page(found: Found, form: LogForm) -> Response:
    reader = _reader(found.pair)
    row = shown(found.meeting, reader, now())
    status = 422 if form.errors else 200
    return page("meetings/log.html", status, form=form, found=found, row=row, name=reader.name)


@bp.route("/pairs/<pair>/meetings/log", methods=["GET", "POST"])
@allow(Permission.PLAN, load_pair)
def log_unplanned(found: Pair) -> AnyResponse:
    """Keep a meeting that was not planned here."""
    person, reader = signed_in(), _reader(found)
    form = UnplannedForm().in_zone(person.zone)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page("meetings/unplanned.html", status, form=form, pair=found, name=reader.name)
    said, at = Log(int(form.minutes.data)), (form.local, person.zone)
    try:
        kept = actions.log_unplanned(found, person.id, Kind(form.kind.data), at, said)
    except NotAgreed:
        return _not_agreed(found)
    if line := typed(form.line):
        pairs.write_shared_note(found, person.id, line, vault.unlocked())
    flash(_("Kept. Thank you."), "done")
    return _to(kept)


@bp.post("/meetings/<meeting>/answer")
@allow(Permission.MEET, load_meeting)
def answer(found: Found) -> AnyResponse:
    """The other side says whether it was so."""
    if not Form().validate():
        return _to(found.meeting.public_id)
    person, agrees = signed_in(), "yes" in request.form
    try:
        (actions.confirm if agrees else actions.object_to)(found, person.id)
    except NotAllowed:
        return _settled(found.meeting.public_id)
    said = (
        _("Confirmed.") if agrees else _("A coordinator looks at it: at the date and minutes only.")
    )
    flash(said, "done")
    return _to(found.meeting.public_id)


# --- As a file -----------------------------------------------------------------------------------


@bp.get("/meetings/<meeting>/call.ics")
@allow(Permission.MEET, load_meeting)
def file(found: Found) -> Response:
    """The meeting for a calendar. It says "Call" and the time."""
    entry = found.meeting.entry
    body = ics.written([entry] if entry else [])
    response = Response(body, mimetype=ics.MEDIA_TYPE)
    response.headers["Content-Disposition"] = "attachment; filename=call.ics"
    response.headers["Cache-Control"] = "no-store"
    return response
