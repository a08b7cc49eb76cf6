"""One truth about progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.audit.rules import Role
from lms.learning.rules import NotAllowed, Reader, TaskState, is_quiet, may_read, move, standing

pytestmark = pytest.mark.sqlite_only
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    id: int
    required: bool
    module: int


@st.composite
def courses(draw: st.DrawFn) -> list[Step]:
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6))
    steps, number = [], 0
    for module, size in enumerate(sizes):
        for _ in range(size):
            number += 1
            steps.append(Step(number, draw(st.booleans()), module))
    return steps


@given(steps=courses(), data=st.data())
def test_the_figure_never_falls_and_100_means_complete(
    steps: list[Step], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([step.id for step in steps]))
    before = standing(steps, [])
    for count in range(1, len(order) + 1):
        after = standing(steps, order[:count])
        assert after.percent >= before.percent
        assert 0 <= after.percent <= 100
        assert (after.percent == 100) == after.complete
        before = after
    assert before.complete == any(step.required for step in steps)
    assert before.here is None


@given(steps=courses(), done=st.sets(st.integers(1, 40)))
def test_parts_add_up_and_the_kept_place_is_the_first_open_step(
    steps: list[Step], done: set[int]
) -> None:
    found = standing(steps, done)
    assert sum(part.done for part in found.parts) == found.done
    assert sum(part.total for part in found.parts) == found.total
    open_steps = [step.id for step in steps if step.required and step.id not in done]
    assert found.here == (open_steps[0] if open_steps else None)
    if found.here is not None:
        here = next(step for step in steps if step.id == found.here)
        assert found.part_here == here.module + 1


def test_a_course_without_required_steps_is_never_complete() -> None:
    assert not standing([Step(1, False, 0)], [1]).complete


def test_rounding_never_flatters() -> None:
    steps = [Step(number, True, 0) for number in range(1, 201)]
    assert standing(steps, range(1, 200)).percent == 99


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [
        ("draft", TaskState.SUBMITTED, True),
        ("submitted", TaskState.ACCEPTED, True),
        ("submitted", TaskState.NEEDS_WORK, True),
        ("submitted", TaskState.DRAFT, False),
        ("needs_work", TaskState.ACCEPTED, False),
        ("accepted", TaskState.NEEDS_WORK, False),
        ("accepted", TaskState.DRAFT, False),
    ],
)
def test_a_task_moves_only_forward(state: str, to: TaskState, allowed: bool) -> None:
    if allowed:
        assert move(state, to) is to
    else:
        with pytest.raises(NotAllowed):
            move(state, to)


def test_the_coordinator_reads_only_what_has_waited() -> None:
    readers = [Reader(1, Role.MENTOR, 0, "Daria"), Reader(2, Role.COORDINATOR, 5, "Irina")]
    assert may_read(1, readers, NOW, NOW)
    assert not may_read(2, readers, NOW, NOW + timedelta(days=4, hours=23))
    assert may_read(2, readers, NOW, NOW + timedelta(days=5))
    assert not may_read(3, readers, NOW, NOW + timedelta(days=50))
    assert not may_read(1, readers, None, NOW), "a draft is nobody's to read"


def test_quiet_is_fourteen_days() -> None:
    assert not is_quiet(NOW, NOW + timedelta(days=13, hours=23))
    assert is_quiet(NOW, NOW + timedelta(days=14))
