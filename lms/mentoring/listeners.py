"""What mentoring does when a lower room tells something, and what it answers to the questions of lower rooms."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select

from lms.accounts.events import KeyPairReplaced
from lms.audit.rules import Role
from lms.core.db import db
from lms.courses.models import Course, Item
from lms.learning.events import TaskAnswered, TaskSubmitted
from lms.learning.models import Enrolment, Submission
from lms.learning.rules import Reader
from lms.mentoring import actions, queries
from lms.mentoring.states import TOGETHER, State
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.privacy.events import PersonErased
from lms.programmes.events import MentorPaused, StoppedWaiting
from lms.programmes.pairing import Standing
from lms.safeguarding.events import Blocked


def readers(person_id: int, course_id: int) -> list[Reader]:
    """The mentor of the live pair reads tasks of shared courses, from the first day on."""
    found = queries.mentors_for(person_id, course_id)
    return [Reader(mentor_id, Role.MENTOR, 0, name) for mentor_id, name in found]


def standing(person_id: int) -> Standing | None:
    """Where somebody's way to a mentor stands: her pair, or the offer that is open."""
    found = queries.live_pair_of(person_id)
    if found is None:
        return None
    active, asked = found.state in TOGETHER, found.state is State.OFFERED_TO_MENTEE
    page = "mentoring.pair" if active else "mentoring.answer"
    return Standing(url_for(page, pair=found.public_id), active, asked)


def release_offers(event: MentorPaused) -> None:
    """A mentor takes nobody new: her open offers are taken back; her pairs go on."""
    actions.release_offers(event.person_id)
    actions.tell_of_pairs_left(event.person_id)


def part_in_silence(event: Blocked) -> None:
    """One side has shut the other out: what they have in common is over, and nobody is told why."""
    actions.part_in_silence(event.by_id, event.against_id)


def drop_offer(event: StoppedWaiting) -> None:
    """Somebody waits no longer: an offer to her is taken back."""
    actions.drop_offers_to(event.person_id)


def change_keys(event: KeyPairReplaced) -> None:
    """Somebody has another pair of keys, so her pairs need a key that she can open."""
    actions.change_keys(event.person_id)


def part(event: PersonErased) -> None:
    """Somebody is gone: the other sides learn that a pair has ended, or that an offer came to nothing."""
    actions.part(event.person_id)


def tell_mentor(event: TaskSubmitted) -> None:
    """A task waits for the mentor who may read it."""
    row = db.session.execute(
        select(Submission.public_id, Enrolment.course_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Submission.id == event.submission_id)
    ).one()
    for mentor_id, _name in queries.mentors_for(event.person_id, row.course_id):
        messaging.notify(mentor_id, Kind.TASK_SENT, task=row.public_id)


def tell_learner(event: TaskAnswered) -> None:
    """A task has its answer, whoever gave it."""
    row = db.session.execute(
        select(Course.public_id.label("course"), Item.public_id.label("item"))
        .join(Item, Item.course_id == Course.id)
        .join(Submission, Submission.item_id == Item.id)
        .where(Submission.id == event.submission_id)
    ).one()
    messaging.notify(event.person_id, Kind.TASK_ANSWERED, course=row.course, item=row.item)
