"""The door plate of messaging."""

from __future__ import annotations

from lms.accounts.events import AccountHandled, ComingBack, FactorChanged, SignedIn
from lms.audit.events import WhyAnswered, WhyAsked
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Daily, Job
from lms.core.room import NavItem, Room
from lms.messaging import actions, listeners, mail, weekly
from lms.messaging.policy import RULES
from lms.messaging.records import RECORDS
from lms.messaging.views import bp, home_cards

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
        (WhyAsked, listeners.tell_of_question),
        (WhyAnswered, listeners.tell_of_answer),
    ),
    jobs=(
        Job(actions.MAIL, effect=mail.sent, work=mail.send),
        Job(weekly.PLAN, effect=weekly.plan),
        Job(weekly.SEND, effect=weekly.sent, work=weekly.send),
    ),
    daily=(Daily(weekly.PLAN, hour=0),),
    records=RECORDS,
)
