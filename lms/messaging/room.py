"""The door plate of messaging."""

from __future__ import annotations

from typing import Any

from lms.accounts.events import AccountHandled, ComingBack, FactorChanged, SignedIn
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.room import NavItem, Room
from lms.messaging import actions, listeners, mail
from lms.messaging.policy import RULES
from lms.messaging.views import bp, home_cards


def _forget(_payload: dict[str, Any], _result: Any) -> None:
    actions.forget_old()


ROOM = Room(
    name="messaging",
    blueprints=(bp,),
    rules=RULES,
    nav=(
        NavItem(
            _l("Messages"),
            "messaging.notices",
            "message-circle",
            60,
            lambda person: person is not None,
            tab=True,
        ),
    ),
    cards={"home": home_cards},
    listeners=(
        (SignedIn, listeners.tell_of_sign_in),
        (FactorChanged, listeners.tell_of_factor),
        (AccountHandled, listeners.tell_of_handling),
        (ComingBack, listeners.tell_of_coming_back),
    ),
    jobs=(
        Job(actions.MAIL, effect=mail.sent, work=mail.send),
        Job("messaging.forget", effect=_forget),
    ),
    daily=(Daily("messaging.forget", hour=2),),
)
