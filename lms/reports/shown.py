"""The figures of a report in words: lines of a page, rows of a file, the path of a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from lms.core.i18n import format_number, ngettext
from lms.core.i18n import gettext as _
from lms.matching.facts import Track
from lms.mentoring.states import Ending
from lms.programmes import languages
from lms.reports.indicators import (
    LASTING,
    LASTING_DAY,
    MEDIAN_DAYS,
    REST,
    SLOW_DAYS,
    TARGETS,
    Figures,
    Key,
)
from lms.reports.queries import FELT
from lms.reports.rules import TOLD, Point, Share, Told
from lms.workbench.fairness import OTHER

WIDTH, HEIGHT, LEFT, TOP = 380, 200, 42, 12
PARTS = (
    ("reach", (Key.COVERAGE, Key.ACCEPTED, Key.FIRST_CARD)),
    ("support", (Key.CONTACT, Key.MEETINGS, Key.WRITTEN, Key.CHECKS, Key.PULSES)),
    ("result", (Key.GOALS, Key.LINKED, Key.CLOSED)),
    ("mentors", (Key.MENTORS, Key.PAUSED, Key.RETURNED, Key.BOUNDARIES, Key.TRAINED)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what it is, what it is now, of how many, how sure, and what is aimed at."""

    title: str
    value: str
    of: str
    sure: str
    target: str
    reached: bool | None = None


def part_title(part: str) -> str:
    """The heading over some of the indicators."""
    return {
        "reach": _("Finding somebody"),
        "support": _("On the way"),
        "result": _("What came of it"),
        "mentors": _("Mentors"),
    }[part]


def lines(found: Figures) -> list[tuple[str, list[Line]]]:
    """The indicators under their headings."""
    return [
        (part_title(part), [line(key, found.shares[key]) for key in keys]) for part, keys in PARTS
    ]


def line(key: Key, share: Share) -> Line:
    """An indicator with its share."""
    target = TARGETS.get(key)
    percent = share.percent
    return Line(
        title=title(key),
        value=value(share),
        of=_("%(hits)s of %(of)s", hits=share.hits, of=share.of) if percent is not None else "",
        sure=sure(share.interval),
        target=_("at least %(percent)s%%", percent=target) if target else "",
        reached=percent >= target if percent is not None and target else None,
    )


def title(key: Key) -> str:
    """What an indicator counts, with what it is a share of."""
    return {
        Key.COVERAGE: _("People with a mentor, of all who were taken on"),
        Key.ACCEPTED: _("Offers that became a pair, of those that were answered"),
        Key.CONTACT: _("Pairs that met or wrote to each other within 14 days"),
        Key.MEETINGS: _("Meetings held, of those that the rhythm expects"),
        Key.WRITTEN: _("Meetings in writing, of those held"),
        Key.CHECKS: _("Check-ins done within a week of their day"),
        Key.PULSES: _("Short questions that were answered"),
        Key.GOALS: _("Goals met or partly met, of those set"),
        Key.CLOSED: _("Early ends with a closing word"),
        Key.MENTORS: _("Mentors with a pair, of all who take part"),
        Key.FIRST_CARD: _("Pairs with the mentor who was shown first, of those that began"),
        Key.LINKED: _("Steps that are a part of a course, of all steps"),
        Key.PAUSED: _("Mentors who rest or have not confirmed, of all"),
        Key.RETURNED: _("Mentors in a pair after another one had ended"),
        Key.BOUNDARIES: _("Mentors who signed the page about boundaries"),
        Key.TRAINED: _("Mentors whose training is finished, or who were vouched for"),
    }[key]


def value(share: Share) -> str:
    """A share in words, without numbers from which somebody could be made out."""
    return {
        Told.ALL: _("%(share)s%%", share=share.percent),
        Told.FEW: _("fewer than 5 of %(of)s", of=share.of),
        Told.MANY: _("all but a few of %(of)s", of=share.of),
        Told.NOTHING: _("too few to say"),
    }[share.told]


