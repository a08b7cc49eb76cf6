"""Attempts in the database: started once, answered in sequence, marked once, taken back with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lms.assessment import actions, queries
from lms.assessment.events import AttemptMarked, AttemptStarted
from lms.assessment.marking import Chosen, Response, Typed
from lms.assessment.models import Answer, Attempt
from lms.assessment.queries import Try
from lms.assessment.quizzes import Quiz
from lms.assessment.rules import PostVerdict, StartVerdict, State
from lms.core import events, outbox
from lms.core.db import db, reading, transaction
from tests.assessment.world import again, make_quiz, start
from tests.world import Somebody, make_person

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
GRADED = 'attempts = 2\nwait = "10m"\nreview = "after-submit"'
TIMED = 'limit = "30m"\nreview = "after-submit"'


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(app: Flask) -> Iterator[Somebody]:
    with app.app_context():
        yield make_person()


def answer(found: Try, quiz: Quiz, key: str, response: Response, seq: int = 1) -> PostVerdict:
    question = next(one for one in quiz.questions if one.key == key)
    with transaction():
        locked = next(one for one in queries.family(found.public_id) if one.id == found.id)
        given = queries.answers(found.id).get(key, ())
        return actions.save_answer(locked, quiz, question, response, seq, given)


def submit(found: Try, quiz: Quiz) -> Try:
    with transaction():
        tries = queries.family(found.public_id, lock=True)
        locked = next(one for one in tries if one.id == found.id)
        actions.submit_attempt(locked, tries, quiz, queries.answers(found.id))
    return again(found)


def heard(kind: type[events.Event]) -> list[events.Event]:
    found: list[events.Event] = []
    events.subscribe(kind, found.append)
    return found


# --- Start ---


def test_start_while_one_is_open_resumes_it(person: Somebody, tmp_path: Path) -> None:
    quiz, told = make_quiz(tmp_path), heard(AttemptStarted)
    first = start(person.id, quiz)
    assert start(person.id, quiz) == first
    assert (first.number, first.state) == (1, State.OPEN)
    assert len(told) == 1


def test_the_same_press_never_starts_twice(person: Somebody, tmp_path: Path) -> None:
    quiz = make_quiz(tmp_path)
    first = start(person.id, quiz, "key-from-the-phone")
    submit(first, quiz)
    assert start(person.id, quiz, "key-from-the-phone").id == first.id
    assert start(person.id, quiz).number == 2


def test_the_database_refuses_a_second_open_attempt(person: Somebody, tmp_path: Path) -> None:
    first = start(person.id, make_quiz(tmp_path))
    columns = {c.name: c.name for c in Attempt.__table__.c}
    with reading():
        row = dict(db.session.execute(select(*Attempt.__table__.c)).mappings().one())
    second = {name: row[name] for name in columns if name != "id"}
    second |= {"public_id": "x" * 12, "number": first.number + 1, "client_key": "other"}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(insert(Attempt).values(**second))


def test_limit_and_wait_are_kept(
    person: Somebody, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    quiz = make_quiz(tmp_path, GRADED)
    submit(start(person.id, quiz), quiz)
    with pytest.raises(actions.Refused) as refused:
        start(person.id, quiz)
    assert refused.value.start.verdict is StartVerdict.WAIT
    assert refused.value.start.at == NOON + timedelta(minutes=10)
    clock.shift(timedelta(minutes=10))
    submit(start(person.id, quiz), quiz)
    clock.shift(timedelta(minutes=10))
    with pytest.raises(actions.Refused) as refused:
        start(person.id, quiz)
    assert refused.value.start.verdict is StartVerdict.NONE_LEFT


def test_staff_may_give_more_attempts_and_time(person: Somebody, tmp_path: Path) -> None:
    quiz = make_quiz(tmp_path, 'attempts = 1\nlimit = "30m"\nreview = "never"')
    submit(start(person.id, quiz), quiz)
    with transaction():
        actions.give_more(person.id, quiz.item.id, "Power cut", attempts=1, time_percent=150)
    second = start(person.id, quiz)
    assert second.deadline_at == second.started_at + timedelta(minutes=45)


def test_another_persons_attempts_do_not_count(person: Somebody, tmp_path: Path) -> None:
    quiz = make_quiz(tmp_path, "attempts = 1")
    other = make_person()
    submit(start(other.id, quiz), quiz)
    assert start(person.id, quiz).number == 1


# --- Answers ---


def test_answers_are_kept_in_sequence_and_repeats_are_harmless(
    person: Somebody, tmp_path: Path
) -> None:
    quiz = make_quiz(tmp_path, GRADED)
    found = start(person.id, quiz)
    for seq, letter in ((1, "a"), (2, "b"), (1, "a"), (2, "b")):
        answer(found, quiz, "q-strongest", Chosen((letter,)), seq)
    with reading():
        kept = queries.answers(found.id)["q-strongest"]
    assert [one.saved.seq for one in kept] == [1, 2]
    assert submit(found, quiz).points == 1


def test_two_devices_the_later_arrival_counts_and_both_are_kept(
    person: Somebody, tmp_path: Path
) -> None:
    quiz = make_quiz(tmp_path, GRADED)
    found = start(person.id, quiz)
    answer(found, quiz, "q-strongest", Chosen(("a",)), 1)
    answer(found, quiz, "q-strongest", Chosen(("b",)), 1)
    answer(found, quiz, "q-strongest", Chosen(("b",)), 1)
    with reading():
        kept = queries.answers(found.id)["q-strongest"]
    assert [(one.saved.seq, one.response) for one in kept] == [
        (1, Chosen(("a",))),
        (2, Chosen(("b",))),
    ]
    assert submit(found, quiz).points == 1


def test_an_answer_from_a_queue_does_not_overtake_a_newer_one(
    person: Somebody, tmp_path: Path
) -> None:
    quiz = make_quiz(tmp_path, GRADED)
    found = start(person.id, quiz)
    answer(found, quiz, "q-strongest", Chosen(("b",)), 5)
    answer(found, quiz, "q-strongest", Chosen(("a",)), 3)
    assert submit(found, quiz).points == 1


@pytest.mark.parametrize("seq", [0, 10**9, 2**31])
def test_a_sequence_out_of_reach_is_the_next_one(
    person: Somebody, tmp_path: Path, seq: int
) -> None:
    quiz = make_quiz(tmp_path)
    found = start(person.id, quiz)
    answer(found, quiz, "q-word", Typed("x"), seq)
    with reading():
        assert queries.answers(found.id)["q-word"][0].saved.seq == 1


def test_nobody_fills_the_table_with_one_question(person: Somebody, tmp_path: Path) -> None:
    quiz = make_quiz(tmp_path, "review = 'never'")
    found = start(person.id, quiz)
    with transaction():
        rows = [
            {"attempt_id": found.id, "question": "q-word", "seq": n, "response": {"text": str(n)}}
            | {"points": "0", "correct": False, "late": False, "saved_at": NOON}
            for n in range(1, actions.MOST_TRIES + 1)
        ]
        db.session.execute(insert(Answer), rows)
    with pytest.raises(actions.TooManyTries):
        answer(found, quiz, "q-word", Typed("x"), actions.MOST_TRIES + 1)


# --- Marks ---


def test_marks_come_in_one_go_and_are_told(person: Somebody, tmp_path: Path) -> None:
    quiz, told = make_quiz(tmp_path, GRADED), heard(AttemptMarked)
    found = start(person.id, quiz)
    answer(found, quiz, "q-strongest", Chosen(("b",)))
    answer(found, quiz, "q-never", Chosen(("a", "c")))
    answer(found, quiz, "q-word", Typed("Псевдоним"))
    marked = submit(found, quiz)
    assert (marked.state, marked.points, marked.out_of) == (State.MARKED, 4, 8)
    assert (marked.percent, marked.passed) == (50, False)
    assert submit(found, quiz) == marked
    outline = quiz.outline
    place = (found.id, person.id, outline.course_id, outline.version_id, quiz.item.id)
    assert told == [AttemptMarked(*place, percent=50, passed=False)]


def test_answers_after_the_end_are_refused(person: Somebody, tmp_path: Path) -> None:
    quiz = make_quiz(tmp_path, GRADED)
    found = start(person.id, quiz)
    submit(found, quiz)
    with pytest.raises(actions.Closed):
        answer(found, quiz, "q-strongest", Chosen(("b",)))


def test_the_best_attempt_counts_and_the_event_says_so(person: Somebody, tmp_path: Path) -> None:
    quiz, told = (
        make_quiz(tmp_path, 'pass = 20\nreview = "never"', {"pass         = 60\n": ""}),
        heard(AttemptMarked),
    )
    first = start(person.id, quiz)
    answer(first, quiz, "q-never", Chosen(("a", "c")))
    submit(first, quiz)
    submit(start(person.id, quiz), quiz)
    assert [(e.percent, e.passed) for e in told] == [(25, True), (25, True)]  # type: ignore[attr-defined]
    with reading():
        results = queries.results(person.id, quiz.outline)
    assert results == {quiz.item.id: queries.Result(percent=25, passed=True, tries=2)}


# --- Time ---


def test_answers_saved_in_time_count_though_nobody_sends_them_in(
    person: Somebody, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    quiz = make_quiz(tmp_path, TIMED)
    found = start(person.id, quiz)
    clock.shift(timedelta(minutes=30, seconds=60))
    assert answer(found, quiz, "q-strongest", Chosen(("b",))) is PostVerdict.COUNTS
    outbox.run_due()
    assert again(found).state is State.OPEN
    clock.shift(timedelta(seconds=1))
    assert answer(found, quiz, "q-word", Typed("alias")) is PostVerdict.LATE
    outbox.run_due()
    swept = again(found)
    assert (swept.state, swept.points, swept.timed_out) == (State.MARKED, 1, True)
    assert swept.submitted_at == NOON + timedelta(minutes=30)
    assert answer(found, quiz, "q-word", Typed("pseudonym"), 2) is PostVerdict.LATE
    assert again(found) == swept


def test_staff_may_count_late_answers_with_a_reason(
    person: Somebody, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    quiz = make_quiz(tmp_path, TIMED)
    found = start(person.id, quiz)
    clock.shift(timedelta(minutes=32))
    answer(found, quiz, "q-word", Typed("alias"))
    submit(found, quiz)
    with transaction():
        actions.accept_late(again(found), "The line was dead")
    assert again(found).points == 1
    with reading():
        assert queries.allowed(person.id, quiz.item.id).reasons == (
            (NOON + timedelta(minutes=32), "The line was dead"),
        )


# --- Void ---


def test_a_void_attempt_gives_the_attempt_back_and_keeps_the_reason(
    person: Somebody, tmp_path: Path
) -> None:
    quiz = make_quiz(tmp_path, "attempts = 1\nreview = 'never'")
    found = start(person.id, quiz)
    submit(found, quiz)
    with transaction():
        actions.void_attempt(again(found), "The key was wrong")
    assert (again(found).state, again(found).void_reason) == (State.VOID, "The key was wrong")
    assert start(person.id, quiz).number == 2
    with reading():
        assert queries.results(person.id, quiz.outline) == {}


# --- Any order of things ---


class Life(RuleBasedStateMachine):
    """The database against a plain list: whatever order things happen in."""

    quiz: Quiz

    @initialize()
    def begin(self) -> None:
        self.person = make_person()
        self.model: list[State] = []
        self.latest: dict[int, bool] = {}

    @property
    def attempts(self) -> list[Try]:
        with reading():
            return queries.attempts(self.person.id, self.quiz.item.id)

    @rule()
    def start(self) -> None:
        try:
            start(self.person.id, self.quiz)
        except actions.Refused:
            assert sum(state is not State.VOID for state in self.model) == 2
            return
        if State.OPEN not in self.model:
            self.model.append(State.OPEN)
            self.latest = {}

    @precondition(lambda self: State.OPEN in self.model)
    @rule(seq=st.integers(1, 4), right=st.booleans())
    def answer(self, seq: int, right: bool) -> None:
        letter = "b" if right else "a"
        answer(self.attempts[-1], self.quiz, "q-strongest", Chosen((letter,)), seq)
        if self.latest.get(seq) == right:
            return
        if seq not in self.latest:
            self.latest[seq] = right
        elif self.latest[max(self.latest)] != right:
            self.latest[max(self.latest) + 1] = right

    @precondition(lambda self: State.OPEN in self.model)
    @rule()
    def submit(self) -> None:
        marked = submit(self.attempts[-1], self.quiz)
        self.model[-1] = State.MARKED
        expected = self.latest[max(self.latest)] if self.latest else False
        assert marked.points == int(expected)

    @precondition(lambda self: self.model)
    @rule()
    def void_last(self) -> None:
        with transaction():
            actions.void_attempt(self.attempts[-1], "Taken back")
        self.model[-1] = State.VOID

    @invariant()
    def database_agrees(self) -> None:
        if hasattr(self, "model"):
            assert [one.state for one in self.attempts] == self.model


def test_any_order_of_things(app: Flask, tmp_path: Path) -> None:
    class Here(Life):
        pass

    test = Here.TestCase
    test.settings = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with app.app_context():
        Here.quiz = make_quiz(tmp_path, 'attempts = 2\nreview = "after-submit"')
        test("runTest").runTest()
