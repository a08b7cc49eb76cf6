"""weekly summary."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice_choice") as table:
        table.add_column(
            sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    # A step of its own: SQLite copies the rows into a new table, and they need the default on their way.
    with op.batch_alter_table("notice_choice") as table:
        table.alter_column("weekly", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("notice_choice") as table:
        table.drop_column("weekly")
