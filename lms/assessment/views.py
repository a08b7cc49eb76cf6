"""Pages of an attempt: one question each, then the result. Every answer is a post of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.assessment import actions, pages, queries, rules, sheets, wording
from lms.assessment.forms import AnswerForm, EndForm, StartForm
from lms.assessment.marking import Refusal, parse_response
from lms.assessment.policy import Permission
from lms.assessment.queries import Given, Try
from lms.assessment.quizzes import Quiz
from lms.assessment.rules import PostVerdict, Standing, State, Visible
from lms.core import ids, room
from lms.core.clock import now
from lms.core.i18n import format_moment, language
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, actor, allow, public
from lms.courses.questions import Question, Review
from lms.web.page import page

bp = Blueprint("assessment", __name__, url_prefix="/<lang:lang>", template_folder="templates")

KEPT = "check"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An attempt with everything that its pages and rules ask for."""

    attempt: Try
    tries: Sequence[Try]
    quiz: Quiz
    questions: list[Question]
    given: Mapping[str, Sequence[Given]]
    zone: str
    number: int = 0

    @property
    def person_id(self) -> int:
        """Whose attempt it is."""
        return self.attempt.person_id

    @property
    def question(self) -> Question:
        """The question that the address names."""
        return self.questions[self.number - 1]

    def answers(self, question: Question) -> Sequence[Given]:
        """Every answer to a question so far."""
        return self.given.get(question.key, ())

    @property
    def open(self) -> bool:
        """Whether it takes answers."""
        return self.attempt.state is State.OPEN

    @property
    def practice(self) -> bool:
        """Whether each answer is answered at once."""
        return self.quiz.rules.review is Review.PRACTICE

    @property
    def missing(self) -> list[int]:
        """Numbers of the questions without an answer."""
        numbered = enumerate(self.questions, 1)
        return [number for number, one in numbered if queries.shown(self.answers(one)) is None]

    def url(self, number: int, again: str | None = None) -> str:
        """Where a question stands."""
        pid = self.attempt.public_id
        return url_for("assessment.question", attempt_pid=pid, number=number, again=again)

    def end_url(self, end: str = "finish") -> str:
        """Where the attempt ends, or its result is."""
        return url_for(f"assessment.{end}", attempt_pid=self.attempt.public_id)


def load(person: Actor, attempt_pid: str, number: int = 0) -> Loaded | None:
    """The learner's own attempt, locked when it is about to change."""
    tries = queries.family(attempt_pid, lock=request.method == "POST")
    found = next((one for one in tries if one.public_id == attempt_pid), None)
    if found is None or found.person_id != person.id:
        return None
    quiz = actions.quiz_of(found, language())
    questions = quiz.asked(found.seed)
    if number > len(questions):
        return None
    g.nav = "courses.catalogue"
    return Loaded(found, tries, quiz, questions, queries.answers(found.id), person.zone, number)


# --- Start ---------------------------------------------------------------------------------------


@bp.post("/tries/start/<item_pid>")
@public
def start(item_pid: str) -> AnyResponse:
    """Start, or go on with what is open. A guest is asked for an account and comes back here."""
    person, form = actor(), StartForm()
    try:
        quiz = actions.find_quiz(person.id if person else None, item_pid, language())
    except actions.NoSuchQuiz:
        abort(404)
    if person is None:
        room.keep_for_later(KEPT, item_pid)
        return redirect(url_for("accounts.join"), 303)
    try:
        found = actions.start_attempt(person.id, quiz, str(form.form_key.data or ids.token())[:64])
    except actions.Refused:
        return pages.start_page(quiz.outline, quiz.item, person, 409)
    return redirect(url_for("assessment.attempt", attempt_pid=found.public_id), 303)


@bp.get("/tries/<attempt_pid>")
@allow(Permission.OWN_ATTEMPT, load)
def attempt(loaded: Loaded) -> AnyResponse:
    """Go to where it goes on: the first question without an answer, the end, or the result."""
    if not loaded.open:
        return redirect(loaded.end_url("result"), 303)
    if _time_is_over(loaded) or not loaded.missing:
        return redirect(loaded.end_url(), 303)
    return redirect(loaded.url(loaded.missing[0]), 303)


# --- One question --------------------------------------------------------------------------------


