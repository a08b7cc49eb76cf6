"""What is done with what programmes keeps about people: copy, erasure, keeping."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lms.cohorts.records import NAMES
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, days, own
from lms.core.sealing import Place, unseal
from lms.programmes import queries, waiting
from lms.programmes.models import MentorProfile, MentorRequest, Programme, Transition
from lms.programmes.rules import GOALS_KEPT


def _after_end() -> str:
    return _("%(days)s after the pair ends", days=days(GOALS_KEPT.days))


def _until_left() -> str:
    return _(
        "Until you leave the list or the places; %(days)s of silence end it too", days=days(90)
    )


# Rooms above know when a pair ends; they call `waiting.forget_goals`.
GOALS = Holding(
    66,
    _l("What you hope for from a mentor"),
    _l("Coordinators; a mentor whom you agreed to"),
    _after_end,
    waiting.forget_old,
)
RULES = Holding(
    67,
    _l("Your private rules for a pair, and what you say about countries and people"),
    _l("Nobody; staff see how many rules it is"),
    _until_left,
    waiting.forget_old,
)
STEPS = Holding(68, _l("Steps: asked, accepted, proposed, paused"), _l("You and coordinators"))


def _goal(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    place = queries.goal_place(row["public_id"], owner)
    return unseal(row["goal"], place) if row["goal"] else ""


def _told(table: str, column: str) -> Callable[[Mapping[str, Any], str, str], str]:
    """A sealed value as lines that a person can read."""

    def tell(row: Mapping[str, Any], owner: str, _lang: str) -> str:
        if not row[column]:
            return ""
        said = json.loads(unseal(row[column], Place(table, column, row["public_id"], owner)))
        return "; ".join(
            f"{name}: {', '.join(value) if isinstance(value, list) else value}"
            for name, value in said.items()
            if value
        )

    return tell


# Of a pair that did not come about nobody learns who said no (mentoring.md 2.2); a reason could tell it, too.
_NO_PAIR = {"declined", "dismissed", "expired"}


def _reached(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    unsaid = row["machine"] == "match" and row["to_state"] in _NO_PAIR
    return "withdrawn" if unsaid else str(row["to_state"])


def _reason(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    return "" if row["machine"] == "match" else str(row["reason"])


_PROGRAMME = (
    *("id", "public_id", "key", "title_en", "title_ru", "state", "starts_on", "ends_on", "tracks"),
    *("policy", "duration_weeks", "session_rhythm_days", "offer_days", "gate_course"),
    *("screens_requests", "donor_code"),
)
_SAID = ("levels", "experience", "style", "hours", "async_only", "channels")

RECORDS = (
    Record(Programme, None, apart=_PROGRAMME, stays=_PROGRAMME),
    Record(
        MentorProfile,
        NAMES,
        mine=own(MentorProfile.person_id),
        copy=(
            *("track", "state", "shown_name", "languages", "about", "capacity", "topics", *_SAID),
            *("glad_topics", "countries_known", "organisations", "private", "private_rules"),
            *("adults_only", "boundaries_at"),
            *("trained_at", "confirmed_at", "paused_until", "made_at"),
        ),
        told={
            "organisations": _told("mentor_profile", "organisations"),
            "private": _told("mentor_profile", "private"),
        },
        apart=("id", "public_id", "programme_id", "person_id", "asked_at"),
        erase=(Delete(own(MentorProfile.person_id)),),
    ),
    Record(
        MentorRequest,
        GOALS,
        mine=own(MentorRequest.person_id),
        copy=(
            *("track", "shown_name", "languages", "goal", "waiting_since", "state", "needs"),
            *(*_SAID, "organisations", "private", "private_rules", "under_18", "priority"),
            "matched_at",
        ),
        told={
            "goal": _goal,
            "organisations": _told("mentor_request", "organisations"),
            "private": _told("mentor_request", "private"),
        },
        apart=(*("id", "public_id", "programme_id", "person_id", "asked_at", "silences"),),
        erase=(Delete(own(MentorRequest.person_id)),),
    ),
    # Rows about others stay when their actor is erased: they say nobody's name then.
    Record(
        Transition,
        STEPS,
        mine=own(Transition.person_id),
        copy=("machine", "from_state", "to_state", "reason", "at"),
        told={"to_state": _reached, "reason": _reason},
        apart=("id", "subject", "person_id", "actor_id"),
        erase=(
            Delete(own(Transition.person_id)),
            Blank(own(Transition.actor_id), {"actor_id": None}),
        ),
    ),
)
