"""How safeguarding says things: five states in plain words, wishes, reasons, clocks."""

from __future__ import annotations

from datetime import datetime

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext
from lms.safeguarding.rules import Basis, State, Wish, due_at

WISHES = {
    Wish.TALK: _l("Talk to me"),
    Wish.RECORD: _l("Just write it down"),
    Wish.URGENT: _l("It is urgent: somebody is in danger"),
}
# The same, as those who read concerns see it.
WANTED = {
    Wish.TALK: _l("Wants to talk"),
    Wish.RECORD: _l("Wants it written down"),
    Wish.URGENT: _l("Somebody is in danger"),
}
BASES = {
    Basis.CONSENT: _l("The person agrees that it is passed on"),
    Basis.LIFE: _l("Somebody's life is in danger right now"),
}
# What a lead reads, and the tone of the tag.
STATES = {
    State.RAISED: (_l("New"), "sun"),
    State.ACKNOWLEDGED: (_l("Read"), "sun"),
    State.ASSESSING: (_l("Being looked into"), "sun"),
    State.ACTION_PLAN: (_l("Steps agreed"), "iris"),
    State.REFERRED: (_l("Passed on"), "iris"),
    State.CLOSED: (_l("It is closed"), "plain"),
}
# What the verb of the next step is.
STEPS = {
    State.ACKNOWLEDGED: _l("I have read it"),
    State.ASSESSING: _l("I look into it"),
    State.ACTION_PLAN: _l("Steps are agreed"),
    State.CLOSED: _l("Close it"),
}
# What whoever raised it reads: five words, whatever the leads call it.
TOLD = {
    State.RAISED: _l("Sent. Nobody has said yet that it was read"),
    State.ACKNOWLEDGED: _l("Read"),
    State.ASSESSING: _l("Somebody works on it"),
    State.ACTION_PLAN: _l("Somebody works on it"),
    State.REFERRED: _l("Passed on to somebody outside"),
    State.CLOSED: _l("It is closed"),
}
LOG = {
    "opened": _l("opened it"),
    "handed": _l("gave it to somebody else"),
    "note": _l("noted"),
    "answer": _l("wrote to whoever raised it"),
    "reply": _l("Whoever raised it wrote"),
    "kept": _l("decided to keep it for one more year"),
}


def clock(raised_at: datetime, now: datetime) -> tuple[str, str]:
    """What is left of the day in which somebody must say that she has read it: (words, tone)."""
    seconds = (due_at(raised_at) - now).total_seconds()
    hours = int(abs(seconds) // 3600)
    if seconds < 0:
        late = ngettext("%(num)s hour late", "%(num)s hours late", hours)
        return (late if hours else _("late")), "brick"
    left = ngettext("%(num)s hour left", "%(num)s hours left", hours)
    return (left if hours else _("less than an hour left")), "sun"
