"""What people do while processes die: make an account, join a cohort, find a mentor, learn, hand in, claim."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from lms.accounts import queries as accounts
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from lms.mentoring.models import Match
from lms.programmes import actions as programmes
from lms.programmes import queries as lists
from lms.programmes.models import MentorRequest
from tests.assessment.world import RULES
from tests.cohorts.world import make_codes, make_cohort
from tests.courses.world import FILES, QUIZ, QUIZ_TRANSLATED, publish_course
from tests.faults.instance import Instance
from tests.faults.ledger import PATIENCE, Phone, Unexpected
from tests.mentoring.world import make_mentor
from tests.world import PASSPHRASE, Somebody, make_person, prove_sign_ins

QUESTIONS_EN = """
::: short #q-one
First word?

= alias
:::

::: short #q-two
Second word?

= alias
:::

::: short #q-three
Third word?

= alias
:::
"""
QUESTIONS_RU = (
    QUESTIONS_EN.replace("First word", "Первое слово")
    .replace("Second word", "Второе слово")
    .replace("Third word", "Третье слово")
)
_words = itertools.count(1)
T = TypeVar("T")


def word() -> str:
    """A text that nobody else writes."""
    return f"word {next(_words)} {ids.public_id()}"


@dataclass(frozen=True)
class Traveller:
    """Somebody who can set out: alone, or with a code for the cohort; with a mentor who reads messages."""

    person: Somebody
    code: str
    pair: str


@dataclass
class Setting:
    """Where the journeys lead, and who can still set out."""

    outline: Outline
    mentor: Somebody
    travellers: list[Traveller] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def course(self) -> str:
        """The address of the course."""
        return f"/en/courses/{self.outline.public_id}"

    def item(self, key: str) -> str:
        """The address of an item."""
        return f"{self.course}/{self.outline.by_key[key].public_id}"

    def next(self, instance: Instance) -> Traveller:
        """Somebody who has not set out yet: there is work as long as it is wanted."""
        with self._lock:
            if not self.travellers:
                steady(instance, lambda: more(self, 10))
            return self.travellers.pop()


def _course_files() -> dict[str, str | None]:
    quiz = FILES[QUIZ].replace(RULES, 'review = "after-submit"\n')
    head, _, _ = quiz.partition("::: single")
    head_ru, _, _ = FILES[QUIZ_TRANSLATED].partition("::: single")
    return {QUIZ: head + QUESTIONS_EN, QUIZ_TRANSLATED: head_ru + QUESTIONS_RU}


def prepare(folder: Path, people: int) -> Setting:
    """A course, a cohort with a place for every second person, a mentor for everybody."""
    outcome = publish_course(folder / "course", _course_files())
    with reading():
        outline = courses.outline(outcome.version_id, "en")
    assert outline is not None
    setting = Setting(outline, make_mentor(capacity=10))
    more(setting, people)
    return setting


def more(setting: Setting, people: int) -> None:
    """More people who can set out, with a cohort of their own. Needs a context."""
    codes = make_codes(make_cohort(setting.outline, capacity=people + 1), people // 2)
    for number in range(people):
        person = make_person(f"Traveller {next(_words):05}")
        code = codes.pop() if number % 2 else ""
        setting.travellers.append(Traveller(person, code, _pair(person, setting.mentor)))


def _pair(person: Somebody, mentor: Somebody) -> str:
    """A live pair, straight into the tables: one mentor of a test has more places than rules allow."""
    public_id, programme = ids.public_id(), 0
    with transaction():
        programme = programmes.programme_id()
        names = {"mentor_name": "Daria V.", "mentee_name": person.handle}
        request = MentorRequest(
            public_id=ids.public_id(), programme_id=programme, person_id=person.id, shown_name=person.handle,
            languages=["ru"], waiting_since=now(), state="matched",
        )  # fmt: skip
        db.session.add(request)
        db.session.flush()
        row = Match(
            public_id=public_id, programme_id=programme, request_id=request.id, mentor_id=mentor.id,
            mentee_id=person.id, languages=["ru"], state="active", proposed_by=mentor.id, asked_at=now(),
            started_at=now(), **names,
        )  # fmt: skip
        db.session.add(row)
    return public_id


class Journey:
    """One person's way, every write of it in the ledger. `aims` are where the server dies at each write."""

    def __init__(
        self, setting: Setting, traveller: Traveller, phone: Phone, aims: Sequence[str] = ()
    ) -> None:
        self.setting, self.who, self.phone, self.aims = setting, traveller, phone, aims
        self.person = traveller.person.id
        # Aimed at, each kind of write dies at each point once: that is enough.
        self.checks = 1 if aims else 2

    def go(self) -> None:
        """The whole way."""
        self.phone.sign_in(self.who.person.handle, PASSPHRASE)
        if self.who.code:
            self.join()
        self.read()
        for _ in range(self.checks):
            self.check()
        self.write()
        self.hand_in()
        if not self.who.code:
            self.claim()

    def _send(
        self, kind: str, address: str, fields: dict[str, object], expected: str, **about: object
    ) -> str:
        entry = self.phone.ledger.enter(kind, person=self.person, **about)
        return self.phone.send(entry, address, fields, expected, aims=self.aims).location

    def join(self) -> None:
        """Take a seat with the code."""
        self.phone.get("/en/code")
        self._send("seat", "/en/code", {"code": self.who.code}, r"/cohorts/\w+/name$")

    def read(self) -> None:
        """Mark the lesson done."""
        lesson = self.setting.item("les-first")
        self.phone.get(lesson)
        self._send("done", f"{lesson}/done", {}, r"/courses/")

    def check(self) -> None:
        """Start, answer three questions, the first one twice, and send in."""
        outline = self.setting.outline
        self.phone.get(self.setting.item("quiz-first"))
        start = f"/en/tries/start/{outline.by_key['quiz-first'].public_id}"
        attempt = self._send("start", start, {}, r"/tries/\w+$").rpartition("/")[2]
        for number, text in ((1, word()), (1, word()), (2, "alias"), (3, "alias")):
            address = f"/en/tries/{attempt}/{number}"
            self.phone.get(address)
            about = {"attempt": attempt, "number": number, "text": text}
            self._send("answer", address, {"text": text}, r"/tries/", **about)
        self.phone.get(f"/en/tries/{attempt}/finish")
        self._send("finish", f"/en/tries/{attempt}/finish", {}, r"/result$", attempt=attempt)

    def write(self) -> None:
        """Two messages to the mentor: nothing but the form's key tells a repeat from a second one."""
        address = f"/en/pairs/{self.who.pair}/messages"
        for _ in range(2):
            text = word()
            self.phone.get(address)
            self._send(
                "message", address, {"body": text}, r"/messages$", pair=self.who.pair, text=text
            )

    def hand_in(self) -> None:
        """Keep a draft of the task, then hand it in; alone, close it oneself."""
        task = self.setting.item("task-page")
        draft, text = word(), word()
        self.phone.get(task)
        self._send("draft", f"{task}/text", {"body": draft, "save": "1"}, r"/courses/", text=draft)
        self.phone.get(task)
        met = (
            {} if self.who.code else {"met": list(self.setting.outline.by_key["task-page"].rubric)}
        )
        self._send("task", f"{task}/text", {"body": text, **met}, r"/courses/", text=text)

    def claim(self) -> None:
        """Ask for the certificate of the course that is complete now."""
        self.phone.get("/en/certificates")
        found = self.phone.find(r"/certificates/(\w+)/claim")
        address = f"/en/certificates/{found}/claim"
        self.phone.get(address)
        fields = {"name": "Saule Akhmetova", "lang": "en", "wording": "full", "make": "1"}
        self._send("claim", address, fields, rf"/certificates/{found}$", certificate=found)


