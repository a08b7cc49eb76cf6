"""The door plate of learning."""

from __future__ import annotations

from lms.assessment.events import AttemptMarked, AttemptStarted
from lms.assessment.versions import VERSIONS
from lms.core.files import intake
from lms.core.room import Room
from lms.learning import cards, listeners
from lms.learning.policy import RULES
from lms.learning.records import RECORDS
from lms.learning.views import bp, keep_done

ROOM = Room(
    name="learning",
    blueprints=(bp,),
    rules=RULES,
    listeners=((AttemptStarted, listeners.enrol), (AttemptMarked, listeners.complete_quiz)),
    fills=((VERSIONS, listeners.version_of),),
    cards={"home": cards.home, "course": cards.course},
    kept={"done": keep_done},
    records=RECORDS,
    checks=(intake.health,),
)
