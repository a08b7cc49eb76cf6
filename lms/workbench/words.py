"""The sentences of the workbench that depend on facts. They never say what people keep to themselves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.i18n import format_list, ngettext
from lms.core.i18n import gettext as _
from lms.matching.candidates import Funnel, Step
from lms.matching.constraints import Bar
from lms.matching.facts import Track
from lms.programmes import languages
from lms.programmes import words as programme_words
from lms.workbench.fairness import OTHER
from lms.workbench.reasons import ENOUGH_MINUTES, Fit, Reasons, fit_of
from lms.workbench.rules import Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """Reasons for and against a pair, in words."""

    good: list[str]
    against: list[str]


def fit(score: int) -> str:
    """How well two people fit. Never a number."""
    return {
        Fit.STRONG: _("Strong fit"),
        Fit.GOOD: _("Good fit"),
        Fit.FAIR: _("Fair fit"),
        Fit.WEAK: _("Weak fit"),
    }[fit_of(score)]


def said(found: Reasons, name: str) -> Said:
    """Reasons for and against, for staff; `name` of the person who waits."""
    return Said(_good(found, name), _against(found))


def _good(found: Reasons, name: str) -> list[str]:
    good = []
    if found.choice:
        good.append(_("Chosen by %(name)s: number %(place)s", name=name, place=found.choice))
    if found.languages:
        spoken = languages.names(found.languages)
        first = _("Speaks %(languages)s, a first language of both", languages=spoken)
        good.append(first if found.first_language else _("Speaks %(languages)s", languages=spoken))
    if found.topics:
        good.append(_topics(found))
    if found.experience:
        kinds = format_list([experience(one) for one in found.experience])
        good.append(_("Has the experience asked for: %(kinds)s", kinds=kinds))
    if found.minutes is None:
        good.append(_("Works in writing, at any hour"))
    elif found.minutes >= ENOUGH_MINUTES:
        good.append(_time(found.minutes))
    if found.similar:
        good.append(_("Likes to work in a similar way"))
    return good


def _topics(found: Reasons) -> str:
    named = format_list([topic(one) for one in found.topics])
    if not found.missing:
        return _("Covers all that is asked for: %(topics)s", topics=named)
    total = len(found.topics) + len(found.missing)
    return _(
        "Covers %(some)s of %(all)s topics: %(topics)s",
        some=len(found.topics),
        all=total,
        topics=named,
    )


def _time(minutes: int) -> str:
    hours = minutes // 60
    return ngettext("Both free %(num)s hour a week", "Both free %(num)s hours a week", hours)


def _against(found: Reasons) -> list[str]:
    against = [bar(Bar(one)) for one in found.bars]
    if found.missing and Bar.FLOOR.value not in found.bars:
        named = format_list([topic(one) for one in found.missing])
        against.append(_("Does not name: %(topics)s", topics=named))
    if found.experience_missing:
        kinds = format_list([experience(one) for one in found.experience_missing])
        against.append(_("No experience named: %(kinds)s", kinds=kinds))
    short = found.minutes is not None and found.minutes < ENOUGH_MINUTES
    if short and Bar.TIME.value not in found.bars:
        against.append(_("Little time in common: one hour a week"))
    if found.similar is False:
        against.append(_("Likes to work in another way"))
    return against


def bar(found: Bar) -> str:
    """A rule that staff may set aside with a reason."""
    return {
        Bar.LANGUAGE: _("No common language"),
        Bar.CONFLICT: _("A conflict of roles or organisations"),
        Bar.TIME: _("Less than an hour a week in common"),
        Bar.FLOOR: _("The fit is below the threshold"),
    }.get(found, _("A rule of the programme"))


def lost(step: Step, count: int) -> str:
    """How many mentors are left out by what."""
    why = {
        Step.LANGUAGE: _("no common language"),
        Step.CONFLICT: _("a conflict of roles or organisations"),
        Step.PRIVATE: _("private rules"),
        Step.APART: _("ruled out before"),
        Step.TIME: _("no time or way to talk in common"),
        Step.CLEARANCE: _("not for this age group"),
        Step.FLOOR: _("fit below the threshold"),
        Step.FREE: _("all places taken"),
    }.get(step, _("not in the pool now"))
    return _("%(why)s (%(count)s)", why=why, count=count)


def pool(track: str, count: int) -> str:
    """The beginning of the way: who could be a mentor at all."""
    if track == Track.SCIENTIST:
        return ngettext("%(num)s scientist", "%(num)s scientists", count)
    return ngettext("%(num)s peer mentor", "%(num)s peer mentors", count)


def funnel(found: Funnel, track: str) -> list[tuple[str, int]]:
    """The way to a mentor as (words, how many are left), only steps at which somebody is lost."""
    shown = [(pool(track, found[0][1]), found[0][1])] if found else []
    for (_step, before), (step, count) in itertools.pairwise(found):
        if count != before:
            shown.append((_left(step, count, before), count))
    return shown


def _left(step: Step, count: int, before: int) -> str:
    if step is Step.FREE and not count:
        return ngettext("the one is full", "all %(num)s are full", before)
    return {
        Step.LANGUAGE: ngettext("%(num)s shares a language", "%(num)s share a language", count),
        Step.CONFLICT: ngettext("%(num)s without a conflict", "%(num)s without a conflict", count),
        Step.PRIVATE: ngettext("%(num)s by private rules", "%(num)s by private rules", count),
        Step.APART: ngettext("%(num)s not ruled out", "%(num)s not ruled out", count),
        Step.TIME: ngettext("%(num)s with time in common", "%(num)s with time in common", count),
        Step.CLEARANCE: ngettext("%(num)s for this age group", "%(num)s for this age group", count),
        Step.FLOOR: ngettext("%(num)s fits well enough", "%(num)s fit well enough", count),
        Step.FREE: ngettext("%(num)s has a place", "%(num)s have a place", count),
    }[step]


def narrowest(step: Step | None) -> str:
    """What keeps most people of a group from a mentor."""
    if step is None:
        return _("Nothing stands out.")
    return {
        Step.LANGUAGE: _("Most is lost at the language: look for mentors who speak it."),
        Step.CONFLICT: _("Most is lost at conflicts of roles or organisations."),
        Step.PRIVATE: _("Most is lost at private rules."),
        Step.APART: _("Most is lost at pairs that were ruled out."),
        Step.TIME: _("Most is lost at the time in common: look for other hours, or for writing."),
        Step.CLEARANCE: _("Most is lost at the age group."),
        Step.FLOOR: _("Most is lost at the fit: look for mentors with these topics."),
        Step.FREE: _("Most is lost at full mentors: look for more places."),
    }.get(step, _("Most is lost at mentors who are not in the pool now."))


def group(dimension: str, name: str) -> str:
    """A group of the fairness report."""
    if name == OTHER:
        return _("All others together")
    if name == "-":
        return _("Not said")
    if dimension == "language":
        return languages.title(name)
    if dimension == "country":
        return programme_words.country(name)
    return str(programme_words.GENDER.get(name, name))


def outcome(found: str) -> str:
    """What became of a published proposal."""
    return (
        {
            Outcome.OFFERED: _("Offered"),
            Outcome.NOT_WAITING: _("Did not wait any more"),
            Outcome.BARRED: _("No longer possible"),
        }.get(Outcome(found), "")
        if found
        else ""
    )


def topic(key: str) -> str:
    """A topic as people read it; what is no topic any more is its key."""
    return _lower(str(programme_words.TOPIC.get(key, key)))


def experience(key: str) -> str:
    """A kind of experience as people read it."""
    known = {str(kind): str(name) for kind, name in programme_words.EXPERIENCE.items()}
    return _lower(known.get(key, key))


def capital(text: str) -> str:
    """A word at the start of a line."""
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    # Inside a sentence; a word of capitals stays one.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def names(found: Sequence[str]) -> str:
    """Names joined as the language joins them."""
    return format_list(list(found))
