"""Mentors and their places: pairs, what is free, and when a word passed last."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g

from lms.core.i18n import gettext as _
from lms.core.policy import allow, signed_in
from lms.mentoring import queries as pairs
from lms.mentoring.queries import Profile
from lms.web.page import page
from lms.workbench.policy import Permission
from lms.workbench.views import bp


@dataclass(frozen=True, slots=True)
class Load:
    """One mentor's load."""

    profile: Profile
    free: int


@bp.get("/rounds/places")
@allow(Permission.COORDINATE)
def places() -> Response:
    """Who has how many, the fullest first. No word of what was said, only that one passed."""
    g.nav = "workbench.waiting"
    rows = [Load(one, max(0, one.capacity - one.taken)) for one in pairs.profiles()]
    rows.sort(key=lambda one: (one.profile.paused, -one.profile.taken / one.profile.capacity))
    open_ones = [one for one in rows if not one.profile.paused]
    free = sum(one.free for one in open_ones)
    total = sum(one.profile.capacity for one in open_ones)
    lead = _("%(free)s of %(total)s places are free.", free=free, total=total)
    return page("workbench/places.html", rows=rows, lead=lead, zone=signed_in().zone)
