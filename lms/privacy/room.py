"""The door plate of privacy."""

from __future__ import annotations

from lms.accounts.leaving import WAYS_BACK
from lms.core.outbox import Daily, Job
from lms.core.room import Room
from lms.privacy import actions, queries
from lms.privacy.policy import RULES
from lms.privacy.records import RECORDS
from lms.privacy.views import bp

ROOM = Room(
    name="privacy",
    blueprints=(bp,),
    rules=RULES,
    jobs=(
        Job(actions.COPY, effect=actions.keep, work=actions.gather),
        Job(actions.DESTROY, effect=actions.destroy, work=actions.list_gone),
        Job(actions.RESIDUE, effect=actions.nothing, work=actions.clean_up),
        Job(actions.DAILY, effect=actions.daily),
    ),
    daily=(Daily(actions.DAILY, hour=2),),
    fills=((WAYS_BACK, "privacy.way_back"),),
    checks=(queries.health,),
    records=RECORDS,
)
