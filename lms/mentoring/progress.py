"""What a mentor sees of a learner's courses: only shared ones, and only what learning itself judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.assessment.queries import Result
from lms.core.i18n import format_day
from lms.core.i18n import gettext as _
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.learning import queries as learning
from lms.learning.queries import Progress, Task
from lms.learning.rules import Standing, standing
from lms.mentoring.queries import Mine
from lms.mentoring.rules import Signs


@dataclass(frozen=True, slots=True)
class Course:
    """One shared course of a learner."""

    facts: Progress
    outline: Outline
    standing: Standing

    @property
    def place(self) -> str:
        """Where she is, in words."""
        if self.standing.complete or self.standing.here is None:
            return _("Everything is done.")
        module = self.outline.modules[self.standing.part_here - 1]
        return _(
            "Is at module %(number)s of %(total)s: %(title)s.",
            number=module.number,
            total=len(self.outline.modules),
            title=module.title,
        )


def courses_of(facts: Sequence[Progress], lang: str) -> list[Course]:
    """Facts with their outlines and standings, the course with the latest step first."""
    found = [
        Course(one, outline, standing(outline.items, one.done))
        for one in facts
        if (outline := courses.outline(one.version_id, lang))
    ]
    return sorted(found, key=lambda course: course.facts.last_step, reverse=True)


@dataclass(frozen=True, slots=True)
class Learner:
    """One of a mentor's pairs together with what its learner shares."""

    mine: Mine
    courses: list[Course]
    tasks: list[Task]

    @property
    def course(self) -> Course | None:
        """The course to show in one line: the latest that is not finished, else the latest."""
        running = [one for one in self.courses if one.facts.completed_at is None]
        return next(iter([*running, *self.courses]), None)

    @property
    def signs(self) -> Signs:
        """What the rules need to know."""
        running = [one.facts for one in self.courses if one.facts.completed_at is None]
        return Signs(
            started_at=self.mine.pair.started_at or self.mine.pair.asked_at,
            asked_at=self.mine.asked_at,
            task_at=min(
                (task.submitted_at for task in self.tasks if task.submitted_at), default=None
            ),
            last_word=self.mine.last_word,
            last_step=max((facts.last_step for facts in running), default=None),
        )

    def title_of(self, task: Task) -> str:
        """The title of a task's item."""
        for course in self.courses:
            if item := course.outline.by_id.get(task.item_id):
                return item.title
        return ""

    def news(self, zone: str) -> str:
        """What she is doing, for somebody who waits for nothing."""
        course = self.course
        if course is None:
            return _("Shares no course with you.")
        if course.facts.completed_at:
            day = format_day(course.facts.completed_at, zone, year=False)
            return _("Finished the course on %(day)s.", day=day)
        return course.place


def learners(pairs: Sequence[Mine], lang: str) -> list[Learner]:
    """Everything about a mentor's pairs in two statements: shared courses, and tasks that wait to be read."""
    ids = [mine.pair.mentee_id for mine in pairs if mine.shares]
    shared = sorted({course for mine in pairs for course in mine.shares})
    facts = learning.progress_of_many(ids, shared) if ids else []
    tasks = learning.tasks_of(ids, shared) if ids else []
    return [
        Learner(
            mine,
            courses_of([one for one in facts if _shared(mine, one)], lang),
            [one for one in tasks if _shared(mine, one) and one.state == "submitted"],
        )
        for mine in pairs
    ]


def _shared(mine: Mine, found: Progress | Task) -> bool:
    return found.person_id == mine.pair.mentee_id and found.course_id in mine.shares


@dataclass(frozen=True, slots=True)
class FinishedModule:
    """A module that is done: when, and how its checks went if the learner shows that."""

    title: str
    number: int
    at: datetime
    results: list[Result]


def finished_modules(
    course: Course, moments: Mapping[tuple[int, int], datetime], results: Mapping[int, Result]
) -> list[FinishedModule]:
    """The modules of a course that are done, with the moment of the last step in each."""
    found = []
    for part in course.standing.parts:
        module = course.outline.modules[part.number - 1]
        steps = [
            at
            for item in module.items
            if (at := moments.get((course.facts.enrolment_id, item.id))) is not None
        ]
        if part.complete and steps:
            checks = [results[item.id] for item in module.items if item.id in results]
            found.append(FinishedModule(module.title, module.number, max(steps), checks))
    return found
