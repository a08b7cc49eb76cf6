"""The door plate of accounts."""

from __future__ import annotations

from typing import Any

from lms.accounts import actions
from lms.accounts.cli import group
from lms.accounts.policy import RULES
from lms.accounts.views import bp, site
from lms.core import once, outbox, throttle
from lms.core.outbox import Daily, Job
from lms.core.room import Room


def _forget(_payload: dict[str, Any], _result: Any) -> None:
    actions.forget_old()
    throttle.forget_old()
    once.forget_old()
    outbox.forget_old()


ROOM = Room(
    name="accounts",
    blueprints=(bp, site),
    rules=RULES,
    jobs=(Job("accounts.forget", effect=_forget),),
    daily=(Daily("accounts.forget", hour=2),),
    commands=(group,),
)
