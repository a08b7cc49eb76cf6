"""Goals and texts of a pair: the shortest way to a state that a test begins in."""

from __future__ import annotations

from datetime import date, timedelta

from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.core.files.intake import Taken
from lms.core.files.kinds import Kind
from lms.goals import actions, queries, reviews
from lms.goals.actions import Asked, Words
from lms.goals.queries import Held
from tests.mentoring.world import World, the_pair_inside
from tests.vaults import opener_of
from tests.world import Somebody


def set_goal(
    world: World, writer: Somebody | None = None, title: str = "Write down one case",
    measure: str = "",
) -> str:  # fmt: skip
    """A goal. Return its public id."""
    with transaction():
        return set_goal_inside(world, writer or world.mentee, title, measure)


def set_goal_inside(world: World, writer: Somebody, title: str, measure: str = "") -> str:
    """A goal, inside an open transaction."""
    pair = the_pair_inside(world.pair)
    keys = actions.keys_of(pair, writer.id, opener_of(writer))
    return actions.add_goal(pair, writer.id, Words(title, measure, None), keys)


def add_step(
    world: World, goal: str, text: str = "Ask for consent", item_id: int | None = None
) -> None:
    """A step by the mentee."""
    with transaction():
        found = queries.goal(goal)
        assert found is not None
        keys = actions.keys_of(found.pair, world.mentee.id, opener_of(world.mentee))
        actions.add_step(found, world.mentee.id, text, None, item_id, keys)


def close(world: World, goal: str, outcome: str = "met", evidence: str = "") -> None:
    """The mentee closes a goal."""
    with transaction():
        found = queries.goal(goal)
        assert found is not None
        keys = actions.keys_of(found.pair, world.mentee.id, opener_of(world.mentee))
        state = actions.GoalState(outcome)
        actions.close_goal(found, world.mentee.id, state, evidence, keys)


def goals_of(world: World, reader: Somebody) -> list[Held]:
    """The goals as one side finds them."""
    with reading():
        pair = the_pair_inside(world.pair)
        keys = actions.keys_of(pair, reader.id, opener_of(reader))
        return queries.held(queries.goal_rows(pair), pair, keys, reader.id)


def ask(
    world: World,
    title: str = "Summary",
    body: str = "First draft",
    questions: tuple[str, ...] = ("Is it clear?",),
    file: bytes | None = None,
    due_on: date | None = None,
) -> str:
    """A text that waits for the mentor. Return its public id."""
    taken = Taken(Kind.TXT, file) if file is not None else None
    asked = Asked(body, questions, due_on or (now() + timedelta(days=7)).date(), taken)
    with transaction():
        pair = the_pair_inside(world.pair)
        keys = actions.keys_of(pair, world.mentee.id, opener_of(world.mentee))
        return actions.ask(pair, title, asked, keys)


def answer(
    world: World, text: str, general: str = "Strong.", answers: tuple[str, ...] = ("Yes.",)
) -> None:
    """The mentor's answer."""
    with transaction():
        found = reviews.text(text)
        assert found is not None
        keys = actions.keys_of(found.pair, world.mentor.id, opener_of(world.mentor))
        latest = reviews.rounds(found, keys)[0]
        actions.answer(found, world.mentor.id, latest, general, answers, keys)
