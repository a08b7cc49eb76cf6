"""What changes about goals and texts. Words are sealed with the pair's keys before they get here or in here."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from lms.accounts.vault import Opener, SharedKeys
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.files.intake import Taken
from lms.goals import reviews, rules
from lms.goals.models import Goal, GoalStep, Review, ReviewFile, ReviewQuestion, ReviewRound
from lms.goals.queries import GoalOf, StepOf, place
from lms.goals.reviews import FileOf, Round, TextOf
from lms.goals.rules import Act, GoalState, NotAllowed, ReviewState, TooMany
from lms.mentoring import actions as turns
from lms.mentoring import conversation
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.rules import KEPT_AFTER_END
from lms.mentoring.states import Side
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import trail

# What is told about a text, by who is told.
TO_MENTOR = (Kind.TEXT, Kind.TEXT_DUE)
TO_MENTEE = (Kind.TEXT_ANSWERED, Kind.TEXT_LATER)


def keys_of(pair: Pair, person_id: int, opener: Opener) -> SharedKeys:
    """The pair's keys that one side has."""
    return conversation.shared_keys(pair, person_id, opener)


# --- Goals ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a goal."""

    title: str
    measure: str
    due_on: date | None


def add_goal(pair: Pair, writer_id: int, words: Words, keys: SharedKeys) -> str:
    """Set a goal. Return its public id. Raises TooMany when three are open."""
    _room_for_one_more(pair)
    public_id = ids.public_id()
    row = Goal(
        public_id=public_id,
        match_id=pair.id,
        state=GoalState.OPEN,
        made_at=now(),
        **_sealed(public_id, pair, words, keys),
    )
    db.session.add(row)
    db.session.flush()
    _write_down("goal", public_id, pair, writer_id, "", GoalState.OPEN)
    _tell(pair, writer_id)
    return public_id


def change_goal(found: GoalOf, writer_id: int, words: Words, keys: SharedKeys) -> None:
    """Say a goal in other words. Raises NotAllowed when it is closed."""
    row = _goal(found.id)
    if row.state != GoalState.OPEN:
        raise NotAllowed("closed")
    for name, value in _sealed(found.public_id, found.pair, words, keys).items():
        setattr(row, name, value)
    _tell(found.pair, writer_id)


def _sealed(public_id: str, pair: Pair, words: Words, keys: SharedKeys) -> dict[str, Any]:
    return {
        "title": keys.seal(words.title, place("goal", "title", public_id, pair)),
        "measure": _seal(keys, words.measure, "goal", "measure", public_id, pair),
        "due_on": words.due_on,
    }


def _seal(
    keys: SharedKeys, text: str, table: str, column: str, public_id: str, pair: Pair
) -> bytes | None:
    return keys.seal(text, place(table, column, public_id, pair)) if text else None


def close_goal(
    found: GoalOf, person_id: int, outcome: GoalState, evidence: str, keys: SharedKeys
) -> None:
    """The mentee says how it came out, and by what one sees it. Raises NotAllowed."""
    row = _goal(found.id)
    before = GoalState(row.state)
    row.state = rules.close(before, outcome, found.pair.side(person_id))
    row.closed_at = now()
    _write_down("goal", found.public_id, found.pair, person_id, before, outcome)
    row.evidence = _seal(keys, evidence, "goal", "evidence", found.public_id, found.pair)
    _tell(found.pair, person_id)


def reopen_goal(found: GoalOf, person_id: int) -> None:
    """The mentee takes a goal up again, once. Raises NotAllowed, TooMany."""
    _room_for_one_more(found.pair)
    row = _goal(found.id)
    before, side = GoalState(row.state), found.pair.side(person_id)
    row.state = rules.reopen(before, side, before=row.reopened)
    row.reopened, row.closed_at = True, None
    _write_down("goal", found.public_id, found.pair, person_id, before, GoalState.OPEN)
    _tell(found.pair, person_id)


def look_at_goals(pair: Pair) -> None:
    """Both have looked at what is open: the review in the middle."""
    open_ones = (Goal.match_id == pair.id) & (Goal.state == GoalState.OPEN)
    db.session.execute(update(Goal).where(open_ones).values(looked_at=now()))


def add_step(
    found: GoalOf, writer_id: int, text: str, due_on: date | None, item_id: int | None,
    keys: SharedKeys,
) -> None:  # fmt: skip
    """Add a step; one that is a part of a course ticks itself. Raises NotAllowed, TooMany."""
    row = _goal(found.id)
    if row.state != GoalState.OPEN:
        raise NotAllowed("closed")
    mine = GoalStep.goal_id == found.id
    if _count(GoalStep.id, mine) >= rules.MOST_STEPS:
        raise TooMany
    public_id = ids.public_id()
    step = GoalStep(
        public_id=public_id,
        goal_id=found.id,
        words=keys.seal(text, place("goal_step", "words", public_id, found.pair)),
        due_on=due_on,
        item_id=item_id,
    )
    db.session.add(step)
    db.session.flush()
    _tell(found.pair, writer_id)


