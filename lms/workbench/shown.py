"""Rounds as pages show them: rows, sentences, tables. Facts in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.core.i18n import gettext as _
from lms.core.i18n import ngettext
from lms.matching.candidates import Step
from lms.programmes import languages
from lms.workbench import words
from lms.workbench.compare import Change, Compared
from lms.workbench.fairness import OTHER, Group
from lms.workbench.queries import Decision, Proposal, Run
from lms.workbench.reasons import Reasons, funnel_of
from lms.workbench.rules import Kind, Outcome


@dataclass(frozen=True, slots=True)
class PairRow:
    """A proposed pair."""

    id: int
    request: str
    mentee: str
    days: int
    profile: str
    mentor: str
    alternates: str
    score: int
    fit: str
    said: words.Said
    pinned: bool
    open: bool
    outcome: str
    offered: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody who stays on the list, and why."""

    request: str
    mentee: str
    days: int
    funnel: list[tuple[str, int]]
    held: str


def pairs_of(proposals: Sequence[Proposal], now: datetime) -> list[PairRow]:
    """The proposed pairs, the longest waiting first."""
    others: dict[str, list[str]] = {}
    for one in proposals:
        if one.rank and one.mentor:
            others.setdefault(one.request, []).append(one.mentor)
    return [
        _pair(one, others.get(one.request, []), now)
        for one in proposals
        if one.rank == 0 and one.profile
    ]


def _pair(one: Proposal, alternates: Sequence[str], now: datetime) -> PairRow:
    return PairRow(
        one.id,
        one.request,
        one.mentee,
        (now - one.waiting_since).days,
        one.profile or "",
        one.mentor or "",
        words.names(alternates),
        one.score,
        words.fit(one.score),
        words.said(Reasons.of(one.terms), one.mentee),
        one.pinned,
        one.published_at is None and one.waits,
        words.outcome(one.outcome) or ("" if one.waits else _("Does not wait any more")),
        one.outcome == Outcome.OFFERED,
    )


def ordered(rows: Sequence[PairRow], sort: str) -> list[PairRow]:
    """The pairs in the order asked for; the longest waiting first otherwise."""
    if sort == "fit":
        return sorted(rows, key=lambda one: one.score)
    if sort == "mentor":
        return sorted(rows, key=lambda one: (one.mentor.casefold(), -one.days))
    return list(rows)


def sorts() -> list[tuple[str, str]]:
    """The orders and what they are called."""
    return [("wait", _("longest wait")), ("fit", _("weakest fit")), ("mentor", _("mentor"))]


def unmatched_of(proposals: Sequence[Proposal], track: str, now: datetime) -> list[Unmatched]:
    """Who stays on the list, each with the way on which mentors are lost."""
    held = _("Left out of this round by you.")
    return [
        Unmatched(
            one.request,
            one.mentee,
            (now - one.waiting_since).days,
            words.funnel(funnel_of(one.terms.get("funnel", [])), track),
            held if one.terms.get("held") else "",
        )
        for one in proposals
        if one.rank == 0 and one.profile is None and one.waits
    ]


def decision_words(one: Decision) -> str:
    """What was decided, in a sentence."""
    if one.kind is Kind.PIN:
        return _("Pinned: %(mentee)s and %(mentor)s", mentee=one.mentee, mentor=one.mentor)
    if one.kind is Kind.FORBID:
        return _("Not this pair: %(mentee)s and %(mentor)s", mentee=one.mentee, mentor=one.mentor)
    if one.kind is Kind.HOLD:
        return _("Left out: %(mentee)s", mentee=one.mentee)
    return ngettext(
        "%(mentor)s: %(num)s place in this round",
        "%(mentor)s: %(num)s places in this round",
        one.places or 0,
        mentor=one.mentor,
    )


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of place, how many wait for one in vain, and how many such places there are."""

    name: str
    text: str
    waiting: int
    places: int


def demand(found: Run) -> list[Need]:
    """The recruiting list: what places to look for, the most wanted first."""
    rows = [(languages.title(kind), *rest) for kind, *rest in found.stats["languages"]]
    rows += [(words.capital(words.topic(kind)), *rest) for kind, *rest in found.stats["topics"]]
    rows.sort(key=lambda row: (-row[1], -row[3], row[0]))
    return [Need(name, _wanted(name, waiting), waiting, seats) for name, waiting, seats, _ in rows]


def _wanted(name: str, waiting: int) -> str:
    return ngettext(
        "%(name)s: %(num)s person waits",
        "%(name)s: %(num)s people wait",
        waiting,
        name=name,
    )


def terms() -> list[tuple[str, str]]:
    """The parts of the score and what they are called."""
    return [
        ("needs", _("Topics")),
        ("choice", _("Own choice")),
        ("experience", _("Experience")),
        ("style", _("Way of working")),
        ("language", _("Language")),
        ("time", _("Time in common")),
        ("country", _("Knows the country")),
        ("glad", _("What mentors like best")),
    ]


# ---------------------------------------------------------------- two rounds


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Somebody for whom two rounds differ."""

    mentee: str
    text: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class ComparedView:
    """Two rounds side by side, in words."""

    figures: list[tuple[str, str, str]]
    same: int
    rows: list[ChangeRow]


