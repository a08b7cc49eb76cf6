"""Reads of texts that a mentor looks at in rounds: frozen values made for a page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from lms.accounts.vault import SharedKeys
from lms.core.db import db
from lms.core.files import words
from lms.core.files.kinds import Kind
from lms.core.sealing import CannotOpen, Place
from lms.goals.models import Review, ReviewFile, ReviewQuestion, ReviewRound
from lms.goals.queries import Rows, opened, place
from lms.goals.rules import ReviewState
from lms.mentoring import queries as mentoring
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER


@dataclass(frozen=True, slots=True)
class Listed:
    """A text as lists show it."""

    id: int
    public_id: str
    title: str | None
    state: ReviewState
    round: int
    due_on: date


@dataclass(frozen=True, slots=True)
class TextOf:
    """A text by its number, with its pair: what the policy decides upon."""

    id: int
    public_id: str
    state: ReviewState
    round: int
    due_on: date
    title: bytes
    pair: Pair


@dataclass(frozen=True, slots=True)
class Question:
    """What the mentor should look at, and what she says to it."""

    number: int
    public_id: str
    words: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file, closed."""

    public_id: str
    kind: Kind
    size: int

    @property
    def name(self) -> str:
        """The neutral name under which it is saved."""
        return f"file-1.{self.kind}"

    @property
    def told_size(self) -> str:
        """Its size, as people read it."""
        return words.size(self.size)


@dataclass(frozen=True, slots=True)
class Round:
    """One round, opened."""

    id: int
    public_id: str
    number: int
    body: str | None
    answer: str | None
    asked_at: datetime
    answered_at: datetime | None
    file: File | None
    questions: Sequence[Question]


def text_rows(pair: Pair) -> Rows:
    """The texts of a pair, the latest first. One statement."""
    return db.session.execute(
        select(*(Review.id, Review.public_id, Review.title, Review.state, Review.round))
        .add_columns(Review.due_on)
        .where(Review.match_id == pair.id)
        .order_by(Review.id.desc())
    ).all()


def listed(rows: Rows, pair: Pair, keys: SharedKeys) -> list[Listed]:
    """Open the titles of what `text_rows` read."""
    return [
        Listed(
            *(number, public_id, title_of(sealed, public_id, pair, keys)),
            *(ReviewState(state), round_, due_on),
        )
        for number, public_id, sealed, state, round_, due_on in rows
    ]


def title_of(sealed: bytes, public_id: str, pair: Pair, keys: SharedKeys) -> str | None:
    """The title of a text."""
    return opened(keys, sealed, place("review", "title", public_id, pair))


def text(public_id: str) -> TextOf | None:
    """A text by the id in its address."""
    row = db.session.execute(
        select(*(Review.id, Review.state, Review.round, Review.due_on, Review.title))
        .add_columns(Match.public_id)
        .join(Match, Match.id == Review.match_id)
        .where(Review.public_id == public_id)
    ).first()
    if row is None or (pair := mentoring.pair(row[-1])) is None:
        return None
    number, state, round_, due_on, title, _pair_id = row
    return TextOf(number, public_id, ReviewState(state), round_, due_on, title, pair)


def rounds(found: TextOf, keys: SharedKeys) -> list[Round]:
    """The rounds of a text, the latest first. Two statements."""
    columns = (
        *(ReviewRound.id, ReviewRound.public_id, ReviewRound.number, ReviewRound.body),
        *(ReviewRound.answer, ReviewRound.asked_at, ReviewRound.answered_at),
        *(ReviewFile.public_id, ReviewFile.kind, ReviewFile.size),
    )
    rows = db.session.execute(
        select(*columns)
        .outerjoin(ReviewFile, ReviewFile.round_id == ReviewRound.id)
        .where(ReviewRound.review_id == found.id)
        .order_by(ReviewRound.number.desc())
    ).all()
    asked = _questions([row[0] for row in rows], found.pair, keys)
    return [_round(row, found.pair, keys, asked.get(row[0], [])) for row in rows]


def _round(
    row: Row[*tuple[Any, ...]], pair: Pair, keys: SharedKeys, questions: list[Question]
) -> Round:
    number, public_id, count, body, answer, asked_at, answered_at, file, kind, size = row
    return Round(
        *(number, public_id, count),
        opened(keys, body, place("review_round", "body", public_id, pair)),
        opened(keys, answer, place("review_round", "answer", public_id, pair)),
        *(asked_at, answered_at),
        File(file, Kind(kind), size) if file else None,
        questions,
    )


def _questions(round_ids: Iterable[int], pair: Pair, keys: SharedKeys) -> dict[int, list[Question]]:
    rows = db.session.execute(
        select(*(ReviewQuestion.round_id, ReviewQuestion.number, ReviewQuestion.public_id))
        .add_columns(ReviewQuestion.words, ReviewQuestion.answer)
        .where(ReviewQuestion.round_id.in_(list(round_ids)))
        .order_by(ReviewQuestion.round_id, ReviewQuestion.number)
    )
    found: dict[int, list[Question]] = {}
    for round_id, number, public_id, sealed, answer in rows:
        question = Question(
            number,
            public_id,
            opened(keys, sealed, place("review_question", "words", public_id, pair)),
            opened(keys, answer, place("review_question", "answer", public_id, pair)),
        )
        found.setdefault(round_id, []).append(question)
    return found


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file by its number, with the text that it hangs on and its pair."""

    id: int
    public_id: str
    kind: Kind
    text: str
    pair: Pair


def file(public_id: str) -> FileOf | None:
    """A file by the id in its address."""
    row = db.session.execute(
        select(*(ReviewFile.id, ReviewFile.kind, Review.public_id, Match.public_id))
        .join(ReviewRound, ReviewRound.id == ReviewFile.round_id)
        .join(Review, Review.id == ReviewRound.review_id)
        .join(Match, Match.id == Review.match_id)
        .where(ReviewFile.public_id == public_id)
    ).first()
    pair = mentoring.pair(row[-1]) if row else None
    return FileOf(row[0], public_id, Kind(row[1]), row[2], pair) if row and pair else None


def content(found: FileOf, keys: SharedKeys) -> bytes:
    """What is in a file. Raises CannotOpen when the reader's key is another one."""
    sealed = db.session.scalar(select(ReviewFile.sealed).where(ReviewFile.id == found.id))
    if sealed is None:
        raise CannotOpen("no such file")
    return base64.b64decode(keys.open(sealed, place_of_file(found.public_id, found.pair)))


def place_of_file(public_id: str, pair: Pair) -> Place:
    """Where a file is sealed."""
    return place("review_file", "sealed", public_id, pair)


@dataclass(frozen=True, slots=True)
class Due:
    """A text whose answer was agreed for a day that is near."""

    id: int
    public_id: str
    mentor_id: int
    due_on: date


def unanswered(until: date) -> list[Due]:
    """Texts of live pairs that wait for an answer until this day, and nobody was reminded of."""
    rows = db.session.execute(
        select(Review.id, Review.public_id, Match.mentor_id, Review.due_on)
        .join(Match, Match.id == Review.match_id)
        .where(
            *(Review.state == ReviewState.ASKED, Review.reminded.is_(False)),
            *(Review.due_on <= until, Match.state.in_(TOGETHER)),
        )
    )
    return [Due(*row) for row in rows]
