"""What the house holds about a person, who can see it and how long it is kept: one table, shown to people."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Holding:
    """One row of the table."""

    what: str
    seen_by: str
    kept: str


HOLDINGS = (
    Holding(
        _l("Name for signing in"),
        _l("You; coordinators can look it up"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Passphrase and recovery code"),
        _l("Nobody; only a check value is kept"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Names that you chose for a cohort or a pair"),
        _l("The people in it"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Progress: what is done and when"),
        _l("You; your mentor, of the courses that you share; your coordinator"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Quiz answers"),
        _l("You; results also your mentor, if you switch it on"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Texts of tasks"),
        _l("You and the person who reads them"),
        _l("While you have an account"),
    ),
    Holding(
        _l("Messages in a pair"),
        _l("You and the other side"),
        _l("180 days, 90 after the pair ends"),
    ),
    Holding(
        _l("Notes"),
        _l("Shared ones both sides; others only their author"),
        _l("90 days after the pair ends"),
    ),
    Holding(
        _l("What you hope for from a mentor"),
        _l("Coordinators; a mentor whom you agreed to"),
        _l("90 days after the pair ends"),
    ),
    Holding(
        _l("Mail address"), _l("Nobody; used to send “something is waiting”"), _l("You delete it")
    ),
    Holding(_l("Name on a certificate"), _l("Whoever you show the PDF to"), _l("In the PDF only")),
    Holding(_l("Phone number, documents, country"), _l("Not asked"), "–"),
    Holding(_l("IP address, kind of phone"), _l("Not stored"), "–"),
)
