"""circles."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("facilitator_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("rhythm_days", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_circle_state")),
        sa.CheckConstraint("rhythm_days BETWEEN 1 AND 90", name=op.f("ck_circle_rhythm")),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["person.id"], name=op.f("fk_circle_facilitator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle")),
        sa.UniqueConstraint("code", name=op.f("uq_circle_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_circle_public_id")),
    )
    op.create_index(op.f("ix_circle_closed_at"), "circle", ["closed_at"], unique=False)
    op.create_index(op.f("ix_circle_facilitator_id"), "circle", ["facilitator_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claim_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thanked", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'claimed') = (claim_until IS NOT NULL)",
            name=op.f("ck_question_claim_has_an_end"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'answered', 'reopened', 'closed')",
            name=op.f("ck_question_state"),
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_question_asker_id")),
        sa.ForeignKeyConstraint(
            ["claimed_by_id"], ["person.id"], name=op.f("fk_question_claimed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_public_id")),
    )
    op.create_index(op.f("ix_question_asker_id"), "question", ["asker_id"], unique=False)
    op.create_index(op.f("ix_question_claim_until"), "question", ["claim_until"], unique=False)
    op.create_index(op.f("ix_question_claimed_by_id"), "question", ["claimed_by_id"], unique=False)
    op.create_index(op.f("ix_question_closed_at"), "question", ["closed_at"], unique=False)
    op.create_index(
        op.f("ix_question_first_answered_at"), "question", ["first_answered_at"], unique=False
    )
    op.create_index("ix_question_queue", "question", ["state", "asked_at"], unique=False)
    op.create_table(
        "answer_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_answer_text_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_text_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_text")),
        sa.UniqueConstraint("public_id", name=op.f("uq_answer_text_public_id")),
    )
    op.create_index(op.f("ix_answer_text_author_id"), "answer_text", ["author_id"], unique=False)
    op.create_index(
        "ix_answer_text_question_id", "answer_text", ["question_id", "id"], unique=False
    )
    op.create_table(
        "case_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('questions', 'ideas', 'advice', 'summary', 'closed')",
            name=op.f("ck_case_sheet_stage"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_case_sheet_author_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circle.id"], name=op.f("fk_case_sheet_circle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_sheet")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_sheet_public_id")),
    )
    op.create_index(op.f("ix_case_sheet_author_id"), "case_sheet", ["author_id"], unique=False)
    op.create_index("ix_case_sheet_circle_id", "case_sheet", ["circle_id", "id"], unique=False)
    op.create_table(
        "circle_key",
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["circle_id"], ["circle.id"], name=op.f("fk_circle_key_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_circle_key_person_id")),
        sa.PrimaryKeyConstraint("circle_id", "number", "person_id", name=op.f("pk_circle_key")),
    )
    op.create_index(op.f("ix_circle_key_person_id"), "circle_key", ["person_id"], unique=False)
    op.create_table(
        "circle_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_meeting_circle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_meeting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_circle_meeting_public_id")),
    )
    op.create_index(op.f("ix_circle_meeting_at"), "circle_meeting", ["at"], unique=False)
    op.create_index(
        op.f("ix_circle_meeting_circle_id"), "circle_meeting", ["circle_id"], unique=False
    )
    op.create_table(
        "circle_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'in', 'left')", name=op.f("ck_circle_member_state")
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_member_circle_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_circle_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_member")),
        sa.UniqueConstraint(
            "circle_id", "person_id", name=op.f("uq_circle_member_circle_id_person_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_circle_member_public_id")),
    )
    op.create_index(
        op.f("ix_circle_member_person_id"), "circle_member", ["person_id"], unique=False
    )
    op.create_table(
        "circle_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("circle_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_circle_post_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_post_circle_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["case_sheet.id"], name=op.f("fk_circle_post_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_post")),
        sa.UniqueConstraint("public_id", name=op.f("uq_circle_post_public_id")),
    )
    op.create_index(op.f("ix_circle_post_at"), "circle_post", ["at"], unique=False)
    op.create_index(op.f("ix_circle_post_author_id"), "circle_post", ["author_id"], unique=False)
    op.create_index("ix_circle_post_circle_id", "circle_post", ["circle_id", "id"], unique=False)
    op.create_index(op.f("ix_circle_post_sheet_id"), "circle_post", ["sheet_id"], unique=False)
    op.create_table(
        "circle_presence",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("change", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["circle_meeting.id"], name=op.f("fk_circle_presence_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_circle_presence_person_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_circle_presence")),
    )
    op.create_index(
        op.f("ix_circle_presence_person_id"), "circle_presence", ["person_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("circle_presence")
    op.drop_table("circle_post")
    op.drop_table("circle_member")
    op.drop_table("circle_meeting")
    op.drop_table("circle_key")
    op.drop_table("case_sheet")
    op.drop_table("answer_text")
    op.drop_table("question")
    op.drop_table("circle")
