"""The lesson player and tasks. Reading needs no account; the first mark asks for one and keeps it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.assessment import pages as quizzes
from lms.audit import actions as audit
from lms.audit.rules import Visitor, What
from lms.core import once, room, throttle
from lms.core.clock import now
from lms.core.db import transaction
from lms.core.files import store, words
from lms.core.files.intake import Taken, take
from lms.core.files.kinds import ACCEPTED
from lms.core.files.refusal import Refused, Why
from lms.core.files.web import download, sent_files, takes_files, too_much
from lms.core.i18n import gettext as _
from lms.core.i18n import language, ngettext
from lms.core.policy import Actor, actor, allow, public, signed_in
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.courses.source.model import ItemKind
from lms.learning import actions, queries, rules
from lms.learning.forms import AnswerForm, TaskForm
from lms.learning.handed_in import HandedIn, HeldFile, handed_in, held_file
from lms.learning.policy import Permission
from lms.learning.queries import Attached, Progress, Task
from lms.learning.readers import readers_of
from lms.web.forms import Form, typed
from lms.web.page import address, page

bp = Blueprint("learning", __name__, url_prefix="/<lang:lang>", template_folder="templates")

ITEM = "/courses/<course>/<item>"
# Sendings of files, not files, before the pauses begin.
FILES_A_DAY = 40
# A text in these states can still be changed by whoever writes it.
WRITABLE = {"draft", "needs_work"}


@dataclass(frozen=True, slots=True)
class Here:
    """Where a reader is: the version she is on (the latest for guests), the item, her progress."""

    outline: Outline
    item: OutlineItem
    progress: Progress | None

    @property
    def done(self) -> bool:
        """Whether the item is done."""
        return self.progress is not None and self.item.id in self.progress.done


def _here(course: str, item: str) -> Here:
    """Find the place, or answer 404. Three statements at most for a signed-in reader."""
    version = courses.latest_version(course)
    outline = courses.outline(version, language()) if version else None
    if outline is None:
        abort(404)
    person = actor()
    progress = queries.progress(person.id, outline.course_id) if person else None
    if progress and progress.version_id != outline.version_id:
        outline = actions.course_outline(progress.version_id)
    found = outline.by_public_id.get(item)
    if found is None or (found.private and progress is None):
        abort(404)
    return Here(outline, found, progress)


@bp.get(ITEM)
@public
def item(course: str, item: str) -> AnyResponse:
    """A lesson to read, a task to write; a quiz has its own first page."""
    here = _here(course, item)
    if here.item.kind is ItemKind.QUIZ:
        return quizzes.start_page(here.outline, here.item, actor())
    if here.item.kind is ItemKind.TASK:
        return _task_page(here, TaskForm(formdata=None))
    return _lesson_page(here)


def _lesson_page(here: Here) -> Response:
    body = courses.item_body(here.item)
    g.nav = "courses.catalogue"
    return page(
        "learning/lesson.html",
        here=here,
        body=body,
        drawer=drawer(here),
        undo=here.done and not (here.progress and here.progress.completed_at),
        plain_form=Form(formdata=None),
        foot=room.cards("lesson", actor()),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the outline drawer."""

    title: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Drawer:
    """The outline beside a lesson: this module's items, and how far the course is."""

    course_url: str
    title: str
    number: int
    modules: int
    place: int
    of: int
    entries: list[Entry]
    standing: rules.Standing
    back: str
    next: str


def drawer(here: Here) -> Drawer:
    """Make the drawer from the cached outline: no statement."""
    outline, item = here.outline, here.item
    module = outline.module_of(item)
    done = here.progress.done if here.progress else frozenset()
    course_url = address("courses.course", course_pid=outline.public_id)
    before, after = outline.around(item)
    entries = [
        Entry(other.title, f"{course_url}/{other.public_id}", _state(other, item, done))
        for other in module.items
    ]
    return Drawer(
        course_url=course_url,
        title=module.title,
        number=module.number,
        modules=len(outline.modules),
        place=module.items.index(item) + 1,
        of=len(module.items),
        entries=entries,
        standing=rules.standing(outline.items, done),
        back=f"{course_url}/{before.public_id}" if before else course_url,
        next=f"{course_url}/{after.public_id}" if after else course_url,
    )


def _state(other: OutlineItem, item: OutlineItem, done: frozenset[int]) -> str:
    if other.id == item.id:
        return "here"
    return "done" if other.id in done else "todo"


@bp.post(f"{ITEM}/done")
@public
def done(course: str, item: str) -> AnyResponse:
    """Mark a lesson done and go on. A guest is asked for an account; the mark is kept."""
    if not Form().validate_on_submit():
        abort(400)
    here, person = _here(course, item), actor()
    if person is None:
        room.keep_for_later("done", item)
        flash(
            _(
                "To keep your place, join: any name will do. This lesson is marked as soon as you have."
            ),
            "info",
        )
        return redirect(url_for("accounts.join"), 303)
    return redirect(_mark(person.id, here.outline, here.item), 303)


