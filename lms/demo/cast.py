"""Who is in the demo's programme: twelve mentors, and forty people who want one or had one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms.matching.facts import Experience, Level, Track
from lms.mentoring.states import Side

PEER, SCIENTIST = Track.PEER, Track.SCIENTIST
FIRST, STRONG, DISCUSS = Level.FIRST, Level.STRONG, Level.DISCUSS


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who is, was or wants to be a mentor. `state` is where she stands today."""

    name: str
    track: Track
    languages: dict[str, Level]
    topics: tuple[str, ...]
    experience: tuple[Experience, ...]
    capacity: int
    about: str
    state: str = "available"
    hours: tuple[tuple[int, int, int], ...] = ()


EVENINGS = ((1, 18 * 60, 20 * 60), (3, 18 * 60, 20 * 60))
MORNINGS = ((0, 9 * 60, 11 * 60), (4, 9 * 60, 11 * 60))
RU, EN, KK = ({"ru": FIRST, "en": DISCUSS}, {"en": FIRST, "ru": STRONG}, {"kk": FIRST, "ru": FIRST})

# `Daria` and `Nino` are those whom the cohort's learners know.
MENTORS = (
    Mentor("Daria", PEER, {"ru": FIRST, "en": STRONG, "kk": DISCUSS}, ("documentation", "rights", "law", "speaking"), (Experience.LEGAL,), 8, "Street lawyer. Ten years of records from pharmacies, clinics and courts.", hours=EVENINGS),
    Mentor("Nino", PEER, {"ka": FIRST, "ru": STRONG, "en": STRONG, "kk": DISCUSS}, ("advocacy", "organising", "speaking"), (Experience.ORGANISING,), 8, "Peer organiser. Takes findings to city councils and comes back with an answer.", hours=EVENINGS),
    Mentor("Aibek", PEER, KK, ("budget", "advocacy", "research"), (Experience.BUDGET,), 5, "Reads city budgets and finds the line that can be moved.", hours=MORNINGS),
    Mentor("Olena", PEER, {"uk": FIRST, "ru": FIRST, "en": STRONG}, ("services", "grants", "safety"), (Experience.ORGANISING,), 6, "Built a drop-in from one room and one kettle. Writes applications that get an answer.", hours=EVENINGS),
    Mentor("Levan", SCIENTIST, {"ka": FIRST, "ru": STRONG, "en": STRONG}, ("research", "documentation", "budget"), (Experience.RESEARCH,), 3, "Epidemiologist. Helps to count so that nobody can say it is not true.", hours=MORNINGS),
    Mentor("Ilze", SCIENTIST, {"lv": FIRST, "en": STRONG, "ru": STRONG}, ("law", "rights", "research"), (Experience.LEGAL, Experience.RESEARCH), 3, "Reads laws of eight countries and writes about them in plain words.", hours=EVENINGS),
    Mentor("Aigul", SCIENTIST, KK, ("services", "research"), (Experience.CLINICAL,), 2, "Physician. Answers what a clinic may and may not ask.", "paused", MORNINGS),
    Mentor("Ruta", PEER, {"lt": FIRST, "ru": STRONG, "en": STRONG}, ("media", "speaking"), (Experience.ORGANISING,), 3, "Speaks to journalists and knows when not to.", "unconfirmed", EVENINGS),
    Mentor("Marta", PEER, {"pl": FIRST, "en": STRONG}, ("organising", "safety"), (Experience.ORGANISING,), 2, "Keeps groups together through hard winters.", "in_training", MORNINGS),
    Mentor("Gulnara", PEER, KK, ("services", "rights"), (), 2, "Outreach worker. Would like to pass on what she learnt.", "submitted"),
    Mentor("Petar", SCIENTIST, {"sr": FIRST, "en": STRONG}, ("budget", "research"), (Experience.BUDGET,), 2, "Economist. Knows what a day in prison costs.", "submitted"),
    Mentor("Tomasz", PEER, {"pl": FIRST, "ru": DISCUSS}, ("media",), (), 2, "Radio.", "left"),
)  # fmt: skip


class State(StrEnum):
    """Where somebody who asked for a mentor stands today."""

    WAITING = "waiting"
    DORMANT = "dormant"
    WITHDRAWN = "withdrawn"
    OFFERED = "offered"
    ASKED = "asked"
    DECLINED = "declined"
    ACTIVE = "active"
    RESTING = "resting"
    CLOSING = "closing"
    COMPLETED = "completed"
    ENDED = "ended"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Mentee:
    """Somebody who asked for a mentor, so many days ago; with `mentor`, whom she was offered or has."""

    name: str
    state: State
    asked: float
    languages: dict[str, Level]
    needs: tuple[str, ...]
    mentor: str = ""
    track: Track = PEER
    experience: tuple[Experience, ...] = ()


