"""A bird in every cage: words that stand in one row only, and who may ever read them.

Planted over the town: whatever somebody reads can be traced to the row that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Select, literal, select, update

from lms.core.db import Model, db
from tests.house.world import Town

STAFF = frozenset({"coordinator", "other coordinator", "administrator"})
# Read by whom beside the person whom they are about, column by column. What is not here is hers alone.
READERS: Mapping[str, frozenset[str]] = {
    "person.handle": frozenset(),
    "seat.shown_name": frozenset({"administrator"}),
    "cohort.name": frozenset({"administrator"}),
    "cohort.coordinator_name": frozenset({"administrator"}),
    "mentor_profile.shown_name": STAFF,
    "mentor_profile.about": STAFF,
    "mentor_request.shown_name": STAFF,
    "match.mentor_name": STAFF,
    "match.mentee_name": STAFF,
    "access_event.shown": frozenset(),
}
# Whoever else reads these leaves a line in the record of the person whom they are about.
PROTECTED = {"seat.shown_name", "mentor_request.shown_name"}
_numbers = count(100)


@dataclass(frozen=True)
class Canary:
    """A word that stands in one place; `readers` may see it and nobody else; `about` is the person's id.

    `protected` says that whoever else reads it leaves a line in the record of that person.
    """

    word: str
    place: str
    about: int
    readers: frozenset[str]
    protected: bool = False


def new_word() -> str:
    """A word that stands nowhere else, short enough for every column, of letters that no text escapes."""
    return f"Zyablik{next(_numbers)}"


def plant(town: Town) -> list[Canary]:
    """Put the words into the town and keep that as the state that `restore` goes back to."""
    found = [*_in_columns(town), *_in_texts(town)]
    town.remember()
    return found


def persona_of(town: Town, person_id: int) -> frozenset[str]:
    """The part that a person plays; nobody's for people who only fill the town."""
    return frozenset(name for name, one in town.people.items() if one.id == person_id)


def _in_columns(town: Town) -> Iterator[Canary]:
    with town.app.app_context(), db.engine.begin() as connection:
        for place, readers in READERS.items():
            table, column = place.split(".")
            there = Model.metadata.tables[table]
            for row in connection.execute(select(there)).mappings().all():
                word = new_word()
                keys = [there.c[key.name] == row[key.name] for key in there.primary_key]
                connection.execute(update(there).where(*keys).values({column: word}))
                about = _about(table, column, row)
                known = readers | persona_of(town, about) | _knows(town, table, column, row)
                yield Canary(word, place, about, known, place in PROTECTED)


def _about(table: str, column: str, row: Mapping[str, Any]) -> int:
    if table == "match":
        return int(row["mentor_id"] if column == "mentor_name" else row["mentee_id"])
    owner = {"person": "id", "cohort": "coordinator_id"}.get(table, "person_id")
    return int(row[owner])


def _knows(town: Town, table: str, column: str, row: Mapping[str, Any]) -> frozenset[str]:
    """Those to whom a row is shown because of who they are to it."""
    found = _RELATIONS.get(table, lambda _row: [])(row)
    with town.app.app_context(), db.engine.connect() as connection:
        ids = [one for query in found for one in connection.scalars(query)]
    return frozenset[str]().union(*(persona_of(town, one) for one in ids))


def _of_match(row: Mapping[str, Any]) -> list[Select[Any]]:
    # Names of a pair are for the two while it is offered or lives; the mentor learns of it after the mentee's yes.
    # The two who were a pair may still look back at it and block each other: they know whom by that name.
    sides = {
        "offered_to_mentee": ["mentee_id"],
        "offered_to_mentor": ["mentee_id", "mentor_id"],
        "active": ["mentee_id", "mentor_id"],
        "paused": ["mentee_id", "mentor_id"],
        "closing": ["mentee_id", "mentor_id"],
        "completed": ["mentee_id", "mentor_id"],
        "ended_early": ["mentee_id", "mentor_id"],
    }
    return [select(literal(row[side])) for side in sides.get(row["state"], [])]


def _of_cohort(row: Mapping[str, Any]) -> list[Select[Any]]:
    seats = Model.metadata.tables["seat"]
    return [select(seats.c.person_id).where(seats.c.cohort_id == row["id"])]


def _of_seat(row: Mapping[str, Any]) -> list[Select[Any]]:
    cohorts = Model.metadata.tables["cohort"]
    return [select(cohorts.c.coordinator_id).where(cohorts.c.id == row["cohort_id"])]


def _of_profile(row: Mapping[str, Any]) -> list[Select[Any]]:
    matches = Model.metadata.tables["match"]
    live = matches.c.state.in_(("offered_to_mentee", "offered_to_mentor", "active"))
    return [select(matches.c.mentee_id).where(matches.c.mentor_id == row["person_id"], live)]


_RELATIONS: Mapping[str, Callable[[Mapping[str, Any]], list[Select[Any]]]] = {
    "match": _of_match,
    "cohort": _of_cohort,
    "seat": _of_seat,
    "mentor_profile": _of_profile,
}


def _in_texts(town: Town) -> Iterator[Canary]:
    """What is sealed goes in through the real forms."""
    learner, mentor = town.people["learner"].id, town.people["mentor"].id
    pair = town.address("/<lang>/pairs/<pair>")
    both = frozenset({"learner", "mentor"})
    for who, where, more, readers, protected in (
        ("mentor", f"{pair}/messages", {}, both, False),
        ("learner", f"{pair}/messages", {}, both, True),
        ("mentor", f"{pair}/notes", {"kind": "shared"}, both, False),
        ("mentor", f"{pair}/notes", {"kind": "mine"}, frozenset({"mentor"}), False),
        ("learner", f"{pair}/notes", {"kind": "shared"}, both, True),
        ("learner", f"{pair}/notes", {"kind": "mine"}, frozenset({"learner"}), True),
    ):
        word = new_word()
        answer = town.post(who, where, {"body": word, "form_key": word, **more})
        assert answer.status_code == 303, (where, more, answer.status_code)
        about = learner if who == "learner" else mentor
        yield Canary(word, f"{where} {more}", about, readers, protected)
    yield Canary("A page about town", "task", learner, both, protected=True)
    yield Canary("To speak at a meeting", "goal", _waits(town), STAFF, protected=True)
    # What is right in a quiz, and why, is nobody's before a try was sent in; the learner has sent one in.
    yield Canary("It must be checkable", "answer key", 0, frozenset({"learner"}))
    yield Canary("heron@example.org", "mail address", learner, frozenset({"learner"}))


def _waits(town: Town) -> int:
    requests = Model.metadata.tables["mentor_request"]
    with town.app.app_context(), db.engine.connect() as connection:
        hers = requests.c.public_id == town.ids["waiting"]
        return int(connection.scalar(select(requests.c.person_id).where(hers)))
