"""rights of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "state IN ('active', 'locked')"
AFTER = "state IN ('active', 'locked', 'leaving', 'gone')"


def upgrade() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint(op.f("ck_person_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_person_state"), AFTER)
    leaving = sa.text("state = 'leaving'")
    op.create_index(
        "ix_person_leaving", "person", ["id"], sqlite_where=leaving, postgresql_where=leaving
    )
    op.create_table(
        "data_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "taken_at IS NULL OR sealed IS NULL", name=op.f("ck_data_copy_taken_once")
        ),
        sa.CheckConstraint(
            "sealed IS NULL OR ready_at IS NOT NULL", name=op.f("ck_data_copy_ready")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_copy_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_copy")),
        sa.UniqueConstraint("person_id", name=op.f("uq_data_copy_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_copy_public_id")),
    )
    op.create_index(op.f("ix_data_copy_asked_at"), "data_copy", ["asked_at"])
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keys_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_due_at"), "erasure", ["due_at"])
    op.create_table(
        "erased",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased")),
    )
    op.create_table(
        "last_use",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_last_use_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_last_use")),
    )
    op.create_index(op.f("ix_last_use_month"), "last_use", ["month"])
    op.create_table(
        "access_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_access_question_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_access_question_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_question_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_question")),
        sa.UniqueConstraint(
            "person_id", "number", name=op.f("uq_access_question_person_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_access_question_public_id")),
    )
    op.create_index(
        op.f("ix_access_question_answered_by_id"), "access_question", ["answered_by_id"]
    )


def downgrade() -> None:
    for table in ("access_question", "last_use", "erased", "erasure", "data_copy"):
        op.drop_table(table)
    op.drop_index("ix_person_leaving", "person")
    # Whoever is leaving stays closed: the older release knows no other word for it.
    op.execute("UPDATE person SET state = 'locked' WHERE state IN ('leaving', 'gone')")
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint(op.f("ck_person_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_person_state"), BEFORE)
