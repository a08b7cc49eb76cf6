"""The door plate of accounts."""

from __future__ import annotations

from typing import Any

from lms.accounts import actions, vouching
from lms.accounts.cli import group
from lms.accounts.factors import actions as factors
from lms.accounts.policy import RULES
from lms.accounts.views import bp, site
from lms.accounts.views.vouching import home_card
from lms.core import once, outbox, throttle
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.room import NavItem, Room


def _forget(_payload: dict[str, Any], _result: Any) -> None:
    actions.forget_old()
    factors.forget_old()
    vouching.forget_old()
    throttle.forget_old()
    once.forget_old()
    outbox.forget_old()


ROOM = Room(
    name="accounts",
    blueprints=(bp, site),
    rules=RULES,
    nav=(
        # On a phone the account has no place in the header: there it is the last tab.
        NavItem(
            _l("More"),
            "accounts.account",
            "menu",
            99,
            lambda person: person is not None,
            tab=True,
            bar=False,
        ),
    ),
    jobs=(Job("accounts.forget", effect=_forget),),
    daily=(Daily("accounts.forget", hour=2),),
    cards={"home": home_card},
    commands=(group,),
)
