"""The progress table of a cohort: as sorted rows for the page, and as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.cohorts.queries import Member, Overview
from lms.cohorts.rules import guard, today_in
from lms.core.i18n import gettext as _
from lms.learning.queries import Task
from lms.learning.rules import TaskState

ROWS_A_PAGE = 50
BOM = "\ufeff"


class Order(StrEnum):
    """How the table is sorted; by name unless asked otherwise."""

    NAME = "name"
    LEAST = "done"
    MOST = "-done"
    LONGEST_AGO = "step"
    LATEST = "-step"
    NAME_BACK = "-name"


def sorted_members(members: Sequence[Member], order: Order) -> list[Member]:
    """The members in an order; equal ones stay sorted by name."""
    key = order.removeprefix("-")
    by_name = sorted(members, key=lambda member: member.seat.shown_name.casefold())
    if key == "done":
        by_name.sort(key=lambda member: member.standing.percent, reverse=order.startswith("-"))
    elif key == "step":
        by_name.sort(key=lambda member: member.progress.last_step, reverse=order.startswith("-"))
    elif order is Order.NAME_BACK:
        by_name.reverse()
    return by_name


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of the table."""

    members: tuple[Member, ...]
    number: int
    pages: int


def page_of(members: Sequence[Member], wanted: str) -> Slice:
    """The wanted page; the nearest one that exists when there is none of this number."""
    pages = max(-(-len(members) // ROWS_A_PAGE), 1)
    number = (
        min(max(int(wanted), 1), pages)
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 7
        else 1
    )
    start = (number - 1) * ROWS_A_PAGE
    return Slice(tuple(members[start : start + ROWS_A_PAGE]), number, pages)


def finished(members: Sequence[Member], modules: int) -> list[int]:
    """How many people have finished each module."""
    return [
        sum((part := member.parts[index]) is not None and part.complete for member in members)
        for index in range(modules)
    ]


def task_states(tasks: Sequence[Task]) -> dict[int, TaskState]:
    """The state of everybody's task: person id → the state of the newest round that was handed in."""
    newest: dict[int, Task] = {}
    for task in tasks:
        known = newest.get(task.person_id)
        if known is None or (task.submitted_at, task.round) > (known.submitted_at, known.round):
            newest[task.person_id] = task
    return {person: TaskState(task.state) for person, task in newest.items()}


def state_words(state: TaskState | None) -> str:
    """The state of a task as people say it; empty for one that was not handed in."""
    if state is None:
        return ""
    return {
        TaskState.DRAFT: "",
        TaskState.SUBMITTED: _("Waits for an answer"),
        TaskState.NEEDS_WORK: _("One more round"),
        TaskState.ACCEPTED: _("Accepted"),
    }[state]


def as_csv(overview: Overview, zone: str, lang: str) -> str:
    """The table as a file that a spreadsheet opens by a double click, in the language of the page.

    A byte order mark tells Excel that it is UTF-8; Russian Excel splits at semicolons. Shares are two plain
    numbers, since `3/6` would become the third of June.
    """
    out = io.StringIO()
    out.write(BOM)
    write = csv.writer(out, delimiter=";" if lang == "ru" else ",", lineterminator="\r\n").writerow
    write([guard(cell) for cell in _head(overview)])
    states = task_states(overview.tasks)
    for member in overview.members:
        write([guard(cell) for cell in _line(member, states.get(member.seat.person_id), zone)])
    return out.getvalue()


def _head(overview: Overview) -> list[str]:
    modules = [
        _(
            "%(number)s. %(title)s, of %(total)s",
            number=module.number,
            title=module.title,
            total=sum(item.required for item in module.items),
        )
        for module in overview.outline.modules
    ]
    return [
        *(_("Name"), _("Joined"), *modules, _("Done, percent")),
        *(_("Last step"), _("Task"), _("Finished")),
    ]


def _line(member: Member, state: TaskState | None, zone: str) -> list[str]:
    def day(moment: datetime | None) -> str:
        return today_in(zone, moment).isoformat() if moment else ""

    done = [str(part.done) if part else "" for part in member.parts]
    return [
        *(member.seat.shown_name, day(member.seat.joined_at), *done, str(member.standing.percent)),
        *(day(member.progress.last_step), state_words(state), day(member.progress.completed_at)),
    ]
