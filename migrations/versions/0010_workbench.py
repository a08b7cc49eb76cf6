"""workbench."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FACTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "match_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("settings", FACTS, nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=16), nullable=False),
        sa.Column("stats", FACTS, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'failed')", name=op.f("ck_match_run_state")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_match_run_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"],
            ["match_run.id"],
            name=op.f("fk_match_run_before_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_match_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_match_run_public_id")),
    )
    op.create_index("ix_match_run_made", "match_run", ["programme_id", "made_at"])
    op.create_index(op.f("ix_match_run_before_id"), "match_run", ["before_id"])
    op.create_index(op.f("ix_match_run_by_id"), "match_run", ["by_id"])
    op.create_table(
        "match_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("terms", FACTS, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.CheckConstraint("rank BETWEEN 0 AND 2", name=op.f("ck_match_proposal_rank")),
        *_people("match_proposal"),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_match_proposal_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_proposal")),
    )
    op.create_index(
        "uq_match_proposal_rank", "match_proposal", ["run_id", "request_id", "rank"], unique=True
    )
    for column in ("request_id", "profile_id", "published_by"):
        op.create_index(op.f(f"ix_match_proposal_{column}"), "match_proposal", [column])
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pin', 'forbid', 'hold', 'places')", name=op.f("ck_match_decision_kind")
        ),
        *_people("match_decision"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_match_decision_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_match_decision_public_id")),
    )
    op.create_index("ix_match_decision_run", "match_decision", ["run_id", "kind"])
    for column in ("request_id", "profile_id", "by_id"):
        op.create_index(op.f(f"ix_match_decision_{column}"), "match_decision", [column])


def _people(table: str) -> list[sa.ForeignKeyConstraint]:
    """The run, the person who waits and the mentor of a row, which goes with any of them."""
    parents = {
        "run_id": "match_run",
        "request_id": "mentor_request",
        "profile_id": "mentor_profile",
    }
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
        )
        for column, parent in parents.items()
    ]


def downgrade() -> None:
    for table in ("match_decision", "match_proposal", "match_run"):
        op.drop_table(table)
