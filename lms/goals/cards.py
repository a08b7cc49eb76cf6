"""What goals show on the page of a pair: what the two set, and the texts that are being read."""

from __future__ import annotations

from lms.accounts import vault
from lms.accounts.vault import SharedKeys
from lms.core.policy import Actor
from lms.core.room import Card
from lms.goals import actions, queries, reviews
from lms.goals.rules import MOST_OPEN, GoalState, ReviewState
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side

SHOWN = 6


def pair(person: Actor, found: Pair) -> list[Card]:
    """Goals and texts of a pair: two statements, and one for the keys when there is something to open."""
    goal_rows, text_rows = queries.goal_rows(found), reviews.text_rows(found)
    some = goal_rows or text_rows
    keys = actions.keys_of(found, person.id, vault.unlocked()) if some else SharedKeys({})
    goals = queries.held(goal_rows, found, keys, person.id)
    open_ones = [goal for goal in goals if goal.state is GoalState.OPEN]
    reached = [goal for goal in goals if goal.state in {GoalState.MET, GoalState.PARTLY_MET}]
    texts = [
        text
        for text in reviews.listed(text_rows, found, keys)
        if text.state is not ReviewState.DONE
    ]
    shown = {
        "pair": found.public_id,
        "goals": [*reached[len(open_ones) - SHOWN :], *open_ones],
        "room_left": len(open_ones) < MOST_OPEN,
    }
    asks = {
        "pair": found.public_id,
        "texts": texts[:SHOWN],
        "mentee": found.side(person.id) is Side.MENTEE,
        "some": bool(text_rows),
    }
    cards = [Card("goals/card_goals.html", shown, order=30, aside=True)]
    if asks["mentee"] or text_rows:
        cards.append(Card("goals/card_texts.html", asks, order=40, aside=True))
    return cards


def staff(_person: Actor) -> list[Card]:
    """Where goals are counted. No statement."""
    return [Card("goals/card_staff.html", {}, order=80, aside=True)]
