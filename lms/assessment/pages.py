"""Pages that stand at addresses of the rooms above, and links to those addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, current_app, g, url_for

from lms.assessment import actions, queries, rules, wording
from lms.assessment.forms import StartForm
from lms.assessment.queries import Allowed, Try
from lms.assessment.quizzes import Quiz, quiz
from lms.assessment.rules import StartVerdict, State
from lms.core import ids
from lms.core.clock import now
from lms.core.i18n import language
from lms.core.policy import Actor
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.web.page import page


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One earlier attempt, for the learner alone."""

    number: int
    at: datetime
    line: str
    url: str
    passed: bool


def item_url(outline: Outline, item: OutlineItem | None) -> str:
    """Where an item of a course is shown; the course itself when there is none."""
    if item is not None and "learning.item" in current_app.view_functions:
        return url_for("learning.item", course=outline.public_id, item=item.public_id)
    return url_for("courses.course", course_pid=outline.public_id)


def start_page(
    outline: Outline, item: OutlineItem, person: Actor | None, status: int = 200
) -> Response:
    """The first page of a quiz: its rules in words, earlier attempts, and Start."""
    found = quiz(outline, item)
    g.nav = "courses.catalogue"
    tries = queries.attempts(person.id, item.id) if person else []
    given = queries.allowed(person.id, item.id) if person else Allowed()
    start = rules.may_start(found.rules, [one.past for one in tries], now(), extra=given.attempts)
    counted = rules.counted_percent(found.rules.counts, [one.past for one in tries])
    zone = person.zone if person else ""
    body = courses.item_body(item)
    return page(
        "assessment/start.html",
        status,
        form=StartForm(formdata=None),
        quiz=found,
        module=outline.module_of(item),
        body=body,
        lines=wording.rules_in_words(found.rules, given.attempts, given.multiplier),
        guest=person is None,
        zone=zone,
        resume=start.verdict is StartVerdict.RESUME,
        refusal=_refusal(start, zone),
        history=[_history(one, found) for one in reversed(tries)],
        reasons=given.reasons,
        passed=rules.is_passed(found.rules, counted),
        onward=item_url(outline, outline.around(item)[1]),
        course_url=url_for("courses.course", course_pid=outline.public_id),
    )


def _refusal(start: rules.Start, zone: str) -> tuple[str, str] | None:
    if start.verdict in {StartVerdict.START, StartVerdict.RESUME}:
        return None
    return wording.refusal(start, zone)


def _history(one: Try, found: Quiz) -> HistoryLine:
    seen = one.state is not State.VOID
    return HistoryLine(
        one.number,
        one.submitted_at or one.started_at,
        wording.attempt_line(one, len(found.asked(one.seed))),
        url_for("assessment.attempt", attempt_pid=one.public_id) if seen else "",
        one.passed and one.state is State.MARKED,
    )


def start_kept(person_id: int, item_public_id: str) -> str:
    """Start what a guest pressed Start for, now that she has an account. Return where it goes on."""
    try:
        found = actions.find_quiz(person_id, item_public_id, language())
        one = actions.start_attempt(person_id, found, ids.token())
    except actions.NoSuchQuiz:
        return url_for("courses.catalogue")
    except actions.Refused as refused:
        return item_url(refused.quiz.outline, refused.quiz.item)
    return url_for("assessment.attempt", attempt_pid=one.public_id)
