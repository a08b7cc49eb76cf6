"""What changes about attempts: start, answer, send in; and what staff may do with a reason."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, update

from lms.assessment import queries, rules
from lms.assessment.events import AttemptMarked, AttemptStarted
from lms.assessment.marking import Response, mark, to_json
from lms.assessment.models import Allowance, Answer, Attempt
from lms.assessment.queries import Given, Try
from lms.assessment.quizzes import Quiz, quiz
from lms.assessment.rules import PostVerdict, Start, StartVerdict, State
from lms.assessment.versions import version_of
from lms.core import events, ids, outbox
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.i18n import DEFAULT
from lms.courses import queries as courses
from lms.courses.questions import Question
from lms.courses.source.model import ItemKind

OVERDUE = "assessment.overdue"
SEED = 2**31
MOST_TRIES = 100
OVER_LIMIT = "More attempts than allowed"


class NoSuchQuiz(Exception):
    """There is no quiz at this address, in the version that the person is on."""


@dataclass
class Refused(Exception):
    """The rules do not let an attempt start now; `start` says why and until when."""

    quiz: Quiz
    start: Start


class Closed(Exception):
    """The attempt takes no answers any more."""


class TooManyTries(Exception):
    """One question was answered very often in one attempt."""


def find_quiz(person_id: int | None, item_public_id: str, lang: str) -> Quiz:
    """The quiz at an address, in the version that this person is on. Raises NoSuchQuiz."""
    place = queries.course_of(item_public_id)
    if place is None:
        raise NoSuchQuiz
    course_id, item_id = place
    version_id = (
        courses.latest_version_of(course_id)
        if person_id is None
        else version_of(person_id, course_id)
    )
    outline = courses.outline(version_id, lang) if version_id else None
    item = outline.by_id.get(item_id) if outline else None
    if outline is None or item is None or item.kind is not ItemKind.QUIZ:
        raise NoSuchQuiz
    return quiz(outline, item)


def quiz_of(found: Try, lang: str) -> Quiz:
    """The quiz of an attempt, in the version in which it was started."""
    outline = courses.outline(found.version_id, lang)
    if outline is None:
        raise NoSuchQuiz
    return quiz(outline, outline.by_id[found.item_id])


# --- Start ---------------------------------------------------------------------------------------


def start_attempt(person_id: int, found: Quiz, client_key: str) -> Try:
    """Start an attempt, or go on with the open one, on any device. Raises Refused.

    The same `client_key` is the same press of the button, however often it arrives.
    """
    tries = queries.attempts(person_id, found.item.id)
    for one in tries:
        if one.state is State.OPEN or one.client_key == client_key:
            return one
    given = queries.allowed(person_id, found.item.id)
    past = [one.past for one in tries]
    start = rules.may_start(found.rules, past, now(), extra=given.attempts)
    if start.verdict is not StartVerdict.START:
        raise Refused(found, start)
    ends = rules.deadline(found.rules, now(), given.multiplier)
    number = max((one.number for one in tries), default=0) + 1
    attempt_id = _insert_attempt(person_id, found, number, client_key, ends)
    fresh = queries.attempts(person_id, found.item.id)[-1]
    if attempt_id is None:
        # Another device pressed Start in the same moment; its attempt is the one.
        return fresh
    outline = found.outline
    started = (person_id, outline.course_id, outline.version_id, found.item.id)
    events.publish(AttemptStarted(*started))
    if ends is not None:
        due = ends + rules.LATE_TOLERANCE + timedelta(seconds=1)
        outbox.enqueue(OVERDUE, {"attempt": fresh.public_id}, key=f"{OVERDUE}:{attempt_id}", at=due)
    return fresh


def _insert_attempt(
    person_id: int, found: Quiz, number: int, client_key: str, ends: datetime | None
) -> int | None:
    values = {
        "public_id": ids.public_id(),
        "person_id": person_id,
        "item_id": found.item.id,
        "item_version_id": found.item.item_version_id,
        "number": number,
        "state": State.OPEN,
        "seed": secrets.randbelow(SEED),
        "client_key": client_key,
        "started_at": now(),
        "deadline_at": ends,
    }
    row = insert_into(Attempt).values(**values).on_conflict_do_nothing()
    return db.session.scalar(row.returning(Attempt.id))


# --- Answer --------------------------------------------------------------------------------------


def save_answer(
    found: Try,
    asked: Quiz,
    question: Question,
    response: Response,
    seq: int,
    given: Sequence[Given],
) -> PostVerdict:
    """Keep an answer, with its mark. Repeats change nothing. Raises Closed or TooManyTries.

    `given` are the earlier answers to this question. An answer that comes too late is kept and not
    counted.
    """
    verdict = rules.judge_post(found.state, found.deadline_at, now(), timed_out=found.timed_out)
    if verdict is PostVerdict.CLOSED:
        raise Closed
    taken = {one.saved.seq: one.response for one in given}
    place = rules.place_in_sequence(seq, response, taken)
    if place is None:
        return verdict
    if len(given) >= MOST_TRIES:
        raise TooManyTries
    marked = mark(question, [asked.words[question.key]], response)
    values = {
        "attempt_id": found.id,
        "question": question.key,
        "seq": place,
        "response": to_json(response),
        "points": str(marked.points),
        "correct": marked.correct,
        "late": verdict is PostVerdict.LATE,
        "saved_at": now(),
    }
    db.session.execute(insert(Answer).values(**values))
    return verdict


# --- Send in -------------------------------------------------------------------------------------


def submit_attempt(
    found: Try, tries: Sequence[Try], asked: Quiz, given: Mapping[str, Sequence[Given]]
) -> None:
    """Send an attempt in and mark it. What is not open any more stays as it is.

    `tries` are all attempts of the person at this quiz, `given` the answers of this one.
    """
    if found.state is not State.OPEN:
        return
    overdue = rules.is_overdue(found.deadline_at, now())
    changes = {
        "submitted_at": found.deadline_at if overdue else now(),
        "timed_out": overdue,
        **_marks(found.seed, asked, given),
    }
    extra = queries.allowed(found.person_id, found.item_id).attempts if asked.rules.attempts else 0
    if rules.over_limit(asked.rules, [one.past for one in tries], extra):
        _change(found.id, State.OPEN, state=State.VOID, void_reason=OVER_LIMIT)
    elif _change(found.id, State.OPEN, state=State.MARKED, **changes):
        _tell(found, asked, tries, changes["percent"])


def _marks(seed: int, asked: Quiz, given: Mapping[str, Sequence[Given]]) -> dict[str, Any]:
    questions = asked.asked(seed)
    marked = [queries.counting(asked.rules, given.get(one.key, ())) for one in questions]
    points = sum((one.points for one in marked if one), Fraction(0))
    out_of = sum(question.points for question in questions)
    percent = rules.percent(points, out_of)
    return {
        "points": str(points),
        "out_of": out_of,
        "percent": percent,
        "passed": rules.is_passed(asked.rules, percent),
    }


def _change(attempt_id: int, *states: State, **values: object) -> bool:
    """Change an attempt that is in one of these states. Return whether it still was."""
    statement = (
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state.in_(states))
        .values(**values)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(statement) is not None


def _tell(found: Try, asked: Quiz, tries: Sequence[Try], percent: int) -> None:
    marked = replace(found, state=State.MARKED, percent=percent)
    past = [(marked if one.id == found.id else one).past for one in tries]
    counted = rules.counted_percent(asked.rules.counts, past) or 0
    outline = asked.outline
    place = (found.id, found.person_id, outline.course_id, outline.version_id, found.item_id)
    events.publish(AttemptMarked(*place, counted, rules.is_passed(asked.rules, counted)))


def submit_overdue(payload: dict[str, Any], _result: Any) -> None:
    """Job: send in an attempt whose time is over; the answers that were saved in time count."""
    tries = queries.family(payload["attempt"], lock=True)
    found = next((one for one in tries if one.public_id == payload["attempt"]), None)
    if found and found.state is State.OPEN and rules.is_overdue(found.deadline_at, now()):
        submit_attempt(found, tries, quiz_of(found, DEFAULT), queries.answers(found.id))


# --- Staff ---------------------------------------------------------------------------------------


def void_attempt(found: Try, reason: str) -> None:
    """Take an attempt back: it counts for nothing. The learner reads the reason in her history."""
    _change(
        found.id, State.OPEN, State.SUBMITTED, State.MARKED, state=State.VOID, void_reason=reason
    )


def give_more(
    person_id: int, item_id: int, reason: str, *, attempts: int = 0, time_percent: int = 100
) -> None:
    """Give one person more attempts or more time for a quiz. She reads the reason."""
    values = {
        "person_id": person_id,
        "item_id": item_id,
        "attempts": attempts,
        "time_percent": time_percent,
        "reason": reason,
        "given_at": now(),
    }
    db.session.execute(insert(Allowance).values(**values))


def accept_late(found: Try, reason: str) -> None:
    """Count the late answers of an attempt after all, and mark it anew."""
    late = (Answer.attempt_id == found.id) & Answer.late
    accept = update(Answer).where(late).values(late=False)
    db.session.execute(accept.execution_options(synchronize_session=False))
    give_more(found.person_id, found.item_id, reason)
    asked = quiz_of(found, DEFAULT)
    changes = _marks(found.seed, asked, queries.answers(found.id))
    if _change(found.id, State.MARKED, **changes):
        tries = queries.attempts(found.person_id, found.item_id)
        _tell(found, asked, tries, changes["percent"])
