"""The demo's programme: twelve mentors and forty people who want one or had one, in every state there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from lms.accounts.models import Person
from lms.accounts.vault import Opener
from lms.circles import actions as circles
from lms.circles import answering, questions
from lms.circles import queries as rings
from lms.core import clock
from lms.demo import cast
from lms.demo.cast import Mentee, Mentor, State
from lms.demo.story import Story
from lms.goals import actions as goals
from lms.goals import queries as aims
from lms.goals import reviews
from lms.goals.rules import GoalState
from lms.matching.facts import Track
from lms.meetings import actions as meetings
from lms.meetings import queries as dates
from lms.meetings.rules import Kind
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from lms.mentoring.queries import Pair
from lms.mentoring.states import Ending, Side
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.rules import More
from lms.safeguarding import actions as safeguarding
from lms.safeguarding.rules import Wish
from lms.support import actions as support
from lms.support import queries as desk
from lms.support.queries import LookBack
from lms.support.rules import Asked, Channel, Pulse, With
from lms.workbench import actions as workbench
from lms.workbench.compute import Wanted

OPENED = 214.0
ZONE = "Asia/Almaty"
# The house looks after itself once a day; in the story these days are enough.
HOUSE_DAYS = (185, 155, 125, 94, 60, 45, 30, 28, 14, 7, 3, 1)
HEARD_OF = (200, 180, 155, 130, 105, 80, 55, 30, 8)
BEGUN = {State.ACTIVE, State.RESTING, State.CLOSING, State.COMPLETED, State.ENDED, State.AGAIN}
# Pairs with little going on: what the desk is there for.
QUIET = {"Yerlan", "Madina"}


@dataclass
class People:
    """Who is who, by the name that others see."""

    persons: dict[str, Person]
    openers: dict[int, Opener]
    staff: Callable[[], int]

    def id(self, name: str) -> int:
        """The number of somebody."""
        return self.persons[name].id

    def opener(self, person_id: int) -> Opener:
        """What somebody's own key opens."""
        return self.openers[person_id]


