"""The coordinators' day: everything that waits for a person, in words, each line with one thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from lms.core.i18n import format_day, ngettext
from lms.core.i18n import gettext as _
from lms.mentoring import queries as pairs
from lms.mentoring.rules import Stall as Turn
from lms.mentoring.rules import stall
from lms.mentoring.states import Side, State, awaited
from lms.programmes import languages
from lms.programmes import queries as programmes
from lms.support import queries
from lms.support.queries import Call, Check, Seen, Unconfirmed
from lms.support.rules import AHEAD, CheckState, Stall, Stalled, stalled, standing

SHOWN = 6
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: about whom, why, and the one thing to do."""

    title: str
    reason: str
    action: str
    url: str
    tag: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one kind, the most urgent first; `more` of them stand on a page of their own."""

    key: str
    title: str
    lines: Sequence[Line]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """A day: its sections, what comes in the next days, and whom the page is about."""

    sections: Sequence[Section]
    to_come: int
    people: frozenset[int]

    @property
    def count(self) -> int:
        """How many lines there are, those of the sections' own pages too."""
        return sum(len(section.lines) + section.more for section in self.sections)


def desk(now: datetime, zone: str, show: str = "") -> Desk:
    """Everything that waits now. `show` names the section that is wanted whole."""
    today = now.date()
    live, checks = queries.live(), queries.check_ins(today + AHEAD)
    due = _one_a_pair([(check, pair) for check, pair in checks if check.due_on <= today])
    to_come = sum(check.due_on > today for check, _pair in checks)
    quiet, away = _quiet(live, now), [pair for pair, is_away in live if is_away]
    calls, mentors = queries.calls(), queries.unconfirmed()
    offers = _ending_offers(now)
    sections = [
        _section("calls", _("Speak with them within two days"), _calls(calls, now, zone), show),
        _section("checks", _("Check-ins"), [_check(*one, today) for one in due], show),
        _section("quiet", _("Quiet pairs"), [_quiet_line(*one) for one in quiet], show),
        _section(
            "away", _("Their mentor takes a rest or has left"), [_away(one) for one in away], show
        ),
        _section("offers", _("Offers that end soon"), offers, show),
        _section("mentors", _("Mentors to hear from"), [_mentor(one) for one in mentors], show),
        _section("waiting", _("People who wait"), _waiting(now), show),
    ]
    seen = [*away, *(pair for _one, pair in (*calls, *due, *quiet))]
    return Desk(
        [section for section in sections if section.lines],
        to_come,
        frozenset(person for pair in seen for person in pair.people),
    )


def _section(key: str, title: str, lines: Sequence[Line], show: str) -> Section:
    shown = lines if show == key else lines[:SHOWN]
    return Section(key, title, shown, len(lines) - len(shown))


def names(pair: Seen) -> str:
    """Both sides, as they call themselves."""
    return _("%(mentee)s and %(mentor)s", mentee=pair.mentee_name, mentor=pair.mentor_name)


def name_of(pair: Seen, person_id: int) -> str:
    """The name of one side."""
    return pair.mentor_name if person_id == pair.mentor_id else pair.mentee_name


def _url(pair: Seen) -> str:
    return url_for("support.pair", pair=pair.public_id)


def _calls(calls: list[tuple[Call, Seen]], now: datetime, zone: str) -> list[Line]:
    return [
        Line(
            name_of(pair, call.person_id),
            _(
                "In the pair %(pair)s: does not feel safe enough. Speak alone, until %(day)s.",
                day=format_day(call.call_by, zone, year=False),
                pair=names(pair),
            ),
            _("Open"),
            _url(pair),
            _("Call"),
            late=call.call_by < now,
        )
        for call, pair in calls
    ]


def which(check: Check) -> str:
    """Which check-in it is, in words."""
    first = (_("After two days"), _("After two weeks"), _("After the first month"))
    return first[check.number] if check.number < len(first) else _("Monthly")


def _one_a_pair(due: list[tuple[Check, Seen]]) -> list[tuple[Check, Seen]]:
    """Of several that one pair has missed, the latest: one talk is enough. The longest overdue first."""
    latest = {pair.id: (check, pair) for check, pair in due}
    return sorted(latest.values(), key=lambda one: one[0].due_on)


def _check(check: Check, pair: Seen, today: date) -> Line:
    late = standing(check.state, check.due_on, today) is CheckState.OVERDUE
    days = (today - check.due_on).days
    since = (
        ngettext("due for %(num)s day", "due for %(num)s days", days) if days else _("due today")
    )
    return Line(
        names(pair),
        _("%(which)s, %(since)s.", which=which(check), since=since),
        _("Record"),
        _url(pair),
        _("Overdue") if late else "",
        late,
    )


