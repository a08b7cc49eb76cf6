"""The door plate of learning."""

from __future__ import annotations

from lms.assessment.events import AttemptMarked
from lms.core.room import Room
from lms.learning import cards, listeners
from lms.learning.policy import RULES
from lms.learning.views import bp, keep_done

ROOM = Room(
    name="learning",
    blueprints=(bp,),
    rules=RULES,
    listeners=((AttemptMarked, listeners.complete_quiz),),
    cards={"home": cards.home, "course": cards.course},
    kept={"done": keep_done},
)
