"""The door plate of circles and questions."""

from __future__ import annotations

from typing import Any

from lms.accounts.events import KeyPairReplaced
from lms.circles import answering, cards, listeners, queries
from lms.circles.policy import RULES
from lms.circles.records import RECORDS
from lms.circles.views import answering as answers  # noqa: F401 - read for their routes
from lms.circles.views import asking, bp, circle, questions_bp, sheets  # noqa: F401 - as above
from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.privacy.events import PersonErased
from lms.safeguarding.others import OTHERS


def _daily(_payload: dict[str, Any], _result: Any) -> None:
    answering.lapse()
    answering.close_quiet()


ROOM = Room(
    name="circles",
    blueprints=(bp, questions_bp),
    rules=RULES,
    cards={"home": cards.home},
    listeners=(
        (KeyPairReplaced, listeners.change_keys),
        (PersonErased, listeners.part),
    ),
    fills=((OTHERS, queries.other_side),),
    jobs=(Job("circles.daily", effect=_daily),),
    daily=(Daily("circles.daily", hour=3),),
    records=RECORDS,
)
