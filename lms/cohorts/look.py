"""What a coordinator should look at first, and the figures above the table. Each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lms.cohorts import rules
from lms.cohorts.queries import CohortRow, Member, Overview
from lms.cohorts.rules import Phase, Week
from lms.core.i18n import format_number, ngettext
from lms.core.i18n import gettext as _
from lms.core.room import Card
from lms.learning.queries import Task
from lms.learning.rules import TaskState, is_quiet

TILES = 4


@dataclass(frozen=True, slots=True)
class Slow:
    """The module that slows people down, in the words of the course."""

    number: int
    title: str
    people: int
    item: str
    people_at_item: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that has waited too long, and whose it is."""

    task: Task
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class First:
    """What to look at first; empty when everything moves."""

    quiet: tuple[Member, ...]
    slow: Slow | None
    waiting: tuple[Waiting, ...]

    def __bool__(self) -> bool:
        return bool(self.quiet or self.slow or self.waiting)


def look_first(cohort: CohortRow, overview: Overview, now: datetime) -> First:
    """Find who and what needs a person. After the last day only tasks still do."""
    running = this_week(cohort, now).phase is Phase.RUNNING
    return First(
        quiet=_quiet(cohort, overview, now) if running else (),
        slow=_slow(overview, now) if running else None,
        waiting=_waiting(overview, now),
    )


def this_week(cohort: CohortRow, now: datetime) -> Week:
    """Which week it is for the cohort, on its own calendar."""
    return rules.week(cohort.starts_on, cohort.ends_on, rules.today_in(cohort.zone, now))


def _quiet(cohort: CohortRow, overview: Overview, now: datetime) -> tuple[Member, ...]:
    # Nobody is quiet for days that lie before the first one, and nobody who has finished is.
    first = datetime.combine(cohort.starts_on, time(), ZoneInfo(cohort.zone)).astimezone(UTC)
    found = [
        member
        for member in overview.members
        if not member.standing.complete and is_quiet(max(member.progress.last_step, first), now)
    ]
    return tuple(sorted(found, key=lambda member: member.progress.last_step))


def _slow(overview: Overview, now: datetime) -> Slow | None:
    outline = overview.outline
    on_it = [m for m in overview.members if m.progress.version_id == outline.version_id]
    found = rules.slow_module((member.place for member in on_it), now)
    if found is None:
        return None
    title = outline.modules[found.module - 1].title
    item = outline.by_id[found.item_id].title
    return Slow(found.module, title, found.people, item, found.people_at_item)


def _waiting(overview: Overview, now: datetime) -> tuple[Waiting, ...]:
    names = {member.seat.person_id: member.seat.shown_name for member in overview.members}
    return tuple(
        Waiting(task, names[task.person_id], (now - task.submitted_at).days)
        for task in overview.tasks
        if task.state == TaskState.SUBMITTED
        and task.submitted_at is not None
        and rules.task_waits(task.submitted_at, now)
        and task.person_id in names
    )


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """What rooms above are told when they are asked for tiles of a cohort's page (`cards["cohort"]`)."""

    cohort_id: int
    course_id: int
    person_ids: tuple[int, ...]


def tile(number: str, sentence: str, order: int) -> Card:
    """A figure with the sentence that makes it mean something. The page shows the first four by order."""
    return Card("cohorts/tile.html", {"number": number, "sentence": sentence}, order)


def own_tiles(cohort: CohortRow, overview: Overview, now: datetime) -> list[Card]:
    """The figures that cohorts itself can give; those of the rooms above come between 30 and 40."""
    members = overview.members
    finished = sum(member.standing.complete for member in members)
    waiting = sum(task.state == TaskState.SUBMITTED for task in overview.tasks)
    tiles = [tile(format_number(len(members)), _people(cohort, overview), 10)]
    if members:
        tiles.append(tile(_("%(share)s%%", share=_share(members)), _plan(cohort, now), 20))
        of = _("%(some)s of %(all)s", some=finished, all=len(members))
        tiles.append(tile(of, _("have finished the course"), 50))
        sentence = ngettext("task waits for an answer", "tasks wait for an answer", waiting)
        tiles.append(tile(format_number(waiting), sentence, 60))
    return tiles


def _people(cohort: CohortRow, overview: Overview) -> str:
    words = ngettext("person", "people", len(overview.members))
    if overview.left:
        left = ngettext("%(num)s has left", "%(num)s have left", overview.left)
    else:
        left = _("nobody has left")
    places = ngettext("%(num)s place", "%(num)s places", cohort.capacity)
    return _("%(people)s on %(places)s, %(left)s", people=words, places=places, left=left)


def _share(members: tuple[Member, ...]) -> int:
    total = sum(member.standing.total for member in members)
    return 100 * sum(member.standing.done for member in members) // total if total else 0


def _plan(cohort: CohortRow, now: datetime) -> str:
    today = rules.today_in(cohort.zone, now)
    planned = rules.planned_percent(cohort.starts_on, cohort.ends_on, today)
    return _("of the course done; an even pace would be at %(planned)s%%", planned=planned)
