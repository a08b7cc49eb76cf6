"""A thief has the database, its log and, in the worst case, every key of the server. What can she read?

Every sealed column is filled by real actions with words of its own. The thief knows the code, and she does not
care whether a seal is intact: she decrypts whatever stands anywhere with every key that she can make.
"""

from __future__ import annotations

import base64
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask

from lms.accounts.vault import SharedKeys
from lms.audit import actions as audit
from lms.audit.models import AccessQuestion
from lms.audit.rules import Role, Visitor, What
from lms.certificates import actions as certificates
from lms.circles import actions as circles
from lms.circles import answering, questions
from lms.circles import queries as gatherings
from lms.circles.rules import Check
from lms.core import clock, outbox, sealing
from lms.core.clock import now
from lms.core.db import Model, db, transaction
from lms.core.files import store
from lms.core.files.intake import Taken
from lms.core.sealing import Place
from lms.core.settings import Settings
from lms.importers.invitations import Batch
from lms.importers.rules import Kind, MentorRow
from lms.learning import actions as learning
from lms.learning import queries as tasks
from lms.matching.facts import Track
from lms.meetings import actions as meetings
from lms.mentoring import actions as mentoring
from lms.mentoring import keys
from lms.mentoring import queries as pairs
from lms.privacy import actions as privacy
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.rules import More, Organisations, Private
from lms.recognition import actions as hours
from lms.recognition import queries as statements
from lms.recognition.rules import Month
from lms.safeguarding import actions as safeguarding
from lms.safeguarding import queries as concerns
from lms.safeguarding.others import Other
from lms.safeguarding.rules import Wish
from lms.support import actions as support
from lms.support import queries as answers
from lms.support.rules import Fit
from lms.workbench import actions as workbench
from tests.certificates.world import claim, finish_course
from tests.client import Browser
from tests.disk import lying_in
from tests.goals import world as work
from tests.journal.world import note_down, show_entry
from tests.meetings import world as meet
from tests.mentoring.world import (
    World,
    begin,
    hand_in,
    make_pair,
    make_waiting,
    note_of,
    small_course,
    the_pair_inside,
    write,
)
from tests.messaging.world import leave_address
from tests.vaults import opener_of
from tests.workbench.world import make_round
from tests.world import make_person

pytestmark = pytest.mark.sqlite_only
SHOWN = "Canary Shown Name"
HEADS, NONCE, TAG = range(8), 12, 16


@pytest.fixture(autouse=True)
def _clean_disk(app: Flask, settings: Settings) -> None:
    """Nothing that an earlier test wrote, sealed or not, lies in the file's free pages or its log."""
    with sqlite3.connect(settings.data / "alongside.db") as file:
        file.execute("VACUUM")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def canary(column: str) -> str:
    """The words that stand in a sealed column, and nowhere else."""
    return f"Kanarek-{column.replace('_', '-')}-sings"


def columns(*levels: str) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.info["sensitivity"] in levels
    }


def live(app: Flask, folder: Path) -> None:
    """People use every part of the site that seals something."""
    with app.app_context():
        outline = small_course(folder)
        mentee = make_waiting(SHOWN, goal=canary("mentor_request.goal"))
        begin(mentee, outline)
        world = make_pair(mentee=mentee, shares=[outline.course_id])
        write(world, world.mentee, canary("message.body"))
        with transaction():
            note_of(world, world.mentor, canary("note.body"), shared=True)
            note_of(world, world.mentee, canary("note.body"), shared=False)
        work_together(world)
        worry_and_gather(world)
        look_after(world)
        count_hours(world)
        invite(world)
        leave_address(mentee, f"{canary('contact.address')}@example.org")
        task_id = hand_in(mentee, outline, canary("submission.body"))
        with transaction():
            task = tasks.task(task_id)
            assert task is not None
            learning.answer_task(
                task, world.mentor.id, canary("submission.feedback"), accepted=False
            )
        audit.saw(Visitor(world.mentor.id, Role.MENTOR, "Daria V."), mentee.id, What.PAGE, "pair")
        with transaction():
            audit.ask_why(mentee.id, 1)
            asked = db.session.query(AccessQuestion.public_id).scalar()
            audit.answer_why(asked, world.mentor.id, canary("access_question.answer"))
            words = canary("file.sealed").encode()
            store.keep(mentee.id, mentee.public_id, Taken("txt", words))
            privacy.ask_for_copy(mentee.id, "en")
        outbox.run_due()
        waits, holds = make_person(), make_person()
        claim(waits, finish_course(waits, outline.version_id), canary("certificate.name_sealed"))
        held = claim(holds, finish_course(holds, outline.version_id), "Somebody Else")
        with transaction():
            pdf = f"%PDF-1.7 {canary('certificate.pdf_sealed')}"
            certificates.finish(held.id, pdf.encode())
        with transaction():
            entry = note_down(world.mentee, canary("journal_entry.body"))
            pair = pairs.pair(world.pair)
            assert pair is not None
            show_entry(world.mentee, entry, pair, canary("journal_copy.body"))
    # What is read passes through pages, sessions and counters, too.
    for reader in (world.mentor, world.mentee):
        browser = Browser(app).sign_in(reader)
        assert canary("message.body") in browser.get(f"{world.url}/messages").text
        assert canary("note.body") in browser.get(world.url).text


