"""pairs."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LONG_ENOUGH = timedelta(weeks=24)
STATES_BEFORE = (
    "state IN ('offered_to_mentee', 'offered_to_mentor', 'active', 'ended', 'declined', "
    "'expired', 'withdrawn')"
)
STATES = (
    "state IN ('proposed', 'approved', 'dismissed', 'offered_to_mentee', 'offered_to_mentor', "
    "'active', 'paused', 'closing', 'completed', 'ended_early', 'declined', 'expired', "
    "'withdrawn')"
)
LIVE_BEFORE = sa.text("state IN ('offered_to_mentee', 'offered_to_mentor', 'active')")
LIVE = sa.text(
    "state IN ('approved', 'offered_to_mentee', 'offered_to_mentor', 'active', 'paused', 'closing')"
)
match = sa.table(
    "match",
    sa.column("id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("track", sa.String),
    sa.column("started_at", MOMENT),
    sa.column("ended_at", MOMENT),
    sa.column("last_sign_at", MOMENT),
    sa.column("end_reason", sa.String),
)
CHECKS = {
    "ck_match_track": "track IN ('peer', 'scientist')",
    "ck_match_signed": "signed IN ('mentor', 'mentee', 'both', 'none')",
    "ck_match_awaiting": "awaiting IN ('mentor', 'mentee', 'none')",
}


def _new() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("track", sa.String(length=12), nullable=False, server_default="peer"),
        sa.Column("offer", sa.String(length=12), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("wanted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("run", sa.String(length=12), nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("awaiting", sa.String(length=8), nullable=False, server_default="none"),
        sa.Column("awaiting_since", MOMENT, nullable=True),
        sa.Column("nudged", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_sign_at", MOMENT, nullable=True),
        sa.Column("next_meeting_at", MOMENT, nullable=True),
        sa.Column("change_wanted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("end_words", sa.LargeBinary(), nullable=True),
        sa.Column("signed", sa.String(length=8), nullable=False, server_default="none"),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("share_tasks", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def upgrade() -> None:
    with op.batch_alter_table("match") as batch_op:
        batch_op.drop_index("uq_match_live")
        batch_op.drop_constraint(op.f("ck_match_state"), type_="check")
        for column in _new():
            batch_op.add_column(column)
    _tell_ends_apart()
    with op.batch_alter_table("match") as batch_op:
        batch_op.create_check_constraint(op.f("ck_match_state"), STATES)
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), rule)
        batch_op.create_foreign_key(
            op.f("fk_match_predecessor_id"), "match", ["predecessor_id"], ["id"]
        )
        batch_op.create_index(
            "uq_match_live",
            ["programme_id", "mentee_id", "track"],
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        batch_op.create_index("ix_match_predecessor_id", ["predecessor_id"])
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("signed_by_mentor_at", MOMENT, nullable=True),
        sa.Column("signed_by_mentee_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_agreement_match_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_agreement_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_public_id")),
        sa.UniqueConstraint("match_id", "version", name=op.f("uq_agreement_match_id_version")),
    )
    op.create_index(op.f("ix_agreement_author_id"), "agreement", ["author_id"])
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("reminders_here", sa.Boolean(), nullable=False),
        sa.Column("reminders_by_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choice")),
    )


def _tell_ends_apart() -> None:
    """Pairs that had their 24 weeks are complete; of the others nobody was asked why."""
    over = sa.select(match.c.id, match.c.started_at, match.c.ended_at)
    bind = op.get_bind()
    for number, began, ended in bind.execute(over.where(match.c.state == "ended")).all():
        whole = began is not None and ended is not None and ended - began >= LONG_ENOUGH
        values = {"state": "completed" if whole else "ended_early", "end_reason": "other"}
        bind.execute(sa.update(match).where(match.c.id == number).values(**values))
    bind.execute(sa.update(match).values(last_sign_at=match.c.started_at))


def downgrade() -> None:
    op.drop_table("notice_choice")
    op.drop_table("agreement")
    with op.batch_alter_table("match") as batch_op:
        batch_op.drop_index("uq_match_live")
        batch_op.drop_index("ix_match_predecessor_id")
        batch_op.drop_constraint(op.f("fk_match_predecessor_id"), type_="foreignkey")
        for name in ("ck_match_state", *CHECKS):
            batch_op.drop_constraint(op.f(name), type_="check")
    _forget_the_new_states()
    with op.batch_alter_table("match") as batch_op:
        for column in _new():
            batch_op.drop_column(column.name)
        batch_op.create_check_constraint(op.f("ck_match_state"), STATES_BEFORE)
        batch_op.create_index(
            "uq_match_live",
            ["programme_id", "mentee_id"],
            unique=True,
            sqlite_where=LIVE_BEFORE,
            postgresql_where=LIVE_BEFORE,
        )


def _forget_the_new_states() -> None:
    """The tables before know one pair a mentee, so one with a scientist is over with them."""
    together = ("active", "paused", "closing")
    bind = op.get_bind()
    for before, after in (
        (("proposed", "approved", "dismissed"), "withdrawn"),
        (("completed", "ended_early"), "ended"),
        (("paused", "closing"), "active"),
    ):
        mine = match.c.state.in_(before)
        bind.execute(sa.update(match).where(mine).values(state=after))
    second = (match.c.track == "scientist") & match.c.state.in_(together)
    ended = {"state": "ended", "ended_at": sa.func.current_timestamp()}
    bind.execute(sa.update(match).where(second).values(**ended))
    offered = (match.c.track == "scientist") & match.c.state.like("offered%")
    bind.execute(sa.update(match).where(offered).values(state="withdrawn"))
