"""Pages of a pair, for its two sides: the mentor's list, the page of a pair, notes, what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.assessment import queries as assessment
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.clock import now
from lms.core.i18n import format_day, language
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.core.room import Card, cards
from lms.learning import queries as learning
from lms.mentoring import actions, conversation, queries, words
from lms.mentoring.conversation import Entry
from lms.mentoring.forms import CourseTicks, NoteForm
from lms.mentoring.policy import Permission
from lms.mentoring.progress import Course, Learner, courses_of, finished_modules, learners
from lms.mentoring.queries import Pair
from lms.mentoring.renewal import Standing
from lms.mentoring.rules import Call, Waiting, waits
from lms.mentoring.states import TOGETHER, Side, State
from lms.mentoring.timeline import Moment, brought
from lms.mentoring.timeline import shown as shown_entries
from lms.mentoring.views import bp
from lms.mentoring.views.own import load_pair, offer_courses, ticked_courses
from lms.programmes import languages
from lms.web.forms import Form, typed
from lms.web.page import page

# --- The mentor's list ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One learner in the mentor's list, in words."""

    name: str
    url: str
    reason: str
    done: int
    here: int
    total: int
    course: str
    action: str
    action_url: str
    tag: tuple[str, str] | None


@bp.get("")
@allow(Permission.MENTEES)
def pairs() -> Response:
    """Who would be glad to hear from the mentor, and who is on the way."""
    person, moment = signed_in(), now()
    profile, mine = queries.profile_of(person.id), queries.pairs_of_mentor(person.id)
    live = [one for one in mine if one.pair.state in TOGETHER]
    found = [(one, _waits(one, moment)) for one in learners(live, language())]
    waiting = sorted(
        ((one, why) for one, why in found if why), key=lambda pair: (pair[1].call, pair[1].since)
    )
    rows = [_row(one, why, person.zone, moment) for one, why in waiting]
    fine = [_row(one, None, person.zone, moment) for one, why in found if why is None]
    name = profile.shown_name if profile else ""
    seen = [one.pair.mentee_id for one in live]
    audit.saw_list(Visitor(person.id, Role.MENTOR, name), seen, What.MENTEES)
    return page(
        "mentoring/pairs.html",
        form=Form(formdata=None),
        lead=words.lead(len(rows), len(fine)),
        waiting=rows,
        fine=fine,
        offers=[one.pair for one in mine if one.pair.state is State.OFFERED_TO_MENTOR],
        profile=profile,
    )


def _waits(found: Learner, moment: datetime) -> Waiting | None:
    """Why she waits for her mentor; nothing is expected in a pair that rests."""
    return None if found.mine.pair.state is State.PAUSED else waits(found.signs, moment)


def _row(found: Learner, why: Waiting | None, zone: str, moment: datetime) -> Row:
    pair, course = found.mine.pair, found.course
    url = url_for("mentoring.pair", pair=pair.public_id)
    task = found.tasks[0] if found.tasks else None
    reason, action, action_url = _news(found, zone), _("Open"), url
    if why is not None:
        title = found.title_of(task) if task else ""
        reason = words.reason_of(why, zone, title, course.place if course else "")
        action, action_url = (
            words.verb_of(why.call),
            url_for("mentoring.messages", pair=pair.public_id),
        )
        if why.call is Call.TASK and task:
            action_url = url_for("learning.read_task", task=task.public_id)
    return Row(
        name=pair.mentee_name,
        url=url,
        reason=reason,
        done=course.standing.parts_done if course else 0,
        here=course.standing.part_here if course else 0,
        total=len(course.outline.modules) if course else 0,
        course=course.outline.title if course else "",
        action=action,
        action_url=action_url,
        tag=words.tag_of(why, moment) if why else None,
    )


def _news(found: Learner, zone: str) -> str:
    pair = found.mine.pair
    if pair.state is State.PAUSED:
        return _("This pair takes a rest.")
    if pair.next_meeting_at is None:
        return found.news(zone)
    day = format_day(pair.next_meeting_at, zone, year=False)
    return _("You meet on %(day)s. %(news)s", day=day, news=found.news(zone))