def _mark(person_id: int, outline: Outline, item: OutlineItem) -> str:
    try:
        now_on = actions.mark_done(person_id, outline.course_id, outline.version_id, item.id)
    except actions.NotInCourse:
        abort(404)
    after = now_on.around(now_on.by_id[item.id])[1]
    course_url = url_for("courses.course", course_pid=now_on.public_id)
    return f"{course_url}/{after.public_id}" if after else course_url


def keep_done(person_id: int, item_public_id: str) -> str:
    """Do what a guest wanted: mark her lesson. Return where she goes on."""
    found = queries.course_of_item(item_public_id)
    version = courses.latest_version_of(found[0]) if found else None
    outline = courses.outline(version, language()) if version else None
    item = outline.by_public_id.get(item_public_id) if outline else None
    if outline is None or item is None:
        return url_for("web.home")
    return _mark(person_id, outline, item)


@bp.post(f"{ITEM}/not-done")
@allow(Permission.LEARN)
def not_done(course: str, item: str) -> AnyResponse:
    """Take the mark off again."""
    if not Form().validate_on_submit():
        abort(400)
    here = _here(course, item)
    actions.undo_done(signed_in().id, here.outline.course_id, here.item.id)
    return redirect(url_for("learning.item", course=course, item=item), 303)


@bp.post(f"{ITEM}/text")
@public
@takes_files(keep_as="save")
def write(course: str, item: str) -> AnyResponse:
    """Keep a task's text and files as a draft, hand them in, or check them oneself; take a file back.

    A guest's text waits in her page. A file that is not taken takes nothing of the text with it.
    """
    person, form = signed_in(), TaskForm()
    here = _here(course, item)
    if here.item.kind is not ItemKind.TASK:
        abort(404)
    if "remove" in request.form:
        return _take_back(here, person, form)
    if _overtaken(here, form):
        return _task_page(here, form, 409)
    handing_in = not {"save", "attach"} & set(request.form)
    if not form.validate() or (handing_in and not form.ready(here.item.max_words)):
        return _task_page(here, form, 422)
    alone = not readers_of(person.id, here.outline.course_id)
    if handing_in and alone and set(form.met.data or ()) < set(here.item.rubric):
        form.met.errors = [_("Look at each point and tick it, then you can close the task.")]
        return _task_page(here, form, 422)
    try:
        taken = _taken(here, person)
    except Refused as refused:
        form.refuse_files(words.advice(refused.why))
        return _task_page(here, form, 413 if refused.why is Why.LARGE else 422)
    if not taken and not handing_in and not form.check_text():
        return _task_page(here, form, 422)
    _write(here, person, typed(form.body), taken, handing_in=handing_in, alone=alone)
    return _back_to(here, "task-files" if "attach" in request.form else None)


def _overtaken(here: Here, form: TaskForm) -> bool:
    """Whether another tab has written since this one was opened; what is handed in stays as it is anyway."""
    found = queries.rounds(here.progress.enrolment_id, here.item.id) if here.progress else []
    if found and found[0].state not in WRITABLE:
        return False
    return form.overtaken({"body": queries.text_of(found[0])[0] if found else ""})


def _write(
    here: Here, person: Actor, text: str, taken: list[Taken], *, handing_in: bool, alone: bool
) -> None:
    progress = here.progress or actions.enrol(
        person.id, here.outline.course_id, here.outline.version_id
    )
    try:
        row = actions.save_draft(person.public_id, progress, here.item.id, text)
        actions.attach(person.id, person.public_id, row, taken, settings().files_each_time)
        if handing_in and alone:
            actions.check_self(progress, here.outline, row)
        elif handing_in:
            actions.submit_task(person.id, row)
    except rules.NotAllowed:
        flash(_("This text has been handed in already. Wait for the answer."), "info")
        return
    except actions.TooManyFiles:  # two tabs: the text is kept, the files of this one are not
        flash(words.advice(Why.MANY), "info")
        return
    draft = _("Draft and files kept.") if taken else _("Draft kept.")
    flash(_("Handed in.") if handing_in else draft, "done")


def _taken(here: Here, person: Actor) -> list[Taken]:
    """What was sent, looked into while no other writer waits for us. Raises Refused.

    Looking costs a worker up to twenty seconds, so who sends a great many is asked to pause.
    """
    if too_much():
        raise Refused(Why.LARGE)
    sent = sent_files("files")
    if sent and len(_on_draft(here)) + len(sent) > settings().files_each_time:
        raise Refused(Why.MANY)
    if not sent:
        return []
    if throttle.wait_until("file", person.public_id, free=FILES_A_DAY):
        raise Refused(Why.PAUSE)
    with once.waiting():
        with transaction():
            throttle.count("file", person.public_id)
        return [take(one, settings()) for one in sent]


def _on_draft(here: Here) -> list[Attached]:
    found = queries.rounds(here.progress.enrolment_id, here.item.id) if here.progress else []
    return queries.attached([task.id for task in found[:1] if task.state == "draft"])


