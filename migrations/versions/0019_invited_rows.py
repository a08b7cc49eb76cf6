"""invited rows."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invited_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("batch", sa.String(length=12), nullable=False),
        sa.Column("brought_by", sa.Integer(), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=4), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('people', 'waiting', 'pairs')", name=op.f("ck_invited_row_kind")
        ),
        sa.CheckConstraint("answer IN ('', 'yes', 'no')", name=op.f("ck_invited_row_answer")),
        sa.CheckConstraint(
            "claimed_by IS NOT NULL OR answer = ''",
            name=op.f("ck_invited_row_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "(answer = '') = (words IS NOT NULL)",
            name=op.f("ck_invited_row_words_until_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["brought_by"], ["person.id"], name=op.f("fk_invited_row_brought_by")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["person.id"], name=op.f("fk_invited_row_claimed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invited_row")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invited_row_public_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_invited_row_digest")),
        sa.UniqueConstraint("who", "kind", "track", name=op.f("uq_invited_row_who")),
    )
    for column in ("batch", "brought_by", "claimed_by", "expires_on"):
        op.create_index(op.f(f"ix_invited_row_{column}"), "invited_row", [column])


def downgrade() -> None:
    # The keys of tables whose rows are gone open nothing any more.
    op.execute("DELETE FROM data_key WHERE owner IN (SELECT batch FROM invited_row)")
    op.drop_table("invited_row")