def worry_and_gather(world: World) -> None:
    """Concerns, circles and questions."""
    mentee, mentor = world.mentee, world.mentor
    with transaction():
        other = Other(mentor.id, canary("concern.about"))
        public_id = safeguarding.raise_concern(
            mentee.id, Wish.TALK, canary("concern.body"), about=other, pair=world.pair
        )
        found = concerns.concern(public_id)
        assert found is not None
        safeguarding.reply(found, mentee.id, canary("concern_entry.body"))
    with transaction():
        circle = circles.make(mentor.id, "Thursdays", "Lead", 14)
    case = {"situation": canary("case_sheet.body"), "tried": "", "question": "What now?"}
    with transaction():
        inside = gatherings.circle(circle)
        assert inside is not None
        circles.write(inside, mentor.id, canary("circle_post.body"), opener_of(mentor))
        circles.post_sheet(inside, mentor.id, case, set(Check), opener_of(mentor))
        circles.plan(inside, "Thursdays", 14, now() - timedelta(hours=1))
        circles.held(inside, [])
        met = gatherings.meetings(inside, mentor.id, SharedKeys({}))[0].public_id
        change = canary("circle_presence.change")
        assert circles.will_change(inside, met, mentor.id, change, opener_of(mentor))
    with transaction():
        asked = questions.question(
            answering.ask(mentee.id, "A figure", "en", canary("question.body"))
        )
        assert asked is not None
        answering.claim(asked, mentor.id)
        text, sources = canary("answer_text.body"), canary("answer_text.sources")
        answering.answer(asked, mentor.id, "Daria V.", text, sources)


def work_together(world: World) -> None:
    """What a pair writes besides talking."""
    goal = work.set_goal(world, title=canary("goal.title"), measure=canary("goal.measure"))
    work.add_step(world, goal, canary("goal_step.words"))
    work.close(world, goal, "met", canary("goal.evidence"))
    question, file = canary("review_question.words"), canary("review_file.sealed").encode()
    text = work.ask(world, canary("review.title"), canary("review_round.body"), (question,), file)
    answer = canary("review_question.answer")
    work.answer(world, text, canary("review_round.answer"), (answer,))


def look_after(world: World) -> None:
    """What staff read about a pair and its two, what only rules read, what is said at the end."""
    mentor, mentee = world.mentor, world.mentee
    with transaction():
        pair = the_pair_inside(world.pair)
        mentoring.agree_on(pair, mentor.id, {"rhythm": canary("agreement.body")}, opener_of(mentor))
        support.write_note(pair.id, mentee.id, world.coordinator.id, canary("programme_note.body"))
        support.ask_fit(pair.id)
        question = answers.open_question(pair.id, mentee.id, now().date())
        assert question is not None
        support.answer(question, mentee.public_id, Fit.GOOD, world.pair)
        said = answers.LookBack(thanks=canary("closing_word.body"))
        support.look_back(pair, mentor.id, said, keys.to_write(pair, mentor.id, opener_of(mentor)))
    waits, over = make_waiting(), make_pair()
    with transaction():
        profile, request = lists.profile_of(mentor.id), lists.request_of(waits.id)
        assert profile is not None
        assert request is not None
        profiles.describe_mentor(profile, more_about("mentor_profile"))
        waiting.describe_request(waits.id, more_about("mentor_request"), (Track.PEER,))
        ended = the_pair_inside(over.pair)
        mentoring.end(ended, over.mentee.id, never_again=False, words=canary("match.end_words"))
    found = make_round(world.coordinator)
    with transaction():
        why = canary("match_decision.reason")
        workbench.pin(found, request.public_id, profile.public_id, why, world.coordinator.id)