def _quiet(live: list[tuple[Seen, bool]], now: datetime) -> list[tuple[str, Seen]]:
    """Pairs at which staff should look, with the rule in words; the longest silence first."""
    found = [(why, pair) for pair, away in live if not away and (why := _why(pair, now))]
    return [(words, pair) for (_days, words), pair in sorted(found, key=lambda one: -one[0][0])]


def _why(pair: Seen, now: datetime) -> tuple[int, str] | None:
    """(days, rule in words) of a pair that the mentor could not get going by herself."""
    turn = stall(pair.clock(away=False), now)
    if turn is not None:
        return turn[1], turn_words(*turn)
    quiet = stalled(pair.signs, now) if pair.state == State.ACTIVE else None
    if quiet is not None and quiet.staff_hears(now):
        told = _("The mentor was told a week ago.")
        return quiet.days(now), f"{quiet_words(quiet, now)} {told}"
    return None


def turn_words(rule: Turn, days: int) -> str:
    """The rules of mentoring, with their days."""
    if rule is Turn.TIME_OVER:
        return ngettext(
            "The agreed time was over %(num)s day ago. Help them to look back.",
            "The agreed time was over %(num)s days ago. Help them to look back.",
            days,
        )
    return ngettext(
        "One of them has waited for a word for %(num)s day.",
        "One of them has waited for a word for %(num)s days.",
        days,
    )


def quiet_words(found: Stalled, now: datetime) -> str:
    """The rule by which a pair counts as quiet, with its days."""
    days = found.days(now)
    if found.rule is Stall.NO_FIRST_MEETING:
        return ngettext(
            "No first meeting and no word for %(num)s day.",
            "No first meeting and no word for %(num)s days.",
            days,
        )
    return ngettext("No sign for %(num)s day.", "No sign for %(num)s days.", days)


def silence(pair: Seen, now: datetime) -> str:
    """The rule that a pair meets, in words; empty while it is on its way. From the first day of the silence on."""
    found = _why(pair, now)
    quiet = stalled(pair.signs, now) if pair.state == State.ACTIVE else None
    return found[1] if found else quiet_words(quiet, now) if quiet else ""


def _quiet_line(words: str, pair: Seen) -> Line:
    return Line(names(pair), words, _("Ask both"), _url(pair))


def _away(pair: Seen) -> Line:
    reason = _("%(name)s takes a rest or has left. Ask both how they go on.", name=pair.mentor_name)
    return Line(names(pair), reason, _("Ask both"), _url(pair))


def _ending_offers(now: datetime) -> list[Line]:
    days = timedelta(days=programmes.offer_days())
    lines = []
    for offer in pairs.offers():
        ends = offer.asked_at + days
        if ends - now > SOON:
            continue
        side = awaited(offer.state)
        asked = offer.mentor_name if side == Side.MENTOR else offer.mentee_name
        reason = _(
            "%(name)s has not answered. It ends on %(day)s.", name=asked, day=format_day(ends)
        )
        pair = _("%(mentee)s and %(mentor)s", mentee=offer.mentee_name, mentor=offer.mentor_name)
        lines.append(Line(pair, reason, _("Look"), url_for("workbench.waiting")))
    return lines


def _mentor(found: Unconfirmed) -> Line:
    url = url_for("programmes.change_mentor", profile=found.public_id)
    reason = _("No word for a month on taking people. Proposed to nobody until then.")
    return Line(found.shown_name, reason, _("Open"), url)


def _waiting(now: datetime) -> list[Line]:
    """By the language that each person named first, the longest wait first."""
    groups: dict[str, list[int]] = {}
    for request in programmes.waiting():
        first = next(iter(request.languages), "")
        groups.setdefault(first, []).append((now - request.waiting_since).days)
    lines = []
    for code, days in sorted(groups.items(), key=lambda one: -max(one[1])):
        people = ngettext("%(num)s person waits.", "%(num)s people wait.", len(days))
        longest = ngettext(
            "The longest wait is %(num)s day.", "The longest wait is %(num)s days.", max(days)
        )
        told = f"{people} {longest}" if max(days) else people
        spoken = languages.names([code]) if code else _("No language named")
        url = url_for("workbench.waiting")
        lines.append(Line(spoken[:1].upper() + spoken[1:], told, _("Look"), url))
    return lines