def _take_back(here: Here, person: Actor, form: TaskForm) -> AnyResponse:
    """Destroy a file of one's own, in any round; what was typed beside it is kept as a draft."""
    held = held_file(request.form["remove"][:12], now())
    if held is None or held.task.person_id != person.id or here.progress is None:
        abort(404)
    if not form.validate():
        return _task_page(here, form, 422)
    actions.detach(held.file.id)
    if form.body.data:
        with suppress(rules.NotAllowed):
            actions.save_draft(person.public_id, here.progress, here.item.id, typed(form.body))
    flash(_("File removed."), "done")
    return _back_to(here, "task-files")


def _back_to(here: Here, place: str | None = None) -> AnyResponse:
    course, item = here.outline.public_id, here.item.public_id
    return redirect(url_for("learning.item", course=course, item=item, _anchor=place), 303)


def _held(_person: Actor, file: str) -> HeldFile | None:
    return held_file(file, now())


@bp.get("/files/<file>")
@allow(Permission.READ_FILE, _held)
def open_file(held: HeldFile) -> Response:
    """A file of a task, for its owner and for whoever may read the task. Somebody else's look leaves a line."""
    content = store.content(held.file.public_id, held.task.person_public_id)
    if held.task.person_id != signed_in().id:
        _leave_line(held.task)
    return download(content, held.file.kind, held.file.number)


def _leave_line(task: Task) -> None:
    person = signed_in()
    me = next(r for r in readers_of(task.person_id, task.course_id) if r.person_id == person.id)
    audit.saw(Visitor(person.id, me.role, me.shown), task.person_id, What.TASK, task.public_id)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a task, opened for somebody who may read it."""

    task: Task
    text: str
    feedback: str
    files: list[Attached]


def _opened(tasks: list[Task]) -> list[Round]:
    files = queries.attached([task.id for task in tasks]) if tasks else []
    return [
        Round(
            task, *queries.text_of(task), [file for file in files if file.submission_id == task.id]
        )
        for task in tasks
    ]


def _task_page(here: Here, form: TaskForm, status: int = 200) -> Response:
    person = actor()
    body = courses.item_body(here.item)
    found = queries.rounds(here.progress.enrolment_id, here.item.id) if here.progress else []
    opened = _opened(found)
    newest = opened[0] if opened else None
    if newest and not form.is_submitted():
        form.body.data = newest.text
    if not form.is_submitted():
        form.overtaken({"body": newest.text if newest else ""})
    readers = readers_of(person.id, here.outline.course_id) if person else []
    g.nav = "courses.catalogue"
    return page(
        "learning/task.html",
        status,
        form=form,
        here=here,
        body=body,
        drawer=drawer(here),
        newest=newest,
        older=opened[1:],
        readers=readers,
        rubric=[(key, body.rubric.get(key, key)) for key in here.item.rubric],
        writable=newest is None or newest.task.state in WRITABLE,
        zone=person.zone if person else "UTC",
        signed=person is not None,
        file_rule=_file_rule(),
        file_kinds=ACCEPTED,
        can_attach=len(newest.files) < settings().files_each_time
        if newest and newest.task.state == "draft"
        else True,
    )


def _file_rule() -> str:
    """What may be sent, said before somebody chooses."""
    most, large = settings().files_each_time, settings().file_mib
    limit = ngettext(
        "At most %(num)s file of %(size)s MB.", "At most %(num)s files, each up to %(size)s MB.", most,
        size=large,
    )  # fmt: skip
    return f"{limit} {words.TAKEN}"


def _readable(_person: Actor, task: str) -> HandedIn | None:
    return handed_in(task, now())


@bp.get("/tasks/<task>")
@allow(Permission.READ_TASK, _readable)
def read_task(found: HandedIn) -> Response:
    """A reader's page: the text, the points to look at, the answer."""
    return _reader_page(found, AnswerForm(formdata=None))


@bp.post("/tasks/<task>")
@allow(Permission.READ_TASK, _readable)
def answer_task(found: HandedIn) -> AnyResponse:
    """Answer a task."""
    form = AnswerForm()
    if not form.validate():
        return _reader_page(found, form, 422)
    accepted = form.decision.data == "accepted"
    try:
        actions.answer_task(found.task, signed_in().id, typed(form.feedback), accepted=accepted)
    except rules.NotAllowed:
        flash(_("Somebody has answered this already."), "info")
        return redirect(url_for("learning.read_task", task=found.task.public_id), 303)
    flash(_("Answer sent."), "done")
    return redirect(url_for("web.home"), 303)


def settings() -> Settings:
    """The settings of this instance."""
    found: Settings = current_app.extensions["settings"]
    return found


def _reader_page(found: HandedIn, form: AnswerForm, status: int = 200) -> Response:
    task, person = found.task, signed_in()
    outline = actions.course_outline(task.version_id)
    item = outline.by_id[task.item_id]
    body = courses.item_body(item)
    opened = _opened([task])[0]
    _leave_line(task)
    return page(
        "learning/read_task.html",
        status,
        form=form,
        outline=outline,
        item=item,
        opened=opened,
        rubric=[(key, body.rubric.get(key, key)) for key in item.rubric],
        zone=person.zone,
    )
