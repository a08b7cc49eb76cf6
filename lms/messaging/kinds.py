"""Every kind of notice: what it says, where it leads, and which of the neutral subjects its mail has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms.core.i18n import lazy_gettext as _l


class Kind(StrEnum):
    """The kinds. A room that needs another one adds it here and to the table below."""

    MESSAGE = "message"
    NOTE = "note"
    OFFER = "offer"
    OFFER_OFF = "offer_off"
    PAIR_STARTED = "pair_started"
    PAIR_ENDED = "pair_ended"
    PLACE_GIVEN = "place_given"
    SOMEBODY_WAITS = "somebody_waits"
    MEETING_PROPOSED = "meeting_proposed"
    MEETING_PLANNED = "meeting_planned"
    MEETING_OFF = "meeting_off"
    MEETING_LOGGED = "meeting_logged"
    MEETING_DISPUTED = "meeting_disputed"
    MEETING_SETTLED = "meeting_settled"
    TASK_SENT = "task_sent"
    TASK_ANSWERED = "task_answered"
    CERTIFICATE = "certificate"
    CERTIFICATE_ENDED = "certificate_ended"
    COHORT = "cohort"
    SIGNED_IN = "signed_in"
    FACTOR = "factor"
    HANDLED = "handled"
    COMING_BACK = "coming_back"
    GOALS = "goals"
    TEXT = "text"
    TEXT_LATER = "text_later"
    TEXT_ANSWERED = "text_answered"
    TEXT_DUE = "text_due"
    SHOWN = "shown"
    WHY = "why"
    WHY_ANSWERED = "why_answered"
    CONCERN = "concern"
    CONCERN_NEWS = "concern_news"
    CONCERN_UNREAD = "concern_unread"


class Subject(StrEnum):
    """The only subjects that a mail can have."""

    MESSAGE = "message"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind reads. `endpoint` gets the notice's params as parts of the address."""

    text: str
    endpoint: str
    icon: str
    subject: Subject = Subject.WAITING


LOOKS = {
    Kind.MESSAGE: Look(
        _l("You have a new message."), "mentoring.messages", "message-circle", Subject.MESSAGE
    ),
    Kind.NOTE: Look(_l("There is a new note for both of you."), "mentoring.pair", "file-text"),
    Kind.OFFER: Look(
        _l("A pair is proposed to you. Look and decide."), "mentoring.answer", "heart-handshake"
    ),
    Kind.OFFER_OFF: Look(
        _l("A proposed pair did not come about. You are on the list, at your old place."),
        "programmes.ask",
        "clock",
    ),
    Kind.PAIR_STARTED: Look(
        _l("Your pair has begun. Say hello."), "mentoring.pair", "heart-handshake"
    ),
    Kind.PAIR_ENDED: Look(
        _l("A pair has ended. Nobody had to give a reason."), "web.home", "heart-handshake"
    ),
    Kind.PLACE_GIVEN: Look(
        _l("You can be a mentor now. Check your places and what learners read about you."),
        "programmes.places",
        "users",
    ),
    Kind.SOMEBODY_WAITS: Look(_l("Somebody waits for a mentor."), "mentoring.waiting", "users"),
    Kind.MEETING_PROPOSED: Look(
        _l("A time is proposed to you."), "meetings.meeting", "calendar-days"
    ),
    Kind.MEETING_PLANNED: Look(
        _l("A date of yours has news. Look at the time on your clock."),
        "meetings.meeting",
        "calendar-days",
    ),
    Kind.MEETING_OFF: Look(
        _l("A date was called off. No reason was asked."), "meetings.meeting", "calendar-days"
    ),
    Kind.MEETING_LOGGED: Look(
        _l("Something waits for your yes or no."), "meetings.meeting", "clock"
    ),
    Kind.MEETING_DISPUTED: Look(
        _l("Two people remember a date differently."), "meetings.disputed", "clock"
    ),
    Kind.MEETING_SETTLED: Look(
        _l("A date that was remembered differently is settled."), "meetings.meeting", "clock"
    ),
    Kind.TASK_SENT: Look(_l("A task waits to be read."), "learning.read_task", "clipboard-check"),
    Kind.TASK_ANSWERED: Look(_l("Your task has an answer."), "learning.item", "clipboard-check"),
    Kind.CERTIFICATE: Look(_l("Your certificate is ready."), "certificates.mine", "award"),
    Kind.CERTIFICATE_ENDED: Look(
        _l("A certificate of yours was withdrawn. Read why."), "certificates.mine", "award"
    ),
    Kind.SIGNED_IN: Look(
        _l("You were signed in on one more browser. If that was not you, sign it out."),
        "accounts.devices",
        "lock",
    ),
    Kind.FACTOR: Look(_l("Your second step has changed."), "accounts.factors", "lock"),
    Kind.HANDLED: Look(
        _l("An administrator ended your sign-ins, at your wish or to protect you."),
        "accounts.account",
        "lock",
    ),
    Kind.COMING_BACK: Look(
        _l("Two people say that you lost every way in. Stop it if that is not so."),
        "accounts.account",
        "lock",
    ),
    Kind.GOALS: Look(_l("There is news in your shared plan."), "goals.of_pair", "list-checks"),
    Kind.TEXT: Look(_l("A text waits for your answer."), "goals.text", "file-text"),
    Kind.TEXT_LATER: Look(
        _l("An answer will take a little longer. The new day is here."), "goals.text", "clock"
    ),
    Kind.TEXT_ANSWERED: Look(_l("Your text has an answer."), "goals.text", "file-text"),
    Kind.TEXT_DUE: Look(
        _l("You meant to answer a text about now. You can also ask for more time."),
        "goals.text",
        "clock",
    ),
    Kind.SHOWN: Look(_l("Something new is shown to you."), "mentoring.pair", "eye"),
    Kind.WHY: Look(
        _l("Somebody asks why her data was looked at. Answer in a sentence."),
        "audit.question",
        "eye",
    ),
    Kind.WHY_ANSWERED: Look(_l("You asked why. The answer is here."), "audit.visits", "eye"),
    Kind.CONCERN: Look(
        _l("Something waits for you to be read."), "safeguarding.concern", "shield-check"
    ),
    Kind.CONCERN_NEWS: Look(_l("There is an answer for you."), "safeguarding.raised", "info"),
    Kind.CONCERN_UNREAD: Look(
        _l("Something waits that nobody here may read yet. Look what to do."),
        "safeguarding.report",
        "shield-check",
    ),
    Kind.COHORT: Look(_l("There is news in your cohort."), "cohorts.index", "users"),
}
