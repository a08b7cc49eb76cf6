"""People, mentors, pairs: the shortest way to a state that a test begins in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.accounts.roles import Role
from lms.core.db import reading, transaction
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.learning import actions as learning
from lms.mentoring import actions, queries
from lms.mentoring.queries import Pair
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.rules import Track
from tests.courses.world import publish_course
from tests.vaults import opener_of
from tests.world import Somebody, make_person


def make_mentor(
    name: str = "Daria V.",
    languages: Sequence[str] = ("ru", "en"),
    capacity: int = 3,
    about: str = "",
    track: Track = Track.PEER,
) -> Somebody:
    """A mentor with places."""
    person = make_person()
    card = profiles.Card(name, list(languages), capacity, about or "Street lawyer")
    with transaction():
        profiles.make_mentor(person.id, card, track)
    return person


def make_coordinator() -> Somebody:
    """Somebody who pairs people."""
    return make_person("", Role.COORDINATOR)


def make_waiting(
    name: str = "Saule",
    languages: Sequence[str] = ("ru", "kk"),
    goal: str = "",
    tracks: tuple[Track, ...] = (Track.PEER,),
) -> Somebody:
    """Somebody on the list, in each of these tracks."""
    person = make_person()
    with transaction():
        waiting.ask(person.id, name, list(languages), goal, tracks)
    return person


def offer(
    mentee: Somebody, *mentors: Somebody, by: Somebody | None = None, track: Track = Track.PEER
) -> str:
    """An offer of several mentors, the first one proposed first. Return its public id."""
    staff = by or make_coordinator()
    with transaction():
        request = lists.request_of(mentee.id, track)
        assert request is not None
        shown = [queries.profile_in(mentor.id, track) for mentor in mentors]
        return actions.offer(request, [one for one in shown if one], staff.id)


def propose(mentee: Somebody, mentor: Somebody, coordinator: Somebody | None = None) -> str:
    """An offer. Return its public id."""
    by = coordinator or make_coordinator()
    with transaction():
        request, profile = lists.request_of(mentee.id), queries.profile_of(mentor.id)
        assert request is not None
        assert profile is not None
        return actions.propose(request, profile, by.id)


def the_pair(public_id: str) -> Pair:
    """A pair as it stands now."""
    with reading():
        found = queries.pair(public_id)
    assert found is not None
    return found


@dataclass(frozen=True)
class World:
    """A live pair and the people around it."""

    mentor: Somebody
    mentee: Somebody
    coordinator: Somebody
    pair: str

    @property
    def url(self) -> str:
        """The address of the pair's page."""
        return f"/en/pairs/{self.pair}"


def make_pair(
    mentor: Somebody | None = None,
    mentee: Somebody | None = None,
    *,
    shares: Sequence[int] = (),
    quizzes: bool = False,
    goal: str = "",
) -> World:
    """A live pair that shares these courses."""
    coordinator = make_coordinator()
    mentor, mentee = mentor or make_mentor(), mentee or make_waiting(goal=goal)
    public_id = propose(mentee, mentor, coordinator)
    with transaction():
        found = queries.pair(public_id)
        assert found is not None
        actions.agree_as_mentee(found, found.mentee_name, shares, share_quizzes=quizzes)
    with transaction():
        actions.agree_as_mentor(found, found.mentor_name)
    return World(mentor, mentee, coordinator, public_id)


def write(world: World, author: Somebody, text: str) -> None:
    """Send a message in a pair."""
    with transaction():
        actions.write_message(the_pair_inside(world.pair), author.id, text, opener_of(author))


def note_of(world: World, author: Somebody, text: str, *, shared: bool) -> None:
    """Keep a note, inside an open transaction."""
    found = the_pair_inside(world.pair)
    actions.write_note(found, author.id, text, opener_of(author), shared=shared)


def the_pair_inside(public_id: str) -> Pair:
    """A pair, inside an open transaction."""
    found = queries.pair(public_id)
    assert found is not None
    return found


def small_course(folder: Path) -> Outline:
    """The small course, published."""
    outcome = publish_course(folder)
    with reading():
        outline = courses.outline(outcome.version_id, "en")
    assert outline is not None
    return outline


def begin(person: Somebody, outline: Outline, done: Sequence[str] = ()) -> None:
    """Start the course and do these items of it."""
    with transaction():
        found = learning.enrol(person.id, outline.course_id, outline.version_id)
        for key in done:
            learning.complete(found, outline, outline.by_key[key], source="self")


def hand_in(person: Somebody, outline: Outline, text: str, key: str = "task-page") -> str:
    """Hand a task in. Return its public id."""
    with transaction():
        found = learning.enrol(person.id, outline.course_id, outline.version_id)
        row = learning.save_draft(person.public_id, found, outline.by_key[key].id, text)
        learning.submit_task(person.id, row)
        return row.public_id