class Arrival:
    """Somebody new: makes an account, asks for a mentor, becomes a pair with one; all of it in the ledger."""

    def __init__(self, instance: Instance, phone: Phone, aims: Sequence[str] = ()) -> None:
        self.instance, self.phone, self.aims = instance, phone, aims
        self.handle = f"Arrival {next(_words):05}"

    def go(self) -> None:
        """From the door to a mentor."""
        self.sign_up()
        self.ask()
        pair, mentor = self._propose()
        self._send("agree", self.phone, f"/en/pairs/{pair}/answer", r"/home$", pair=pair)
        other = Phone(self.phone.port, self.phone.ledger)
        other.sign_in(mentor.handle, PASSPHRASE)
        steady(self.instance, lambda: prove_sign_ins(mentor.id))
        self._send("pair", other, f"/en/pairs/{pair}/answer", rf"/pairs/{pair}$", pair=pair)

    def sign_up(self) -> None:
        """Make an account. When the answer was cut off, she signs in with what she has typed."""
        self.phone.get("/en/join")
        typed = {"handle": self.handle, "passphrase": PASSPHRASE}
        entry = self.phone.ledger.enter("account", handle=self.handle)
        self.phone.send(entry, "/en/join", typed, r"/join/way-back$", aims=self.aims)
        if entry.sent > 1:
            self.phone = Phone(self.phone.port, self.phone.ledger)
            self.phone.sign_in(self.handle, PASSPHRASE)

    def ask(self) -> None:
        """Go on the list of people who want a mentor."""
        fields = {"shown_name": "Saule", "languages": ["ru"], "goal": word()}
        self._send("ask", self.phone, "/en/pairs/ask", r"/pairs/ask$", fields, handle=self.handle)

    def _send(
        self,
        kind: str,
        phone: Phone,
        address: str,
        expected: str,
        fields: dict[str, object] | None = None,
        **about: object,
    ) -> None:
        phone.get(address)
        entry = phone.ledger.enter(kind, **about)
        phone.send(entry, address, fields or {"shown_name": "Saule"}, expected, aims=self.aims)

    def _propose(self) -> tuple[str, Somebody]:
        """A coordinator offers her a mentor who is free."""
        mentor = steady(self.instance, lambda: make_mentor(capacity=1))
        pair = steady(self.instance, lambda: self._offer(mentor))
        if not pair:
            raise Unexpected("somebody who asked for a mentor does not wait for one")
        return pair, mentor

    def _offer(self, mentor: Somebody) -> str:
        with transaction():
            me = accounts.by_handle(self.handle)
            request, profile = lists.request_of(me.id) if me else None, pairs.profile_of(mentor.id)
            # The offer may be there already: its commit went through, the word of it did not.
            if me and (made := pairs.live_pair_of(me.id)):
                return made.public_id
            if request is None or profile is None:
                return ""
            return mentoring.propose(request, profile, mentor.id)


def steady(instance: Instance, action: Callable[[], T]) -> T:
    """What this test itself does in the database, which may be down at the moment."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            with instance.inside():
                return action()
        except OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.2)
