"""After "destroy now" nothing of a person is left in any file of the instance, in whatever form."""

from __future__ import annotations

import base64
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.assessment import actions as assessment
from lms.assessment import queries as tries
from lms.audit import actions as audit
from lms.audit.models import AccessQuestion
from lms.audit.rules import Role as SeenAs
from lms.audit.rules import Visitor, What
from lms.certificates import actions as certificates
from lms.core import outbox, records
from lms.core.db import Model, db, finish, reading, transaction
from lms.core.records import Delete
from lms.courses import queries as courses
from lms.learning import actions as learning
from lms.learning import queries as progress
from lms.learning.models import Submission
from lms.privacy import actions
from tests.assessment.world import find_quiz
from tests.assessment.world import start as start_attempt
from tests.certificates.world import claim, finish_course
from tests.cohorts.world import make_codes, make_cohort
from tests.courses.world import COURSE, publish_course
from tests.house.world import _make_app
from tests.mentoring.world import begin, hand_in, make_mentor, make_pair, note_of, write
from tests.messaging.world import leave_address
from tests.privacy.residue import found_below, found_in
from tests.world import Somebody, make_person

pytestmark = pytest.mark.sqlite_only

PLAIN = {  # stands in the database as it is, while she has an account
    "handle": "Qaraqarga 71",
    "cohort name": "Zhuldyzai",
    "pair name": "Tomiris-Q",
    "void reason": "Reason-brought-xyrgyz",
    "more time": "Reason-given-xyrgyz",
}
SEALED = {  # never does
    "goal": "Goal-of-hers-umbra-4411",
    "message": "Message-by-her-umbra-4412",
    "message to her": "Message-to-her-umbra-4413",
    "shared note": "Note-for-both-umbra-4414",
    "own note": "Note-about-her-umbra-4415",
    "task": "Task-text-umbra-4416",
    "feedback": "Feedback-umbra-4417",
    "address": "umbra4418@example.org",
    "printed name": "Umbra Namesdottir",
    "pdf": "Umbra-in-the-pdf-4419",
    "answer": "Because-umbra-4420",
}
WORDS = [*PLAIN.values(), *SEALED.values()]


