"""The door plate of accounts."""

from __future__ import annotations

from lms.accounts.cli import group
from lms.accounts.discreet import bp as discreet_view
from lms.accounts.policy import RULES
from lms.accounts.records import RECORDS
from lms.accounts.views import bp, site
from lms.accounts.views.vouching import home_card
from lms.core.i18n import lazy_gettext as _l
from lms.core.room import NavItem, Room

ROOM = Room(
    name="accounts",
    blueprints=(bp, site, discreet_view),
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
    cards={"home": home_card},
    commands=(group,),
    records=RECORDS,
)