def more_about(table: str) -> More:
    """What somebody adds to her card."""
    return More(
        organisations=Organisations(own=(canary(f"{table}.organisations"),)),
        private=Private(country=canary(f"{table}.private")),
    )


def invite(world: World) -> None:
    """A row of a table about somebody who has no account yet."""
    row = MentorRow(1, "Somebody", "S. A.", ("ru",), "peer", 1, canary("invited_row.words"))
    with transaction():
        Batch(world.coordinator.id).invite(Kind.MENTORS, row)


def count_hours(world: World) -> None:
    """A meeting that counts, a statement about it with a name, and one that is printed."""
    mentor, month = world.mentor, Month.of(now().date())
    meet.sign(world)
    with clock.at(now() - timedelta(days=9)):
        met = meet.plan(world, mentor, now().replace(tzinfo=None) + timedelta(days=7))
    meet.log(met, mentor)
    with transaction():
        meetings.confirm(meet.inside(met), world.mentee.id)
    with transaction():
        first = Month(2000, 1)
        name = canary("hours_statement.name_sealed")
        hours.ask(mentor.id, first, month, name, "en")
        printed = hours.ask(mentor.id, first, month, "Daria V", "en")
    with transaction():
        row = statements.statement(printed)
        assert row is not None
        hours.approve(row, world.coordinator.id)
        hours.finish(row.id, f"%PDF-1.7 {canary('hours_statement.pdf_sealed')}".encode())


# --- The thief -----------------------------------------------------------------------------------


