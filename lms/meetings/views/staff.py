"""Pages of staff: meetings that two people remember differently. Dates, states and minutes; never a word."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.meetings import actions, queries, words
from lms.meetings.policy import Permission
from lms.meetings.queries import Found
from lms.meetings.rules import NotAllowed
from lms.meetings.views import bp
from lms.web.forms import Form
from lms.web.page import page


@bp.get("/meetings/disputed")
@allow(Permission.DISPUTES)
def disputed() -> Response:
    """What waits for a coordinator."""
    person, found = signed_in(), queries.disputed()
    _leave_line(person, [one.mentor_id for one in found] + [one.mentee_id for one in found])
    rows = [
        (one, words.when(one.planned_at, person.zone) if one.planned_at else "",
         words.minutes(one.held_minutes or 0))
        for one in found
    ]  # fmt: skip
    return page("meetings/disputed.html", form=Form(formdata=None), rows=rows)


def _leave_line(person: Actor, people: list[int]) -> None:
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    audit.saw_list(Visitor(person.id, role), people, What.MEETINGS)


def _load(_person: Actor, meeting: str) -> Found | None:
    return queries.meeting(meeting)


@bp.post("/meetings/<meeting>/settle")
@allow(Permission.SETTLE, _load)
def settle(found: Found) -> AnyResponse:
    """Decide whether a meeting was held."""
    if Form().validate():
        try:
            actions.settle(found, signed_in().id, held="held" in request.form)
        except NotAllowed:
            flash(_("This has been settled meanwhile."), "info")
        else:
            flash(_("Settled. Both are told."), "done")
    return redirect(url_for("meetings.disputed"), 303)
