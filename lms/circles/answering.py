"""What changes about questions."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select, update

from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.circles import questions
from lms.circles.models import Answer, Question
from lms.circles.questions import Found
from lms.circles.rules import (
    CLOSE_AFTER,
    MOST_CLAIMS,
    OPEN,
    QUESTIONS_KEPT,
    NotAllowed,
    State,
    Step,
    claim_end,
    move,
    released,
)
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.sealing import seal
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.safeguarding.queries import blocked


class TooMany(Exception):
    """Three questions wait for this scientist's answer already."""


class Taken(Exception):
    """Somebody else has it, or it waits no more."""


def ask(person_id: int, topic: str, lang: str, text: str, name: str = "") -> str:
    """Put a question at the end of the queue. Return its public id. Without a name it shows none."""
    public_id, owner = ids.public_id(), people.by_id(person_id).public_id
    row = Question(
        public_id=public_id,
        asker_id=person_id,
        name=name,
        topic=topic,
        lang=lang,
        body=seal(text, questions.body_place(public_id, owner)),
        state=State.QUEUED.value,
        asked_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _call(person_id)
    return public_id


def _call(asker_id: int) -> None:
    hidden = {asker_id, *blocked(asker_id)}
    for scientist in questions.scientists():
        if scientist not in hidden:
            messaging.notify(scientist, Kind.QUESTION_WAITS)


def claim(found: Found, scientist_id: int) -> None:
    """Take a question for 48 hours. Of two who try at once one gets it. Raises TooMany, Taken."""
    # One at a time for each scientist; on SQLite the writing transaction is that lock.
    db.session.execute(select(Person.id).where(Person.id == scientist_id).with_for_update())
    moment = now()
    held = (Question.claimed_by_id == scientist_id) & (Question.state == State.CLAIMED)
    mine = select(func.count()).where(held, Question.claim_until >= moment, Question.id != found.id)
    if (db.session.scalar(mine) or 0) >= MOST_CLAIMS:
        raise TooMany
    lapsed = (Question.state == State.CLAIMED) & (Question.claim_until < moment)
    free = or_(Question.state.in_(OPEN), lapsed) & (Question.asker_id != scientist_id)
    values = {
        "state": State.CLAIMED.value,
        "claimed_by_id": scientist_id,
        "claim_until": claim_end(moment),
    }
    taken = update(Question).where(Question.id == found.id, free).values(**values)
    options = {"synchronize_session": False}
    if db.session.scalar(taken.returning(Question.id).execution_options(**options)) is None:
        raise Taken


def release(found: Found, scientist_id: int) -> None:
    """Give a question back, to its old place. Raises NotAllowed."""
    row = _locked(found.id)
    if row.state != State.CLAIMED or row.claimed_by_id != scientist_id:
        raise NotAllowed("not hers")
    _free(row)


def lapse() -> None:
    """Put questions back whose claim is over, to their old places."""
    late = (Question.state == State.CLAIMED) & (Question.claim_until < now())
    for row in db.session.scalars(select(Question).where(late).with_for_update()):
        _free(row)


def _free(row: Question) -> None:
    row.state = released(answered_before=row.first_answered_at is not None).value
    row.claimed_by_id = row.claim_until = None
    db.session.flush()


def answer(found: Found, scientist_id: int, name: str, text: str, sources: str) -> None:
    """Answer a question that one has taken. Raises NotAllowed."""
    row = _locked(found.id)
    if row.claimed_by_id != scientist_id:
        raise NotAllowed("somebody else's")
    row.state = move(State(row.state), Step.ANSWER).value
    row.claim_until = None
    row.answered_at = now()
    row.first_answered_at = row.first_answered_at or now()
    _add(found, scientist_id, name, text, sources)
    messaging.notify(found.asker_id, Kind.QUESTION_ANSWERED, asked=found.public_id)


def reopen(found: Found, text: str) -> None:
    """The asker asks on: it waits again, at its old place. Raises NotAllowed."""
    row = _locked(found.id)
    row.state = move(State(row.state), Step.REOPEN).value
    before, row.claimed_by_id = row.claimed_by_id, None
    _add(found, found.asker_id, found.name, text, "")
    if before is not None and before not in blocked(found.asker_id):
        messaging.notify(before, Kind.QUESTION_WAITS)


def thank(found: Found) -> None:
    """Say thanks, once."""
    said = update(Question).where(Question.id == found.id, Question.first_answered_at.is_not(None))
    new = said.where(Question.thanked.is_(False)).values(thanked=True)
    options = {"synchronize_session": False}
    by = db.session.scalar(new.returning(Question.claimed_by_id).execution_options(**options))
    if by is not None:
        messaging.notify(by, Kind.QUESTION_THANKS)


def close(found: Found) -> None:
    """The asker needs it no more. Raises NotAllowed while somebody works on it."""
    row = _locked(found.id)
    row.state = move(State(row.state), Step.CLOSE).value
    row.closed_at = now()
    db.session.flush()


def close_quiet() -> None:
    """Close what was answered a month ago and not asked on."""
    quiet = (Question.state == State.ANSWERED) & (Question.answered_at < now() - CLOSE_AFTER)
    values = {"state": State.CLOSED.value, "closed_at": now()}
    db.session.execute(update(Question).where(quiet).values(**values))


def forget_old() -> None:
    """Destroy questions 180 days after they were closed, with their answers."""
    over = select(Question.id).where(Question.closed_at < now() - QUESTIONS_KEPT)
    db.session.execute(delete(Answer).where(Answer.question_id.in_(over)))
    db.session.execute(delete(Question).where(Question.closed_at < now() - QUESTIONS_KEPT))


def part(person_id: int) -> None:
    """Somebody's account is about to be destroyed: what she has taken goes back into the queue."""
    held = (Question.claimed_by_id == person_id) & (Question.state == State.CLAIMED)
    for row in db.session.scalars(select(Question).where(held)):
        _free(row)


def _locked(question_id: int) -> Question:
    mine = select(Question).where(Question.id == question_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _add(found: Found, author_id: int, name: str, text: str, sources: str) -> None:
    public_id = ids.public_id()

    def sealed(column: str, words: str) -> bytes:
        return seal(words, questions.answer_place(column, public_id, found.owner))

    row = Answer(
        public_id=public_id,
        question_id=found.id,
        author_id=author_id,
        name=name,
        body=sealed("body", text),
        sources=sealed("sources", sources) if sources else None,
        at=now(),
    )
    db.session.add(row)
    db.session.flush()
