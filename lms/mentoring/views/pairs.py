"""Pages of a pair, for its two sides: the mentor's list, the page of a pair, messages, notes, the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.assessment import queries as assessment
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.clock import now
from lms.core.db import transaction
from lms.core.i18n import format_day, format_time, language
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.core.room import Card, cards
from lms.learning import queries as learning
from lms.mentoring import actions, queries, words
from lms.mentoring.forms import AgreementForm, CourseTicks, EndForm, MessageForm, NoteForm
from lms.mentoring.policy import Permission
from lms.mentoring.progress import Course, Learner, courses_of, finished_modules, learners
from lms.mentoring.queries import Entry, Pair
from lms.mentoring.rules import Call, Waiting, waits
from lms.mentoring.states import TOGETHER, Ending, NotAllowed, Side, State
from lms.mentoring.views import bp
from lms.mentoring.views.own import load_pair, offer_courses, ticked_courses
from lms.programmes import languages
from lms.web.forms import Form, typed
from lms.web.page import page

ON_A_PAGE = 50


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
    """What rooms above hang on the page of a pair: before the timeline, and in the side column."""

    main: list[Card]
    aside: list[Card]


def _hung(person: Actor, found: Pair) -> Hung:
    made = cards("pair", person, found)
    return Hung([card for card in made if not card.aside], [card for card in made if card.aside])


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the timeline for both sides: the agreement, rest, and ways out."""

    form: Form
    signed: bool
    by_other: bool


def _beside(person: Actor, found: Pair) -> Beside:
    mine, other = Side.MENTEE, Side.MENTOR
    if person.id == found.mentor_id:
        mine, other = other, mine
    signed, by_other = ({side, "both"} for side in (mine, other))
    return Beside(Form(formdata=None), found.signed in signed, found.signed in by_other)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline."""

    kind: str
    title: str
    at: datetime
    day: str
    tag: tuple[str, str, str | None] | None = None
    detail: str = ""
    text: str = ""
    url: str = ""
    action: str = ""
    filter: str = "notes"


def _note(entry: Entry, found: Pair, reader: Actor) -> Moment:
    author = "mentor" if entry.author_id == found.mentor_id else "learner"
    own = entry.author_id == reader.id
    day = _day(entry.at, reader.zone)
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
                    _day(module.at, zone),
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
    return Moment("learner", title, at, _day(at, zone), tag, detail, "", url, action, "course")


def _mentor_page(found: Pair, form: NoteForm, status: int) -> Response:
    person = signed_in()
    g.nav = "mentoring.pairs"
    shared = queries.inside(found, person.id, vault.unlocked()).shares
    facts, moments = queries.steps(found.mentee_id, shared) if shared else ([], {})
    courses = courses_of(facts, language())
    entries = [
        _note(entry, found, person) for entry in queries.notes(found, person.id, vault.unlocked())
    ]
    entries += _course_moments(found, courses, moments, person.zone)
    hung, beside = _hung(person, found), _beside(person, found)
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
        entries=_shown(entries, show),
        show=show,
        since=_day(found.started_at or found.asked_at, person.zone),
    )


def _day(moment: datetime, zone: str) -> str:
    """A day without its year, as long as it is this year's."""
    return format_day(moment, zone, year=moment.year != now().year)