# With those of the cohort (`load.py`: Saule, Bek, Timur, North Wind, Kestrel, Zhanna, Magpie, Rustam B.,
# Dilnoza), forty.
MENTEES = (
    Mentee("Almagul", State.ACTIVE, 80, KK, ("budget", "advocacy"), "Aibek"),
    Mentee("Yerlan", State.ACTIVE, 64, KK, ("research", "budget"), "Aibek"),
    Mentee("Sveta K.", State.ACTIVE, 58, RU, ("grants", "services"), "Olena"),
    Mentee("Ihor", State.ACTIVE, 33, {"uk": FIRST, "ru": STRONG}, ("safety", "services"), "Olena"),
    Mentee("Tamar", State.ACTIVE, 47, {"ka": FIRST, "ru": STRONG}, ("speaking", "advocacy"), "Nino"),
    Mentee("Giorgi", State.ACTIVE, 40, {"ka": FIRST, "en": STRONG}, ("research",), "Levan", SCIENTIST, (Experience.RESEARCH,)),
    Mentee("Anush", State.ACTIVE, 36, RU, ("documentation", "research"), "Levan", SCIENTIST, (Experience.RESEARCH,)),
    Mentee("Madina", State.ACTIVE, 29, EN, ("law",), "Ilze", SCIENTIST, (Experience.LEGAL,)),
    Mentee("Farid", State.RESTING, 70, RU, ("organising",), "Nino"),
    Mentee("Leila", State.CLOSING, 155, RU, ("rights", "law"), "Daria"),
    Mentee("Oksana", State.CLOSING, 153, {"uk": FIRST, "ru": STRONG}, ("grants",), "Olena"),
    Mentee("Viktor P.", State.COMPLETED, 200, RU, ("budget",), "Aibek"),
    Mentee("Nargiza", State.COMPLETED, 190, RU, ("services",), "Olena"),
    Mentee("Mari", State.COMPLETED, 185, {"ka": FIRST, "ru": STRONG}, ("advocacy",), "Nino"),
    Mentee("Grey Heron", State.ENDED, 95, RU, ("media",), "Nino"),
    Mentee("Zarina", State.AGAIN, 60, RU, ("speaking", "media"), "Nino"),
    Mentee("Kamila", State.OFFERED, 13, RU, ("advocacy", "budget"), "Aibek"),
    Mentee("Ruslan", State.OFFERED, 11, {"en": FIRST, "ru": DISCUSS}, ("law", "rights"), "Ilze", SCIENTIST),
    Mentee("Bota", State.ASKED, 15, KK, ("research",), "Aibek"),
    Mentee("Swift", State.DECLINED, 26, RU, ("organising", "speaking"), "Nino"),
    Mentee("Mirbek", State.WAITING, 34, {"ky": FIRST, "ru": STRONG}, ("services", "safety")),
    Mentee("Cholpon", State.WAITING, 27, {"ky": FIRST, "ru": STRONG}, ("rights", "documentation")),
    Mentee("Shahnoza", State.WAITING, 22, {"tg": FIRST, "ru": DISCUSS}, ("documentation",)),
    Mentee("Daler", State.WAITING, 21, {"tg": FIRST}, ("services",)),
    Mentee("Lana", State.WAITING, 18, {"hy": FIRST, "ru": STRONG}, ("grants", "organising")),
    Mentee("Artak", State.WAITING, 12, {"hy": FIRST, "en": STRONG}, ("research", "law"), track=SCIENTIST, experience=(Experience.RESEARCH,)),
    Mentee("Red Fox", State.WAITING, 8, RU, ("budget", "advocacy")),
    Mentee("Ewa", State.WAITING, 6, {"pl": FIRST, "en": DISCUSS}, ("media", "speaking")),
    Mentee("Sandro", State.WAITING, 2, {"ka": FIRST, "ru": STRONG}, ("organising",)),
    Mentee("Gulbahor", State.DORMANT, 125, {"uz": FIRST, "ru": DISCUSS}, ("services",)),
    Mentee("Aliya", State.WITHDRAWN, 44, KK, ("speaking",)),
)  # fmt: skip

FIRST_TALK = (
    (
        Side.MENTOR,
        "Hello. I am glad that we do this together. What would help you most in the next weeks?",
    ),
    (Side.MENTEE, "Hello. To write one page that somebody answers. I have tried twice."),
    (Side.MENTOR, "Then we begin with the one who should answer. Who is it?"),
)
LATER_TALK = (
    (Side.MENTEE, "Thank you for the talk. I begin with the two people whom I can ask."),
    (Side.MENTOR, "Good. I will look at the page as soon as it is there."),
)
GOAL = "One page for the city council by spring"
MEASURE = "I have handed it over and know who has read it."
STEPS = (
    "Ask two people whether it may be told",
    "Write it on one page",
    "Read it aloud to somebody",
)
GOAL_MET = "The page lay on the table of the council on 3 November."
REACHED = "A letter that was answered, and I know whom to call."
NEXT = "I go on with two others from here."
THANKS = "You answered in the evening, every time."
TEXT_TITLE = "Summary for the ministry"
TEXT_BODY = (
    "In six months we spoke with 84 people. 31 of them were turned away at least once. We ask for one "
    "change: opening hours that fit the first bus. What follows shows how we counted."
)
TEXT_QUESTIONS = (
    "Is the number of people enough to say this?",
    "Which sentence would a statistician cross out?",
)
TEXT_ANSWER = "It holds, if you say how you found the people. I would move that to the first line."
TEXT_ANSWERS = (
    "Enough to ask for a change, not enough to give a percentage for the whole town.",
    "“Always”: you have seen it on six mornings.",
)
JOURNAL = "Today I asked and heard no, and it was all right. I want to remember how that felt."
CIRCLE = "Writing to officials"
CIRCLE_TALK = (
    (
        "Daria",
        "Welcome. Bring one letter that was never answered; change every name before you show it.",
    ),
    ("Almagul", "Mine was four pages long. I think I know now why."),
    (
        "Sveta K.",
        "We sent the same letter to three offices. Each of them waited for the other two.",
    ),
)
QUESTIONS = (
    ("Giorgi", "How many people are enough", "How many people do we have to ask before a number means something?", "Levan", "Thirty show a pattern, three hundred a share. Say how you found them; that matters more.", ""),
    ("Tamar", "Papers before a first talk", "May a clinic ask for a passport before the first talk?", "", "", ""),
    ("Ihor", "What a city spends", "Where does a city write down what it spends on emergency calls?", "", "", ""),
)  # fmt: skip
CONCERN = "Somebody in our chat asked for my address twice, although I said no. I would like to talk about it."