def tick(found: StepOf, *, done: bool) -> None:
    """Say that a step is done, or not. Raises NotAllowed for one that progress ticks, or in a closed goal."""
    if found.item_id is not None or found.goal_state is not GoalState.OPEN:
        raise NotAllowed("ticks itself, or closed")
    mine = GoalStep.id == found.id
    db.session.execute(update(GoalStep).where(mine).values(done_at=now() if done else None))


def remove_step(found: StepOf) -> None:
    """Destroy a step. Raises NotAllowed in a closed goal."""
    if found.goal_state is not GoalState.OPEN:
        raise NotAllowed("closed")
    db.session.execute(delete(GoalStep).where(GoalStep.id == found.id))


def _goal(goal_id: int) -> Goal:
    mine = select(Goal).where(Goal.id == goal_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _room_for_one_more(pair: Pair) -> None:
    # The pair's row is the lock: two people who add a goal at once wait for each other.
    db.session.execute(select(Match.id).where(Match.id == pair.id).with_for_update())
    open_ones = (Goal.match_id == pair.id) & (Goal.state == GoalState.OPEN)
    if _count(Goal.id, open_ones) >= rules.MOST_OPEN:
        raise TooMany


def _count(column: Any, which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(column)).where(which)) or 0


def _write_down(machine: str, subject: str, pair: Pair, by: int, before: str, after: str) -> None:
    trail.record(machine, subject, [(before, after)], about=pair.mentee_id, by=by)


def _tell(pair: Pair, person_id: int) -> None:
    messaging.notify(pair.other(person_id), Kind.GOALS, pair=pair.public_id)


# --- Texts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the mentee asks in one round."""

    body: str
    questions: Sequence[str]
    due_on: date
    file: Taken | None


