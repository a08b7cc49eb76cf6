"""The data that is measured: always the same people and courses for a size, from one seed.

Everybody takes one course and has done ten lessons of it. The first 500 people sit in one cohort, on the
first course; a mentor has 20 of them, and each of `TESTERS` has a browser that is signed in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench.bulk import Bulk
from lms.accounts import secrets, vault
from lms.accounts.models import Person, RoleGrant, SignIn
from lms.accounts.rules import skeleton
from lms.assessment.models import Answer, Attempt
from lms.certificates import number, record
from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, Seat
from lms.core import sealing
from lms.core.db import db, reading, transaction
from lms.core.keys import Keys
from lms.core.sealing import Place
from lms.core.settings import Settings
from lms.courses import actions as courses
from lms.courses import queries
from lms.courses.models import Course
from lms.courses.queries import Outline
from lms.courses.questions import Kind, Question, QuestionText, QuizRules, Review
from lms.courses.source.model import (
    Author,
    CourseText,
    Done,
    ItemKind,
    ItemText,
    SourceCourse,
    SourceItem,
    SourceModule,
    Theme,
)
from lms.learning.models import Completion, Enrolment
from lms.mentoring.models import Match, MatchShare, Message
from lms.programmes.models import MentorProfile, MentorRequest, Programme

SEED = 20261102
START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
# In place of the private key that a sign-in wraps: nothing that is measured opens it.
# One pair of keys for all, as one passphrase.
PRIVATE, PUBLIC = secrets.new_pair()
PASSPHRASE = "swallow window copper lantern"
ZONE = "Asia/Almaty"

COHORT = 500
TESTERS = 400
MENTEES = 20
A_MENTOR = 10
MODULES, LESSONS, QUESTIONS, DONE = 5, 5, 10, 10
PDF_BYTES = 26_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. `attempts` of a person have ten answers each; `messages` are those of a pair."""

    name: str
    people: int
    courses: int
    attempts: int
    pairs: int
    messages: int
    certificates: int


# 200 people who learn on their own, and the cohort.
SMALL = Size("small", 200 + COHORT, 1, 2, 20, 10, 200)
BASE = Size("base", 100_000, 20, 2, 5_000, 10, 20_000)
SIZES = {size.name: size for size in (SMALL, BASE)}


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows point to: the outline of each course, by its place."""

    outlines: list[Outline]

    def of(self, person: int) -> Outline:
        """The course that a person takes."""
        return self.outlines[0 if person <= COHORT else person % len(self.outlines)]


def fill(app: Flask, size: Size) -> None:
    """Make all tables and rows of a size in the application's empty database."""
    with app.app_context():
        db.create_all()
        chance = random.Random(SEED)
        for at in range(size.courses):
            source = _course(at, chance)
            with transaction():
                courses.publish(source, START)
        with reading():
            ground = Ground([_outline(pid) for pid in _course_public_ids()])
            certificate = record.freeze(
                ground.outlines[0].version_id, _settings(app), self_checked=False
            )
        bulk = Bulk()
        _people(bulk, app, size, chance)
        _learning(bulk, size, ground)
        _assessment(bulk, size, ground)
        _cohort(bulk, size, ground)
        _mentoring(bulk, size, ground)
        _certificates(bulk, size, ground, certificate, chance)
        bulk.commit()
        with transaction():
            for one in range(1, TESTERS + 1):
                sealing.prepare(public_id("p", one))


def first_outline() -> Outline:
    """The course that the testers take."""
    return _outline(_course_public_ids()[0])


def _course_public_ids() -> list[str]:
    return list(db.session.scalars(select(Course.public_id).order_by(Course.id)))


def _outline(course_public_id: str) -> Outline:
    version = queries.latest_version(course_public_id)
    found = queries.outline(version, "en") if version else None
    if found is None:
        raise LookupError(course_public_id)
    return found


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


def mentor_id(size: Size, at: int = 0) -> int:
    """The number of a mentor's row; mentors come after the learners."""
    return size.people + 1 + at


def mentors(size: Size) -> int:
    """How many mentors there are: the first has more mentees than the others."""
    return 1 + (size.pairs - MENTEES + A_MENTOR - 1) // A_MENTOR


def coordinator_id(size: Size) -> int:
    """The number of the coordinator's row."""
    return size.people + mentors(size) + 1


