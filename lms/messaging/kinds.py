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
    OFFER_WAITS = "offer_waits"
    PAIR_STARTED = "pair_started"
    PAIR_PAUSED = "pair_paused"
    PAIR_RESUMED = "pair_resumed"
    PAIR_CLOSING = "pair_closing"
    AGREEMENT = "agreement"
    TURN = "turn"
    PAIR_QUIET = "pair_quiet"
    CHANGE_WANTED = "change_wanted"
    PAIRS_LEFT = "pairs_left"
    PAIR_ENDED = "pair_ended"
    PLACE_GIVEN = "place_given"
    SOMEBODY_WAITS = "somebody_waits"
    STILL_WANTED = "still_wanted"
    REQUEST_NEWS = "request_news"
    MENTOR_OFFERS = "mentor_offers"
    MENTOR_NEWS = "mentor_news"
    CONFIRM = "confirm"
    MEETING_PROPOSED = "meeting_proposed"
    MEETING_PLANNED = "meeting_planned"
    MEETING_OFF = "meeting_off"
    MEETING_LOGGED = "meeting_logged"
    MEETING_DISPUTED = "meeting_disputed"
    MEETING_SETTLED = "meeting_settled"
    HOURS_ASKED = "hours_asked"
    HOURS_ANSWERED = "hours_answered"
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
    PULSE = "pulse"
    FIT = "fit"
    NOTED = "noted"
    CALL_SOON = "call_soon"
    SHOWN = "shown"
    WHY = "why"
    WHY_ANSWERED = "why_answered"
    CONCERN = "concern"
    CONCERN_NEWS = "concern_news"
    CONCERN_UNREAD = "concern_unread"
    CIRCLE = "circle"
    CIRCLE_ASKED = "circle_asked"
    QUESTION_WAITS = "question_waits"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_THANKS = "question_thanks"


