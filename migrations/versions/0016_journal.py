"""journal."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_journal_entry_person_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_journal_entry_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_journal_entry_public_id")),
    )
    op.create_index(op.f("ix_journal_entry_person_id"), "journal_entry", ["person_id"])
    op.create_table(
        "journal_copy",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("shared_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_copy_entry_id")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_journal_copy_match_id")),
        sa.PrimaryKeyConstraint("entry_id", "match_id", name=op.f("pk_journal_copy")),
    )
    op.create_index(op.f("ix_journal_copy_match_id"), "journal_copy", ["match_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_journal_copy_match_id"), table_name="journal_copy")
    op.drop_table("journal_copy")
    op.drop_index(op.f("ix_journal_entry_person_id"), table_name="journal_entry")
    op.drop_table("journal_entry")