def public_id(kind: str, at: int) -> str:
    """A public id that is known before its row is read: twelve symbols, like the random ones."""
    return f"{kind}{at:0{12 - len(kind)}d}"


def token(person: int) -> str:
    """What stands in the cookie of a person's browser."""
    return f"bench-token-{person}"


# --- Courses -------------------------------------------------------------------------------------

_SYLLABLES = [
    "ka",
    "ro",
    "mi",
    "ten",
    "sal",
    "vo",
    "der",
    "lin",
    "pra",
    "mo",
    "sti",
    "gu",
    "nel",
    "fa",
    "bor",
    "wi",
    "shu",
    "ter",
    "da",
    "zen",
]


def _words(chance: random.Random, count: int) -> str:
    made = (
        "".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(count)
    )
    return " ".join(made).capitalize()


def _prose(chance: random.Random) -> str:
    """About 650 words in the shape of a real lesson."""
    parts = [f'<p class="lead">{_words(chance, 30)}.</p>']
    for _ in range(4):
        parts.append(f"<h2>{_words(chance, 4)}</h2>")
        parts += [f"<p>{_words(chance, 60)}.</p>" for _ in range(2)]
        parts.append("<ul>" + "".join(f"<li>{_words(chance, 9)}</li>" for _ in range(4)) + "</ul>")
    return "\n".join(parts)


def _course(at: int, chance: random.Random) -> SourceCourse:
    modules = [_module(at, number, chance) for number in range(MODULES)]
    return SourceCourse(
        key=f"course-{at}",
        source="en",
        languages=("en", "ru"),
        texts={
            lang: CourseText(
                title=f"{_words(chance, 4)} {at}",
                summary=_words(chance, 14),
                outcomes=tuple(_words(chance, 7) for _ in range(3)),
                about_html=f"<p>{_words(chance, 60)}</p>",
                neutral_title=f"Course {at}",
            )
            for lang in ("en", "ru")
        },
        modules=tuple(modules),
        theme=list(Theme)[at % 6],
        authors=(Author({"en": "A. B."}, {"en": "Lawyer"}),),
    )


def _module(course: int, number: int, chance: random.Random) -> SourceModule:
    items = [_lesson(f"c{course}-m{number}-l{at}", chance) for at in range(LESSONS)]
    if number == MODULES - 1:
        items.append(_quiz(f"c{course}-quiz", chance))
    titles = {lang: _words(chance, 3) for lang in ("en", "ru")}
    return SourceModule(f"c{course}-m{number}", titles, tuple(items))


def _lesson(key: str, chance: random.Random) -> SourceItem:
    texts = {lang: ItemText(_words(chance, 4), _prose(chance)) for lang in ("en", "ru")}
    return SourceItem(key, ItemKind.LESSON, texts, minutes=10)


def _quiz(key: str, chance: random.Random) -> SourceItem:
    keys = [f"{key}-q{at}" for at in range(1, QUESTIONS + 1)]
    asked = tuple(Question(one, Kind.SINGLE, 1, ("a", "b", "c", "d"), ("a",)) for one in keys)
    texts = {
        lang: ItemText(_words(chance, 3), "<p>Ten.</p>", {one: _asked(chance) for one in keys})
        for lang in ("en", "ru")
    }
    return SourceItem(
        key, ItemKind.QUIZ, texts, complete=Done.PASS, graded=True, questions=asked,
        rules=QuizRules(review=Review.AFTER_SUBMIT, shuffle_options=True),
    )  # fmt: skip


def _asked(chance: random.Random) -> QuestionText:
    options = {letter: f"<p>{_words(chance, 6)}</p>" for letter in "abcd"}
    return QuestionText(f"<p>{_words(chance, 12)}?</p>", options)


# --- People --------------------------------------------------------------------------------------


