"""Tables of the workbench: runs over everybody who waits, what they propose, what staff decided for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model


class MatchRun(Model):
    """One run for one programme and track. With the same inputs and settings it gives the same result.

    `stats` holds counts only, those of groups already suppressed; `before_id` is the run that it was made
    from. Its state is `waiting` until a worker has done it, then `ready`, or `failed`.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'ready', 'failed')", name="state"),
        Index("ix_match_run_made", "programme_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    track: Mapped[str] = mapped_column(String(12), info=S1)
    settings: Mapped[dict[str, Any]] = mapped_column(info=S1)
    before_id: Mapped[int | None] = mapped_column(
        ForeignKey("match_run.id", ondelete="SET NULL"), index=True, info=S1
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    state: Mapped[str] = mapped_column(String(8), default="waiting", info=S1)
    input_digest: Mapped[str] = mapped_column(String(64), default="", info=S1)
    result_digest: Mapped[str] = mapped_column(String(64), default="", info=S1)
    engine: Mapped[str] = mapped_column(String(16), default="", info=S1)
    stats: Mapped[dict[str, Any]] = mapped_column(info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)
    done_at: Mapped[datetime | None] = mapped_column(info=S1)


class MatchProposal(Model):
    """What a run says about one person: a mentor (`rank` 0), an alternate (1, 2), or none, and why.

    `terms` are the reasons as data, for a person without a mentor her funnel. It goes with its request or
    its profile: the rooms below clear theirs without knowing this one.
    """

    __tablename__ = "match_proposal"
    __table_args__ = (
        Index("uq_match_proposal_rank", "run_id", "request_id", "rank", unique=True),
        CheckConstraint("rank BETWEEN 0 AND 2", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    run_id: Mapped[int] = mapped_column(ForeignKey("match_run.id", ondelete="CASCADE"), info=S1)
    request_id: Mapped[int] = mapped_column(
        ForeignKey("mentor_request.id", ondelete="CASCADE"), index=True, info=S1
    )
    profile_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentor_profile.id", ondelete="CASCADE"), index=True, info=S1
    )
    rank: Mapped[int] = mapped_column(default=0, info=S1)
    score: Mapped[int] = mapped_column(default=0, info=S1)
    pinned: Mapped[bool] = mapped_column(default=False, info=S1)
    terms: Mapped[dict[str, Any]] = mapped_column(info=S1)
    published_at: Mapped[datetime | None] = mapped_column(info=S1)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    outcome: Mapped[str] = mapped_column(String(12), default="", info=S1)


class MatchDecision(Model):
    """What staff decided for a run: a pair pinned or forbidden, a person held out, fewer places of a mentor.

    Whoever pins against a rule says why; the reason is sealed for the person who waits. Without a run: a pair
    that was proposed by hand against a rule.
    """

    __tablename__ = "match_decision"
    __table_args__ = (
        CheckConstraint("kind IN ('pin', 'forbid', 'hold', 'places')", name="kind"),
        Index("ix_match_decision_run", "run_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("match_run.id", ondelete="CASCADE"), info=S1
    )
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentor_request.id", ondelete="CASCADE"), index=True, info=S1
    )
    profile_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentor_profile.id", ondelete="CASCADE"), index=True, info=S1
    )
    places: Mapped[int | None] = mapped_column(info=S1)
    reason: Mapped[bytes | None] = mapped_column(info=S2)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)