def sure(interval: tuple[int, int] | None) -> str:
    """The interval of 95 of 100."""
    return _("%(low)s to %(high)s%%", low=interval[0], high=interval[1]) if interval else ""


def days(count: int | None) -> str:
    """A number of days."""
    if count is None:
        return _("too few to say")
    return ngettext("%(num)s day", "%(num)s days", count)


def points(found: Figures) -> list[tuple[str, str, str]]:
    """(days, share that lasted, interval) of the days that the report promises."""
    return [
        (
            days(one.day),
            _("%(share)s%%", share=one.percent) if one.percent is not None else _("too few to say"),
            sure((one.low, one.high)) if one.low is not None and one.high is not None else "",
        )
        for one in found.curve
        if one.day in TOLD
    ]


def endings(found: Figures) -> list[tuple[str, int]]:
    """Why pairs ended early, with how many."""
    return [(ending(reason), count) for reason, count in found.endings.items()]


def ending(reason: str) -> str:
    """A reason for an end."""
    return {
        Ending.GOAL_REACHED: _("The goal is reached"),
        Ending.TIME_OVER: _("The time is over"),
        Ending.NO_TIME: _("No time"),
        Ending.NOT_A_FIT: _("Not a fit"),
        Ending.CONTACT_LOST: _("Contact was lost"),
        Ending.MOVED_ON: _("Moved on"),
        Ending.SAFETY: _("Safety"),
        Ending.APART: _("One side left"),
        REST: _("Other and rare reasons"),
    }.get(reason, _("Other and rare reasons"))


def group(kind: str, name: str) -> str:
    """What a group of people is called."""
    if name == OTHER:
        return _("Smaller groups together")
    if kind == "track":
        return _("Scientists") if name == Track.SCIENTIST else _("Peer mentors")
    return languages.title(name) if name in languages.CODES else _("Not said")