def _people(bulk: Bulk, app: Flask, size: Size, chance: random.Random) -> None:
    settings, found = _settings(app), app.extensions["keys"]
    everybody = coordinator_id(size)
    columns = (
        "id public_id handle skeleton zone state salt memory_kib passes verifier_hash public_key"
        " private_by_passphrase"
    )
    bulk.add(Person, columns, _person_rows(settings, found, everybody, chance))
    grants = [(mentor_id(size, at), "mentor", START) for at in range(mentors(size))]
    grants.append((coordinator_id(size), "coordinator", START))
    bulk.add(RoleGrant, "person_id role granted_at", grants)
    staff = [mentor_id(size), coordinator_id(size)]
    # A year of 365 days ten times over: the data is kept and used again.
    ends = datetime.now(UTC) + timedelta(days=3650)
    rows = (
        (
            *(one, one, secrets.token_hash(token(one))),
            *(secrets.wrap(PRIVATE, secrets.token_key(token(one))), True, ends, True, ""),
        )
        for one in (*range(1, TESTERS + 1), *staff)
    )
    bulk.add(
        SignIn, "id person_id token_hash private_by_token own_phone expires_at proven name", rows
    )


def _person_rows(
    settings: Settings, found: Keys, everybody: int, chance: random.Random
) -> Iterator[tuple[Any, ...]]:
    # One passphrase and one salt for all: a hundred thousand slow hashes would only heat the room.
    salt = chance.randbytes(secrets.SALT)
    cost = (settings.argon2_memory_kib, settings.argon2_passes)
    stretched = secrets.stretch(PASSPHRASE, salt, *cost, found.pepper)
    wrapped = secrets.wrap(PRIVATE, stretched.wrapping)
    for at in range(1, everybody + 1):
        handle = f"Person {at}"
        names = (at, public_id("p", at), handle, skeleton(handle))
        yield (*names, ZONE, "active", salt, *cost, stretched.verifier_hash, PUBLIC, wrapped)


# --- Learning and assessment ---------------------------------------------------------------------


def _learning(bulk: Bulk, size: Size, ground: Ground) -> None:
    everybody = range(1, size.people + 1)
    rows = (
        (one, public_id("e", one), one, of.course_id, of.version_id, START)
        for one in everybody
        for of in (ground.of(one),)
    )
    bulk.add(Enrolment, "id public_id person_id course_id version_id started_at", rows)
    done = (
        (one, item.id, START + timedelta(days=day, minutes=one % 1000), "mark", "self")
        for one in everybody
        for day, item in enumerate(ground.of(one).items[:DONE])
    )
    bulk.add(Completion, "enrolment_id item_id done_at rule source", done)


def open_attempt(person: int) -> str:
    """The public id of the attempt that a tester can send in."""
    return public_id("t", person)


def _assessment(bulk: Bulk, size: Size, ground: Ground) -> None:
    columns = (
        "id public_id person_id item_id item_version_id number state seed client_key started_at"
        " submitted_at timed_out points out_of percent passed void_reason"
    )
    bulk.add(Attempt, columns, _attempts(size, ground))
    answers = "attempt_id question seq response points correct late saved_at"
    bulk.add(Answer, answers, _answers(size, ground))


def _attempts(size: Size, ground: Ground) -> Iterator[tuple[Any, ...]]:
    marked = (START, False, "5", QUESTIONS, 50, False, "")
    unsent = (None, False, "0", 0, None, False, "")
    for person in range(1, size.people + 1):
        quiz = ground.of(person).items[-1]
        for at in range(size.attempts):
            one = (person - 1) * size.attempts + at + 1
            is_open = person <= TESTERS and at == size.attempts - 1
            name = open_attempt(person) if is_open else public_id("a", one)
            place = (one, name, person, quiz.id, quiz.item_version_id, at + 1)
            state = ("open" if is_open else "marked", 7, f"key-{at}", START)
            yield (*place, *state, *(unsent if is_open else marked))


# Response and points, as they are stored.
_RIGHT, _WRONG = ('{"chosen": ["a"]}', "1"), ('{"chosen": ["b"]}', "0")


def _answers(size: Size, ground: Ground) -> Iterator[tuple[Any, ...]]:
    for person in range(1, size.people + 1):
        key = ground.of(person).items[-1].key
        for attempt in range((person - 1) * size.attempts + 1, person * size.attempts + 1):
            for at in range(1, QUESTIONS + 1):
                right = at % 2 == 0 or person <= TESTERS
                yield (
                    attempt,
                    f"{key}-q{at}",
                    1,
                    *(_RIGHT if right else _WRONG),
                    right,
                    False,
                    START,
                )


# --- Cohort, pairs, certificates -----------------------------------------------------------------


