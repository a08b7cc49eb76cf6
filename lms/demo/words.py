"""Who the demo people are and what they write. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.roles import Role

FIRST_COURSE = "from-street-to-government"
SECOND_COURSE = "what-criminalisation-costs"


@dataclass(frozen=True, slots=True)
class Account:
    """A demo person whom visitors can sign in as. The passphrase is no secret: it is printed."""

    role: str
    handle: str
    passphrase: str


LEARNER = Account("learner", "Saule", "window copper lantern meadow river stone")
MENTOR = Account("mentor", "Daria", "harbour walnut orbit velvet market cloud")
COORDINATOR = Account("coordinator", "Irina", "ladder falcon mirror autumn pepper bridge")
ADMINISTRATOR = Account("administrator", "Marat", "signal basket cedar ribbon tunnel sparrow")
# She reads concerns, too: where few work, one holds two roles.
ADMINISTRATOR_IS = (Role.ADMINISTRATOR, Role.SAFEGUARDING)
ACCOUNTS = (LEARNER, MENTOR, COORDINATOR, ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody in the cohort: the name she chose, how many steps are done, how many days ago the last was."""

    name: str
    steps: int
    last: float


# `Saule` is the learner's account; the others have accounts that nobody signs in to.
WALKERS = (
    Walker("Aida", 20, 0.02),
    Walker("Bek", 25, 6.2),
    Walker("Dilnoza", 17, 1),
    Walker("Kestrel", 15, 8),
    Walker("Lena 82", 26, 0.03),
    Walker("Magpie", 15, 9),
    Walker("North Wind", 22, 0.02),
    Walker("Rustam B.", 12, 5),
    Walker("Saule", 11, 0.02),
    Walker("Timur", 7, 15),
    Walker("Steppe Fox", 10, 16),
    Walker("Zhanna", 26, 1),
)

DARIA = "Daria V."
NINO = "Nino"

BRIEF = """\
To the head doctor of the treatment point, town N

The request: by 15 May, open window 2 from 8:00 to 9:30 instead of 8:00 to 9:00 on working \
days.

Why. The first bus from the left bank arrives at 9:05, after the window has closed. Between 3 \
March and 11 April we asked 40 different people at the gate on six mornings. 14 of them had \
left without their dose in the last four weeks because the window was already closed. We asked \
in one language only and never on a Saturday, so we do not know how many there are in all.

What it looks like. In March and April we wrote down six mornings on which people came between \
9:05 and 9:12 and found the window closed. One of them waited at the door in pain and lost a \
day's work. Another one saw two people turn back. Each of them agreed that it may be told, \
without names.

What speaks for you. 31 of the 40 say that the nurses are polite. We know that one nurse is \
alone at the window and that paperwork begins at nine.

What we offer. Two of us will stand at the gate from 8:00 and send people in small groups, so \
that the last half hour stays quiet. We would try it for four weeks and count again.

Next step. May we come for ten minutes in the week of 27 April? Our letter of 2 April has the \
number 118.

Left bank group
"""
ANSWER_ACCEPTED = (
    "One request, one date, and the numbers hold. The paragraph with what speaks for her is "
    "very strong: she can say yes without losing face. Next step: read it aloud once and cut "
    "ten words."
)
MEMO = """\
One day in prison costs the state 23 EUR, a day of treatment with support 4 EUR. Both figures \
are from the same year and count the same things; where they come from stands below. For ten \
people the difference is 69,350 EUR a year. We ask the committee to pay for ten places of \
treatment with a part of it, and to look at the result after twelve months.
"""

# (days ago, who writes, text); the last one of the mentor is unread when the learner comes.
TALK = (
    (
        44.0,
        "mentor",
        (
            "Hello Saule. I am glad that we do this together. What would you like to be able to do when "
            "the course is over?"
        ),
    ),
    (
        43.6,
        "learner",
        (
            "Hello Daria. I want to write down what happens at the pharmacy so that nobody can say it "
            "was not like that. And I want nobody to get into trouble because of me."
        ),
    ),
    (
        43.2,
        "mentor",
        (
            "Then we begin with consent and with what does not go on paper. Take module 1 slowly. Write "
            "whenever you like; I answer in the evening."
        ),
    ),
    (
        21.0,
        "learner",
        (
            "I asked two people, as in the lesson. One said yes, one said not now. Is it all right to "
            "stop there?"
        ),
    ),
    (20.6, "mentor", "It is exactly right. A no that is heard makes the next talk possible."),
    (
        3.0,
        "learner",
        "In “Five facts” I am stuck at the place. If I write the street, everybody knows who it is.",
    ),
    (
        0.9,
        "mentor",
        (
            "Write what a stranger needs to check it, and keep the street for yourself: “a pharmacy on "
            "the left bank”. Shall we go through your first record on Thursday?"
        ),
    ),
)
SHARED_NOTE = (
    "Agreed: notes stay on paper in one place, and only two of us know where. Saule asks before "
    "she writes anything down."
)
OWN_NOTE = "Go slower in module 3; it is close to home."
LEARNERS_NOTE = "For Thursday: the record from the pharmacy, without the street."
NORTH_WIND = (
    "The council has invited us for next Wednesday. Who should speak first, and for how long?"
)
FIRST_WORD = "Hello. I am here; write whenever you like. Your place is kept."

GOALS = {
    "Magpie": "Collect what short prison terms cost, for a hearing in March.",
    "Rustam B.": "Somebody who has spoken to officials before.",
    "Dilnoza": "Learn to lead a talk without hurting anybody.",
}
PRINTED_NAME = "Saule Akhmetova"
