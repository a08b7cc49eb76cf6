"""What topics, kinds of experience, ways to talk, parts of the day and states are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel.core import Locale
from babel.dates import get_day_names

from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.rules import COUNTRIES, TOPICS, Experience, Level, Part, Style, Track
from lms.programmes.states import MentorState, ProgrammeState, ProgrammeStep

TOPIC = {
    "advocacy": _l("Planning a campaign for change"),
    "budget": _l("Costs and public budgets"),
    "law": _l("Laws and how they change"),
    "rights": _l("Human rights and UN bodies"),
    "documentation": _l("Documenting violations"),
    "research": _l("Research and data"),
    "organising": _l("Building a group or organisation"),
    "services": _l("Services led by the community"),
    "safety": _l("Safety of people and data"),
    "media": _l("Media and storytelling"),
    "speaking": _l("Speaking in public, negotiating"),
    "grants": _l("Grants and reports"),
}
EXPERIENCE = {
    Experience.LEGAL: _l("Legal work"),
    Experience.CLINICAL: _l("Clinical work"),
    Experience.BUDGET: _l("Budget advocacy"),
    Experience.RESEARCH: _l("Research"),
    Experience.ORGANISING: _l("Organising people"),
}
CHANNEL = {
    "platform": _l("In writing, here"),
    "messenger": _l("In a messenger"),
    "call": _l("By phone"),
    "video": _l("By video"),
}
GENDER = {"woman": _l("a woman"), "man": _l("a man"), "other": _l("another gender")}
LEVEL = {
    Level.FIRST: _l("my first language"),
    Level.STRONG: _l("well"),
    Level.DISCUSS: _l("enough to discuss things"),
}
TRACK = {Track.PEER: _l("Peer mentor"), Track.SCIENTIST: _l("Scientist")}
TRACK_HINT = {
    Track.PEER: _l("Goes a part of the way with somebody, for half a year or so."),
    Track.SCIENTIST: _l("Reads drafts and answers questions of method, data or law."),
}
STYLE = {
    Style.STRUCTURE: (_l("A plan and dates"), _l("As things come")),
    Style.DIRECTNESS: (_l("Straight words"), _l("Gentle words")),
    Style.PACE: (_l("Often and short"), _l("Seldom and long")),
}
STYLE_QUESTION = {
    Style.STRUCTURE: _l("What suits you more?"),
    Style.DIRECTNESS: _l("When something should be better"),
    Style.PACE: _l("How to keep in touch"),
}
PART = {
    Part.MORNING: _l("8–12"),
    Part.AFTERNOON: _l("12–17"),
    Part.EVENING: _l("17–20"),
    Part.LATE: _l("20–23"),
}
PROGRAMME_STATE = {
    ProgrammeState.DRAFT: _l("Draft"),
    ProgrammeState.OPEN: _l("Open for applications"),
    ProgrammeState.RUNNING: _l("Running"),
    ProgrammeState.PAUSED: _l("Paused"),
    ProgrammeState.CLOSING: _l("Closing"),
    ProgrammeState.CLOSED: _l("Closed"),
    ProgrammeState.ARCHIVED: _l("Archived"),
}
PROGRAMME_STEP = {
    ProgrammeStep.OPEN: _l("Open for applications"),
    ProgrammeStep.START: _l("Start"),
    ProgrammeStep.PAUSE: _l("Pause"),
    ProgrammeStep.RESUME: _l("Go on"),
    ProgrammeStep.CLOSE_DOWN: _l("Begin to close"),
    ProgrammeStep.CLOSE: _l("Close"),
    ProgrammeStep.ARCHIVE: _l("Put into the archive"),
}
MENTOR_STATE = {
    MentorState.DRAFT: _l("Draft"),
    MentorState.SUBMITTED: _l("Offers to help"),
    MentorState.DECLINED: _l("Declined"),
    MentorState.SCREENED: _l("Accepted"),
    MentorState.IN_TRAINING: _l("In training"),
    MentorState.AVAILABLE: _l("Takes people"),
    MentorState.UNCONFIRMED: _l("Has not confirmed"),
    MentorState.PAUSED: _l("Pause"),
    MentorState.LEFT: _l("Has left"),
    MentorState.SUSPENDED: _l("Suspended"),
}


def country(code: str) -> str:
    """A country in the language of the page."""
    return _territory(code, language())


@cache
def _territory(code: str, lang: str) -> str:
    return str(Locale.parse(lang).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """(code, name) of the network's countries, by name."""
    return sorted(((code, country(code)) for code in COUNTRIES), key=lambda one: one[1])


def weekdays() -> list[str]:
    """The days of the week from Monday on."""
    names = get_day_names("wide", locale=Locale.parse(language()))
    return [str(names[day])[:1].upper() + str(names[day])[1:] for day in range(7)]


def topics(keys: Iterable[str]) -> list[str]:
    """What topics are called; what is no topic any more is left out."""
    return [str(TOPIC[key]) for key in keys if key in TOPICS]


def hours(ticks: Iterable[str]) -> list[str]:
    """`Monday: 17–20, 20–23`, a line for each day that has a tick."""
    found: dict[int, list[str]] = {}
    for tick in ticks:
        day, part = tick.split("-")
        found.setdefault(int(day), []).append(str(PART[Part(part)]))
    names = weekdays()
    return [
        _("%(day)s: %(parts)s", day=names[day], parts=", ".join(parts))
        for day, parts in found.items()
    ]