class Subject(StrEnum):
    """The only subjects that a mail can have."""

    MESSAGE = "message"
    TIME = "time"
    WAITING = "waiting"
    SUMMARY = "summary"
    CONFIRM = "confirm"
    ACCOUNT = "account"


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
    Kind.OFFER_WAITS: Look(
        _l("A proposed pair still waits for your answer."),
        "mentoring.answer",
        "heart-handshake",
        Subject.CONFIRM,
    ),
    Kind.PAIR_PAUSED: Look(
        _l("A pair of yours takes a rest. Nothing is expected of you."),
        "mentoring.pair",
        "pause",
    ),
    Kind.PAIR_RESUMED: Look(_l("A pair of yours goes on."), "mentoring.pair", "play"),
    Kind.PAIR_CLOSING: Look(
        _l("A pair of yours comes to its end. Look back together."),
        "mentoring.pair",
        "heart-handshake",
    ),
    Kind.AGREEMENT: Look(
        _l("There is something for both of you to agree on."),
        "mentoring.pair",
        "file-text",
        Subject.CONFIRM,
    ),
    Kind.TURN: Look(
        _l("Somebody waits for a word from you. One sentence is enough."),
        "mentoring.messages",
        "message-circle",
    ),
    Kind.PAIR_QUIET: Look(
        _l("It has been quiet in a pair of yours. A hello may help."),
        "mentoring.pair",
        "clock",
    ),
    Kind.CHANGE_WANTED: Look(
        _l("Somebody waits for another mentor. No reason is asked."),
        "workbench.waiting",
        "users",
    ),
    Kind.PAIRS_LEFT: Look(
        _l("A mentor takes a rest or has left. Look at the pairs that go on."),
        "workbench.waiting",
        "users",
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
    Kind.STILL_WANTED: Look(
        _l("You are on a list. Do you still want this? One press is enough."),
        "programmes.ask",
        "clock",
        Subject.CONFIRM,
    ),
    Kind.REQUEST_NEWS: Look(
        _l("There is news about your place on the list."), "programmes.ask", "clock"
    ),
    Kind.MENTOR_OFFERS: Look(
        _l("Somebody offers to be a mentor. Look and answer."), "programmes.mentors", "users"
    ),
    Kind.MENTOR_NEWS: Look(
        _l("There is news about your offer to be a mentor."), "programmes.places", "users"
    ),
    Kind.CONFIRM: Look(
        _l("Are you still there for new people? One press is enough."),
        "programmes.places",
        "users",
        Subject.CONFIRM,
    ),
    Kind.SOMEBODY_WAITS: Look(_l("Somebody waits for a mentor."), "workbench.waiting", "users"),
    Kind.MEETING_PROPOSED: Look(
        _l("A time is proposed to you."), "meetings.meeting", "calendar-days", Subject.TIME
    ),
    Kind.MEETING_PLANNED: Look(
        _l("A date of yours has news. Look at the time on your clock."),
        "meetings.meeting",
        "calendar-days",
        Subject.TIME,
    ),
    Kind.MEETING_OFF: Look(
        _l("A date was called off. No reason was asked."), "meetings.meeting", "calendar-days"
    ),
    Kind.MEETING_LOGGED: Look(
        _l("Something waits for your yes or no."), "meetings.meeting", "clock", Subject.CONFIRM
    ),
    Kind.MEETING_DISPUTED: Look(
        _l("Two people remember a date differently."), "meetings.disputed", "clock"
    ),
    Kind.MEETING_SETTLED: Look(
        _l("A date that was remembered differently is settled."), "meetings.meeting", "clock"
    ),
    Kind.HOURS_ASKED: Look(
        _l("A statement waits for your answer."), "recognition.requests", "clock"
    ),
    Kind.HOURS_ANSWERED: Look(
        _l("A statement that you asked for has its answer."), "recognition.statement", "file-text"
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
        Subject.ACCOUNT,
    ),
    Kind.FACTOR: Look(
        _l("Your second step has changed."), "accounts.factors", "lock", Subject.ACCOUNT
    ),
    Kind.HANDLED: Look(
        _l("An administrator ended your sign-ins, at your wish or to protect you."),
        "accounts.account",
        "lock",
        Subject.ACCOUNT,
    ),
    Kind.COMING_BACK: Look(
        _l("Two people say that you lost every way in. Stop it if that is not so."),
        "accounts.account",
        "lock",
        Subject.ACCOUNT,
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
        _l("Something waits for you to read it."), "safeguarding.concern", "shield-check"
    ),
    Kind.CONCERN_NEWS: Look(_l("There is an answer for you."), "safeguarding.raised", "info"),
    Kind.CONCERN_UNREAD: Look(
        _l("Something waits that nobody here may read yet. Look what to do."),
        "safeguarding.report",
        "shield-check",
    ),
    Kind.CIRCLE: Look(_l("There is something new in your circle."), "circles.circle", "users"),
    Kind.CIRCLE_ASKED: Look(_l("You are asked into a circle."), "circles.index", "users"),
    Kind.QUESTION_WAITS: Look(_l("A question waits for an answer."), "questions.queue", "info"),
    Kind.QUESTION_ANSWERED: Look(
        _l("Your question has an answer."), "questions.question", "message-circle"
    ),
    Kind.QUESTION_THANKS: Look(
        _l("Somebody says thank you for an answer."), "questions.queue", "check"
    ),
    Kind.COHORT: Look(_l("There is news in your cohort."), "cohorts.index", "users"),
    Kind.PULSE: Look(
        _l("Three short questions wait for you. You can leave them out."),
        "support.questions",
        "message-circle",
    ),
    Kind.FIT: Look(
        _l("One question after your first meeting. You can leave it out."),
        "support.questions",
        "message-circle",
    ),
    Kind.NOTED: Look(
        _l("A coordinator wrote a note about you. You can read it."),
        "support.about_me",
        "file-text",
    ),
    Kind.CALL_SOON: Look(_l("Somebody should be called within two days."), "support.today", "flag"),
}

# What only says again that something waits: three in 14 days at most, and to be switched off.
REMINDERS = frozenset({Kind.OFFER_WAITS, Kind.TURN, Kind.PAIR_QUIET})
