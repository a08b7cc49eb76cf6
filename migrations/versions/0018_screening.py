"""Clearance for people of 16 and 17, what mentors like best, codes of people who report without a name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Rows that are there need a value on their way: nobody is cleared, nobody is known to be under age.
NEW = {
    "mentor_profile": {
        "glad_topics": (JSON, sa.text("'[]'")),
        "adults_only": (sa.Boolean(), sa.true()),
    },
    "mentor_request": {"under_18": (sa.Boolean(), sa.false())},
}


def upgrade() -> None:
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for name, (kind, default) in columns.items():
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        # A step of its own: SQLite copies the rows into a new table, and they need the default on their way.
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.alter_column(name, server_default=None)
    with op.batch_alter_table("concern") as batch:
        batch.add_column(sa.Column("code", sa.LargeBinary(), nullable=True))
        batch.create_unique_constraint(op.f("uq_concern_code"), ["code"])


def downgrade() -> None:
    with op.batch_alter_table("concern") as batch:
        batch.drop_constraint(op.f("uq_concern_code"), type_="unique")
        batch.drop_column("code")
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
