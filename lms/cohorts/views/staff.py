"""Pages of the people who run a cohort: plan, table, one person, codes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from flask import Response, abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts.forms import ZONES
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.cohorts import actions, look, queries, rows, rules, table
from lms.cohorts.forms import (
    CodesForm,
    NewCohortForm,
    PlanForm,
)
from lms.cohorts.policy import Permission, coordinates
from lms.cohorts.queries import CohortRow, SeatRow
from lms.cohorts.views import COHORT, bp
from lms.core import room
from lms.core.clock import now
from lms.core.i18n import format_number, language, ngettext
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.courses.source.model import ItemKind
from lms.learning.queries import Task
from lms.learning.readers import readers_of
from lms.learning.rules import TaskState, may_read
from lms.web.forms import Form, typed
from lms.web.page import page

KIB = 1024


def _run(_actor: Actor, cohort: str) -> CohortRow | None:
    g.nav = "cohorts.index"
    return queries.cohort(cohort)


def _visitor(cohort: CohortRow) -> Visitor:
    person = signed_in()
    if coordinates(person, cohort):
        return Visitor(person.id, Role.COORDINATOR, cohort.coordinator_name)
    return Visitor(person.id, Role.ADMINISTRATOR)


# ---------------------------------------------------------------- list, new, plan


@bp.route("/cohorts/new", methods=["GET", "POST"])
@allow(Permission.OPEN)
def new() -> AnyResponse:
    """Open a cohort of a published course."""
    form, choices = NewCohortForm(), queries.course_choices(language())
    form.offer_courses(choices)
    if not form.is_submitted():
        form.zone.data = signed_in().zone
        form.capacity.data = "20"
        form.coordinator_name.data = signed_in().name
    form.offer_zones(ZONES)
    g.nav = "cohorts.index"
    if not form.validate_on_submit():
        return page(
            "cohorts/new.html", 422 if form.errors else 200, form=form, courses=bool(choices)
        )
    version = courses.latest_version(form.course.data)
    outline = courses.outline(version, language()) if version else None
    if outline is None:
        abort(404)
    made = actions.open_cohort(
        signed_in().id, outline.course_id, outline.version_id, _plan_of(form)
    )
    flash(_("The cohort is open. Make codes now, so that people can join."), "done")
    return redirect(url_for("cohorts.codes", cohort=made), 303)


def _plan_of(form: PlanForm) -> actions.Plan:
    first, last = form.starts_on.data, form.ends_on.data
    if first is None or last is None:
        raise ValueError("a plan needs both days")
    return actions.Plan(
        name=typed(form.name),
        starts_on=first,
        ends_on=last,
        zone=form.zone.data,
        capacity=form.capacity.number,
        coordinator_name=typed(form.coordinator_name),
    )


@bp.route(f"{COHORT}/plan", methods=["GET", "POST"])
@allow(Permission.RUN, _run)
def plan(cohort: CohortRow) -> AnyResponse:
    """Move dates, change places or the name. Nothing closes for anybody by it."""
    form = PlanForm()
    stored = {field.name: getattr(cohort, field.name) for field in fields(actions.Plan)}
    if not form.is_submitted():
        for name, value in stored.items():
            form[name].data = value
    form.offer_zones(ZONES)
    if form.overtaken(stored):
        return page("cohorts/plan.html", 409, form=form, cohort=cohort)
    if not form.validate_on_submit():
        return page("cohorts/plan.html", 422 if form.errors else 200, form=form, cohort=cohort)
    try:
        actions.change_plan(cohort.id, _plan_of(form))
    except actions.TooFewPlaces:
        form.capacity.errors = [
            ngettext(
                "%(num)s person sits here already. Choose at least as many places.",
                "%(num)s people sit here already. Choose at least as many places.",
                cohort.taken,
            )
        ]
        return page("cohorts/plan.html", 422, form=form, cohort=cohort)
    flash(_("Saved. The people in the cohort see the new dates."), "done")
    return redirect(url_for("cohorts.cohort", cohort=cohort.public_id), 303)


@bp.route(f"{COHORT}/close", methods=["GET", "POST"])
@allow(Permission.RUN, _run)
def close(cohort: CohortRow) -> AnyResponse:
    """Close a cohort, or open it again."""
    form = Form()
    if not form.validate_on_submit():
        return page("cohorts/close.html", form=form, cohort=cohort)
    actions.set_state(cohort.id, "closed" if cohort.is_open else "open")
    flash(_("The cohort is closed.") if cohort.is_open else _("The cohort is open again."), "done")
    return redirect(url_for("cohorts.cohort", cohort=cohort.public_id), 303)


# ---------------------------------------------------------------- the table


@bp.get(COHORT)
@allow(Permission.RUN, _run)
def cohort(cohort: CohortRow) -> Response:
    """The coordinator's page: figures, whom to look at first, progress by module."""
    overview, moment = queries.overview(cohort, language()), now()
    facts = look.CohortFacts(cohort.id, cohort.course_id, overview.person_ids)
    tiles = [*look.own_tiles(cohort, overview, moment), *room.cards("cohort", facts)]
    first = look.look_first(cohort, overview, moment)
    audit.saw_list(_visitor(cohort), overview.person_ids, What.COHORT, cohort.public_id)
    order = _order()
    shown = table.page_of(
        table.sorted_members(overview.members, order), request.args.get("page", "1")
    )
    zone = signed_in().zone
    return page(
        "cohorts/cohort.html",
        cohort=cohort,
        overview=overview,
        week=look.this_week(cohort, moment),
        tiles=sorted(tiles, key=lambda card: card.order)[: look.TILES],
        first=first,
        quiet_names=rows.quiet_names(cohort, first),
        rows=[rows.row(cohort, member, moment, zone, first) for member in shown.members],
        finished=table.finished(overview.members, len(overview.outline.modules)),
        all_done=sum(member.standing.complete for member in overview.members),
        shown=shown,
        order=order,
        sort=rows.sort_links(cohort, order),
        pages=rows.page_links(cohort, order, shown),
        size=format_number(
            round(len(table.as_csv(overview, zone, language()).encode()) / KIB) or 1
        ),
    )