def ask(pair: Pair, title: str, asked: Asked, keys: SharedKeys) -> str:
    """Ask the mentor to read a text. Return its public id."""
    public_id = ids.public_id()
    row = Review(
        public_id=public_id,
        match_id=pair.id,
        title=keys.seal(title, place("review", "title", public_id, pair)),
        state=ReviewState.ASKED,
        round=1,
        due_on=asked.due_on,
        made_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _new_round(row, pair, asked, keys)
    _write_down("text", public_id, pair, pair.mentee_id, "", ReviewState.ASKED)
    messaging.notify(pair.mentor_id, Kind.TEXT, text=public_id)
    turns.set_awaiting(pair, Side.MENTOR)
    return public_id


def ask_again(found: TextOf, person_id: int, asked: Asked, keys: SharedKeys) -> None:
    """The next round; the one before stays as it is. Raises NotAllowed, TooMany."""
    if found.round >= rules.MOST_ROUNDS:
        raise TooMany
    row = _moved(found, Act.NEXT, person_id)
    row.round, row.due_on, row.reminded = row.round + 1, asked.due_on, False
    _new_round(row, found.pair, asked, keys)
    messaging.notify(found.pair.mentor_id, Kind.TEXT, text=found.public_id)
    turns.set_awaiting(found.pair, Side.MENTOR)


def _new_round(row: Review, pair: Pair, asked: Asked, keys: SharedKeys) -> None:
    public_id = ids.public_id()
    new = ReviewRound(
        public_id=public_id,
        review_id=row.id,
        number=row.round,
        body=_seal(keys, asked.body, "review_round", "body", public_id, pair),
        asked_at=now(),
    )
    db.session.add(new)
    db.session.flush()
    for number, text in enumerate(asked.questions, 1):
        _new_question(new.id, number, text, pair, keys)
    if asked.file is not None:
        _keep_file(new.id, asked.file, pair, keys)
    db.session.flush()


def _new_question(round_id: int, number: int, text: str, pair: Pair, keys: SharedKeys) -> None:
    public_id = ids.public_id()
    sealed = keys.seal(text, place("review_question", "words", public_id, pair))
    row = ReviewQuestion(public_id=public_id, round_id=round_id, number=number, words=sealed)
    db.session.add(row)


def _keep_file(round_id: int, taken: Taken, pair: Pair, keys: SharedKeys) -> None:
    public_id = ids.public_id()
    data = base64.b64encode(taken.data).decode()
    row = ReviewFile(
        public_id=public_id,
        round_id=round_id,
        kind=taken.kind,
        size=len(taken.data),
        kept_at=now(),
        sealed=keys.seal(data, reviews.place_of_file(public_id, pair)),
    )
    db.session.add(row)


def answer(
    found: TextOf, person_id: int, round_: Round, general: str, answers: Sequence[str],
    keys: SharedKeys,
) -> None:  # fmt: skip
    """The mentor says what she thinks: of each question, and of the whole. Raises NotAllowed."""
    _moved(found, Act.ANSWER, person_id)
    sealed = _seal(keys, general, "review_round", "answer", round_.public_id, found.pair)
    mine = ReviewRound.id == round_.id
    db.session.execute(update(ReviewRound).where(mine).values(answer=sealed, answered_at=now()))
    for question, text in zip(round_.questions, answers, strict=True):
        said = _seal(keys, text, "review_question", "answer", question.public_id, found.pair)
        this = ReviewQuestion.public_id == question.public_id
        db.session.execute(update(ReviewQuestion).where(this).values(answer=said))
    _answered(found)


def decline(found: TextOf, person_id: int, round_: Round, word: str, keys: SharedKeys) -> None:
    """The mentor can't read it, with a kind word if she likes. Raises NotAllowed."""
    _moved(found, Act.DECLINE, person_id)
    sealed = _seal(keys, word, "review_round", "answer", round_.public_id, found.pair)
    mine = ReviewRound.id == round_.id
    db.session.execute(update(ReviewRound).where(mine).values(answer=sealed, answered_at=now()))
    _answered(found)


def later(found: TextOf, person_id: int, due_on: date) -> None:
    """The mentor needs more time, until this day. Raises NotAllowed."""
    row = _moved(found, Act.LATER, person_id)
    row.due_on, row.reminded = due_on, False
    messaging.notify(found.pair.mentee_id, Kind.TEXT_LATER, text=found.public_id)


def finish(found: TextOf, person_id: int) -> None:
    """The mentee has what she needs, or needs it no more. Raises NotAllowed."""
    _moved(found, Act.FINISH, person_id)
    for kind in TO_MENTOR:
        messaging.seen(found.pair.mentor_id, kind, text=found.public_id)


def _answered(found: TextOf) -> None:
    for kind in TO_MENTOR:
        messaging.seen(found.pair.mentor_id, kind, text=found.public_id)
    messaging.notify(found.pair.mentee_id, Kind.TEXT_ANSWERED, text=found.public_id)
    turns.set_awaiting(found.pair, Side.MENTEE)


def _moved(found: TextOf, act: Act, person_id: int) -> Review:
    mine = select(Review).where(Review.id == found.id).with_for_update()
    row = db.session.scalars(mine.execution_options(populate_existing=True)).one()
    before = ReviewState(row.state)
    row.state = after = rules.move(before, act, found.pair.side(person_id))
    trail.record(
        "text", found.public_id, [(before, after)],
        about=found.pair.mentee_id, by=person_id, reason=act,
    )  # fmt: skip
    return row


def remove_file(found: FileOf) -> None:
    """Destroy a file, in any round: it is the mentee's to take back."""
    db.session.execute(delete(ReviewFile).where(ReviewFile.id == found.id))


def remind() -> None:
    """Tell mentors of texts whose answer was agreed for tomorrow or before. Once a round and day."""
    for found in reviews.unanswered(now().date() + rules.REMIND_BEFORE):
        messaging.notify(found.mentor_id, Kind.TEXT_DUE, text=found.public_id)
        mine = Review.id == found.id
        db.session.execute(update(Review).where(mine).values(reminded=True))


def drop_notices(match_id: int) -> None:
    """A pair has ended: no notice leads to its pages any more."""
    both = select(Match.public_id, Match.mentor_id, Match.mentee_id).where(Match.id == match_id)
    pair, mentor_id, mentee_id = db.session.execute(both).one()
    texts = db.session.scalars(select(Review.public_id).where(Review.match_id == match_id)).all()
    for person_id, kinds in ((mentor_id, TO_MENTOR), (mentee_id, TO_MENTEE)):
        messaging.seen(person_id, Kind.GOALS, pair=pair)
        for text, kind in product(texts, kinds):
            messaging.seen(person_id, kind, text=text)


# --- Retention -----------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy the words of pairs that ended 90 days ago; how many goals were reached stays."""
    _forget(select(Match.id).where(Match.ended_at < now() - KEPT_AFTER_END))


def _forget(matches: Any) -> None:
    goals = Goal.match_id.in_(matches)
    empty = {"title": None, "measure": None, "evidence": None}
    steps = select(Goal.id).where(goals)
    db.session.execute(delete(GoalStep).where(GoalStep.goal_id.in_(steps)))
    db.session.execute(update(Goal).where(goals, Goal.title.is_not(None)).values(**empty))
    reviews = select(Review.id).where(Review.match_id.in_(matches))
    rounds = select(ReviewRound.id).where(ReviewRound.review_id.in_(reviews))
    for model in (ReviewFile, ReviewQuestion):
        db.session.execute(delete(model).where(model.round_id.in_(rounds)))
    db.session.execute(delete(ReviewRound).where(ReviewRound.review_id.in_(reviews)))
    db.session.execute(delete(Review).where(Review.match_id.in_(matches)))
