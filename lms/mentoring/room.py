"""The door plate of mentoring."""

from __future__ import annotations

from typing import Any

from lms.accounts.events import KeyPairReplaced
from lms.accounts.standing import TRUSTED
from lms.accounts.vouching import MENTEES
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.policy import Actor, may
from lms.core.room import NavItem, Room
from lms.learning.events import TaskAnswered, TaskSubmitted
from lms.learning.readers import READERS
from lms.mentoring import actions, cards, listeners, queries, sides, vouchers
from lms.mentoring.policy import RULES, Permission
from lms.mentoring.records import RECORDS
from lms.mentoring.views import bp, messages, own, pairs, terms  # noqa: F401 - read for their routes
from lms.privacy.events import PersonErased
from lms.programmes.events import MentorPaused, StoppedWaiting
from lms.programmes.pairing import LOADS, STANDINGS
from lms.safeguarding.events import Blocked
from lms.safeguarding.others import OTHERS


def _is_mentor(person: Actor | None) -> bool:
    return may(person, Permission.MENTEES)


def _coordinates(person: Actor | None) -> bool:
    return may(person, Permission.COORDINATE)


def _learns(person: Actor | None) -> bool:
    return person is not None and not _is_mentor(person) and not _coordinates(person)


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    actions.daily()


ROOM = Room(
    name="mentoring",
    blueprints=(bp,),
    rules=RULES,
    nav=(
        NavItem(_l("My mentees"), "mentoring.pairs", "heart-handshake", 5, _is_mentor, tab=True),
        NavItem(_l("My mentor"), "mentoring.mine", "heart-handshake", 30, _learns, tab=True),
    ),
    listeners=(
        (KeyPairReplaced, listeners.change_keys),
        (PersonErased, listeners.part),
        (MentorPaused, listeners.release_offers),
        (StoppedWaiting, listeners.drop_offer),
        (Blocked, listeners.part_in_silence),
        (TaskSubmitted, listeners.tell_mentor),
        (TaskAnswered, listeners.tell_learner),
    ),
    cards={"home": cards.home},
    fills=(
        (READERS, listeners.readers),
        (STANDINGS, listeners.standing),
        (LOADS, queries.loads),
        (TRUSTED, vouchers.mentors_now),
        (MENTEES, vouchers.mentees_of),
        (OTHERS, sides.other_side),
    ),
    jobs=(Job("mentoring.daily", effect=_daily),),
    daily=(Daily("mentoring.daily", hour=3),),
    records=RECORDS,
)
