"""second factors and devices."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("proven", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("started_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("name", sa.String(length=40), nullable=False, server_default="")
        )
    op.create_table(
        "code_app",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        _person("code_app"),
        sa.PrimaryKeyConstraint("person_id", name="pk_code_app"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        _person("passkey"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        sa.UniqueConstraint("public_id", name="uq_passkey_public_id"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "backup_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _person("backup_code"),
        sa.PrimaryKeyConstraint("digest", name="pk_backup_code"),
    )
    op.create_index("ix_backup_code_person_id", "backup_code", ["person_id"])
    op.create_table(
        "challenge",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_challenge"),
    )
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"])
    op.create_table(
        "lock_link",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _person("lock_link"),
        sa.PrimaryKeyConstraint("person_id", name="pk_lock_link"),
        sa.UniqueConstraint("digest", name="uq_lock_link_digest"),
    )
    op.create_table(
        "vouching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shown_name", sa.String(length=32), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_half", sa.LargeBinary(), nullable=True),
        sa.Column("staff_half", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'waiting', 'used', 'cancelled')", name="ck_vouching_state"
        ),
        _person("vouching"),
        _person("vouching", "mentor_id"),
        _person("vouching", "staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vouching"),
        sa.UniqueConstraint("public_id", name="uq_vouching_public_id"),
    )
    for column in ("asked_at", "mentor_id", "person_id", "staff_id"):
        op.create_index(f"ix_vouching_{column}", "vouching", [column])


def _person(table: str, column: str = "person_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_{table}_{column}_person")


def downgrade() -> None:
    for table in ("vouching", "lock_link", "challenge", "backup_code", "passkey", "code_app"):
        op.drop_table(table)
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        for column in ("name", "started_on", "proven"):
            batch_op.drop_column(column)
