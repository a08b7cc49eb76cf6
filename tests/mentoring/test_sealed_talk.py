"""Talk of a pair, moved about in the database by somebody who can write to it: it opens nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms.core.db import db, reading, transaction
from lms.mentoring import actions, conversation, queries
from lms.mentoring.models import MatchKey, Message, Note
from lms.programmes import waiting
from tests.client import Browser
from tests.mentoring.world import (
    World,
    make_mentor,
    make_pair,
    make_waiting,
    note_of,
    the_pair,
    the_pair_inside,
    write,
)
from tests.vaults import opener_of
from tests.world import Somebody

GONE = "can’t be opened any more"


@dataclass(frozen=True)
class Town:
    """Two pairs of one mentor, in which something was written."""

    one: World
    other: World


@pytest.fixture
def talks(app: Flask) -> Town:
    with app.app_context():
        mentor = make_mentor()
        town = Town(make_pair(mentor), make_pair(mentor, make_waiting("Bek")))
        write(town.one, town.one.mentee, "First words")
        write(town.one, town.one.mentee, "Second words")
        write(town.one, mentor, "Third words")
        write(town.other, mentor, "Fourth words")
        with transaction():
            note_of(town.one, mentor, "Shared words", shared=True)
            note_of(town.one, mentor, "Own words", shared=False)
        return town


def read(world: World, reader: Somebody) -> list[str | None]:
    with reading():
        found = queries.pair(world.pair)
        assert found is not None
        opener = opener_of(reader)
        talk = conversation.talk(found, reader.id, opener)
        return [entry.text for entry in conversation.messages(found, talk.keys, 50)][::-1]


def notes(world: World, reader: Somebody) -> list[str | None]:
    with reading():
        found = queries.pair(world.pair)
        assert found is not None
        return [entry.text for entry in conversation.notes(found, reader.id, opener_of(reader))][
            ::-1
        ]


def change(model: type[Message] | type[Note], at: int, **values: object) -> None:
    """Do to one row what a thief with the right to write could do."""
    with transaction():
        rows = list(db.session.scalars(select(model.id).order_by(model.id)))
        db.session.execute(update(model).where(model.id == rows[at]).values(**values))


def body(at: int) -> bytes:
    with reading():
        return list(db.session.scalars(select(Message.body).order_by(Message.id)))[at]


def test_each_reads_what_is_hers(app: Flask, talks: Town) -> None:
    with app.app_context():
        for reader in (talks.one.mentor, talks.one.mentee):
            assert read(talks.one, reader) == ["First words", "Second words", "Third words"]
        assert read(talks.other, talks.other.mentee) == ["Fourth words"]
        assert notes(talks.one, talks.one.mentor) == ["Shared words", "Own words"]
        assert notes(talks.one, talks.one.mentee) == ["Shared words"]


@pytest.mark.parametrize(("at", "taken_from"), [(0, 1), (0, 2), (3, 0), (0, 3)])
def test_a_message_in_the_place_of_another(
    app: Flask, talks: Town, at: int, taken_from: int
) -> None:
    # Of the same author; of the other side; of another pair, both ways.
    with app.app_context():
        change(Message, at, body=body(taken_from))
        said = read(talks.one, talks.one.mentor) + read(talks.other, talks.one.mentor)
        assert said[at] is None
        assert said.count(None) == 1


def test_a_message_that_is_said_to_be_the_other_sides(app: Flask, talks: Town) -> None:
    with app.app_context():
        change(Message, 0, author_id=talks.one.mentor.id)
        assert read(talks.one, talks.one.mentee)[0] is None


def test_a_message_moved_to_another_pair(app: Flask, talks: Town) -> None:
    with app.app_context():
        change(Message, 2, match_id=the_pair(talks.other.pair).id)
        assert read(talks.other, talks.other.mentee) == [None, "Fourth words"]


def test_a_note_that_is_said_to_be_shared(app: Flask, talks: Town) -> None:
    with app.app_context():
        change(Note, 1, kind="shared")
        assert notes(talks.one, talks.one.mentee) == ["Shared words", None]


def test_a_note_that_is_said_to_be_somebody_elses(app: Flask, talks: Town) -> None:
    with app.app_context():
        change(Note, 1, author_id=talks.one.mentee.id)
        assert notes(talks.one, talks.one.mentee) == ["Shared words", None]


def test_a_note_in_the_place_of_a_message(app: Flask, talks: Town) -> None:
    with app.app_context():
        with reading():
            note = db.session.scalar(select(Note.body).order_by(Note.id))
        change(Message, 2, body=note)
        assert read(talks.one, talks.one.mentor)[2] is None


def test_a_copied_key_opens_for_nobody_else(app: Flask, talks: Town) -> None:
    # Somebody who can write to the database gives the other mentee the keys of the first pair.
    with app.app_context():
        first = the_pair(talks.one.pair).id
        with transaction():
            mine = (MatchKey.match_id == first) & (MatchKey.person_id == talks.one.mentee.id)
            wrapped = db.session.scalar(select(MatchKey.wrapped).where(mine))
            assert wrapped is not None
        with reading():
            opener = opener_of(talks.other.mentee)
            found = queries.pair(talks.one.pair)
            assert found is not None
            assert not conversation._opened(found, talks.one.mentee.id, opener, [(1, wrapped)])
            stolen = [(1, wrapped), (2, wrapped)]
            mine = opener_of(talks.one.mentee)
            keys = conversation._opened(found, talks.one.mentee.id, mine, stolen)
            assert set(keys._keys) == {1}, "not as a key of another number either"


def test_a_damaged_page_is_told_in_words(app: Flask, talks: Town) -> None:
    with app.app_context():
        change(Message, 0, body=b"")
        change(Message, 1, body=body(2))
        change(Note, 0, body=b"\x04\x00\x01damaged")
    browser = Browser(app).sign_in(talks.one.mentor)
    page = browser.get(f"{talks.one.url}/messages")
    assert page.status == 200
    assert page.text.count(GONE) == 2
    assert "Third words" in page.text
    page = browser.get(talks.one.url)
    assert page.status == 200
    assert GONE in page.text
    assert "Own words" in page.text


def test_paired_again_they_have_another_key(app: Flask, talks: Town) -> None:
    with app.app_context():
        with transaction():
            actions.end(the_pair_inside(talks.one.pair), talks.one.mentee.id, never_again=False)
            waiting.ask(talks.one.mentee.id, "Saule", ["ru"], "")
        again = make_pair(talks.one.mentor, talks.one.mentee)
        write(again, again.mentee, "A new beginning")
        assert read(again, again.mentor) == ["A new beginning"]
        assert read(talks.one, talks.one.mentor)[2] == "Third words"
        with reading():
            mine = MatchKey.person_id == again.mentor.id
            keys = list(db.session.scalars(select(MatchKey.wrapped).where(mine)))
        assert len(set(keys)) == len(keys) == 3


def test_a_new_mentor_sees_nothing_of_before(app: Flask, talks: Town) -> None:
    with app.app_context():
        with transaction():
            actions.end(the_pair_inside(talks.one.pair), talks.one.mentee.id, never_again=False)
            waiting.ask(talks.one.mentee.id, "Saule", ["ru"], "")
        later = make_pair(make_mentor("Nino"), talks.one.mentee)
        with reading():
            opener = opener_of(later.mentor)
            before = queries.pair(talks.one.pair)
            assert before is not None
            for entry in conversation.messages(
                before, conversation.shared_keys(before, before.mentor_id, opener), 50
            ):
                assert entry.text is None


def test_a_pair_without_keys_gets_them_with_the_next_words(app: Flask, talks: Town) -> None:
    with app.app_context():
        with transaction():
            db.session.execute(delete(MatchKey))
        assert read(talks.other, talks.other.mentee) == [None]
        write(talks.other, talks.other.mentor, "After all")
        assert read(talks.other, talks.other.mentee) == [None, "After all"]