def groups(found: Figures) -> list[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Who has got a mentor: (name, people, share, whether far behind) by kind of group."""
    heads = {"language": _("By first language"), "track": _("By track")}
    return [
        (
            heads[kind],
            [
                (
                    group(kind, one.name),
                    one.people,
                    _("%(share)s%%", share=one.percent)
                    if one.percent is not None
                    else _("left out"),
                    one.name in found.behind[kind],
                )
                for one in rows
            ],
        )
        for kind, rows in found.groups.items()
    ]


# ---------------------------------------------------------------- how pairs feel


def feel(found: Figures) -> list[tuple[str, str, str]]:
    """(question, mean, how many answered of how many who were asked); empty when too few answered."""
    said = found.feel
    if said is None:
        return []
    of = _("%(hits)s of %(of)s", hits=said.answered, of=said.asked)
    means = (
        (_("“I am heard”"), said.heard),
        (_("“It is useful to me”"), said.useful),
        (_("“I feel safe in it”"), said.safe),
    )
    return [(title, format_number(round(mean, 1)), of) for title, mean in means]


def felt_days() -> str:
    """Of which days these means are."""
    return days(FELT.days)


# ---------------------------------------------------------------- files


def table(found: Figures) -> list[list[str]]:
    """The report as rows of a file."""
    rows = [
        [
            _("Indicator"),
            _("Value"),
            _("How many"),
            _("Out of"),
            _("Lower end"),
            _("Upper end"),
            _("Target"),
        ]
    ]
    for _part, keys in PARTS:
        rows += [_row(key, found.shares[key]) for key in keys]
    rows.append([_("Pairs begun"), count(found.started), *[""] * 5])
    rows.append([_("Mentors in pairs"), about(found.mentors), *[""] * 5])
    rows.append([_("Learners in pairs"), about(found.mentees), *[""] * 5])
    rows.append([_("Confirmed hours"), str(found.hours), *[""] * 5])
    half, most = (_at_most(number) for number in (MEDIAN_DAYS, SLOW_DAYS))
    waits = [(_("Days until a pair begins, half of all"), found.median_days, half)]
    waits.append((_("Days until a pair begins, nine of ten"), found.slow_days, most))
    rows += [[head, days(number), *[""] * 4, target] for head, number, target in waits]
    for one in found.curve:
        head = _("Pairs that last %(days)s", days=days(one.day))
        rows.append([head, *_of_point(one), f"{LASTING}%" if one.day == LASTING_DAY else ""])
    rows += [[reason, str(number), *[""] * 5] for reason, number in endings(found)]
    head = _("Mean of 5, last %(days)s", days=felt_days())
    rows += [
        [f"{head}: {one}", mean, of, "", "", "", _("at least 4")] for one, mean, of in feel(found)
    ]
    for head, people in groups(found):
        rows += [[f"{head}: {one[0]}", one[2], "", str(one[1]), *[""] * 3] for one in people]
    return rows


def about(number: int) -> str:
    """A number of people, to the nearest five: beside an exact one it would tell how many are in one only."""
    return _("about %(num)s", num=5 * round(number / 5)) if number >= 5 else count(number)


def _at_most(number: int) -> str:
    return _("at most %(days)s", days=days(number))


def aims() -> str:
    """What the programme aims at beside the targets of shares."""
    return _(
        "Aimed at: half of the pairs begin within %(half)s, nine of ten within %(most)s; "
        "%(percent)s%% are still together after %(after)s.",
        half=days(MEDIAN_DAYS),
        most=days(SLOW_DAYS),
        percent=LASTING,
        after=days(LASTING_DAY),
    )


def count(number: int) -> str:
    """A number of pairs or people; small ones in words."""
    return _("fewer than 5") if 0 < number < 5 else str(number)


def _row(key: Key, share: Share) -> list[str]:
    told = share.told is Told.ALL
    low, high = share.interval or ("", "")
    numbers = [str(share.hits), str(share.of)] if told else ["", ""]
    target = f"{TARGETS[key]}%" if key in TARGETS else ""
    return [title(key), value(share), *numbers, str(low), str(high), target]


def _of_point(one: Point) -> list[str]:
    if one.percent is None:
        return [_("too few to say"), "", "", "", ""]
    return [f"{one.percent}%", "", str(one.followed), str(one.low), str(one.high)]


def digest(rows: Sequence[Sequence[str]]) -> str:
    """The same figures have the same mark, so that a printed page can be compared with a file."""
    return sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()[:12]


# ---------------------------------------------------------------- the curve


def place(day: int, percent: int, last: int) -> tuple[int, int]:
    """Where a point of the curve is drawn."""
    x = LEFT + (WIDTH - LEFT - 12) * day // last
    return x, TOP + (HEIGHT - TOP - 28) * (100 - percent) // 100


def path(curve: Sequence[Point]) -> str:
    """The steps of the curve over the days that may be shown; empty where there is nothing to draw."""
    known = [(one.day, one.percent) for one in curve if one.percent is not None]
    if len(known) < 2:
        return ""
    last = curve[-1].day
    x, y = place(*known[0], last)
    parts = [f"M{x} {y}"]
    for day, percent in known[1:]:
        x, y = place(day, percent, last)
        parts.append(f"H{x}V{y}")
    return "".join(parts)


def marks(curve: Sequence[Point]) -> list[tuple[int, int]]:
    """(x, day) of the days under the curve."""
    last = curve[-1].day
    return [(place(one.day, 0, last)[0], one.day) for one in curve]


def whiskers(curve: Sequence[Point]) -> list[tuple[int, int, int]]:
    """(x, upper end, lower end) of the intervals."""
    last = curve[-1].day
    return [
        (*place(one.day, one.high, last), place(one.day, one.low, last)[1])
        for one in curve
        if one.low is not None and one.high is not None and one.low != one.high
    ]
