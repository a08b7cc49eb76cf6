"""What is done with runs, their proposals and what staff decided for them: erasure, keeping."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Delete, Holding, Record, Whose, days
from lms.programmes.models import MentorProfile, MentorRequest
from lms.workbench import actions
from lms.workbench.models import MatchDecision, MatchProposal, MatchRun
from lms.workbench.rules import DECISIONS_KEPT, LOSING_KEPT


def _kept() -> str:
    lost, offered = days(LOSING_KEPT.days), days(DECISIONS_KEPT.days)
    return _("%(lost)s; one that was offered %(offered)s", lost=lost, offered=offered)


PROPOSALS = Holding(
    62,
    _l("Which mentors were worked out for you, and why"),
    _l("Coordinators"),
    _kept,
    actions.forget_old,
)


def _about(request: Any, profile: Any) -> Whose:
    def whose(person_id: int) -> ColumnElement[bool]:
        requests = select(MentorRequest.id).where(MentorRequest.person_id == person_id)
        profiles = select(MentorProfile.id).where(MentorProfile.person_id == person_id)
        return or_(request.in_(requests), profile.in_(profiles))

    return whose


_proposal = _about(MatchProposal.request_id, MatchProposal.profile_id)
_decision = _about(MatchDecision.request_id, MatchDecision.profile_id)
_RUN = (
    *("id", "public_id", "programme_id", "track", "settings", "before_id", "state"),
    *("input_digest", "result_digest", "engine", "stats", "made_at", "done_at"),
)

RECORDS = (
    # A run itself names nobody: digests, counts, and who pressed the button.
    Record(MatchRun, None, apart=(*_RUN, "by_id"), stays=_RUN, numbers=("by_id",)),
    Record(
        MatchProposal,
        PROPOSALS,
        mine=_proposal,
        apart=tuple(column.name for column in MatchProposal.__table__.columns),
        erase=(Delete(_proposal),),
        numbers=("published_by",),
    ),
    Record(
        MatchDecision,
        PROPOSALS,
        mine=_decision,
        apart=tuple(column.name for column in MatchDecision.__table__.columns),
        erase=(Delete(_decision),),
        numbers=("by_id",),
    ),
)