def _order() -> table.Order:
    try:
        return table.Order(request.args.get("sort", "name"))
    except ValueError:
        return table.Order.NAME


@bp.get(f"{COHORT}/table.csv")
@allow(Permission.RUN, _run)
def export(cohort: CohortRow) -> Response:
    """The table as a file. Its name says nothing; taking it leaves a line with everybody in it."""
    overview = queries.overview(cohort, language())
    zone = signed_in().zone
    body = table.as_csv(overview, zone, language())
    audit.saw_list(_visitor(cohort), overview.person_ids, What.COHORT_FILE, cohort.public_id)
    answer = Response(body, mimetype="text/csv")
    name = f"table-{rules.today_in(zone, now()).isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


# ---------------------------------------------------------------- one person


@dataclass(frozen=True, slots=True)
class OnePerson:
    """Somebody in a cohort, with the cohort that decides who may look."""

    cohort: CohortRow
    seat: SeatRow

    @property
    def coordinator_id(self) -> int:
        """Whose cohort it is."""
        return self.cohort.coordinator_id


def _person(person: Actor, cohort: str, seat: str) -> OnePerson | None:
    row = _run(person, cohort)
    found = queries.seat(row.id, seat) if row else None
    return OnePerson(row, found) if row and found else None


@bp.get(f"{COHORT}/people/<seat>")
@allow(Permission.RUN, _person)
def person(found: OnePerson) -> Response:
    """What one person has done and not done, and the state of her task. Never an answer or a mark."""
    cohort, moment = found.cohort, now()
    member, outline, tasks = queries.member(cohort, found.seat, language())
    audit.saw(_visitor(cohort), found.seat.person_id, What.PAGE, cohort.public_id)
    states = {task.item_id: task for task in tasks}
    task_items = [item for item in outline.items if item.kind is ItemKind.TASK]
    return page(
        "cohorts/person.html",
        cohort=cohort,
        member=member,
        outline=outline,
        last_step=rows.ago(member, moment, signed_in().zone),
        tasks=[(item, states.get(item.id)) for item in task_items],
        state_words=table.state_words,
        readable=_readable(found, tasks, moment),
        zone=signed_in().zone,
    )


def _readable(found: OnePerson, tasks: list[Task], moment: datetime) -> set[int]:
    """The tasks that wait and that this reader may open now, by learning's own rule."""
    readers = readers_of(found.seat.person_id, found.cohort.course_id)
    reader = signed_in().id
    return {
        task.id
        for task in tasks
        if task.state == TaskState.SUBMITTED
        and may_read(reader, readers, task.submitted_at, moment)
    }


# ---------------------------------------------------------------- codes


@bp.route(f"{COHORT}/codes", methods=["GET", "POST"])
@allow(Permission.RUN, _run)
def codes(cohort: CohortRow) -> AnyResponse:
    """The printable sheet of codes that still open a seat, and a form for more."""
    form = CodesForm()
    if not form.is_submitted():
        form.count.data = str(max(cohort.capacity - cohort.taken, 1))
        form.expires_on.data = actions.usual_expiry(cohort)
    if not form.validate_on_submit() or not _fits(cohort, form):
        return _codes_page(cohort, form, 422 if form.errors else 200)
    day = form.expires_on.data
    if day is None:
        abort(400)
    actions.make_codes(cohort, form.count.number, day)
    flash(_("The codes are made. Print the sheet and cut it."), "done")
    return redirect(url_for("cohorts.codes", cohort=cohort.public_id), 303)


def _fits(cohort: CohortRow, form: CodesForm) -> bool:
    if form.expires_on.data and form.expires_on.data < rules.today_in(cohort.zone, now()):
        form.expires_on.errors = [_("This day is over. Choose today or a later day.")]
    room_left = cohort.capacity - len(actions.sheet(cohort))
    if form.count.number > max(room_left, 0):
        form.count.errors = [
            ngettext(
                "At most %(num)s: there are never more open codes than places.",
                "At most %(num)s: there are never more open codes than places.",
                max(room_left, 0),
            )
        ]
    return not form.errors and not (form.count.errors or form.expires_on.errors)


def _codes_page(cohort: CohortRow, form: CodesForm, status: int = 200) -> Response:
    settings: Settings = current_app.extensions["settings"]
    invites = queries.invites(cohort.id)
    sheet = actions.sheet(cohort)
    return page(
        "cohorts/codes.html",
        status,
        form=form,
        plain_form=Form(formdata=None),
        cohort=cohort,
        sheet=sheet,
        used=sum(invite.used_at is not None for invite in invites),
        address=settings.public_url.split("://", 1)[-1].rstrip("/") + url_for("cohorts.code"),
    )


@bp.post(f"{COHORT}/codes/drop")
@allow(Permission.RUN, _run)
def drop_codes(cohort: CohortRow) -> AnyResponse:
    """Take back every code that nobody has used."""
    if not Form().validate():
        abort(400)
    count = actions.drop_unused_codes(cohort.id)
    flash(ngettext("%(num)s code taken back.", "%(num)s codes taken back.", count), "done")
    return redirect(url_for("cohorts.codes", cohort=cohort.public_id), 303)
