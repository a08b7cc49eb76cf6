"""The door plate of courses."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.room import NavItem, Room
from lms.courses.cli import group
from lms.courses.views import bp, site

ROOM = Room(
    name="courses",
    blueprints=(bp, site),
    nav=(
        NavItem(
            _l("Courses"), "courses.catalogue", "book-open", 10, lambda _person: True, tab=True
        ),
    ),
    commands=(group,),
)
