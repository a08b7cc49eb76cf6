"""meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('call', 'chat', 'async', 'in_person', 'case_review')"
_STATES = "state IN ('proposed', 'planned', 'held', 'missed', 'cancelled', 'disputed')"


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("acted_by", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("local", sa.String(length=16), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_minutes", sa.Integer(), nullable=True),
        sa.Column("logged_by", sa.Integer(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_reason", sa.String(length=13), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_meeting_kind")),
        sa.CheckConstraint(_STATES, name=op.f("ck_meeting_state")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_meeting_minutes")),
        sa.CheckConstraint("held_minutes BETWEEN 1 AND 480", name=op.f("ck_meeting_held_minutes")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_meeting_match_id")),
        sa.ForeignKeyConstraint(["acted_by"], ["person.id"], name=op.f("fk_meeting_acted_by")),
        sa.ForeignKeyConstraint(["logged_by"], ["person.id"], name=op.f("fk_meeting_logged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meeting_public_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    op.create_index("ix_meeting_match", "meeting", ["match_id", "planned_at"])
    op.create_index("ix_meeting_state", "meeting", ["state", "planned_at"])
    op.create_index(op.f("ix_meeting_acted_by"), "meeting", ["acted_by"])
    op.create_index(op.f("ix_meeting_logged_by"), "meeting", ["logged_by"])
    op.create_table(
        "meeting_time",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("local", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_time_meeting_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_meeting_time")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    op.create_table(
        "meeting_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=13), nullable=False),
        sa.Column("state_before", sa.String(length=9), nullable=False),
        sa.Column("state_after", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_step_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_step_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_step")),
    )
    op.create_index(op.f("ix_meeting_step_meeting_id"), "meeting_step", ["meeting_id"])
    op.create_index(op.f("ix_meeting_step_person_id"), "meeting_step", ["person_id"])


def downgrade() -> None:
    op.drop_table("meeting_step")
    op.drop_table("calendar_feed")
    op.drop_table("meeting_time")
    op.drop_table("meeting")