def compared(found: Compared) -> ComparedView:
    """Figures first, then everybody for whom something differs."""
    return ComparedView(
        [(label, _figure(found.before, key), _figure(found.now, key)) for key, label in _figures()],
        found.same,
        [_change(row.change, row.mentee, row.before, row.now) for row in found.rows],
    )


def _figures() -> list[tuple[str, str]]:
    return [
        ("matched", _("People who get a mentor")),
        ("waiting", _("of all who wait")),
        ("mean", _("Fit on average")),
        ("tenth", _("Fit of the weakest tenth")),
        ("free_after", _("Places that stay free")),
    ]


def _figure(stats: Any, key: str) -> str:
    value = int(stats.get(key, 0))
    named = key in ("mean", "tenth") and value
    return f"{words.fit(value)}, {value}" if named else str(value)


def _change(change: Change, mentee: str, before: str, now: str) -> ChangeRow:
    if change is Change.CHANGED:
        text = _("%(now)s instead of %(before)s", now=now, before=before)
        return ChangeRow(mentee, text, _("Changed"), "sun")
    if change is Change.LOST:
        return ChangeRow(mentee, _("was with %(before)s", before=before), _("Lost"), "brick")
    return ChangeRow(mentee, _("with %(now)s", now=now), _("New"), "pine")


# ---------------------------------------------------------------- fairness


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of the fairness report."""

    name: str
    people: int
    found: int | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of groups."""

    title: str
    rows: list[GroupRow]


@dataclass(frozen=True, slots=True)
class Flag:
    """A group that is behind, and what keeps it there."""

    title: str
    text: str


def fairness(found: Run) -> dict[str, Any]:
    """The report: the finding, groups that are behind, a table of each kind."""
    titles = {
        "language": _("By first language"),
        "country": _("By country"),
        "gender": _("By wish about the mentor’s gender"),
    }
    parts = [
        Part(
            title, [_row(name, Group(*row)) for row in found.stats.get("groups", {}).get(name, [])]
        )
        for name, title in titles.items()
    ]
    flags = [
        Flag(
            _("%(group)s is behind", group=words.group(name, group)),
            words.narrowest(Step(step) if step else None),
        )
        for name, group, step in found.stats.get("behind", [])
    ]
    if flags:
        finding = ngettext(
            "%(num)s group gets a mentor much less often than everybody together.",
            "%(num)s groups get a mentor much less often than everybody together.",
            len(flags),
        )
    else:
        finding = _("No group is far behind, as far as the numbers can be shown.")
    return {"finding": finding, "behind": flags, "parts": parts}


def _row(name: str, one: Group) -> GroupRow:
    title = words.group(name, one.name) if one.name != OTHER else words.group(name, OTHER)
    return GroupRow(title, one.people, one.found, one.percent)


# ---------------------------------------------------------------- file


def table(proposals: Sequence[Proposal], track: str, now: datetime) -> list[list[str]]:
    """A round as lines of a file."""
    head = [_("Waits"), _("Days"), _("Mentor"), _("Or"), _("Fit"), _("Reasons"), _("State")]
    lines = [
        [
            *(one.mentee, str(one.days), one.mentor, one.alternates, one.fit),
            *("; ".join([*one.said.good, *one.said.against]), one.outcome),
        ]
        for one in pairs_of(proposals, now)
    ]
    left = [
        [one.mentee, str(one.days), "", "", "", one.held or _way(one.funnel), ""]
        for one in unmatched_of(proposals, track, now)
    ]
    return [head, *lines, *left]


def _way(funnel: Sequence[tuple[str, int]]) -> str:
    return " → ".join(text for text, _count in funnel)
