"""Pages of coordinators: what waits today, a pair from outside, notes about one side of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.core.room import cards
from lms.mentoring import queries as pairs
from lms.mentoring.states import ENDED
from lms.mentoring.words import ENDINGS
from lms.support import actions, desk, queries
from lms.support.forms import CHANNELS, OUTCOMES, AboutForm, CheckForm
from lms.support.policy import Permission
from lms.support.queries import Check, Seen
from lms.support.rules import SMALLEST_GROUP, CheckState, means, standing
from lms.support.views import bp
from lms.web.forms import Form, typed
from lms.web.page import page

ANSWERS_OF = timedelta(days=180)


def _visitor(person: Actor) -> Visitor:
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    return Visitor(person.id, role)


@bp.get("/desk")
@allow(Permission.DESK)
def today() -> Response:
    """What waits for a person today; the cards of other rooms stand beside it."""
    person = signed_in()
    found = desk.desk(now(), person.zone, request.args.get("show", ""))
    made = cards("staff", person)
    audit.saw_list(_visitor(person), found.people, What.SUPPORT)
    return page(
        "support/today.html",
        desk=found,
        main=[card for card in made if not card.aside],
        aside_cards=[card for card in made if card.aside],
    )


@bp.get("/desk/answers")
@allow(Permission.DESK)
def answers() -> Response:
    """What people answer to the short questions: means of five people and more, nobody's own answers."""
    g.nav = "support.today"
    since = now().date() - ANSWERS_OF
    found, asked = queries.pulses(since)
    return page(
        "support/answers.html",
        means=means(found, asked),
        asked=asked,
        days=ANSWERS_OF.days,
        smallest=SMALLEST_GROUP,
    )


# --- A pair, from outside ------------------------------------------------------------------------


def _pair(_person: Actor, pair: str) -> Seen | None:
    return queries.seen(pair)


@dataclass(frozen=True, slots=True)
class Row:
    """A check-in in the history of a pair."""

    which: str
    day: date | datetime
    state: CheckState
    words: str


@bp.get("/desk/<pair>")
@allow(Permission.DESK, _pair)
def pair(found: Seen) -> Response:
    """Since when, when last, what was asked: days and states, no word of what the two said."""
    return _pair_page(found, CheckForm(formdata=None))


def _pair_page(found: Seen, form: CheckForm, status: int = 200) -> Response:
    person, moment = signed_in(), now()
    g.nav = "support.today"
    checks = queries.check_ins_of(found.id)
    waits = _waiting_check(checks)
    counts = queries.note_counts(found.id)
    calls = [call for call, other in queries.calls() if other.id == found.id]
    # Whoever wrote it was promised that only coordinators read it, and administrators open this page, too.
    told = found.state in ENDED and person.has("coordinator")
    ended = pairs.end_of(found.id) if told else None
    audit.saw_list(_visitor(person), found.people, What.SUPPORT, found.public_id)
    if ended and ended.by_id:
        audit.saw_list(_visitor(person), [ended.by_id], What.ENDING, found.public_id)
    return page(
        "support/pair.html",
        status,
        form=form,
        found=found,
        names=desk.names(found),
        check=waits,
        which=desk.which(waits) if waits else "",
        rows=[_row(check, moment.date()) for check in checks if check is not waits],
        quiet=desk.silence(found, moment),
        sides=[
            ("1", found.mentee_name, counts.get(found.mentee_id, 0)),
            ("2", found.mentor_name, counts.get(found.mentor_id, 0)),
        ],
        calls=[(call, desk.name_of(found, call.person_id)) for call in calls],
        ended=ENDINGS[ended.reason] if ended else "",
        said=ended.words if ended else "",
        zone=person.zone,
    )


def _waiting_check(checks: list[Check]) -> Check | None:
    """The check-in to record: the latest whose day has come, or the next one, which may be made early."""
    waiting = [check for check in reversed(checks) if check.state == "due"]
    due = [check for check in waiting if check.due_on <= now().date()]
    return due[-1] if due else next(iter(waiting), None)


