"""What matching knows of a mentor, of a mentee and of a run. Nothing about substances, health or record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

PLATFORM = "platform"
CONFIRMED_FOR = timedelta(days=30)
LONGEST_WAIT_WEEKS = 26
LARGEST_PRIORITY = 200
LARGEST_FLOOR = 600
LARGEST_CHARGE = 1000


class Track(StrEnum):
    """What a seat is for. A run is about one track."""

    PEER = "peer"
    SCIENTIST = "scientist"


class Level(IntEnum):
    """How well somebody speaks a language, the least first. Who speaks it less well does not name it."""

    DISCUSS = 1
    STRONG = 2
    FIRST = 3


class Wish(StrEnum):
    """How much a person's wish counts. `NEVER` only makes sense for "from my own country"."""

    MUST = "must"
    PREFER = "prefer"
    NONE = "none"
    NEVER = "never"


class Experience(StrEnum):
    """Kinds of experience that a mentor names and a mentee asks for."""

    LEGAL = "legal"
    CLINICAL = "clinical"
    BUDGET = "budget"
    RESEARCH = "research"
    ORGANISING = "organising"


class Style(StrEnum):
    """The three forced choices about working together; an answer is True for the first of its two ends."""

    STRUCTURE = "structure"
    DIRECTNESS = "directness"
    PACE = "pace"


class Policy(StrEnum):
    """What a run puts first."""

    COVERAGE = "coverage"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorFacts:
    """A mentor in one track. `id` is the profile's public id, `person` the person's.

    `hours` is what `lms.matching.hours.expand` makes of the weekly slots. `apart` are people who must not meet
    this one: blocks in either direction, "never again", an open concern, a list of people to avoid. `conflicts`
    are people in a declared conflict: line manager, assessor of a grant, evaluator, who leads the cohort.
    """

    id: str
    person: str
    track: Track
    programme: str = ""
    available: bool = True
    trained: bool = True
    confirmed_at: datetime | None = None
    capacity: int = 1
    live: int = 0
    languages: Mapping[str, Level] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    glad_topics: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    style: Mapping[str, bool] = field(default_factory=dict)
    hours: int = 0
    async_only: bool = False
    channels: frozenset[str] = frozenset({PLATFORM})
    country: str = ""
    countries_known: frozenset[str] = frozenset()
    avoid_countries: frozenset[str] = frozenset()
    gender: str = ""
    organisations: frozenset[str] = frozenset()
    conflict_organisations: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    adults_only: bool = True

    @property
    def free(self) -> int:
        """Seats that no live pair holds."""
        return max(0, self.capacity - self.live)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenteeFacts:
    """Somebody who waits in one track. `id` is the application's public id, `person` the person's.

    `needs` begins with the first need. `choices` are up to three mentors' ids in the order of the mentee,
    `bookmarks` others that she kept. `other_mentors` are the people who mentor her in another track.
    `hours`, `apart` and `conflicts` as for a mentor.
    """

    id: str
    person: str
    track: Track
    waiting_since: datetime
    programme: str = ""
    waiting: bool = True
    priority: int = 0
    languages: Mapping[str, Level] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    experience: frozenset[str] = frozenset()
    style: Mapping[str, bool] = field(default_factory=dict)
    hours: int = 0
    async_only: bool = False
    channels: frozenset[str] = frozenset({PLATFORM})
    country: str = ""
    same_country: Wish = Wish.NONE
    avoid_countries: frozenset[str] = frozenset()
    mentor_gender: str = ""
    gender_wish: Wish = Wish.NONE
    organisations: frozenset[str] = frozenset()
    conflict_organisations: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    other_mentors: frozenset[str] = frozenset()
    under_18: bool = False
    choices: tuple[str, ...] = ()
    bookmarks: frozenset[str] = frozenset()

    def precedence(self, now: datetime) -> int:
        """How much this mentee comes before others: the longer the wait, the more; never 0."""
        weeks = max(0, (now - self.waiting_since) // timedelta(weeks=1))
        return 1000 + 10 * min(weeks, LONGEST_WAIT_WEEKS) + self.priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each term of the score counts; together 100."""

    needs: int = 30
    choice: int = 20
    experience: int = 15
    style: int = 10
    language: int = 10
    time: int = 10
    country: int = 5
    glad: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError unless they are whole shares of 100 and the mentor's gladness counts 5 at most."""
        values = [getattr(self, one.name) for one in fields(self)]
        if sum(values) != 100 or min(values) < 0 or self.glad > 5:
            raise ValueError("weights are 0 or more, together 100, and gladness is 5 at most")


@dataclass(frozen=True, slots=True)
class Pin:
    """A pair that staff want in any case. The reason is needed where it breaks a rule that staff may break."""

    mentor: str
    mentee: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What staff decide about a run: all that is not a fact about somebody.

    `charge` is how much dearer each further seat of one mentor gets (load fairness), `floor` the least score.
    `forbids` are pairs of ids (mentor, mentee), also those that came to nothing before; `holds` are mentees
    who stay out of this run; `seats` lowers the seats that a mentor fills in this run.
    """

    now: datetime
    track: Track
    programme: str = ""
    policy: Policy = Policy.COVERAGE
    weights: Weights = field(default_factory=Weights)
    floor: int = 300
    charge: int = 250
    seed: str = ""
    pins: tuple[Pin, ...] = ()
    forbids: frozenset[tuple[str, str]] = frozenset()
    holds: frozenset[str] = frozenset()
    seats: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for a floor or a charge outside its slider."""
        if not 0 <= self.floor <= LARGEST_FLOOR or not 0 <= self.charge <= LARGEST_CHARGE:
            raise ValueError("the floor is 0 to 600, the charge 0 to 1000")