@bp.get("/tries/<attempt_pid>/<int(min=1):number>")
@allow(Permission.OWN_ATTEMPT, load)
def question(loaded: Loaded) -> AnyResponse:
    """A question: fields while it can be answered, results once there is something to tell."""
    if loaded.attempt.state is State.VOID or (loaded.open and _time_is_over(loaded)):
        return redirect(loaded.end_url("finish" if loaded.open else "result"), 303)
    again = request.args.get("again") == "yes"
    visible = _visible(loaded, loaded.question)
    if loaded.open and (again or not visible.mark):
        return _sheet_page(loaded, AnswerForm(formdata=None))
    return _feedback_page(loaded, visible)


def _time_is_over(loaded: Loaded) -> bool:
    return rules.is_overdue(loaded.attempt.deadline_at, now())


def _standing(loaded: Loaded) -> Standing:
    """How the person stands with the quiz; only asked where the preset needs it."""
    if loaded.practice or loaded.open:
        return Standing(passed=False, left=None, open=True)
    return _whole_standing(loaded)


def _whole_standing(loaded: Loaded) -> Standing:
    quiz, found = loaded.quiz.rules, loaded.attempt
    extra = queries.allowed(found.person_id, found.item_id).attempts if quiz.attempts else 0
    return queries.standing(quiz, loaded.tries, extra)


def _visible(loaded: Loaded, one: Question, standing: Standing | None = None) -> Visible:
    saved = [given.saved for given in loaded.answers(one)]
    review, state = loaded.quiz.rules.review, loaded.attempt.state
    return rules.visible_feedback(review, state, saved, standing or _standing(loaded))


def _sheet_page(loaded: Loaded, form: AnswerForm, status: int = 200) -> Response:
    one, given = loaded.question, loaded.answers(loaded.question)
    latest = queries.shown(given)
    saved = latest.response if latest and not loaded.practice else None
    if not form.is_submitted():
        form.seq.data = str(max((answer.saved.seq for answer in given), default=0) + 1)
    typed = request.form.to_dict(flat=False) if form.is_submitted() else None
    words, quiz = loaded.quiz.words[one.key], loaded.quiz
    return page(
        "assessment/question.html",
        status,
        form=form,
        sheet=sheets.sheet(one, words, quiz.rules, loaded.attempt.seed, saved, typed),
        seen=rules.answer_shown(answer.saved for answer in given) and loaded.practice,
        **_around(loaded),
    )


def _feedback_page(loaded: Loaded, visible: Visible) -> Response:
    one, quiz = loaded.question, loaded.quiz
    latest = queries.shown(loaded.answers(one))
    counted = latest if loaded.open else queries.counting(quiz.rules, loaded.answers(one))
    given = counted.response if counted else None
    words, seed = quiz.words[one.key], loaded.attempt.seed
    again = loaded.open and loaded.practice
    to_read = quiz.to_read(one) if visible.mark else []
    return page(
        "assessment/feedback.html",
        form=EndForm(formdata=None),
        result=sheets.feedback(one, words, quiz.rules, seed, given, visible),
        answered=given is not None,
        to_read=[(item.title, pages.item_url(quiz.outline, item)) for item in to_read],
        again_url=loaded.url(loaded.number, again="yes") if again else "",
        open=loaded.open,
        finished=not loaded.missing,
        **_around(loaded),
    )


def _around(loaded: Loaded) -> dict[str, Any]:
    """What stands around a question: where it is, what comes before and after, the small print."""
    number, total = loaded.number, len(loaded.questions)
    outline, item = loaded.quiz.outline, loaded.quiz.item
    ends = loaded.attempt.deadline_at if loaded.open else None
    return {
        "number": number,
        "total": total,
        "item": item,
        "module": outline.module_of(item),
        "item_url": pages.item_url(outline, item),
        "action": loaded.url(number),
        "back_url": loaded.url(number - 1) if number > 1 else "",
        "next_url": loaded.url(number + 1) if number < total else "",
        "end_url": loaded.end_url("finish" if loaded.open else "result"),
        "ends": format_moment(ends, loaded.zone) if ends else "",
        "small_print": wording.small_print(loaded.quiz.rules),
    }


