"""Pages of goals: `goals` for what a pair wants to reach, `texts` for what the mentor reads."""

from __future__ import annotations

from flask import Blueprint, g
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.accounts.vault import SharedKeys
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.policy import Actor, signed_in
from lms.goals import actions
from lms.mentoring import keys
from lms.mentoring import queries as mentoring
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side

__all__ = ["AnyResponse", "bp", "keys_for", "keys_to_write", "load_pair", "on_page", "saw"]

bp = Blueprint("goals", "lms.goals", url_prefix="/<lang:lang>", template_folder="templates")


def load_pair(_person: Actor, pair: str) -> Pair | None:
    """The pair of an address. The policy decides who may have it."""
    return mentoring.pair(pair)


def keys_for(pair: Pair) -> SharedKeys:
    """The pair's keys, opened by whoever is asking."""
    return actions.keys_of(pair, signed_in().id, vault.unlocked())


def keys_to_write(pair: Pair) -> SharedKeys:
    """As `keys_for`; a side that has none gets a new one."""
    return keys.to_write(pair, signed_in().id, vault.unlocked())


def on_page(pair: Pair) -> bool:
    """Put the reader into her place of the navigation. Return whether she is the mentor."""
    mentor = pair.side(signed_in().id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"
    return mentor


def saw(pair: Pair) -> None:
    """The mentor's look at what her mentee wrote leaves a line, once a day."""
    person = signed_in()
    visitor = Visitor(person.id, Role.MENTOR, pair.mentor_name)
    if person.id == pair.mentor_id:
        audit.saw_list(visitor, [pair.mentee_id], What.PAGE, pair.public_id)
