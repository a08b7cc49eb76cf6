"""How well two people fit: eight terms of 0 to 10, each with its weight; 0 to 1,000 together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lms.matching.facts import Level, MenteeFacts, MentorFacts, Weights, Wish
from lms.matching.hours import common_minutes

# Who asks for nothing has nothing to be matched on: half of the term, the same with every mentor.
NEUTRAL = 5
_CHOICE = (10, 8, 6)
_KEPT, _UNCHOSEN = 4, 3
_LEVELS = {Level.FIRST: 10, Level.STRONG: 7, Level.DISCUSS: 4}
_IN_WRITING = 6
_HOURS = ((240, 10), (180, 8), (120, 6), (60, 3))

_REGIONS = (
    "EE LV LT", "PL CZ SK HU SI", "AL BA BG HR XK ME MK RO RS", "BY MD UA", "AM AZ GE",
    "KZ KG TJ TM UZ", "RU",
)  # fmt: skip
REGION = {country: number for number, codes in enumerate(_REGIONS) for country in codes.split()}


class Terms(NamedTuple):
    """Points of each term, 0 to 10, in the order of `Weights`."""

    needs: int
    choice: int
    experience: int
    style: int
    language: int
    time: int
    country: int
    glad: int

    def total(self, weights: Weights) -> int:
        """The score, 0 to 1,000."""
        return (
            self.needs * weights.needs
            + self.choice * weights.choice
            + self.experience * weights.experience
            + self.style * weights.style
            + self.language * weights.language
            + self.time * weights.time
            + self.country * weights.country
            + self.glad * weights.glad
        )


def terms(mentor: MentorFacts, mentee: MenteeFacts) -> Terms:
    """The points of a pair, term by term."""
    return Terms(
        needs=_needs(mentor.topics, mentee.needs),
        choice=_choice(mentor, mentee),
        experience=share(mentor.experience, mentee.experience),
        style=_style(mentor.style, mentee.style),
        language=_language(mentor.languages, mentee.languages),
        time=_time(mentor, mentee),
        country=_country(mentor, mentee.country),
        glad=share(mentor.glad_topics, frozenset(mentee.needs)),
    )


def share(offered: frozenset[str], wanted: frozenset[str]) -> int:
    """Points for the share of what is wanted that is offered."""
    return 10 * len(offered & wanted) // len(wanted) if wanted else NEUTRAL


def _needs(topics: frozenset[str], needs: tuple[str, ...]) -> int:
    """The first need counts double."""
    if not needs:
        return NEUTRAL
    covered = sum(need in topics for need in needs) + (needs[0] in topics)
    return 10 * covered // (len(needs) + 1)


def _choice(mentor: MentorFacts, mentee: MenteeFacts) -> int:
    """A preference that is met counts like a bookmark, so that the points tell nobody which it was."""
    if mentor.id in mentee.choices[: len(_CHOICE)]:
        return _CHOICE[mentee.choices.index(mentor.id)]
    if mentor.id in mentee.bookmarks or _preferred(mentor, mentee):
        return _KEPT
    return _UNCHOSEN


def _preferred(mentor: MentorFacts, mentee: MenteeFacts) -> bool:
    if (
        mentee.gender_wish is Wish.PREFER
        and mentor.gender
        and mentor.gender == mentee.mentor_gender
    ):
        return True
    same = bool(mentor.country) and mentor.country == mentee.country
    return mentee.same_country is Wish.PREFER and same


def _style(one: Mapping[str, bool], other: Mapping[str, bool]) -> int:
    both = one.keys() & other.keys()
    return 10 * sum(one[key] == other[key] for key in both) // len(both) if both else NEUTRAL


def _language(one: Mapping[str, Level], other: Mapping[str, Level]) -> int:
    return max(
        (_LEVELS[min(one[code], other[code])] for code in one.keys() & other.keys()), default=0
    )


def _time(mentor: MentorFacts, mentee: MenteeFacts) -> int:
    if mentor.async_only or mentee.async_only:
        return _IN_WRITING
    minutes = common_minutes(mentor.hours, mentee.hours)
    return next((points for least, points in _HOURS if minutes >= least), 0)


def _country(mentor: MentorFacts, country: str) -> int:
    """Knows the country 10, its region 5."""
    if not country:
        return NEUTRAL
    known = mentor.countries_known | {mentor.country}
    if country in known:
        return 10
    return 5 if any(REGION.get(one, -1) == REGION.get(country) for one in known) else 0