# --- The page of a pair --------------------------------------------------------------------------


@bp.get("/<pair>")
@allow(Permission.PAIR, load_pair)
def pair(found: Pair) -> Response:
    """The pair, as the side that looks sees it."""
    form = NoteForm(formdata=None)
    form.kind.data = "shared"
    return _pair_page(found, form)


def _pair_page(found: Pair, form: NoteForm, status: int = 200) -> Response:
    if found.side(signed_in().id) is Side.MENTOR:
        return _mentor_page(found, form, status)
    return _mentee_page(found, form, status)


@dataclass(frozen=True, slots=True)
class Hung:
    """What rooms above hang on the page of a pair: before the timeline, in the side column, and in it."""

    main: list[Card]
    aside: list[Card]
    moments: list[Moment]


def _hung(person: Actor, found: Pair) -> Hung:
    made = cards("pair", person, found)
    main, aside = ([card for card in made if card.aside is side] for side in (False, True))
    return Hung(main, aside, brought(made))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the timeline for both sides: the agreement, rest, going on, and ways out."""

    form: Form
    signed: bool
    by_other: bool
    renewal: Standing
    side: Side | None


def _beside(person: Actor, found: Pair, renewal: Standing) -> Beside:
    mine, other = Side.MENTEE, Side.MENTOR
    if person.id == found.mentor_id:
        mine, other = other, mine
    signed, by_other = ({side, "both"} for side in (mine, other))
    form, known = Form(formdata=None), (found.signed in signed, found.signed in by_other)
    return Beside(form, *known, renewal, found.side(person.id))


def _note(entry: Entry, found: Pair, reader: Actor) -> Moment:
    author = "mentor" if entry.author_id == found.mentor_id else "learner"
    own = entry.author_id == reader.id
    day = day_of(entry.at, reader.zone)
    if entry.kind == "mine":
        return Moment(
            author,
            _("Note to self"),
            entry.at,
            day,
            (_("Only you"), "plain", "lock"),
            text=words.text_of(entry.text),
        )
    title = _("Your note") if own else _("Note by %(name)s", name=found.name_of(entry.author_id))
    return Moment(
        author,
        title,
        entry.at,
        day,
        (_("Shared note"), "plain", "users"),
        text=words.text_of(entry.text),
    )


def _course_moments(
    found: Pair, courses: list[Course], moments: Mapping[tuple[int, int], datetime], zone: str
) -> list[Moment]:
    """Tasks that were handed in and modules that are done, of shared courses only."""
    ids = [course.facts.course_id for course in courses]
    tasks = learning.tasks_of([found.mentee_id], ids) if ids and found.share_tasks else []
    by_course = {course.facts.course_id: course for course in courses}
    entries = [_task(task, by_course[task.course_id], found, zone) for task in tasks]
    quizzes = [course.outline for course in courses] if found.share_quizzes else []
    results = assessment.results(found.mentee_id, *quizzes) if quizzes else {}
    for course in courses:
        for module in finished_modules(course, moments, results):
            title = _(
                "Module %(number)s finished: %(title)s", number=module.number, title=module.title
            )
            checks = [words.check_of(one.percent, one.tries) for one in module.results]
            entries.append(
                Moment(
                    "learner",
                    title,
                    module.at,
                    day_of(module.at, zone),
                    detail=" ".join(checks),
                    filter="course",
                )
            )
    return entries


def _task(task: learning.Task, course: Course, found: Pair, zone: str) -> Moment:
    item = course.outline.by_id.get(task.item_id)
    title = _("%(name)s sent a task", name=found.mentee_name)
    url = url_for("learning.read_task", task=task.public_id)
    waits_here = task.state == "submitted"
    tag = {
        "submitted": (_("Yours to read"), "iris", None),
        "accepted": (_("Accepted"), "pine", None),
        "needs_work": (_("One more round"), "sun", None),
    }[task.state]
    action = _("Read and reply") if waits_here else _("Read again")
    detail = f"{item.title}." if item else ""
    at = task.submitted_at or task.saved_at
    return Moment("learner", title, at, day_of(at, zone), tag, detail, "", url, action, "course")


def _mentor_page(found: Pair, form: NoteForm, status: int) -> Response:
    person = signed_in()
    g.nav = "mentoring.pairs"
    inside = conversation.inside(found, person.id, vault.unlocked())
    shared = inside.shares
    facts, moments = conversation.steps(found.mentee_id, shared) if shared else ([], {})
    courses = courses_of(facts, language())
    entries = [
        _note(entry, found, person)
        for entry in conversation.notes(found, person.id, vault.unlocked())
    ]
    entries += _course_moments(found, courses, moments, person.zone)
    hung, beside = _hung(person, found), _beside(person, found, inside.renewal)
    entries += hung.moments
    show = request.args.get("show", "")
    visitor = Visitor(person.id, Role.MENTOR, found.mentor_name)
    audit.saw(visitor, found.mentee_id, What.PAGE, found.public_id)
    return page(
        "mentoring/pair_mentor.html",
        status,
        form=form.for_side(found.mentee_name),
        found=found,
        hung=hung,
        beside=beside,
        name=found.mentee_name,
        spoken=_sentence(languages.names(found.languages)),
        place=words.place_of(found.mentee_zone),
        courses=courses,
        entries=shown_entries(entries, show),
        show=show,
        since=day_of(found.started_at or found.asked_at, person.zone),
    )


def day_of(moment: datetime, zone: str) -> str:
    """A day without its year, as long as it is this year's."""
    return format_day(moment, zone, year=moment.year != now().year)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mentee_page(found: Pair, form: NoteForm, status: int) -> Response:
    person, ticks = signed_in(), CourseTicks(formdata=None)
    g.nav = "mentoring.mine"
    own = offer_courses(ticks, person.id)
    inside = conversation.inside(found, person.id, vault.unlocked())
    ticks.courses.data = [
        course.outline.public_id for course in own if course.facts.course_id in inside.shares
    ]
    ticks.quizzes.data, ticks.tasks.data = found.share_quizzes, found.share_tasks
    entries = [
        _note(entry, found, person)
        for entry in conversation.notes(found, person.id, vault.unlocked())
    ]
    hung, show = _hung(person, found), request.args.get("show", "")
    return page(
        "mentoring/pair_mentee.html",
        status,
        form=form.for_side(found.mentor_name),
        ticks=ticks,
        found=found,
        hung=hung,
        beside=_beside(person, found, inside.renewal),
        name=found.mentor_name,
        about=inside.about,
        spoken=_sentence(languages.names(inside.languages)),
        has_courses=bool(own),
        entries=shown_entries([*entries, *hung.moments], show),
        show=show,
        since=day_of(found.started_at or found.asked_at, person.zone),
    )


@bp.post("/<pair>/notes")
@allow(Permission.PAIR, load_pair)
def add_note(found: Pair) -> AnyResponse:
    """Keep a note."""
    person = signed_in()
    form = NoteForm().for_side(found.name_of(found.other(person.id)))
    if not form.validate():
        return _pair_page(found, form, 422)
    shared = form.kind.data == "shared"
    actions.write_note(found, person.id, typed(form.body), vault.unlocked(), shared=shared)
    flash(
        _("Note kept. Both of you can read it.") if shared else _("Note kept, for you only."),
        "done",
    )
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


@bp.post("/<pair>/shares")
@allow(Permission.SHARE, load_pair)
def set_shares(found: Pair) -> AnyResponse:
    """The learner decides what her mentor sees, from the next page on."""
    form = CourseTicks()
    own = offer_courses(form, signed_in().id)
    if form.validate():
        ticked = ticked_courses(form, own)
        quizzes, tasks = bool(form.quizzes.data), bool(form.tasks.data)
        actions.share(found, ticked, quizzes=quizzes, tasks=tasks)
        flash(_("Saved. It holds from now on."), "done")
    else:
        flash(_("Nothing was changed. Look at the list again."), "error")
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
