"""What is done with what programmes keeps about people: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.cohorts.records import NAMES
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Delete, Holding, Record, days, own
from lms.core.sealing import unseal
from lms.programmes import queries
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.rules import GOALS_KEPT


def _after_end() -> str:
    return _("%(days)s after the pair ends", days=days(GOALS_KEPT.days))


# Rooms above know when a pair ends; they call `actions.forget_goals`.
GOALS = Holding(
    66,
    _l("What you hope for from a mentor"),
    _l("Coordinators; a mentor whom you agreed to"),
    _after_end,
)


def _goal(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    place = queries.goal_place(row["public_id"], owner)
    return unseal(row["goal"], place) if row["goal"] else ""


RECORDS = (
    Record(
        Programme,
        None,
        apart=("id", "public_id", "key", "offer_days"),
        stays=("id", "public_id", "key", "offer_days"),
    ),
    Record(
        MentorProfile,
        NAMES,
        mine=own(MentorProfile.person_id),
        copy=("shown_name", "languages", "about", "capacity", "paused", "made_at"),
        apart=("id", "public_id", "programme_id", "person_id"),
        erase=(Delete(own(MentorProfile.person_id)),),
    ),
    Record(
        MentorRequest,
        GOALS,
        mine=own(MentorRequest.person_id),
        copy=("shown_name", "languages", "goal", "waiting_since", "state"),
        told={"goal": _goal},
        apart=("id", "public_id", "programme_id", "person_id"),
        erase=(Delete(own(MentorRequest.person_id)),),
    ),
)
