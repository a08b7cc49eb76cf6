"""goals."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = "kind IN ('jpg', 'png', 'webp', 'pdf', 'docx', 'odt', 'txt')"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=True),
        sa.Column("measure", sa.LargeBinary(), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'met', 'partly_met', 'dropped')", name=op.f("ck_goal_state")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_goal_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_goal_public_id")),
    )
    op.create_index(op.f("ix_goal_match_id"), "goal", ["match_id"])
    op.create_table(
        "goal_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "item_id IS NULL OR done_at IS NULL", name=op.f("ck_goal_step_one_truth")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_step_goal_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_goal_step_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_step")),
        sa.UniqueConstraint("public_id", name=op.f("uq_goal_step_public_id")),
    )
    op.create_index(op.f("ix_goal_step_goal_id"), "goal_step", ["goal_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'declined', 'done')", name=op.f("ck_review_state")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_review_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_public_id")),
    )
    op.create_index(op.f("ix_review_match_id"), "review", ["match_id"])
    op.create_index(op.f("ix_review_due_on"), "review", ["due_on"])
    op.create_table(
        "review_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_round_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_round")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_round_public_id")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_round_review_id_number")),
    )
    op.create_table(
        "review_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_round.id"], name=op.f("fk_review_question_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_question_public_id")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_review_question_round_id_number")),
    )
    op.create_table(
        "review_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_review_file_kind")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_round.id"], name=op.f("fk_review_file_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_file_public_id")),
        sa.UniqueConstraint("round_id", name=op.f("uq_review_file_round_id")),
    )


def downgrade() -> None:
    op.drop_table("review_file")
    op.drop_table("review_question")
    op.drop_table("review_round")
    op.drop_index(op.f("ix_review_due_on"), table_name="review")
    op.drop_index(op.f("ix_review_match_id"), table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_goal_step_goal_id"), table_name="goal_step")
    op.drop_table("goal_step")
    op.drop_index(op.f("ix_goal_match_id"), table_name="goal")
    op.drop_table("goal")
