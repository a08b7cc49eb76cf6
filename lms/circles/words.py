"""How circles and questions say things."""

from __future__ import annotations

from datetime import timedelta

from lms.circles.rules import Check, Stage, State
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext

CHECKS = {
    Check.NAMES: _l("No name, nickname or initials of anybody"),
    Check.PLACES: _l("No place smaller than a country"),
    Check.DATES: _l("No exact date and no exact age"),
    Check.CONTACTS: _l("No phone, address, account, link or picture"),
    Check.SERVICES: _l("No service, employer, doctor or organisation by name"),
    Check.RARE: _l("Nothing that is true of one person only, or stood in the news"),
    Check.FAMILY: _l("Nothing about family or work that points at somebody"),
    Check.POLICE: _l("Nothing from a police or court file"),
    Check.ALTERED: _l("At least three details are changed or made up"),
    Check.INVENTED: _l("It is an invented case or put together from several, not a real person's"),
}
STAGES = {
    Stage.QUESTIONS: _l("Questions to understand"),
    Stage.IDEAS: _l("Ideas of everybody"),
    Stage.ADVICE: _l("Advice of the facilitator"),
    Stage.SUMMARY: _l("Summary"),
    Stage.CLOSED: _l("Talked through"),
}
HOW = {
    Stage.QUESTIONS: _l("Only questions now, no advice yet."),
    Stage.IDEAS: _l("Now everybody says what she would try."),
    Stage.ADVICE: _l("Now the facilitator adds what she knows."),
    Stage.SUMMARY: _l("The facilitator sums up in three sentences."),
    Stage.CLOSED: _l("The talk about this case is over."),
}
STATES = {
    State.QUEUED: (_l("Waits"), "sun"),
    State.REOPENED: (_l("Waits again"), "sun"),
    State.CLAIMED: (_l("Somebody writes an answer"), "iris"),
    State.ANSWERED: (_l("Answered"), "pine"),
    State.CLOSED: (_l("It is closed"), "plain"),
}
RHYTHMS = (7, 14, 21, 28)


def every(days: int) -> str:
    """How often a circle meets."""
    return ngettext("every week", "every %(num)s weeks", days // 7)


def for_long(time: timedelta) -> str:
    """A waiting time as people say it, rounded up: hours below two days, then days."""
    hours = -int(-time.total_seconds() // 3600)
    if hours < 48:
        return ngettext("%(num)s hour", "%(num)s hours", max(hours, 1))
    return ngettext("%(num)s day", "%(num)s days", -(-hours // 24))


def usual(time: timedelta | None, counted: int) -> str:
    """What an asker can expect, or that nobody knows yet."""
    if time is None:
        return _("Nobody has had an answer here yet, so there is no usual waiting time to tell.")
    if counted == 1:
        return _("The last question waited %(time)s for its answer.", time=for_long(time))
    return ngettext(
        "Of the last %(num)s question, half waited less than %(time)s for an answer.",
        "Of the last %(num)s questions, half waited less than %(time)s for an answer.",
        counted,
        time=for_long(time),
    )
