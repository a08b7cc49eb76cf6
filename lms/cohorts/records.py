"""What is done with cohorts, codes and seats: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.cohorts.models import Cohort, Invite, Seat
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, own

NAMES = Holding(35, _l("Names that you chose for a cohort or a pair"), _l("The people in it"))


def _cohort_name(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    return db.session.scalar(select(Cohort.name).where(Cohort.id == row["cohort_id"])) or ""


RECORDS = (
    Record(
        Cohort,
        NAMES,
        mine=own(Cohort.coordinator_id),
        copy=("name", "starts_on", "ends_on", "zone", "coordinator_name", "state"),
        apart=("id", "public_id", "course_id", "version_id", "capacity", "coordinator_id"),
        # The cohort is its people's, too: it goes on, without her name.
        erase=(Blank(own(Cohort.coordinator_id), {"coordinator_name": "–"}),),
        stays=(
            *("id", "public_id", "name", "course_id", "version_id", "starts_on", "ends_on"),
            *("zone", "capacity", "state"),
        ),
        numbers=("coordinator_id",),
    ),
    Record(
        Invite,
        NAMES,
        mine=own(Invite.used_by),
        copy=("used_at",),
        apart=("id", "cohort_id", "digest", "sealed", "expires_on", "used_by"),
        erase=(Blank(own(Invite.used_by), {"used_by": None}),),
        stays=("id", "cohort_id", "digest", "sealed", "expires_on", "used_at"),
    ),
    Record(
        Seat,
        NAMES,
        mine=own(Seat.person_id),
        copy=("cohort_id", "shown_name", "joined_at", "left_at"),
        told={"cohort_id": _cohort_name},
        apart=("id", "public_id", "person_id", "enrolment_id"),
        erase=(Delete(own(Seat.person_id)),),
    ),
)
