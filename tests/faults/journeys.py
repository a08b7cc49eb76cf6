"""What people do while workers die: join a cohort, learn, answer checks, write, hand in, claim."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.cohorts.queries import CohortRow
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.mentoring import actions as mentoring
from lms.mentoring.models import Match, MentorRequest
from tests.assessment.world import RULES
from tests.cohorts.world import make_codes, make_cohort
from tests.courses.world import FILES, QUIZ, QUIZ_TRANSLATED, publish_course
from tests.faults.ledger import Phone
from tests.mentoring.world import make_mentor
from tests.world import PASSPHRASE, Somebody, make_person

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


def word() -> str:
    """A text that nobody else writes."""
    return f"word {next(_words)} {ids.public_id()}"


@dataclass(frozen=True)
class Traveller:
    """Somebody who can set out: alone, or with a code for the cohort; with a mentor who reads messages."""

    person: Somebody
    code: str
    pair: str


@dataclass(frozen=True)
class Setting:
    """Where the journeys lead."""

    outline: Outline
    cohort: CohortRow
    mentor: Somebody
    travellers: list[Traveller]

    @property
    def course(self) -> str:
        """The address of the course."""
        return f"/en/courses/{self.outline.public_id}"

    def item(self, key: str) -> str:
        """The address of an item."""
        return f"{self.course}/{self.outline.by_key[key].public_id}"


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
    cohort = make_cohort(outline, capacity=people + 1)
    codes = make_codes(cohort, people // 2)
    mentor = make_mentor(capacity=10)
    travellers = []
    for number in range(people):
        person = make_person(f"Traveller {number:04}")
        code = codes.pop() if number % 2 else ""
        travellers.append(Traveller(person, code, _pair(person, mentor)))
    return Setting(outline, cohort, mentor, travellers)


def _pair(person: Somebody, mentor: Somebody) -> str:
    """A live pair, straight into the tables: one mentor of a test has more places than rules allow."""
    public_id, programme = ids.public_id(), 0
    with transaction():
        programme = mentoring.programme_id()
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

    def go(self) -> None:
        """The whole way."""
        self.phone.sign_in(self.who.person.handle, PASSPHRASE)
        if self.who.code:
            self.join()
        self.read()
        for _ in range(2):
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
