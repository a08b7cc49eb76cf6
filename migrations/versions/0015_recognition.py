"""recognition."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NO_NAME = "name_sealed IS NULL OR state IN ('asked', 'printing')"


def upgrade() -> None:
    op.create_table(
        "given_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_given_time_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_given_time_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_time")),
        sa.UniqueConstraint("meeting", name=op.f("uq_given_time_meeting")),
    )
    op.create_index("ix_given_time_person", "given_time", ["person_id", "held_on"])
    op.create_table(
        "hours_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'printing', 'ready', 'declined')",
            name=op.f("ck_hours_statement_state"),
        ),
        sa.CheckConstraint(_NO_NAME, name=op.f("ck_hours_statement_no_name")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_hours_statement_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_hours_statement_approved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hours_statement_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_statement_reference")),
    )
    op.create_index(op.f("ix_hours_statement_person_id"), "hours_statement", ["person_id"])
    op.create_index(op.f("ix_hours_statement_state"), "hours_statement", ["state"])
    op.create_index(op.f("ix_hours_statement_approved_by"), "hours_statement", ["approved_by"])


def downgrade() -> None:
    op.drop_table("hours_statement")
    op.drop_table("given_time")
