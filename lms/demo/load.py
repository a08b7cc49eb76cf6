"""Loading the demo: a story told in the order of time, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.accounts.factors import actions as factors
from lms.accounts.factors.rules import code_at, step_of
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.accounts.rules import make_passphrase
from lms.accounts.vault import Opener
from lms.audit import actions as audit
from lms.audit.rules import Role as VisitorRole
from lms.audit.rules import Visitor, What
from lms.certificates import actions as certificates
from lms.certificates import queries as held
from lms.cohorts import actions as cohorts
from lms.cohorts import queries as seats
from lms.cohorts.rules import CODE, today_in
from lms.core import clock
from lms.core.db import transaction
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.courses.source.model import Done
from lms.demo import words
from lms.demo.programme import OPENED, Programme
from lms.demo.programme import People as Cast
from lms.demo.quizzes import answer_all
from lms.demo.story import Story
from lms.learning import actions as learning
from lms.learning import queries as progress
from lms.learning.models import Submission
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from lms.messaging import actions as messaging
from lms.programmes import queries as lists
from lms.programmes import waiting

ZONE = "Asia/Almaty"
JOINED = 50.0
FIRST_CERTIFICATE = 70.0


class CourseMissing(Exception):
    """The two courses have to be published first."""


def is_loaded() -> bool:
    """Whether the demo people are there already."""
    return all(people.by_handle(account.handle) for account in words.ACCOUNTS)


def load(now: datetime) -> None:
    """Make the demo people with their past. Raises CourseMissing."""
    with transaction():
        town = Town(_outline(words.FIRST_COURSE), _outline(words.SECOND_COURSE), Story(now))
        town.settle()
        town.story.tell()
    for days_ago, look in town.visits():
        with clock.at(now - timedelta(days=days_ago)):
            look()


def invitation() -> str:
    """A code that still opens a place, to try it with; empty when there is none."""
    coordinator = people.by_handle(words.COORDINATOR.handle)
    for cohort in seats.cohorts_of(coordinator.id) if coordinator else []:
        for slip in cohorts.sheet(cohort) if cohort.taken < cohort.capacity else []:
            return slip.code
    return ""


def _outline(key: str) -> Outline:
    line = next((line for line in courses.versions() if line.key == key and line.latest), None)
    version = courses.latest_version(line.public_id) if line else None
    found = courses.outline(version, "en") if version else None
    if found is None:
        raise CourseMissing(key)
    return found


class Town:
    """Everybody of the demo, and what they do."""

    def __init__(self, first: Outline, second: Outline, story: Story) -> None:
        self.first, self.second, self.story = first, second, story
        self.people: dict[str, Person] = {}
        self.openers: dict[int, Opener] = {}
        self.cohort = ""
        self.pairs: dict[str, str] = {}
        self.programme = Programme(
            Cast(self.people, self.openers, lambda: self._id(words.COORDINATOR.handle)),
            story,
            self.pairs,
        )

    def settle(self) -> None:
        """Write the story."""
        self._staff()
        self._cohorts()
        for walker in words.WALKERS:
            self._walks(walker)
        self._earlier_certificate()
        self._pairs()
        self._talk()
        self.programme.settle()
        for name, began in (("Saule", 45.0), ("Bek", 44.0), ("North Wind", 40.0)):
            self.programme.works(name, began)

    # ------------------------------------------------------------ people and cohorts

    def _staff(self) -> None:
        self.story.add(OPENED + 3, self._join, words.ADMINISTRATOR, *words.ADMINISTRATOR_IS)
        self.story.add(OPENED + 2, self._join, words.COORDINATOR, Role.COORDINATOR)
        self.story.add(OPENED + 1.5, self._join, words.MENTOR, Role.MENTOR)
        for days_ago, name in self.programme.arrivals():
            if name != words.MENTOR.handle:
                self.story.add(days_ago, self._stranger, name)
        self.story.add(88, self._join, words.LEARNER)
        for walker in words.WALKERS:
            if walker.name != words.LEARNER.handle:
                self.story.add(JOINED + 1, self._stranger, walker.name)

    def _join(self, account: words.Account, *roles: Role) -> None:
        self._arrives(account.handle, account.handle, account.passphrase)
        for role in roles:
            accounts.grant(self._id(account.handle), role)
        if roles:
            self._second_step(self.people[account.handle])

    def _second_step(self, person: Person) -> None:
        # Who holds a role gets in with a second factor only; `flask demo code` shows the codes.
        secret = factors.new_secret()
        factors.add_app(person, secret, code_at(secret, step_of(clock.now())))

    def _stranger(self, name: str) -> None:
        # Nobody signs in as these: their passphrases are forgotten at once.
        self._arrives(name, name.rstrip("."), make_passphrase("en"))

    def _arrives(self, name: str, handle: str, passphrase: str) -> None:
        person, private = accounts.join(handle, passphrase, ZONE)
        self.people[name], self.openers[person.id] = person, Opener(person.public_id, private)

    def _id(self, name: str) -> int:
        return self.people[name].id

    def _cohorts(self) -> None:
        first = today_in(ZONE, self.story.told_at) - timedelta(days=52)
        coming = today_in(ZONE, self.story.told_at) + timedelta(days=30)
        self.story.add(55, self._open, "Central Asia", first, 14)
        self.story.add(5, self._open, "Balkans", coming, 12, 4)
        self.story.add(2, self._codes, 2, first + timedelta(days=83))

    def _open(self, region: str, first: date, capacity: int, codes: int = 0) -> None:
        plan = cohorts.Plan(
            name=f"{region}, {season(first)} {first.year}",
            starts_on=first,
            ends_on=first + timedelta(days=83),
            zone=ZONE,
            capacity=capacity,
            coordinator_name=words.COORDINATOR.handle,
        )
        coordinator = self._id(words.COORDINATOR.handle)
        made = cohorts.open_cohort(coordinator, self.first.course_id, self.first.version_id, plan)
        self.cohort = self.cohort or made
        found = seats.cohort(made)
        if found and codes:
            cohorts.make_codes(found, codes, first + timedelta(days=14))

    def _codes(self, count: int, expires_on: date) -> None:
        cohorts.make_codes(self._cohort(), count, expires_on)

    def _cohort(self) -> seats.CohortRow:
        found = seats.cohort(self.cohort)
        if found is None:
            raise LookupError(self.cohort)
        return found

    # ------------------------------------------------------------ steps

    def _walks(self, walker: words.Walker) -> None:
        self.story.add(JOINED, self._sit, walker.name)
        required = [item for item in self.first.items if item.required][: walker.steps]
        for number, item in enumerate(required, 1):
            days_ago = JOINED - (JOINED - walker.last) * number / len(required)
            if item.complete is Done.ACCEPTED:
                self.story.add(days_ago + 1.5, self._hand_in, walker.name, self.first, item)
                self.story.add(days_ago, self._accept, walker.name, item)
            else:
                self.story.add(days_ago, self._step, walker.name, self.first, item)
        if len(required) == len(self.first.required) - 1:
            task = [item for item in self.first.items if item.required][-1]
            self.story.add(walker.last, self._hand_in, walker.name, self.first, task)

    def _sit(self, name: str) -> None:
        expires = today_in(ZONE, clock.now()) + timedelta(days=3)
        code = cohorts.make_codes(self._cohort(), 1, expires)[0]
        cohorts.join(self._id(name), CODE.shown(code))
        cohorts.name_yourself(self._id(name), self._cohort().id, name)

    def _step(self, name: str, outline: Outline, item: OutlineItem) -> None:
        if item.complete is Done.MARK:
            place = (outline.course_id, outline.version_id, item.id)
            learning.mark_done(self._id(name), *place)
        else:
            answer_all(self._id(name), item)

    def _hand_in(self, name: str, outline: Outline, item: OutlineItem) -> None:
        row = self._draft(name, outline, item, words.BRIEF)
        learning.submit_task(self._id(name), row)

    def _draft(self, name: str, outline: Outline, item: OutlineItem, text: str) -> Submission:
        person = self.people[name]
        found = progress.progress(person.id, outline.course_id)
        if found is None:
            raise LookupError(name)
        return learning.save_draft(person.public_id, found, item.id, text)

    def _accept(self, name: str, item: OutlineItem) -> None:
        tasks = progress.tasks_of([self._id(name)], [self.first.course_id])
        task = next(task for task in tasks if task.item_id == item.id)
        reader = pairs.mentor_for(self._id(name), self.first.course_id)
        reader_id = reader[0] if reader else self._id(words.COORDINATOR.handle)
        learning.answer_task(task, reader_id, words.ANSWER_ACCEPTED, accepted=True)

    def _earlier_certificate(self) -> None:
        """The learner took the other course alone, before the cohort, and holds its certificate."""
        name = words.LEARNER.handle
        for number, item in enumerate(item for item in self.second.items if item.required):
            days_ago = FIRST_CERTIFICATE + 10 - number / 4
            if item.complete is Done.ACCEPTED:
                self.story.add(days_ago, self._check_self, name, item)
            else:
                self.story.add(days_ago, self._step, name, self.second, item)
        self.story.add(FIRST_CERTIFICATE, self._claim, name)

    def _check_self(self, name: str, item: OutlineItem) -> None:
        row = self._draft(name, self.second, item, words.MEMO)
        found = progress.progress(self._id(name), self.second.course_id)
        if found:
            learning.check_self(found, self.second, row)

    def _claim(self, name: str) -> None:
        found = held.live(self._id(name), self.second.course_key)
        if found:
            public_id = self.people[name].public_id
            certificates.claim(found, public_id, words.PRINTED_NAME, "en", neutral=False)

    # ------------------------------------------------------------ pairs

    def _pairs(self) -> None:
        daria, nino = words.MENTOR.handle, words.NINO
        for name, days_ago in (
            ("Saule", 45.0),
            ("Bek", 44.0),
            ("Timur", 43.0),
            ("North Wind", 40.0),
        ):
            self._pair(name, daria, days_ago)
        self._pair("Kestrel", daria, 1.2)
        self._pair("Zhanna", nino, 41)
        for name, days_ago in (("Magpie", 9.0), ("Rustam B.", 4.0), ("Dilnoza", 3.0)):
            self.story.add(days_ago, self._ask, name)
        self.story.add(0.8, self._propose, "Dilnoza", nino)

    def _pair(self, name: str, mentor: str, days_ago: float) -> None:
        self.story.add(days_ago + 1, self._ask, name)
        self.story.add(days_ago + 0.5, self._propose, name, mentor)
        self.story.add(days_ago + 0.2, self._mentee_agrees, name)
        self.story.add(days_ago, self._mentor_agrees, name)

    def _ask(self, name: str) -> None:
        waiting.ask(self._id(name), name, ["ru", "kk"], words.GOALS.get(name, ""))

    def _propose(self, name: str, mentor: str) -> None:
        request, profile = lists.request_of(self._id(name)), pairs.profile_of(self._id(mentor))
        if request and profile:
            by = self._id(words.COORDINATOR.handle)
            self.pairs[name] = mentoring.propose(request, profile, by)

    def _pair_of(self, name: str) -> pairs.Pair:
        found = pairs.pair(self.pairs[name])
        if found is None:
            raise LookupError(name)
        return found

    def _mentee_agrees(self, name: str) -> None:
        found = self._pair_of(name)
        mentoring.agree_as_mentee(found, name, [self.first.course_id], share_quizzes=True)

    def _mentor_agrees(self, name: str) -> None:
        found = self._pair_of(name)
        mentoring.agree_as_mentor(found, found.mentor_name)

    # ------------------------------------------------------------ talk

    def _talk(self) -> None:
        for days_ago, who, text in words.TALK:
            self.story.add(days_ago, self._says, "Saule", who, text)
        self.story.add(0.95, self._read, "Saule", "mentor")
        for name, days_ago in (("Bek", 42.0), ("North Wind", 38.0), ("Timur", 16.0)):
            self.story.add(days_ago, self._says, name, "mentor", words.FIRST_WORD)
        self.story.add(1.3, self._says, "North Wind", "learner", words.NORTH_WIND)
        self.story.add(30, self._note, "Saule", "mentor", "shared", words.SHARED_NOTE)
        self.story.add(12, self._note, "Saule", "mentor", "mine", words.OWN_NOTE)
        self.story.add(0.7, self._note, "Saule", "learner", "shared", words.LEARNERS_NOTE)
        for handle in (account.handle for account in words.ACCOUNTS):
            self.story.add(2, self._all_read, handle)

    def _says(self, name: str, who: str, text: str) -> None:
        found = self._pair_of(name)
        author = found.mentor_id if who == "mentor" else found.mentee_id
        mentoring.mark_read(found, author)
        mentoring.write_message(found, author, text, self.openers[author])

    def _all_read(self, handle: str) -> None:
        messaging.mark_all_read(self._id(handle))

    def _read(self, name: str, who: str) -> None:
        found = self._pair_of(name)
        mentoring.mark_read(found, found.mentor_id if who == "mentor" else found.mentee_id)

    def _note(self, name: str, who: str, kind: str, text: str) -> None:
        found = self._pair_of(name)
        author = found.mentor_id if who == "mentor" else found.mentee_id
        mentoring.write_note(found, author, text, self.openers[author], shared=kind == "shared")

    def visits(self) -> list[tuple[float, Callable[[], object]]]:
        """What others have looked at, for the learner's record; each writes in a transaction of its own."""
        daria = Visitor(self._id(words.MENTOR.handle), VisitorRole.MENTOR, words.DARIA)
        irina = Visitor(
            self._id(words.COORDINATOR.handle),
            VisitorRole.COORDINATOR,
            words.COORDINATOR.handle,
        )
        saule = self._id(words.LEARNER.handle)
        in_cohort = [self._id(walker.name) for walker in words.WALKERS]
        return [
            (9.0, lambda: audit.saw(daria, saule, What.PAGE, self.pairs["Saule"])),
            (3.0, lambda: audit.saw_list(irina, in_cohort, What.COHORT, self.cohort)),
            (1.0, lambda: audit.saw(daria, saule, What.PAGE, self.pairs["Saule"])),
        ]


def season(day: date) -> str:
    """The season in which a day lies, as names of cohorts say it."""
    return ("winter", "spring", "summer", "autumn")[day.month % 12 // 3]
