"""The rules of attempts, as properties: whatever the settings and the history, these hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lms.assessment import rules
from lms.assessment.rules import NEXT, Past, PostVerdict, Saved, Standing, StartVerdict, State
from lms.courses.questions import Counts, Kind, Question, QuizRules, Review

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
moments = st.integers(-10_000, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
quiz_rules = st.builds(
    QuizRules,
    pass_percent=st.integers(0, 100),
    attempts=st.integers(0, 4),
    wait_minutes=st.sampled_from([0, 10, 1440]),
    limit_minutes=st.sampled_from([0, 1, 30]),
    counts=st.sampled_from(Counts),
    shuffle_options=st.booleans(),
    review=st.sampled_from(Review),
    draw=st.integers(0, 6),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Past]:
    """Attempts as the database can hold them: at most one open, and that the last."""
    past = [
        Past(
            number,
            draw(st.sampled_from([State.MARKED, State.VOID])),
            draw(moments),
            draw(st.integers(0, 100)),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]
    return [*past, Past(len(past) + 1, State.OPEN)] if draw(st.booleans()) else past


# --- Starting ---


@given(quiz_rules, histories(), moments, st.integers(0, 2))
def test_start_keeps_the_limit_and_the_wait(
    quiz: QuizRules, past: list[Past], now: datetime, extra: int
) -> None:
    start = rules.may_start(quiz, past, now, extra=extra)
    alive = [attempt for attempt in past if attempt.state is not State.VOID]
    if start.verdict is StartVerdict.START:
        assert quiz.attempts == 0 or len(alive) < quiz.attempts + extra
        assert all(a.state is not State.OPEN for a in past)
        assert all(
            now - a.submitted_at >= timedelta(minutes=quiz.wait_minutes)
            for a in alive
            if a.submitted_at and quiz.wait_minutes
        )
    if start.verdict is StartVerdict.WAIT:
        assert start.at is not None
        assert start.at > now
        again = rules.may_start(quiz, past, start.at, extra=extra)
        assert again.verdict is StartVerdict.START


@given(quiz_rules, histories(), moments)
def test_an_open_attempt_is_resumed(quiz: QuizRules, past: list[Past], now: datetime) -> None:
    resumed = rules.may_start(quiz, past, now).verdict is StartVerdict.RESUME
    assert resumed == any(attempt.state is State.OPEN for attempt in past)


@given(quiz_rules, histories())
def test_void_attempts_do_not_count(quiz: QuizRules, past: list[Past]) -> None:
    alive = [attempt for attempt in past if attempt.state is not State.VOID]
    assert rules.attempts_left(quiz, past) == rules.attempts_left(quiz, alive)
    assert rules.next_start(quiz, past) == rules.next_start(quiz, alive)
    assert rules.counted_percent(quiz.counts, past) == rules.counted_percent(quiz.counts, alive)


@given(quiz_rules, histories(), moments)
def test_nothing_starts_after_the_closing_date(
    quiz: QuizRules, past: list[Past], closes: datetime
) -> None:
    assert rules.may_start(quiz, past, closes, closes_at=closes).verdict is StartVerdict.CLOSED


# --- Time ---


@given(quiz_rules, st.floats(1, 4), moments)
def test_more_time_is_never_less(quiz: QuizRules, multiplier: float, started: datetime) -> None:
    ends = rules.deadline(quiz, started, multiplier)
    if quiz.limit_minutes == 0:
        assert ends is None
    else:
        assert ends is not None
        assert ends >= started + timedelta(minutes=quiz.limit_minutes)


def test_a_multiplier_stretches_and_the_closing_date_cuts() -> None:
    quiz = QuizRules(limit_minutes=30)
    assert rules.deadline(quiz, NOON, 1.5) == NOON + timedelta(minutes=45)
    assert rules.deadline(quiz, NOON, 1.5, NOON + timedelta(minutes=5)) == NOON + timedelta(
        minutes=5
    )


def test_a_minute_is_given_to_slow_links() -> None:
    def judge(seconds: int, state: State = State.OPEN, *, timed_out: bool = False) -> PostVerdict:
        return rules.judge_post(state, NOON, NOON + timedelta(seconds=seconds), timed_out=timed_out)

    assert judge(0) is PostVerdict.COUNTS
    assert judge(60) is PostVerdict.COUNTS
    assert judge(61) is PostVerdict.LATE
    assert judge(90, State.MARKED, timed_out=True) is PostVerdict.LATE
    assert judge(90, State.MARKED) is PostVerdict.CLOSED
    assert judge(-5, State.MARKED) is PostVerdict.CLOSED
    assert judge(90, State.VOID, timed_out=True) is PostVerdict.CLOSED
    assert rules.judge_post(State.OPEN, None, NOON) is PostVerdict.COUNTS


# --- Results ---


@given(st.integers(0, 40), st.integers(1, 7), st.integers(1, 40))
def test_a_hundred_percent_means_everything(numerator: int, denominator: int, out_of: int) -> None:
    points = min(Fraction(numerator, denominator), Fraction(out_of))
    reached = rules.percent(points, out_of)
    assert 0 <= reached <= 100
    assert (reached == 100) == (points == out_of)
    assert reached <= 100 * points / out_of < reached + 1


def test_a_quiz_without_points_reaches_nothing() -> None:
    assert rules.percent(Fraction(0), 0) == 0


@given(st.sampled_from(Counts), histories())
def test_the_counted_attempt_lies_among_the_marked(counts: Counts, past: list[Past]) -> None:
    marked = [a.percent or 0 for a in past if a.state is State.MARKED]
    counted = rules.counted_percent(counts, past)
    assert (counted is None) == (not marked)
    if marked:
        assert counted is not None
        assert min(marked) <= counted <= max(marked)
        expected = {Counts.BEST: max(marked), Counts.LAST: marked[-1], Counts.FIRST: marked[0]}
        assert counted == expected.get(counts, sum(marked) // len(marked))


# --- What may be shown ---

saved = st.lists(st.builds(Saved, st.integers(1, 9), st.booleans(), st.booleans()), max_size=5)
standings = st.builds(
    Standing, st.booleans(), st.one_of(st.none(), st.integers(0, 3)), st.booleans()
)


@given(st.sampled_from(Review), st.sampled_from(State), saved, standings)
def test_the_key_never_leaves_before_the_preset_allows(
    review: Review, state: State, answers: list[Saved], standing: Standing
) -> None:
    visible = rules.visible_feedback(review, state, answers, standing)
    assert visible.mark or not (visible.key or visible.explain)
    if not visible.key:
        return
    assert state is not State.VOID
    match review:
        case Review.PRACTICE:
            in_time = [answer for answer in answers if not answer.late]
            assert any(a.correct for a in in_time) or len(in_time) >= 2
        case Review.AFTER_SUBMIT:
            assert state is State.MARKED
            assert standing.left == 0
            assert not standing.open
        case Review.AFTER_PASS_OR_LAST:
            assert state is State.MARKED
            assert standing.passed or (standing.left == 0 and not standing.open)
        case Review.NEVER:
            raise AssertionError("never means never")


@given(st.sampled_from([r for r in Review if r is not Review.PRACTICE]), saved, standings)
def test_only_practice_tells_anything_while_an_attempt_is_open(
    review: Review, answers: list[Saved], standing: Standing
) -> None:
    assert rules.visible_feedback(review, State.OPEN, answers, standing) == rules.NOTHING


def test_practice_tells_at_once_and_the_answer_after_the_second_wrong_try() -> None:
    def seen(*right: bool) -> rules.Visible:
        answers = [Saved(seq, correct) for seq, correct in enumerate(right, start=1)]
        return rules.visible_feedback(
            Review.PRACTICE, State.OPEN, answers, Standing(passed=False, left=None, open=True)
        )

    assert seen() == rules.NOTHING
    assert seen(False) == rules.Visible(mark=True)
    assert seen(True) == rules.ALL
    assert seen(False, False) == rules.ALL


# --- Which answer counts ---


@given(st.sampled_from(Review), saved, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    review: Review, answers: list[Saved], mix: object
) -> None:
    unique = list({answer.seq: answer for answer in answers}.values())
    shuffled = sorted(unique, key=lambda _: mix.random())  # type: ignore[attr-defined]
    assert rules.counting_answer(review, unique) == rules.counting_answer(review, shuffled)


def test_the_highest_sequence_counts_and_late_ones_do_not() -> None:
    answers = [Saved(3, correct=False), Saved(1, correct=True), Saved(9, correct=True, late=True)]
    assert rules.counting_answer(Review.NEVER, answers) == answers[0]
    assert rules.counting_answer(Review.NEVER, answers[2:]) is None


def test_after_the_answer_was_shown_nothing_changes_the_mark() -> None:
    wrong_twice = [Saved(1, correct=False), Saved(2, correct=False), Saved(3, correct=True)]
    assert rules.counting_answer(Review.PRACTICE, wrong_twice) == wrong_twice[1]
    right_then_wrong = [Saved(1, correct=True), Saved(2, correct=False)]
    assert rules.counting_answer(Review.PRACTICE, right_then_wrong) == right_then_wrong[0]


# --- Order from a seed ---

letters = st.integers(1, 8).map(lambda n: tuple("abcdefgh"[:n]))
questions = st.builds(
    Question, st.sampled_from(["q-a", "q-b"]), st.sampled_from(Kind), options=letters
)


@given(questions, quiz_rules, st.integers(0, 2**31))
def test_a_layout_is_stable_and_complete(question: Question, quiz: QuizRules, seed: int) -> None:
    shown = rules.layout(question, quiz, seed)
    assert shown == rules.layout(question, quiz, seed)
    assert sorted(shown.options) == sorted(question.options)
    if question.kind is Kind.MATCH:
        assert sorted(shown.rights) == sorted(question.options)
    if question.kind is Kind.ORDER and len(question.options) > 1:
        assert shown.options != question.options
    if question.kind in (Kind.SINGLE, Kind.MULTI) and not quiz.shuffle_options:
        assert shown.options == question.options


def test_seeds_give_different_orders_that_never_change() -> None:
    question = Question("q-a", Kind.SINGLE, options=tuple("abcdef"))
    quiz = QuizRules(shuffle_options=True)
    orders = {rules.layout(question, quiz, seed).options for seed in range(50)}
    assert len(orders) > 40
    # Written down once: an attempt from last year must look the same today.
    assert "".join(rules.layout(question, quiz, 1).options) == "dbecaf"


@given(st.integers(0, 12), st.integers(0, 6), st.integers(0, 999))
def test_a_draw_takes_that_many_in_course_order(count: int, draw: int, seed: int) -> None:
    pool = [Question(f"q-{i}", Kind.SHORT) for i in range(count)]
    taken = rules.drawn(pool, QuizRules(draw=draw), seed)
    assert len(taken) == (min(draw, count) if draw else count)
    assert [q for q in pool if q in taken] == taken
    assert taken == rules.drawn(pool, QuizRules(draw=draw), seed)


# --- An attempt lives ---


class AttemptLife(RuleBasedStateMachine):
    """A person, staff, and a quiz of three attempts with a wait and a limit."""

    quiz = QuizRules(attempts=3, wait_minutes=10, limit_minutes=30, review=Review.AFTER_SUBMIT)

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.past: list[Past] = []
        self.started: datetime | None = None
        self.counted: list[int] = []

    def move(self, state: State, at: datetime | None = None, percent: int | None = None) -> None:
        last = self.past[-1]
        assert state in NEXT[last.state]
        self.past[-1] = replace(
            last,
            state=state,
            submitted_at=at or last.submitted_at,
            percent=last.percent if percent is None else percent,
        )

    @rule(minutes=st.integers(1, 40))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def start(self) -> None:
        verdict = rules.may_start(self.quiz, self.past, self.now).verdict
        if verdict is StartVerdict.START:
            self.past.append(Past(len(self.past) + 1, State.OPEN))
            self.started, self.counted = self.now, []

    @precondition(lambda self: self.past)
    @rule(seq=st.integers(1, 9))
    def answer(self, seq: int) -> None:
        assert self.started is not None
        ends = rules.deadline(self.quiz, self.started)
        verdict = rules.judge_post(self.past[-1].state, ends, self.now)
        in_time = self.now <= self.started + timedelta(minutes=31)
        assert (verdict is PostVerdict.COUNTS) == (self.past[-1].state is State.OPEN and in_time)
        if verdict is PostVerdict.COUNTS:
            self.counted.append(seq)

    @precondition(lambda self: self.past and self.past[-1].state is State.OPEN)
    @rule(points=st.integers(0, 4))
    def submit(self, points: int) -> None:
        self.move(State.SUBMITTED, at=self.now)
        self.move(State.MARKED, percent=rules.percent(Fraction(points), 4))

    @precondition(lambda self: self.past and self.past[-1].state is not State.VOID)
    @rule()
    def staff_void_it(self) -> None:
        self.move(State.VOID)

    @invariant()
    def never_two_open_nor_more_than_allowed(self) -> None:
        if not hasattr(self, "past"):
            return
        assert sum(a.state is State.OPEN for a in self.past) <= 1
        assert sum(a.state is not State.VOID for a in self.past) <= self.quiz.attempts

    @invariant()
    def no_key_while_another_answer_is_possible(self) -> None:
        if not getattr(self, "past", None):
            return
        left = rules.attempts_left(self.quiz, self.past)
        is_open = any(a.state is State.OPEN for a in self.past)
        standing = Standing(passed=False, left=left, open=is_open)
        for attempt in self.past:
            visible = rules.visible_feedback(
                self.quiz.review, attempt.state, [Saved(1, correct=False)], standing
            )
            assert not visible.key or (left == 0 and not is_open)


TestAttemptLife = AttemptLife.TestCase
TestAttemptLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
