"""programmes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TRACK = "track IN ('peer', 'scientist')"
PROGRAMME_STATES = (
    "state IN ('draft', 'open', 'running', 'paused', 'closing', 'closed', 'archived')"
)
MENTOR_STATES = (
    "state IN ('draft', 'submitted', 'declined', 'screened', 'in_training', 'available', "
    "'unconfirmed', 'paused', 'left', 'suspended')"
)
REQUEST_STATES = (
    "state IN ('draft', 'submitted', 'accepted', 'declined', 'waiting', 'offered', 'matched', "
    "'dormant', 'withdrawn')"
)
REQUEST_STATES_BEFORE = "state IN ('waiting', 'offered', 'matched', 'withdrawn')"
LIVE = sa.text("state IN ('draft', 'submitted', 'accepted', 'waiting', 'offered', 'dormant')")
LIVE_BEFORE = sa.text("state IN ('waiting', 'offered')")


def _text(name: str, length: int, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=default)


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, JSON, nullable=False, server_default=default)


def _whole(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))


def _switch(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _optional(name: str, kind: object) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _of_programme() -> list[sa.Column[object]]:
    return [
        _text("title_en", 80, ""),
        _text("title_ru", 80, ""),
        _text("state", 12, "running"),
        _optional("starts_on", sa.Date()),
        _optional("ends_on", sa.Date()),
        _json("tracks", '["peer", "scientist"]'),
        _text("policy", 12, "coverage"),
        _whole("duration_weeks", 24),
        _whole("session_rhythm_days", 14),
        _text("gate_course", 12, ""),
        _switch("screens_requests"),
        _text("donor_code", 40, ""),
    ]


def _of_both() -> list[sa.Column[object]]:
    return [
        _text("track", 12, "peer"),
        _json("levels", "{}"),
        _json("experience", "[]"),
        _json("style", "{}"),
        _json("hours", "[]"),
        _switch("async_only"),
        _json("channels", '["platform"]'),
        _optional("organisations", sa.LargeBinary()),
        _optional("private", sa.LargeBinary()),
        _whole("private_rules", 0),
        _optional("asked_at", MOMENT),
    ]


def _of_profile() -> list[sa.Column[object]]:
    return [
        *_of_both(),
        _text("state", 12, "available"),
        _json("topics", "[]"),
        _json("countries_known", "[]"),
        _optional("boundaries_at", MOMENT),
        _optional("trained_at", MOMENT),
        _optional("confirmed_at", MOMENT),
        _optional("paused_until", sa.Date()),
    ]


def _of_request() -> list[sa.Column[object]]:
    return [
        *_of_both(),
        _json("needs", "[]"),
        _whole("priority", 0),
        _whole("silences", 0),
        _optional("matched_at", MOMENT),
    ]


PROGRAMME_CHECKS = {
    "ck_programme_state": PROGRAMME_STATES,
    "ck_programme_policy": "policy IN ('coverage', 'quality')",
    "ck_programme_duration": "duration_weeks BETWEEN 4 AND 104",
}
PROFILE_CHECKS = {"ck_mentor_profile_state": MENTOR_STATES, "ck_mentor_profile_track": TRACK}
REQUEST_CHECKS = {
    "ck_mentor_request_state": REQUEST_STATES,
    "ck_mentor_request_track": TRACK,
    "ck_mentor_request_priority": "priority BETWEEN 0 AND 200",
}


def upgrade() -> None:
    _grow("programme", _of_programme(), PROGRAMME_CHECKS)
    _grow("mentor_profile", _of_profile(), {})
    # Whoever was a mentor has been made one by a coordinator, and is there.
    op.execute("UPDATE mentor_profile SET trained_at = made_at, confirmed_at = CURRENT_TIMESTAMP")
    op.execute("UPDATE mentor_profile SET state = 'paused' WHERE paused")
    with op.batch_alter_table("mentor_profile") as batch_op:
        batch_op.drop_column("paused")
        batch_op.drop_constraint(op.f("uq_mentor_profile_programme_id_person_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_mentor_profile_programme_id_person_id_track"),
            ["programme_id", "person_id", "track"],
        )
        for name, rule in PROFILE_CHECKS.items():
            batch_op.create_check_constraint(op.f(name), rule)
    with op.batch_alter_table("mentor_request") as batch_op:
        batch_op.drop_index("uq_mentor_request_live")
        batch_op.drop_constraint(op.f("ck_mentor_request_state"), type_="check")
    _grow("mentor_request", _of_request(), REQUEST_CHECKS)
    with op.batch_alter_table("mentor_request") as batch_op:
        batch_op.create_index("ix_mentor_request_matched_at", ["matched_at"])
        batch_op.create_index(
            "uq_mentor_request_live",
            ["programme_id", "person_id", "track"],
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
    op.create_table(
        "transition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_transition_person_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_transition_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
    )
    op.create_index("ix_transition_subject", "transition", ["machine", "subject"])
    op.create_index(op.f("ix_transition_person_id"), "transition", ["person_id"])
    op.create_index(op.f("ix_transition_actor_id"), "transition", ["actor_id"])


def _grow(table: str, columns: list[sa.Column[object]], checks: dict[str, str]) -> None:
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            batch_op.add_column(column)
        for name, rule in checks.items():
            batch_op.create_check_constraint(op.f(name), rule)


def downgrade() -> None:
    op.drop_table("transition")
    _forget_what_was_not()
    with op.batch_alter_table("mentor_request") as batch_op:
        batch_op.drop_index("uq_mentor_request_live")
        batch_op.drop_index("ix_mentor_request_matched_at")
        for name in REQUEST_CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
    with op.batch_alter_table("mentor_request") as batch_op:
        for column in _of_request():
            batch_op.drop_column(column.name)
        batch_op.create_check_constraint(op.f("ck_mentor_request_state"), REQUEST_STATES_BEFORE)
        batch_op.create_index(
            "uq_mentor_request_live",
            ["programme_id", "person_id"],
            unique=True,
            sqlite_where=LIVE_BEFORE,
            postgresql_where=LIVE_BEFORE,
        )
    with op.batch_alter_table("mentor_profile") as batch_op:
        batch_op.add_column(_switch("paused"))
        batch_op.drop_constraint(
            op.f("uq_mentor_profile_programme_id_person_id_track"), type_="unique"
        )
        for name in PROFILE_CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_unique_constraint(
            op.f("uq_mentor_profile_programme_id_person_id"), ["programme_id", "person_id"]
        )
    op.execute("UPDATE mentor_profile SET paused = (state <> 'available')")
    with op.batch_alter_table("mentor_profile") as batch_op:
        for column in _of_profile():
            batch_op.drop_column(column.name)
        batch_op.alter_column("paused", server_default=None)
    with op.batch_alter_table("programme") as batch_op:
        for name in PROGRAMME_CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        for column in _of_programme():
            batch_op.drop_column(column.name)


def _forget_what_was_not() -> None:
    """One entry and one profile for each person; states that were not there are the nearest that was."""
    op.execute(
        "UPDATE mentor_request SET state = 'withdrawn' WHERE state NOT IN "
        "('waiting', 'offered', 'matched', 'withdrawn')"
    )
    op.execute(
        "UPDATE mentor_request SET state = 'withdrawn' WHERE state IN ('waiting', 'offered') AND id NOT IN ("
        "SELECT MIN(id) FROM mentor_request WHERE state IN ('waiting', 'offered') "
        "GROUP BY programme_id, person_id)"
    )
    op.execute(
        "DELETE FROM mentor_profile WHERE id NOT IN "
        "(SELECT MIN(id) FROM mentor_profile GROUP BY programme_id, person_id)"
    )