def _cohort(bulk: Bulk, size: Size, ground: Ground) -> None:
    of = ground.outlines[0]
    today = datetime.now(UTC).date()
    dates = (today - timedelta(days=30), today + timedelta(days=60))
    columns = (
        "id public_id name course_id version_id starts_on ends_on zone capacity coordinator_id"
        " coordinator_name state"
    )
    place = (1, public_id("co", 1), "Autumn", of.course_id, of.version_id)
    bulk.add(
        Cohort, columns, [(*place, *dates, ZONE, COHORT, coordinator_id(size), "Aida", "open")]
    )
    seats = (
        (one, public_id("s", one), 1, one, one, f"Person {one}", START)
        for one in range(1, COHORT + 1)
    )
    bulk.add(Seat, "id public_id cohort_id person_id enrolment_id shown_name joined_at", seats)


def _mentor_of(size: Size, pair: int) -> int:
    at = 0 if pair <= MENTEES else 1 + (pair - MENTEES - 1) // A_MENTOR
    return mentor_id(size, at)


def _mentoring(bulk: Bulk, size: Size, ground: Ground) -> None:
    pairs = range(1, size.pairs + 1)
    bulk.add(Programme, "id public_id key offer_days", [(1, public_id("pr", 1), "default", 7)])
    profiles = (
        (at + 1, public_id("mp", at), 1, mentor_id(size, at), f"Mentor {at}", ["en", "ru"], "", 10, START)
        for at in range(mentors(size))
    )  # fmt: skip
    columns = "id public_id programme_id person_id shown_name languages about capacity made_at"
    bulk.add(MentorProfile, columns, profiles)
    requests = (
        (one, public_id("mr", one), 1, one, f"Mentee {one}", ["en"], START, "matched")
        for one in pairs
    )
    columns = "id public_id programme_id person_id shown_name languages waiting_since state"
    bulk.add(MentorRequest, columns, requests)
    matches = (
        (one, public_id("m", one), 1, one, _mentor_of(size, one), one, "Mentor", f"Mentee {one}", ["en"],
         "active", coordinator_id(size), START, START, False, True)
        for one in pairs
    )  # fmt: skip
    columns = (
        "id public_id programme_id request_id mentor_id mentee_id mentor_name mentee_name languages"
        " state proposed_by asked_at started_at never_again share_quizzes"
    )
    bulk.add(Match, columns, matches)
    shares = ((one, ground.of(one).course_id) for one in pairs)
    bulk.add(MatchShare, "match_id course_id", shares)
    bulk.add(Message, "public_id match_id author_id body sent_at read_at", _messages(size))


def _messages(size: Size) -> Iterator[tuple[Any, ...]]:
    for pair in range(1, size.pairs + 1):
        for at in range(size.messages):
            author = pair if at % 2 == 0 else _mentor_of(size, pair)
            sent = START + timedelta(days=at)
            yield (public_id("g", pair * 100 + at), pair, author, b"sealed" * 20, sent, sent)


def _certificates(
    bulk: Bulk, size: Size, ground: Ground, frozen: dict[str, Any], chance: random.Random
) -> None:
    columns = (
        "id public_id number person_id course_key course_version contract_hash record state completed_at"
        " lang neutral salt commitment pdf_sealed issued_at"
    )
    bulk.add(Certificate, columns, _certificate_rows(size, ground, frozen, chance))


def _certificate_rows(
    size: Size, ground: Ground, frozen: dict[str, Any], chance: random.Random
) -> Iterator[tuple[Any, ...]]:
    """One that waits for a name for every tester; of another course, printed ones for everybody in turn."""
    of = ground.outlines[0]
    pdf = chance.randbytes(PDF_BYTES)
    for at in range(1, size.certificates + TESTERS + 1):
        waiting = at <= TESTERS
        person = at if waiting else (at - TESTERS - 1) % size.people + 1
        name = public_id("w" if waiting else "k", person)
        free = "".join(chance.choices(number.ALPHABET, k=11))
        place = (at, name, free + number.check_symbol(free), person)
        key = of.course_key if waiting else "earlier-course"
        facts = (key, 1, of.contract_hash, frozen, "waiting" if waiting else "issued", START)
        if waiting:
            yield (*place, *facts, None, False, None, None, None, None)
        else:
            sealed = b""
            if person <= TESTERS:
                here = Place("certificate", "pdf_sealed", name, public_id("p", person))
                sealed = vault.seal_with(PUBLIC, pdf, here)
            yield (*place, *facts, "en", False, b"s" * 16, b"c" * 32, sealed, START)