@pytest.fixture
def instance(tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An instance of its own, whose files can be read."""
    app = _make_app(tmp_path, worker_id)
    yield app
    with app.app_context():
        finish(keep=False)
        db.session.remove()
        db.engine.dispose()


def live(folder: Path) -> Somebody:
    """Somebody with something in every field that a person can fill, by the actions that fill it."""
    version = publish_course(folder / "one").version_id
    with reading():
        outline = courses.outline(version, "en")
    cohort = make_cohort(outline, make_person("Irina", Role.COORDINATOR))
    person, mentor = make_person(PLAIN["handle"]), make_mentor()
    with transaction():
        seat_in(cohort, person, make_codes(cohort)[0])
    world = pair_up(person, mentor, outline.course_id)
    write(world, person, SEALED["message"])
    write(world, mentor, SEALED["message to her"])
    with transaction():
        note_of(world, person, SEALED["shared note"], shared=True)
        note_of(world, mentor, SEALED["own note"], shared=False)
    begin(person, outline, ["les-first"])
    answer_task(person, mentor, outline)
    sit_quiz(person, version)
    certify(person, folder)
    leave_address(person, SEALED["address"])
    be_seen(person, mentor)
    with transaction():
        actions.ask_for_copy(person.id, "en")
    outbox.run_due()
    return person


def seat_in(cohort: object, person: Somebody, code: str) -> None:
    from lms.cohorts import actions as cohorts

    cohorts.join(person.id, code)
    cohorts.name_yourself(person.id, cohort.id, PLAIN["cohort name"])


def pair_up(person: Somebody, mentor: Somebody, course_id: int) -> object:
    from lms.programmes import waiting

    with transaction():
        waiting.ask(person.id, PLAIN["pair name"], ["ru"], SEALED["goal"])
    return make_pair(mentor, person, shares=[course_id])


def answer_task(person: Somebody, mentor: Somebody, outline: object) -> None:
    public_id = hand_in(person, outline, SEALED["task"])
    with transaction():
        task = progress.task(public_id)
        learning.answer_task(task, mentor.id, SEALED["feedback"], accepted=False)
    with reading():
        assert db.session.scalar(select(Submission.feedback)) is not None


def sit_quiz(person: Somebody, version: int) -> None:
    quiz = find_quiz(version)
    attempt = start_attempt(person.id, quiz)
    with transaction():
        family = tries.family(attempt.public_id)
        assessment.submit_attempt(attempt, family, quiz, tries.answers(attempt.id))
    with transaction():
        again = tries.family(attempt.public_id)[-1]
        assessment.void_attempt(again, PLAIN["void reason"])
        assessment.give_more(person.id, again.item_id, PLAIN["more time"], attempts=1)


def certify(person: Somebody, folder: Path) -> None:
    course = COURSE.replace('"small-course"', '"course-two"')
    version = publish_course(folder / "two", {"course.toml": course}).version_id
    held = finish_course(person, version)
    made = claim(person, held, SEALED["printed name"])
    with transaction():
        certificates.finish(made.id, b"%PDF-1.7 " + SEALED["pdf"].encode())


def be_seen(person: Somebody, mentor: Somebody) -> None:
    audit.saw(Visitor(mentor.id, SeenAs.MENTOR, "Daria"), person.id, What.PAGE)
    with transaction():
        audit.ask_why(person.id, 1)
    with reading():
        question = db.session.scalars(select(AccessQuestion.public_id)).one()
    with transaction():
        audit.answer_why(question, mentor.id, SEALED["answer"])


def addresses_of(person: Somebody) -> set[str]:
    """The random ids of all her rows."""
    with reading():
        return {person.public_id, *actions._addresses(person.id)}


def erase(person: Somebody) -> None:
    with transaction():
        actions.destroy_now(person.id)
    outbox.run_due()


def test_nothing_is_left(
    instance: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str], figure: Callable[..., None]
) -> None:
    with instance.app_context():
        person = live(tmp_path)
        ids = addresses_of(person)
        assert len(ids) > 10
        before = found_below(tmp_path, WORDS)
        seen = set().union(*before.values())
        assert seen >= set(PLAIN.values()), "the search finds what is there"
        assert not seen & set(SEALED.values()), "and what is sealed is not"
        erase(person)
        after = found_below(tmp_path, [*WORDS, *ids])
        certificate = {one for one in ids if one in kept_certificates()}
    after = {name: words - certificate for name, words in after.items() if words - certificate}
    logged = found_in("".join(capsys.readouterr()).encode(), WORDS)
    figure("words left after erasure", sum(map(len, after.values())) + len(logged), "= 0")
    assert after == {}
    assert logged == set()


def kept_certificates() -> set[str]:
    """A certificate's own id stays, as its number does: the row tells of a course, and of nobody."""
    table = Model.metadata.tables["certificate"]
    with reading():
        rows = db.session.execute(select(table.c.public_id, table.c.person_id)).all()
    assert rows
    assert {row.person_id for row in rows} == {None}
    return {row.public_id for row in rows}


@pytest.mark.parametrize("table", ["seat", "access_question"])
def test_a_table_left_out_is_found(
    instance: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    with instance.app_context():
        person = live(tmp_path)
        ids = addresses_of(person)
        careless = [
            replace(one, erase=tuple(step for step in one.erase if not isinstance(step, Delete)))
            if one.table == table
            else one
            for one in records.records()
        ]
        monkeypatch.setattr(records, "_records", careless)
        erase(person)
        assert found_below(tmp_path, [*WORDS, *ids]) != {}


def test_deleting_rows_alone_leaves_residue(
    instance: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted fault: the log of the database is not emptied.
    monkeypatch.setitem(outbox._jobs, actions.RESIDUE, outbox.Job(actions.RESIDUE, actions.nothing))
    with instance.app_context():
        person = live(tmp_path)
        erase(person)
        assert found_below(tmp_path, WORDS) != {}


@pytest.mark.parametrize(
    "written",
    [
        lambda word: word.encode(),
        lambda word: word.encode("utf-16-le"),
        lambda word: base64.b64encode(b"a" + word.encode() + b"zz"),
        lambda word: word.encode().hex().encode(),
        lambda word: b"xx" + zlib.compress(b"before " + word.encode()),
    ],
)
def test_the_search_knows_its_forms(written: Callable[[str], bytes]) -> None:
    for word in WORDS:
        assert found_in(b"\0some" + written(word) + b"more", [word]) == {word}


def test_a_checkpoint_waits_for_a_reader(instance: Flask, tmp_path: Path) -> None:
    with instance.app_context():
        make_person("Somebody")
        reader = sqlite3.connect(tmp_path / "alongside.db")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        make_person("Somebody else")
        with transaction():
            outbox.enqueue(actions.RESIDUE, {})
        assert outbox.run_due() == 0, "put back, to be tried again"
        reader.close()
