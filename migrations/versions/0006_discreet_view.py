"""discreet view."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discreet_view",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_discreet_view_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_discreet_view")),
    )


def downgrade() -> None:
    op.drop_table("discreet_view")