def _shown(entries: list[Moment], show: str) -> list[Moment]:
    kept = [entry for entry in entries if show not in {"notes", "course"} or entry.filter == show]
    return sorted(kept, key=lambda entry: entry.at, reverse=True)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mentee_page(found: Pair, form: NoteForm, status: int) -> Response:
    person, ticks = signed_in(), CourseTicks(formdata=None)
    g.nav = "mentoring.mine"
    own = offer_courses(ticks, person.id)
    inside = queries.inside(found, person.id, vault.unlocked())
    ticks.courses.data = [
        course.outline.public_id for course in own if course.facts.course_id in inside.shares
    ]
    ticks.quizzes.data, ticks.tasks.data = found.share_quizzes, found.share_tasks
    entries = [
        _note(entry, found, person) for entry in queries.notes(found, person.id, vault.unlocked())
    ]
    return page(
        "mentoring/pair_mentee.html",
        status,
        form=form.for_side(found.mentor_name),
        ticks=ticks,
        found=found,
        hung=_hung(person, found),
        beside=_beside(person, found),
        name=found.mentor_name,
        about=inside.about,
        spoken=_sentence(languages.names(inside.languages)),
        has_courses=bool(own),
        entries=_shown(entries, ""),
        since=_day(found.started_at or found.asked_at, person.zone),
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


# --- Messages ------------------------------------------------------------------------------------


@bp.get("/<pair>/messages")
@allow(Permission.PAIR, load_pair)
def messages(found: Pair) -> Response:
    """The conversation."""
    return _messages_page(found, MessageForm(formdata=None))


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it stands in the conversation."""

    text: str
    who: str
    meta: str


def _messages_page(found: Pair, form: MessageForm, status: int = 200) -> Response:
    person = signed_in()
    other = found.other(person.id)
    mentor = found.side(person.id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"
    talk = queries.talk(found, person.id, vault.unlocked())
    pages = max(1, -(-talk.count // ON_A_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    skip = (number - 1) * ON_A_PAGE
    latest = queries.messages(found, talk.keys, ON_A_PAGE, skip)
    days = _by_day(found, latest[::-1], person.id, person.zone)
    if mentor:
        visitor = Visitor(person.id, Role.MENTOR, found.mentor_name)
        audit.saw_list(visitor, [found.mentee_id], What.MESSAGES, found.public_id)
    if talk.unread and status == 200:
        # "Opened" is a fact about this visit, as its access line is; it has its own short transaction too.
        with transaction():
            actions.mark_read(found, person.id)
    return page(
        "mentoring/messages.html",
        status,
        form=form,
        found=found,
        name=found.name_of(other),
        role="learner" if mentor else "mentor",
        mentor=mentor,
        days=days,
        number=number,
        pages=pages,
    )


def _by_day(
    found: Pair, entries: list[Entry], reader_id: int, zone: str
) -> list[tuple[str, list[Said]]]:
    return [
        (day, [_said(found, entry, reader_id, zone) for entry in group])
        for day, group in groupby(entries, key=lambda entry: format_day(entry.at, zone))
    ]


def _said(found: Pair, entry: Entry, reader_id: int, zone: str) -> Said:
    time = format_time(entry.at, zone)
    text = words.text_of(entry.text)
    if entry.author_id == reader_id:
        return Said(text, "mine", time)
    who = "mentor" if entry.author_id == found.mentor_id else "learner"
    return Said(text, who, f"{found.name_of(entry.author_id)}, {time}")


@bp.post("/<pair>/messages")
@allow(Permission.PAIR, load_pair)
def write(found: Pair) -> AnyResponse:
    """Write to the other side."""
    form = MessageForm()
    if not form.validate():
        return _messages_page(found, form, 422)
    actions.write_message(found, signed_in().id, typed(form.body), vault.unlocked())
    return redirect(url_for("mentoring.messages", pair=found.public_id) + "#last", 303)


# --- The end -------------------------------------------------------------------------------------


@bp.route("/<pair>/end", methods=["GET", "POST"])
@allow(Permission.PAIR, load_pair)
def end(found: Pair) -> AnyResponse:
    """End the pair, with one tap from a list."""
    person, form = signed_in(), EndForm()
    mentor, name = _turn_to(person, found)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page("mentoring/end.html", status, form=form, found=found, name=name, mentor=mentor)
    try:
        actions.end(
            found,
            person.id,
            never_again=bool(form.never_again.data),
            reason=Ending(form.reason.data),
            words=typed(form.words),
        )
    except NotAllowed:
        return _settled()
    flash(_("The pair has ended. Nobody sees the page any more."), "done")
    return redirect(url_for("mentoring.pairs" if mentor else "web.home"), 303)


def _turn_to(person: Actor, found: Pair) -> tuple[bool, str]:
    """Mark where this page belongs. Return (whether this is the mentor, the other side's name)."""
    mentor = found.side(person.id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"
    return mentor, found.name_of(found.other(person.id))


def _settled() -> AnyResponse:
    flash(_("This has been settled meanwhile."), "info")
    return redirect(url_for("web.home"), 303)


@bp.route("/<pair>/change", methods=["GET", "POST"])
@allow(Permission.PAIR, load_pair)
def change(found: Pair) -> AnyResponse:
    """A change of mentor that is nobody's fault, after a talk or without one."""
    person, form = signed_in(), Form()
    mentor, name = _turn_to(person, found)
    if not form.validate_on_submit():
        return page("mentoring/change.html", form=form, found=found, name=name, mentor=mentor)
    talk = "talk" in request.form
    try:
        actions.change(found, person.id, talk=talk)
    except NotAllowed:
        return _settled()
    if talk:
        flash(_("You have time to say goodbye. When you are done, end the pair."), "done")
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    said = (
        _("The pair has ended. A coordinator looks for somebody else for %(name)s.", name=name)
        if mentor
        else _("The pair has ended. You are on the list, at your old place.")
    )
    flash(said, "done")
    return redirect(url_for("mentoring.pairs" if mentor else "web.home"), 303)


@bp.post("/<pair>/rest")
@allow(Permission.PAIR, load_pair)
def rest(found: Pair) -> AnyResponse:
    """Let the pair rest, or go on."""
    if not Form().validate():
        return redirect(url_for("mentoring.pair", pair=found.public_id), 303)
    resting = found.state is State.PAUSED
    try:
        (actions.resume if resting else actions.pause)(found, signed_in().id)
    except NotAllowed:
        return _settled()
    flash(_("It goes on.") if resting else _("The pair rests. Nothing is expected of you."), "done")
    return redirect(url_for("mentoring.pair", pair=found.public_id), 303)


# --- What the two agree on -----------------------------------------------------------------------


@bp.get("/<pair>/agreement")
@allow(Permission.PAIR, load_pair)
def agreement(found: Pair) -> Response:
    """What the two agree on, and who has signed it."""
    return _agreement_page(found, AgreementForm(formdata=None))


@bp.post("/<pair>/agreement")
@allow(Permission.PAIR, load_pair)
def change_agreement(found: Pair) -> AnyResponse:
    """Propose another text: a new version, which both sign."""
    person, form = signed_in(), AgreementForm()
    if not form.validate():
        return _agreement_page(found, form, 422)
    texts = form.texts()
    own = None if texts == words.proposed_texts() else texts
    actions.agree_on(found, person.id, own, vault.unlocked())
    flash(_("Saved and signed by you. The other side is asked now."), "done")
    return redirect(url_for("mentoring.agreement", pair=found.public_id), 303)


@bp.post("/<pair>/agreement/sign")
@allow(Permission.PAIR, load_pair)
def sign(found: Pair) -> AnyResponse:
    """Sign the version that was read."""
    person = signed_in()
    back = redirect(url_for("mentoring.agreement", pair=found.public_id), 303)
    if not Form().validate():
        return back
    version = request.form.get("version", 0, type=int)
    try:
        if version == 0 and queries.agreement_version(found.id)[0] == 0:
            actions.agree_on(found, person.id, None, vault.unlocked())
        else:
            actions.sign(found, person.id, version)
    except NotAllowed:
        flash(_("The text was changed meanwhile. Read it again, then sign."), "info")
        return back
    flash(_("Signed."), "done")
    return back


def _agreement_page(found: Pair, form: AgreementForm, status: int = 200) -> Response:
    person = signed_in()
    mentor, name = _turn_to(person, found)
    latest = queries.agreement(found, person.id, vault.unlocked())
    texts = latest.texts if latest else None
    if not form.is_submitted():
        form.fill(texts or words.proposed_texts())
    side = Side.MENTOR if mentor else Side.MENTEE
    mine = latest.signed_by(side) if latest else None
    others = latest.signed_by(Side.MENTEE if mentor else Side.MENTOR) if latest else None
    return page(
        "mentoring/agreement.html",
        status,
        form=form,
        sign_form=Form(formdata=None),
        found=found,
        name=name,
        mentor=mentor,
        version=latest.version if latest else 0,
        closed=bool(latest and latest.closed),
        parts=words.agreed_texts(texts),
        signed_on=_day(mine, person.zone) if mine else "",
        other_signed_on=_day(others, person.zone) if others else "",
    )
