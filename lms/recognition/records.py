"""What is done with given time and statements: copy, erasure, keeping."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, own
from lms.recognition.models import GivenTime, HoursStatement

HOURS = Holding(
    81,
    _l("Hours that you have given as a mentor: day and minutes"),
    _l("You; coordinators the sum of a period that you ask a statement for"),
)

RECORDS = (
    Record(
        GivenTime,
        HOURS,
        mine=own(GivenTime.person_id),
        copy=("held_on", "minutes"),
        apart=("id", "person_id", "meeting"),
        erase=(Delete(own(GivenTime.person_id)),),
    ),
    Record(
        HoursStatement,
        HOURS,
        mine=own(HoursStatement.person_id),
        copy=(
            *("reference", "state", "first_month", "last_month", "minutes", "lang"),
            *("asked_at", "approved_at"),
        ),
        apart=(
            *("id", "public_id", "person_id", "approved_by"),
            # The file has a page of its own, which gives it out as often as its holder likes.
            *("name_sealed", "pdf_sealed"),
        ),
        erase=(
            Delete(own(HoursStatement.person_id)),
            Blank(own(HoursStatement.approved_by), {"approved_by": None}),
        ),
        stays=(
            *("id", "public_id", "person_id", "reference", "state", "first_month", "last_month"),
            *("minutes", "lang", "name_sealed", "pdf_sealed", "asked_at", "approved_at"),
        ),
    ),
)
