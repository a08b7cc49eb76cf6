"""safeguarding."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLES = "'mentor', 'coordinator', 'author', 'administrator'"
VISITORS = "'mentor', 'coordinator', 'administrator', 'reader'"


def _allow(table: str, roles: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_role"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_role"), f"role IN ({roles})")


def upgrade() -> None:
    _allow("role_grant", f"{ROLES}, 'safeguarding'")
    _allow("access_event", f"{VISITORS}, 'safeguarding'")
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("pair", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wish IN ('talk', 'record', 'urgent')", name=op.f("ck_concern_wish")),
        sa.CheckConstraint(
            "state IN ('raised', 'acknowledged', 'assessing', 'action_plan', 'referred', 'closed')",
            name=op.f("ck_concern_state"),
        ),
        sa.CheckConstraint(
            "basis IS NULL OR basis IN ('consent', 'life')", name=op.f("ck_concern_basis")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_concern_closed")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_concern_{column}"))
            for column in ("raised_by_id", "about_id", "handler_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("public_id", name=op.f("uq_concern_public_id")),
    )
    for column in ("raised_by_id", "about_id", "handler_id", "raised_at", "review_at"):
        op.create_index(op.f(f"ix_concern_{column}"), "concern", [column])
    op.create_table(
        "concern_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("detail", sa.String(length=12), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('opened', 'moved', 'handed', 'note', 'answer', 'reply', 'kept')",
            name=op.f("ck_concern_entry_what"),
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_concern_entry_concern_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_concern_entry_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_concern_entry_public_id")),
    )
    op.create_index(op.f("ix_concern_entry_author_id"), "concern_entry", ["author_id"])
    op.create_index("ix_concern_entry_concern_id", "concern_entry", ["concern_id", "id"])
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("against_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by_id <> against_id", name=op.f("ck_block_two_people")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_block_by_id")),
        sa.ForeignKeyConstraint(["against_id"], ["person.id"], name=op.f("fk_block_against_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("by_id", "against_id", name=op.f("uq_block_by_id_against_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_block_public_id")),
    )
    op.create_index(op.f("ix_block_against_id"), "block", ["against_id"])


def downgrade() -> None:
    op.drop_table("block")
    op.drop_table("concern_entry")
    op.drop_table("concern")
    # What the earlier tables have no word for goes: a role, and looks that only it has.
    op.execute("DELETE FROM role_grant WHERE role = 'safeguarding'")
    op.execute("UPDATE access_event SET role = 'reader' WHERE role = 'safeguarding'")
    _allow("access_event", VISITORS)
    _allow("role_grant", ROLES)
