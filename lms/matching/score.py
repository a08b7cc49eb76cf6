"""How well two people fit: eight terms of 0 to 10, each with its weight; 0 to 1,000 together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lms.matching.facts import Level, MenteeFacts, MentorFacts, Weights, Wish
from lms.matching.hours import common_minutes

# Who asks for nothing has nothing to be matched on: half of the term, the same with every mentor.
NEUTRAL = 5
_CHOICE = (10, 8, 6)
KEPT, UNCHOSEN = 4, 3
_LEVELS = {Level.FIRST: 10, Level.STRONG: 7, Level.DISCUSS: 4}
IN_WRITING = 6
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
    in_writing = mentor.async_only or mentee.async_only
    return Terms(
        needs=needs_points(mentor.topics, mentee.needs),
        choice=choice_points(mentor, mentee),
        experience=share(mentor.experience, mentee.experience),
        style=style_points(mentor.style, mentee.style),
        language=language_points(mentor.languages, mentee.languages),
        time=IN_WRITING if in_writing else time_points(common_minutes(mentor.hours, mentee.hours)),
        country=country_points(mentor, mentee.country),
        glad=share(mentor.glad_topics, frozenset(mentee.needs)),
    )


def share(offered: frozenset[str], wanted: frozenset[str]) -> int:
    """Points for the share of what is wanted that is offered."""
    return 10 * len(offered & wanted) // len(wanted) if wanted else NEUTRAL


def needs_points(topics: frozenset[str], needs: tuple[str, ...]) -> int:
    """The first need counts double."""
    if not needs:
        return NEUTRAL
    covered = sum(need in topics for need in needs) + (needs[0] in topics)
    return 10 * covered // (len(needs) + 1)


def choice_points(mentor: MentorFacts, mentee: MenteeFacts) -> int:
    """A preference that is met counts like a bookmark, so that the points tell nobody which it was."""
    if mentor.id in mentee.choices[: len(_CHOICE)]:
        return _CHOICE[mentee.choices.index(mentor.id)]
    if mentor.id in mentee.bookmarks or preferred(mentor, mentee):
        return KEPT
    return UNCHOSEN


def preferred(mentor: MentorFacts, mentee: MenteeFacts) -> bool:
    if (
        mentee.gender_wish is Wish.PREFER
        and mentor.gender
        and mentor.gender == mentee.mentor_gender
    ):
        return True
    same = bool(mentor.country) and mentor.country == mentee.country
    return mentee.same_country is Wish.PREFER and same


def style_points(one: Mapping[str, bool], other: Mapping[str, bool]) -> int:
    """Points for the same answers among the choices that both answered."""
    both = one.keys() & other.keys()
    return 10 * sum(one[key] == other[key] for key in both) // len(both) if both else NEUTRAL


def language_points(one: Mapping[str, Level], other: Mapping[str, Level]) -> int:
    return max(
        (_LEVELS[min(one[code], other[code])] for code in one.keys() & other.keys()), default=0
    )


def time_points(minutes: int) -> int:
    """Points for the minutes a week that both have; less than an hour is none."""
    return next((points for least, points in _HOURS if minutes >= least), 0)


def country_points(mentor: MentorFacts, country: str) -> int:
    """Knows the country 10, its region 5."""
    if not country:
        return NEUTRAL
    known = mentor.countries_known | {mentor.country}
    if country in known:
        return 10
    return 5 if any(REGION.get(one, -1) == REGION.get(country) for one in known) else 0
