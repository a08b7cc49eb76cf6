"""The sentences of mentoring that depend on facts: why somebody waits, what speaks for and against a pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.dates import get_timezone_location

from lms.core.i18n import format_day, language, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.mentoring.rules import Call, Mentee, Mentor, Reason, Stall, Waiting, shared_languages
from lms.mentoring.states import Ending
from lms.programmes import languages


def place_of(zone: str) -> str:
    """The town that a time zone is named after, in the language of the page."""
    return str(get_timezone_location(zone, locale=language(), return_city=True))


def check_of(percent: int, tries: int) -> str:
    """How a check went, where the learner shows that."""
    return ngettext(
        "Check: %(percent)s%% after %(num)s try.",
        "Check: %(percent)s%% after %(num)s tries.",
        tries,
        percent=percent,
    )


def tag_of(waiting: Waiting, now: datetime) -> tuple[str, str]:
    """(text, kind) of the tag beside a name."""
    days = waiting.days(now)
    if waiting.call is Call.TASK:
        return _("Task to read"), "iris"
    if waiting.call is Call.HELLO:
        return _("New pair"), "sun"
    if waiting.call is Call.QUIET:
        return ngettext("Quiet %(num)s day", "Quiet %(num)s days", days), "sun"
    if days < 1:
        return _("Waiting since today"), "sun"
    return ngettext("Waiting %(num)s day", "Waiting %(num)s days", days), "sun"


def verb_of(call: Call) -> str:
    """What the mentor can do about it."""
    if call is Call.ANSWER:
        return _("Answer")
    return _("Read task") if call is Call.TASK else _("Say hello")


def reason_of(waiting: Waiting, zone: str, title: str, place: str) -> str:
    """Why somebody waits, in words; `title` of the task, `place` in the course."""
    day = format_day(waiting.since, zone, year=False)
    if waiting.call is Call.ANSWER:
        return _("Wrote to you on %(day)s.", day=day)
    if waiting.call is Call.TASK:
        return _("Handed in “%(title)s” on %(day)s.", title=title, day=day)
    if waiting.call is Call.HELLO:
        return _("A pair since %(day)s. Nobody has written yet.", day=day)
    return place


def lead(waiting: int, fine: int) -> str:
    """The sentence at the top of the mentor's home."""
    if not waiting and not fine:
        return _("Nobody yet.")
    glad = ngettext(
        "%(num)s person would be glad to hear from you.",
        "%(num)s people would be glad to hear from you.",
        waiting,
    )
    on_way = ngettext("%(num)s is on the way.", "%(num)s are on their way.", fine)
    if not waiting:
        return _("Nobody waits for you.") + " " + on_way
    return f"{glad} {on_way}" if fine else glad


@dataclass(frozen=True, slots=True)
class Fit:
    """What speaks for and against a pair, in words."""

    good: list[str]
    against: list[str]


def fit(mentor: Mentor, mentee: Mentee, reasons: list[Reason], name: str) -> Fit:
    """Reasons for and against, for the coordinator. Who asked not to be paired again is never said."""
    common = shared_languages(mentee.languages, mentor.languages)
    good = []
    if common:
        good.append(_("Speaks %(languages)s", languages=languages.names(common)))
    if mentor.free and not mentor.paused:
        good.append(ngettext("%(num)s free place", "%(num)s free places", mentor.free))
    return Fit(good, [_against(reason, name) for reason in reasons])


def _against(reason: Reason, name: str) -> str:
    return {
        Reason.OTHER_TRACK: _("Is a mentor of this person already"),
        Reason.SAME_PERSON: _("It is the same person"),
        Reason.ASKED_NOT_TO: _("A private rule speaks against it"),
        Reason.NO_LANGUAGE: _("No common language"),
        Reason.PAUSED: _("Takes nobody new for now"),
        Reason.NO_PLACE: _("All places are taken"),
        Reason.COORDINATES: _("Runs the cohort of %(name)s", name=name),
        Reason.OFFERED_BEFORE: _("Was proposed before; it did not come about"),
    }[reason]


def text_of(opened: str | None) -> str:
    """The text of a note or message, or what stands in its place when nobody can open it any more."""
    if opened is None:
        return _("This can’t be opened any more: the key it was sealed with is gone.")
    return opened


ENDINGS = {
    Ending.GOAL_REACHED: _l("We got where we wanted"),
    Ending.TIME_OVER: _l("The agreed time is over"),
    Ending.NO_TIME: _l("No time any more"),
    Ending.NOT_A_FIT: _l("It did not fit"),
    Ending.CONTACT_LOST: _l("We lost contact"),
    Ending.MOVED_ON: _l("Something else has become more important"),
    Ending.SAFETY: _l("I don’t feel safe with it"),
    Ending.OTHER: _l("Something else, or I would rather not say"),
    Ending.APART: _l("It ended by itself"),
}

# The parts of what two people agree on: the heading, and what the house proposes.
PARTS = {
    "rhythm": (
        _l("How often"),
        _l("We write or talk about every two weeks. Whoever can’t says so; no reason is needed."),
    ),
    "channel": (
        _l("Where"),
        _l("We write here, under Messages. On any other way we agree together."),
    ),
    "confidence": (
        _l("What stays between us, and what does not"),
        _l(
            "What we tell each other stays between us. The one limit: when a life or somebody’s safety is "
            "in danger, either of us may turn to the people here who look after safety, and tells the "
            "other one first if that can be done."
        ),
    ),
    "lost": (
        _l("If contact is lost"),
        _l(
            "After four weeks without a word a coordinator asks both of us whether all is well, here and "
            "nowhere else. Nobody looks for anybody at home, at work or through other people."
        ),
    ),
    "ending": (
        _l("How we end"),
        _l(
            "Either of us can end it at any time, without a reason. If we can, we say goodbye first."
        ),
    ),
}


def proposed_texts() -> dict[str, str]:
    """What the house proposes to agree on, in the language of the page."""
    return {part: str(text) for part, (_title, text) in PARTS.items()}


def agreed_texts(texts: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """(heading, text) of what two people agree on; without texts of their own it is the house's."""
    said = texts if texts is not None else proposed_texts()
    return [(str(title), said.get(part, "")) for part, (title, _text) in PARTS.items()]


def stall_of(rule: Stall, days: int) -> str:
    """Why staff should look at a pair."""
    if rule is Stall.MENTOR_AWAY:
        return _("The mentor takes a rest or has left.")
    if rule is Stall.TIME_OVER:
        return ngettext(
            "The agreed time is over for %(num)s day.",
            "The agreed time is over for %(num)s days.",
            days,
        )
    return ngettext(
        "A word is waited for since %(num)s day.", "A word is waited for since %(num)s days.", days
    )