class Programme:
    """The programme's part of the story. Who is in it arrives first (`arrivals`)."""

    def __init__(self, people: People, story: Story, known: dict[str, str]) -> None:
        # `known`: name → pair, of the cohort's people too.
        self.people, self.story, self.pairs = people, story, known
        self.goals: dict[str, str] = {}
        self.text = ""

    @staticmethod
    def arrivals() -> list[tuple[float, str]]:
        """(days ago, name) of everybody who needs an account for this."""
        asked = [(one.asked + 1, one.name) for one in cast.MENTEES]
        return [*((OPENED + 1, one.name) for one in cast.MENTORS), *asked]

    def settle(self) -> None:
        """Write this part of the story."""
        for mentor in cast.MENTORS:
            self._mentor(mentor)
        for mentee in cast.MENTEES:
            self._mentee(mentee)
        for days_ago in HOUSE_DAYS:
            self.story.add(days_ago, self._house)
        self._around()

    # ------------------------------------------------------------ mentors

    def _mentor(self, one: Mentor) -> None:
        since = {"unconfirmed": 46.0, "in_training": 9.0, "submitted": 5.0}.get(one.state, OPENED)
        self.story.add(since, self._becomes, one)
        if one.state == "in_training":
            self.story.add(4, self._accepted, one)
        if one.state in {"available", "paused"}:
            for days_ago in HEARD_OF:
                self.story.add(days_ago, self._confirms, one.name)
        if one.state == "paused":
            self.story.add(2.5, self._rests, one)
        if one.state == "left":
            self.story.add(150, self._leaves, one)

    def _becomes(self, one: Mentor) -> None:
        person_id = self.people.id(one.name)
        shown = {"Daria": "Daria V."}.get(one.name, one.name)
        card = profiles.Card(shown, list(one.languages), one.capacity, one.about)
        if one.state in {"in_training", "submitted"}:
            profiles.offer_to_mentor(person_id, card, one.track)
        else:
            profiles.make_mentor(person_id, card, one.track, self.people.staff())
        profiles.describe_mentor(
            self._profile(one),
            More(
                levels={code: int(level) for code, level in one.languages.items()},
                topics=one.topics,
                experience=[kind.value for kind in one.experience],
                hours=one.hours,
            ),
        )

    def _profile(self, one: Mentor) -> lists.Profile:
        found = lists.profile_of(self.people.id(one.name), one.track)
        if found is None:
            raise LookupError(one.name)
        return found

    def _accepted(self, one: Mentor) -> None:
        profiles.accept_mentor(self._profile(one), self.people.staff())

    def _confirms(self, name: str) -> None:
        profiles.confirm(self.people.id(name))

    def _rests(self, one: Mentor) -> None:
        until = clock.now().date() + timedelta(days=20)
        profiles.pause(self.people.id(one.name), paused=True, until=until)

    def _leaves(self, one: Mentor) -> None:
        profiles.leave(self._profile(one))

    # ------------------------------------------------------------ people who ask

    def _mentee(self, one: Mentee) -> None:
        self.story.add(one.asked, self._asks, one)
        if one.state is State.WITHDRAWN:
            self.story.add(30, self._stops, one.name)
        elif one.state is State.OFFERED:
            self.story.add(1.5, self._offered, one)
        elif one.state in {State.ASKED, State.DECLINED} | BEGUN:
            near = {State.ASKED: 2.2, State.DECLINED: 12}.get(one.state, one.asked - 2)
            self.story.add(near, self._offered, one)
            self.story.add(near - 0.5, self._says_yes, one)
            if one.state is State.DECLINED:
                self.story.add(near - 2, self._says_no, one)
            elif one.state in BEGUN:
                self._walks_along(one, near - 1)

    def _stops(self, name: str) -> None:
        waiting.stop_waiting(self.people.id(name))

    def _asks(self, one: Mentee) -> None:
        person_id = self.people.id(one.name)
        waiting.ask(person_id, one.name, list(one.languages), "", (one.track,))
        more = More(
            levels={code: int(level) for code, level in one.languages.items()},
            topics=one.needs,
            experience=[kind.value for kind in one.experience],
        )
        waiting.describe_request(person_id, more, (one.track,))

    def _offered(self, one: Mentee) -> None:
        found = lists.request_of(self.people.id(one.name), one.track)
        names = [one.mentor, *(("Olena", "Nino") if one.name == "Kamila" else ())]
        cards = [pairs.profile_in(self.people.id(name), one.track) for name in names]
        shown = [card for card in cards if card is not None]
        if found is None or not shown:
            raise LookupError(one.name)
        self.pairs[one.name] = mentoring.offer(found, shown, self.people.staff())

    def _says_yes(self, one: Mentee) -> None:
        mentoring.agree_as_mentee(self.pair(one.name), one.name, [], share_quizzes=False)

    def _says_no(self, one: Mentee) -> None:
        mentoring.decline(self.pair(one.name), Side.MENTOR)

    def pair(self, name: str) -> Pair:
        """The pair of a mentee as it is now."""
        found = pairs.pair(self.pairs[name])
        if found is None:
            raise LookupError(name)
        return found

    # ------------------------------------------------------------ pairs

    def _walks_along(self, one: Mentee, began: float) -> None:
        ended = {State.COMPLETED: 25.0, State.ENDED: 31.0, State.AGAIN: 9.0}.get(one.state, 0.0)
        self.story.add(began, self._begins, one)
        if one.name not in QUIET:
            self.story.add(began - 0.5, self._writes, one.name)
            self.works(one.name, began, ended)
        if one.state is State.RESTING:
            self.story.add(6, self._takes_a_rest, one)
        elif one.state is State.CLOSING:
            self.story.add(0.6, self._looks_back, one)
        elif ended:
            self.story.add(ended, self._ends, one)

    def _begins(self, one: Mentee) -> None:
        found = self.pair(one.name)
        mentoring.agree_as_mentor(found, found.mentor_name)

    def works(self, name: str, began: float, ended: float = 0.0) -> None:
        """What a pair does: agree, meet every other week, set a goal, plan the next meeting."""
        if began > 6:
            self.story.add(began - 3, self._agrees, name)
            self.story.add(began - 4, self._sets_a_goal, name)
            if ended:
                self.story.add(ended + 1, self._reaches_it, name)
        met = began - 5.0
        while met > ended + 1:
            self.story.add(met, self._meets, name)
            met -= 14
        if not ended:
            self.story.add(0.9, self._plans, name)

    def _writes(self, name: str, talk: tuple[tuple[Side, str], ...] = cast.FIRST_TALK) -> None:
        found = self.pair(name)
        for side, text in talk:
            author = found.mentor_id if side is Side.MENTOR else found.mentee_id
            mentoring.write_message(found, author, text, self.people.opener(author))
            mentoring.mark_read(found, found.other(author))
        mentoring.set_awaiting(found, None)

    def _agrees(self, name: str) -> None:
        found = self.pair(name)
        mentoring.agree_on(found, found.mentor_id, None, self.people.opener(found.mentor_id))
        mentoring.sign(found, found.mentee_id, 1)

    def _sets_a_goal(self, name: str) -> None:
        found = self.pair(name)
        keys = goals.keys_of(found, found.mentee_id, self.people.opener(found.mentee_id))
        due = clock.now().date() + timedelta(days=120)
        words = goals.Words(cast.GOAL, cast.MEASURE, due)
        self.goals[name] = goals.add_goal(found, found.mentee_id, words, keys)
        goal = self._goal(name)
        for text in cast.STEPS:
            goals.add_step(goal, found.mentee_id, text, None, None, keys)
        (held,) = aims.held(aims.goal_rows(found, goal.id), found, keys, found.mentee_id)
        if step := aims.step(held.steps[0].public_id):
            goals.tick(step, done=True)

    def _goal(self, name: str) -> aims.GoalOf:
        found = aims.goal(self.goals[name])
        if found is None:
            raise LookupError(name)
        return found

    def _reaches_it(self, name: str) -> None:
        found = self.pair(name)
        keys = goals.keys_of(found, found.mentee_id, self.people.opener(found.mentee_id))
        met = GoalState.MET
        goals.close_goal(self._goal(name), found.mentee_id, met, cast.GOAL_MET, keys)

    def _meets(self, name: str) -> None:
        found, local = self.pair(name), clock.now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        at = (local - timedelta(hours=1), ZONE)
        said = meetings.Log(45)
        made = meetings.log_unplanned(found, found.mentor_id, Kind.CALL, at, said)
        meeting = dates.meeting(made)
        if meeting and name != "Tamar":
            meetings.confirm(meeting, found.mentee_id)
        if name != "Saule":  # her talk is told word by word
            self._writes(name, cast.LATER_TALK)

    def _plans(self, name: str) -> None:
        found, local = self.pair(name), clock.now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        evening = local.replace(hour=19, minute=0, second=0, microsecond=0)
        times = [evening + timedelta(days=days) for days in (3, 4)]
        made = meetings.propose(found, found.mentor_id, meetings.Plan(Kind.CALL, 45, ZONE, times))
        meeting = dates.meeting(made)
        if meeting and name not in {"Anush", "Timur"}:
            meetings.agree(meeting, found.mentee_id, 1)

    def _takes_a_rest(self, one: Mentee) -> None:
        found = self.pair(one.name)
        mentoring.pause(found, found.mentee_id)

    def _looks_back(self, one: Mentee) -> None:
        found = self.pair(one.name)
        keys = goals.keys_of(found, found.mentee_id, self.people.opener(found.mentee_id))
        said = LookBack(cast.REACHED, cast.NEXT, cast.THANKS)
        support.look_back(found, found.mentee_id, said, keys)

    def _ends(self, one: Mentee) -> None:
        found = self.pair(one.name)
        if one.state is State.AGAIN:
            mentoring.change(found, found.mentee_id, talk=False)
            return
        reason = Ending.GOAL_REACHED if one.state is State.COMPLETED else Ending.NO_TIME
        mentoring.end(found, found.mentee_id, never_again=False, reason=reason)

    # ------------------------------------------------------------ staff, circles, questions

    def _house(self) -> None:
        profiles.look_after()
        waiting.look_after()
        mentoring.daily()
        meetings.daily()
        support.daily()
        for check, seen in desk.check_ins(clock.now().date()):
            if seen.mentee_name not in QUIET:
                support.check_in_done(check, self.people.staff(), With.BOTH, Channel.WRITING)
        for seen, _rests in desk.live():
            self._answers(seen)

    def _answers(self, seen: desk.Seen) -> None:
        found = desk.open_question(seen.id, seen.mentee_id, clock.now().date())
        if found is None or found.kind is not Asked.PULSE or seen.mentee_name in QUIET:
            return
        owner = self.people.opener(seen.mentee_id).owner
        # One of them does not feel safe: the desk has a call to make.
        safe = 2 if seen.mentee_name == "Sveta K." else 5
        support.answer(found, owner, Pulse(5, 4, safe), seen.public_id)

    def _around(self) -> None:
        self.story.add(40, self._circle)
        for days_ago, (name, *_said) in zip((30.0, 5.0, 1.0), cast.QUESTIONS, strict=True):
            self.story.add(days_ago, self._question, name)
        self.story.add(26, self._text)
        self.story.add(24, self._text_is_read)
        self.story.add(0.5, self._is_worried, "Ihor")
        for track in Track:
            self.story.add(0.2, self._round, track)

    def _round(self, track: Track) -> None:
        workbench.start(track, Wanted(), self.people.staff())

    def _is_worried(self, name: str) -> None:
        safeguarding.raise_concern(self.people.id(name), Wish.TALK, cast.CONCERN)

    def _circle(self) -> None:
        made = circles.make(self.people.id("Daria"), cast.CIRCLE, "Daria V.", 14)
        for name in ("Almagul", "Sveta K.", "Tamar", "Saule", "Bek"):
            circles.join(self._ring(made), self.people.id(name), name)
        for name, text in cast.CIRCLE_TALK:
            who = self.people.id(name)
            circles.write(self._ring(made), who, text, self.people.opener(who))
        circles.plan(self._ring(made), cast.CIRCLE, 14, self.story.told_at + timedelta(days=5))

    @staticmethod
    def _ring(made: str) -> rings.Found:
        found = rings.circle(made)
        if found is None:
            raise LookupError(made)
        return found

    def _question(self, asker: str) -> None:
        (said,) = [one for one in cast.QUESTIONS if one[0] == asker]
        _name, topic, text, scientist, answer, sources = said
        made = questions.question(answering.ask(self.people.id(asker), topic, "ru", text))
        if made and scientist:
            answering.claim(made, self.people.id(scientist))
            claimed = questions.question(made.public_id)
            if claimed:
                who = self.people.id(scientist)
                answering.answer(claimed, who, scientist, answer, sources)

    def _text(self) -> None:
        found = self.pair("Giorgi")
        keys = goals.keys_of(found, found.mentee_id, self.people.opener(found.mentee_id))
        due = clock.now().date() + timedelta(days=7)
        asked = goals.Asked(cast.TEXT_BODY, cast.TEXT_QUESTIONS, due, None)
        self.text = goals.ask(found, cast.TEXT_TITLE, asked, keys)

    def _text_is_read(self) -> None:
        found = reviews.text(self.text)
        if found is None:
            raise LookupError(self.text)
        pair = found.pair
        keys = goals.keys_of(pair, pair.mentor_id, self.people.opener(pair.mentor_id))
        latest = reviews.rounds(found, keys)[0]
        goals.answer(found, pair.mentor_id, latest, cast.TEXT_ANSWER, cast.TEXT_ANSWERS, keys)