def _row(check: Check, today: date) -> Row:
    state = standing(check.state, check.due_on, today)
    words = {str(key): label for key, label in OUTCOMES.items()}
    said = words[check.reason] if check.reason else words[check.spoke_with]
    how = {str(key): label for key, label in CHANNELS.items()}.get(check.channel, "")
    told = [str(part) for part in (said, how) if part]
    return Row(
        desk.which(check),
        check.done_at or check.due_on,
        state,
        ". ".join(told) if state in (CheckState.DONE, CheckState.SKIPPED) else "",
    )


@bp.post("/desk/<pair>/check-in")
@allow(Permission.CHECK, _pair)
def check_in(found: Seen) -> AnyResponse:
    """Record what came of the check-in that is next."""
    form, waits = CheckForm(), _waiting_check(queries.check_ins_of(found.id))
    if waits is None:
        flash(_("There is no check-in to record. The next one comes by itself."), "info")
        return redirect(url_for("support.pair", pair=found.public_id), 303)
    if not form.validate():
        return _pair_page(found, form, 422)
    by = signed_in().id
    if form.spoke_with:
        actions.check_in_done(waits, by, form.spoke_with, form.how)
    else:
        actions.skip_check_in(waits, by, form.skipped)
    flash(_("Recorded."), "done")
    return redirect(url_for("support.today"), 303)


@bp.post("/desk/<pair>/spoken")
@allow(Permission.CHECK, _pair)
def spoken(found: Seen) -> AnyResponse:
    """Somebody who did not feel safe has been spoken with."""
    if Form().validate():
        person_id = _side(found, request.form.get("side", ""))
        if person_id and actions.called(found.id, person_id, signed_in().id):
            flash(_("Noted. If there is a risk of harm, open a concern, too."), "done")
    return redirect(url_for("support.pair", pair=found.public_id), 303)


# --- Notes about one side ------------------------------------------------------------------------


def _side(found: Seen, side: str) -> int | None:
    # Numbers, since an address must not say what it is about.
    return {"1": found.mentee_id, "2": found.mentor_id}.get(side)


@dataclass(frozen=True, slots=True)
class About:
    """One side of a pair, from outside."""

    pair: Seen
    number: str
    person_id: int

    @property
    def name(self) -> str:
        """What she is called here."""
        return desk.name_of(self.pair, self.person_id)


def _about(_person: Actor, pair: str, number: str) -> About | None:
    found = queries.seen(pair)
    person_id = _side(found, number) if found else None
    return About(found, number, person_id) if found and person_id else None


@bp.get("/desk/<pair>/<number>")
@allow(Permission.DESK, _about)
def notes(found: About) -> Response:
    """What coordinators noted about somebody. She reads the same page of hers, and who opened this one."""
    return _notes_page(found, AboutForm(formdata=None))


def _notes_page(found: About, form: AboutForm, status: int = 200) -> Response:
    person = signed_in()
    g.nav = "support.today"
    noted = queries.notes_about(found.pair.id, found.person_id)
    audit.saw(_visitor(person), found.person_id, What.NOTED, found.pair.public_id)
    return page(
        "support/notes.html",
        status,
        form=form,
        found=found,
        names=desk.names(found.pair),
        notes=noted,
        zone=person.zone,
    )


@bp.post("/desk/<pair>/<number>")
@allow(Permission.CHECK, _about)
def write_note(found: About) -> AnyResponse:
    """Write one more."""
    form = AboutForm()
    if not form.validate():
        return _notes_page(found, form, 422)
    actions.write_note(found.pair.id, found.person_id, signed_in().id, typed(form.body))
    flash(_("Kept. %(name)s can read it.", name=found.name), "done")
    url = url_for("support.notes", pair=found.pair.public_id, number=found.number)
    return redirect(url, 303)