@bp.post("/tries/<attempt_pid>/<int(min=1):number>")
@allow(Permission.OWN_ATTEMPT, load)
def answer(loaded: Loaded) -> AnyResponse:
    """Keep an answer. What cannot be read stays in its fields, with what to do about it."""
    form, one = AnswerForm(), loaded.question
    layout = rules.layout(one, loaded.quiz.rules, loaded.attempt.seed)
    response = parse_response(one, request.form.to_dict(flat=False), layout)
    if isinstance(response, Refusal) and loaded.open:
        form.refuse(response)
        return _sheet_page(loaded, form, 422)
    if isinstance(response, Refusal):
        return _closed(loaded)
    given = loaded.answers(one)
    try:
        verdict = actions.save_answer(
            loaded.attempt, loaded.quiz, one, response, _number(form.seq.data), given
        )
    except actions.Closed:
        return _closed(loaded)
    except actions.TooManyTries:
        flash(_("Many tries at this question. Finish the check, then start it again."), "info")
        return redirect(loaded.end_url(), 303)
    if verdict is PostVerdict.LATE:
        flash(_("The time was over. This answer is kept but does not count."), "info")
        return redirect(loaded.url(loaded.number) if not loaded.open else loaded.end_url(), 303)
    return redirect(_onward(loaded), 303)


def _number(typed: object) -> int:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _closed(loaded: Loaded) -> AnyResponse:
    flash(_("This attempt is finished already. Nothing was changed."), "info")
    return redirect(loaded.end_url("result"), 303)


def _onward(loaded: Loaded) -> str:
    """After an answer: its feedback in practice, else the next question, and the end after the last."""
    if loaded.practice:
        return loaded.url(loaded.number)
    return (
        loaded.url(loaded.number + 1) if loaded.number < len(loaded.questions) else loaded.end_url()
    )


# --- The end -------------------------------------------------------------------------------------


@bp.get("/tries/<attempt_pid>/finish")
@allow(Permission.OWN_ATTEMPT, load)
def finish(loaded: Loaded) -> AnyResponse:
    """Before the attempt is sent in: which questions have no answer yet."""
    if not loaded.open:
        return redirect(loaded.end_url("result"), 303)
    return page(
        "assessment/finish.html",
        form=EndForm(formdata=None),
        over=_time_is_over(loaded),
        practice=loaded.practice,
        missing=[(number, loaded.url(number)) for number in loaded.missing],
        back_url=loaded.url(len(loaded.questions)),
        action=loaded.end_url("send"),
        small_print=wording.small_print(loaded.quiz.rules),
    )


@bp.post("/tries/<attempt_pid>/finish")
@allow(Permission.OWN_ATTEMPT, load)
def send(loaded: Loaded) -> AnyResponse:
    """Send the attempt in. Pressed twice is pressed once."""
    actions.submit_attempt(loaded.attempt, loaded.tries, loaded.quiz, loaded.given)
    return redirect(loaded.end_url("result"), 303)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question on the result page; `correct` is None while that is not told."""

    number: int
    text: str
    url: str
    correct: bool | None


@bp.get("/tries/<attempt_pid>/result")
@allow(Permission.OWN_ATTEMPT, load)
def result(loaded: Loaded) -> AnyResponse:
    """What came of it, and what to look at again."""
    if loaded.open:
        return redirect(loaded.end_url(), 303)
    found, quiz = loaded.attempt, loaded.quiz
    standing = _whole_standing(loaded)
    return page(
        "assessment/result.html",
        form=StartForm(formdata=None),
        void_reason=found.void_reason,
        score=wording.score(found.points, found.out_of, len(loaded.questions)),
        percent=found.percent,
        enough=quiz.rules.pass_percent,
        passed=found.passed,
        done=standing.passed,
        timed_out=found.timed_out,
        may_repeat=standing.left != 0 or standing.open,
        lines=[
            _result_line(loaded, number, standing) for number in range(1, len(loaded.questions) + 1)
        ],
        module=quiz.outline.module_of(quiz.item),
        item=quiz.item,
        item_url=pages.item_url(quiz.outline, quiz.item),
        onward=pages.item_url(quiz.outline, quiz.outline.around(quiz.item)[1]),
        review=str(wording.REVIEWS[quiz.rules.review]),
    )


def _result_line(loaded: Loaded, number: int, standing: Standing) -> ResultLine:
    one = loaded.questions[number - 1]
    visible = rules.visible_feedback(
        loaded.quiz.rules.review,
        loaded.attempt.state,
        [given.saved for given in loaded.answers(one)],
        standing,
    )
    counted = queries.counting(loaded.quiz.rules, loaded.answers(one))
    correct = bool(counted and counted.saved.correct) if visible.mark else None
    words = loaded.quiz.words[one.key]
    return ResultLine(number, sheets.heading(words), loaded.url(number), correct)
