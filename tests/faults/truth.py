"""The ledger against the database: lost, twice, half. Counts only; the tests say what they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.assessment.models import Answer, Attempt
from lms.certificates.models import Certificate
from lms.cohorts.models import Invite, Seat
from lms.core.db import db, reading
from lms.core.once import FormKey
from lms.core.outbox import Outbox
from lms.courses import queries as courses
from lms.learning import queries as learning
from lms.learning.models import Completion, Enrolment, Submission
from lms.mentoring.models import Match, Message
from lms.programmes.models import MentorRequest
from tests.faults.ledger import Entry, Ledger

LIVE = ("waiting", "issuing", "issued")
# By what of an entry its effect is known, where that is not its text.
WHAT = {
    "seat": "person",
    "done": "person",
    "start": "person",
    "finish": "attempt",
    "claim": "certificate",
    "account": "handle",
    "ask": "handle",
    "agree": "pair",
    "pair": "pair",
    "message": "pair",
}
# Those who make their accounts on the way; all others were there before.
NEW = Person.handle.like("Arrival %")


@dataclass
class Truth:
    """What came out. The three lists are empty when all is well."""

    acknowledged: int
    repeated: int
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.repeated} sent again; "
            f"lost {len(self.lost)}, twice {len(self.twice)}, half-written {len(self.half)}"
        )

    @property
    def well(self) -> bool:
        """Whether nothing is lost, twice or half."""
        return not (self.lost or self.twice or self.half)


def compare(ledger: Ledger) -> Truth:
    """Look at every acknowledged write, and at every rule that holds between rows. Needs a context."""
    truth = Truth(ledger.acknowledged, ledger.repeated)
    with reading():
        _look_at_effects(ledger, truth)
        for broken in _half_written():
            truth.half.append(broken)
    return truth


# --- Effects -------------------------------------------------------------------------------------


def _look_at_effects(ledger: Ledger, truth: Truth) -> None:
    counters: dict[str, Callable[[], Counter[object]]] = {
        "seat": _seats,
        "done": _lessons,
        "start": _starts,
        "answer": _answers,
        "finish": _marked,
        "message": _messages,
        "draft": _drafts,
        "task": _tasks,
        "claim": _claims,
        "account": _accounts,
        "ask": _asked,
        "agree": lambda: _pairs("offered_to_mentor", "active"),
        "pair": lambda: _pairs("active"),
    }
    for kind, count in counters.items():
        there = count()
        sent = Counter(_effect(one) for one in ledger.entries if one.kind == kind)
        acknowledged = Counter(_effect(one) for one in ledger.done(kind))
        truth.lost += [f"{kind} {what}" for what, n in acknowledged.items() if there[what] < n]
        truth.twice += [f"{kind} {what}" for what, n in there.items() if n > sent[what]]


def _effect(entry: Entry) -> object:
    """What an entry must have left in the database."""
    about = entry.about
    if entry.kind == "answer":
        return about["attempt"], f"q-{('one', 'two', 'three')[about['number'] - 1]}", about["text"]
    return about[WHAT.get(entry.kind, "text")]


def _accounts() -> Counter[object]:
    return Counter(db.session.scalars(select(Person.handle).where(NEW)))


def _asked() -> Counter[object]:
    rows = select(Person.handle).join(MentorRequest, MentorRequest.person_id == Person.id)
    return Counter(db.session.scalars(rows.where(NEW)))


def _pairs(*states: str) -> Counter[object]:
    rows = select(Match.public_id).join(Person, Person.id == Match.mentee_id)
    return Counter(db.session.scalars(rows.where(NEW, Match.state.in_(states))))


def _seats() -> Counter[object]:
    return Counter(db.session.scalars(select(Seat.person_id).where(Seat.left_at.is_(None))))


def _lessons() -> Counter[object]:
    rows = select(Enrolment.person_id).join(Completion).where(Completion.rule == "mark")
    return Counter(db.session.scalars(rows))


def _starts() -> Counter[object]:
    return Counter(db.session.scalars(select(Attempt.person_id)))


def _answers() -> Counter[object]:
    rows = select(Attempt.public_id, Answer.question, Answer.response).join(
        Attempt, Attempt.id == Answer.attempt_id
    )
    return Counter((pid, key, said["text"]) for pid, key, said in db.session.execute(rows))


def _marked() -> Counter[object]:
    return Counter(db.session.scalars(select(Attempt.public_id).where(Attempt.state == "marked")))


def _messages() -> Counter[object]:
    # Sealed to the two: nobody but they can read which one it is, so they are counted by pair.
    rows = select(Match.public_id).join(Message, Message.match_id == Match.id)
    return Counter(db.session.scalars(rows))


def _texts(*states: str) -> Counter[object]:
    rows = select(Submission.public_id).where(Submission.state.in_(states))
    found: Counter[object] = Counter()
    for public_id in db.session.scalars(rows).all():
        task = learning.task(public_id)
        assert task is not None
        found[learning.text_of(task)[0]] += 1
    return found


def _drafts() -> Counter[object]:
    # A later text stands in the place of the draft, so only the last word counts.
    return _Anything() if _texts("submitted", "accepted") else _texts("draft")


class _Anything(Counter[object]):
    """As many of everything as anybody asks for, and nothing too many."""

    def __missing__(self, _key: object) -> int:
        return 1


def _tasks() -> Counter[object]:
    return _texts("submitted", "accepted")


def _claims() -> Counter[object]:
    named = Certificate.state.in_(("issuing", "issued"))
    return Counter(db.session.scalars(select(Certificate.public_id).where(named)))


# --- Rules between rows --------------------------------------------------------------------------


def _half_written() -> Iterator[str]:
    for check in (_attempts, _courses, _places, _papers, _matches, _keys):
        yield from check()


def _attempts() -> Iterator[str]:
    """A marked attempt has the marks of its answers, its enrolment and, when passed, its completion."""
    for one in db.session.scalars(select(Attempt)).all():
        person, item = Enrolment.person_id == one.person_id, Completion.item_id == one.item_id
        if not db.session.scalar(select(func.count()).select_from(Enrolment).where(person)):
            yield f"attempt {one.public_id} of nobody's course"
        if one.state != "marked":
            continue
        rows = select(Answer.question, Answer.points).where(Answer.attempt_id == one.id)
        last = {
            row.question: Fraction(row.points)
            for row in db.session.execute(rows.order_by(Answer.seq))
        }
        if sum(last.values()) != Fraction(one.points) or one.submitted_at is None:
            yield f"attempt {one.public_id} is marked with other points than its answers have"
        done = select(Completion.item_id).join(Enrolment).where(person, item)
        if one.passed and db.session.scalar(done) is None:
            yield f"attempt {one.public_id} is passed, the check is not done"


def _courses() -> Iterator[str]:
    """A complete course has every required step and one live certificate; all steps make it complete."""
    for one in db.session.scalars(select(Enrolment)).all():
        outline = courses.outline(one.version_id, "en")
        assert outline is not None
        steps = select(Completion.item_id).where(Completion.enrolment_id == one.id)
        every = outline.required <= set(db.session.scalars(steps))
        if every != (one.completed_at is not None):
            yield f"enrolment {one.public_id}: steps and completion disagree"
        mine = (Certificate.person_id == one.person_id) & Certificate.state.in_(LIVE)
        papers = db.session.scalar(select(func.count()).select_from(Certificate).where(mine))
        if papers != int(one.completed_at is not None):
            yield f"enrolment {one.public_id}: {papers} live certificates"
        accepted = (Submission.enrolment_id == one.id) & (Submission.state == "accepted")
        for item in db.session.scalars(select(Submission.item_id).where(accepted)).all():
            if item not in set(db.session.scalars(steps)):
                yield f"enrolment {one.public_id}: an accepted task that is not done"


def _places() -> Iterator[str]:
    """A seat has a used code and an enrolment; a used code has a seat."""
    seats = {row.person_id: row for row in db.session.scalars(select(Seat))}
    codes = select(Invite).where(Invite.used_by.is_not(None))
    used = {row.used_by: row for row in db.session.scalars(codes)}
    if seats.keys() != used.keys():
        yield f"{len(seats)} seats, {len(used)} used codes"
    for code in used.values():
        if code.sealed is not None or code.used_at is None:
            yield "a used code that still stands on the sheet"
    for seat in seats.values():
        if db.session.get(Enrolment, seat.enrolment_id) is None:
            yield "a seat without an enrolment"


def _papers() -> Iterator[str]:
    """A certificate that is made has its name and its work; one that is made has its file and no name."""
    for one in db.session.scalars(select(Certificate)).all():
        row = db.session.scalar(select(Outbox).where(Outbox.key == f"certificates.issue:{one.id}"))
        if (row is not None) != (one.state in {"issuing", "issued"}):
            yield f"certificate {one.public_id}: {one.state}, and its work is {row}"
        if (one.name_sealed is not None) != (one.state == "issuing"):
            yield f"certificate {one.public_id}: {one.state}, and its name"
        if (one.pdf_sealed is not None) != (one.state == "issued"):
            yield f"certificate {one.public_id}: {one.state}, and its file"
        if row is not None and (row.done_at is not None) != (one.state == "issued"):
            yield f"certificate {one.public_id}: {one.state}, and done {row.done_at}"


def _matches() -> Iterator[str]:
    """A pair has begun, and the wish that it came from is met: both or neither."""
    rows = select(Match, MentorRequest).join(MentorRequest, MentorRequest.id == Match.request_id)
    for match, request in db.session.execute(rows).all():
        begun = match.state == "active"
        if begun != (match.started_at is not None) or begun != (request.state == "matched"):
            yield f"pair {match.public_id}: {match.state}, and its request {request.state}"


def _keys() -> Iterator[str]:
    """A form that was acted upon knows where it led."""
    nowhere = select(func.count()).select_from(FormKey).where(FormKey.location == "")
    if count := db.session.scalar(nowhere):
        yield f"{count} used forms lead nowhere"
