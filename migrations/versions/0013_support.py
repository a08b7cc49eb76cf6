"""support."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = sa.text("call_by IS NOT NULL AND called_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("spoke_with", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'done', 'skipped')", name=op.f("ck_check_in_state")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_check_in_done_by")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_check_in_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("match_id", "number", name=op.f("uq_check_in_match_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_in_public_id")),
    )
    op.create_index(op.f("ix_check_in_done_by"), "check_in", ["done_by"])
    op.create_index("ix_check_in_state", "check_in", ["state", "due_on"])
    op.create_table(
        "closing_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_closing_word_author_id")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_closing_word_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_word")),
        sa.UniqueConstraint(
            "match_id", "author_id", name=op.f("uq_closing_word_match_id_author_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_closing_word_public_id")),
    )
    op.create_index(op.f("ix_closing_word_author_id"), "closing_word", ["author_id"])
    op.create_table(
        "nudge",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_nudge_match_id")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_nudge")),
    )
    op.create_table(
        "programme_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_programme_note_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_programme_note_match_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_programme_note_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_note_public_id")),
    )
    op.create_index(op.f("ix_programme_note_author_id"), "programme_note", ["author_id"])
    op.create_index(op.f("ix_programme_note_match_id"), "programme_note", ["match_id"])
    op.create_index(op.f("ix_programme_note_person_id"), "programme_note", ["person_id"])
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("call_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('fit', 'pulse', 'last')", name=op.f("ck_pulse_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'skipped')", name=op.f("ck_pulse_state")
        ),
        sa.ForeignKeyConstraint(["called_by"], ["person.id"], name=op.f("fk_pulse_called_by")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_pulse_match_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pulse_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
        sa.UniqueConstraint(
            "match_id",
            "person_id",
            "kind",
            "number",
            name=op.f("uq_pulse_match_id_person_id_kind_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_pulse_public_id")),
    )
    op.create_index(op.f("ix_pulse_asked_on"), "pulse", ["asked_on"])
    op.create_index(
        "ix_pulse_call_by", "pulse", ["call_by"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index(op.f("ix_pulse_called_by"), "pulse", ["called_by"])
    op.create_index(op.f("ix_pulse_person_id"), "pulse", ["person_id"])


def downgrade() -> None:
    for table in ("closing_word", "nudge", "pulse", "programme_note", "check_in"):
        op.drop_table(table)
