"""The door plate of the shell."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.room import NavItem, Room
from lms.web.policy import RULES
from lms.web.views import bp, site

ROOM = Room(
    name="web",
    blueprints=(bp, site),
    rules=RULES,
    nav=(
        NavItem(_l("Home"), "web.home", "house", 0, lambda person: person is not None, tab=True),
        NavItem(_l("About"), "web.about", "info", 90, lambda person: person is None),
    ),
)