def spellings(words: str) -> Iterator[bytes]:
    """How words may stand in a file without being sealed."""
    plain = words.encode()
    yield from (plain, words.encode("utf-16-le"), words.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    for shift in range(3):
        # Whatever stands before them, the middle of the words reads the same.
        encoded = base64.b64encode(b"x" * shift + plain)
        yield encoded[4:-4]
        yield encoded[4:-4].translate(bytes.maketrans(b"+/", b"-_"))


def found_in(data: bytes, words: str) -> bool:
    return any(spelling in data for spelling in spellings(words))


def raw(settings: Settings) -> bytes:
    """The database file and its log, as they lie on the disk."""
    with sqlite3.connect(settings.data / "alongside.db") as file:
        file.execute("SELECT 1")
    files = sorted(settings.data.glob("alongside.db*"))
    assert len(files) >= 2, "the log lies beside the database"
    return b"\0".join(lying_in(file) for file in files)


def cells(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every value of every row, and what is in it if it was packed."""
    with sqlite3.connect(settings.data / "alongside.db") as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in file.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    yield name, data
                    try:
                        yield name, zlib.decompress(data)
                    except zlib.error:
                        continue


def without_the_tag(key: bytes, nonce: bytes, body: bytes) -> bytes:
    """AES-GCM as a thief decrypts it: who moved or changed the text is all the same to her."""
    reader = Cipher(AES(key), CTR(nonce + (2).to_bytes(4, "big"))).decryptor()
    return reader.update(body) + reader.finalize()


def tries(keys: set[bytes], sealed: bytes) -> Iterator[bytes]:
    """What each key makes of a field, wherever its nonce may stand."""
    if len(sealed) <= NONCE + TAG:
        return
    for head in HEADS:
        nonce, body = sealed[head : head + NONCE], sealed[head + NONCE : -TAG]
        if len(nonce) == NONCE and body:
            for key in keys:
                yield without_the_tag(key, nonce, body)


def made_of(files: set[bytes], settings: Settings) -> set[bytes]:
    """Every key that the server's files lead to: themselves, what they wrap, what was derived from them."""
    owners = [
        data.decode()
        for name, data in cells(settings)
        if name == "data_key" and data[:1].isalnum() and len(data) < 41
    ]
    derived = {
        HKDF(SHA256(), 32, salt=None, info=b"field\0" + owner.encode()).derive(key)
        for key in files
        for owner in owners
    }
    wrapped = {
        opened[:32]
        for name, data in cells(settings)
        if name in {"data_key", "match_key", "person", "sign_in"}
        for opened in tries(files, data)
        if len(opened) >= 32
    }
    return files | derived | wrapped


def stolen(settings: Settings, *, with_keys: bool) -> set[str]:
    """The columns whose words the thief can read."""
    hunted = columns("S2", "S3")
    read = {one for one in hunted if found_in(raw(settings), canary(one))}
    if with_keys:
        files = {path.read_bytes() for path in settings.keys.rglob("*.key")}
        keys = made_of(files, settings)
        for _name, data in cells(settings):
            for opened in tries(keys, data) if len(data) < 5_000 else ():
                if b"Kanarek" in opened:
                    read |= {one for one in hunted if found_in(opened, canary(one))}
    return read


def planted(settings: Settings) -> set[str]:
    """The sealed columns that have something in them."""
    with sqlite3.connect(settings.data / "alongside.db") as file:
        return {
            one
            for one in columns("S2", "S3")
            if file.execute(
                "SELECT count(*) FROM {} WHERE {} IS NOT NULL".format(*one.split("."))
            ).fetchone()[0]
        }


# A copy holds the words of other columns, packed; it has none of its own.
OF_OTHERS = {"data_copy.sealed"}
# Answers are choices and numbers, in which no words of ours can stand; that they are sealed, tests/support shows.
NO_WORDS = {"pulse.answers"}


def test_a_stolen_copy(app: Flask, settings: Settings, tmp_path: Path) -> None:
    live(app, tmp_path)
    assert planted(settings) == columns("S2", "S3"), "a sealed column in which nothing stands"
    assert found_in(raw(settings), SHOWN), "the search finds what is not sealed"
    assert stolen(settings, with_keys=False) == set()
    found = stolen(settings, with_keys=True)
    assert found & columns("S3") == set()
    assert found == columns("S2") - OF_OTHERS - NO_WORDS, "the thief knows how to use the keys"


def test_the_thief_finds_a_message_of_the_wrong_layer(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_server(_keys: SharedKeys, text: str, place: Place) -> bytes:
        return sealing.seal(text, place)

    with app.app_context():
        world = make_pair()
        monkeypatch.setattr(SharedKeys, "seal", by_server)
        write(world, world.mentee, canary("message.body"))
    assert stolen(settings, with_keys=False) == set()
    assert stolen(settings, with_keys=True) == {"message.body"}


def test_the_thief_finds_what_was_not_sealed(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        world = make_pair()
        for way in (str.encode, lambda text: base64.b64encode(b"{" + text.encode())):
            monkeypatch.setattr(SharedKeys, "seal", lambda _keys, text, _place, way=way: way(text))
            with transaction():
                db.session.execute(Model.metadata.tables["message"].delete())
            write(world, world.mentee, canary("message.body"))
            assert stolen(settings, with_keys=False) == {"message.body"}


def test_the_thief_reads_nothing_for_whom_the_key_was_destroyed(
    app: Flask, settings: Settings
) -> None:
    with app.app_context():
        person = make_person()
        leave_address(person, f"{canary('contact.address')}@example.org")
        assert in_rows(settings) == {"contact.address"}
        with transaction():
            sealing.destroy(person.public_id)
        assert in_rows(settings) == set()


def in_rows(settings: Settings) -> set[str]:
    """The columns whose words all keys together find in rows that are there now."""
    files = {path.read_bytes() for path in settings.keys.rglob("*.key")}
    keys = made_of(files, settings)
    return {
        one
        for one in columns("S2", "S3")
        for _name, data in cells(settings)
        for opened in tries(keys, data)
        if canary(one).encode() in opened
    }
