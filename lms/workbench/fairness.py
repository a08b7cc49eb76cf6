"""Whom a run finds a mentor for, by group, so that nobody can be made out in it. Pure.

Two things are hidden. Groups of fewer than five people lose their names: they are counted together. Then each
number of people found, or not found, that is between one and four is left out, and with it as many others as
it takes for none of them to follow from the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

SMALLEST = 5
# How many different numbers must be possible for what is left out.
POSSIBLE = 3
GAP = 80
OTHER = ""


@dataclass(frozen=True, slots=True)
class Group:
    """People with something in common, and how many of them a mentor was found for. None: left out."""

    name: str
    people: int
    found: int | None

    @property
    def percent(self) -> int | None:
        """The share with a mentor."""
        return None if self.found is None else round(100 * self.found / max(self.people, 1))


def suppressed(groups: Sequence[Group]) -> list[Group]:
    """The groups as they may be shown; empty where there are fewer than five people at all."""
    if sum(group.people for group in groups) < SMALLEST:
        return []
    return _hide_found(_merge_small(groups))


def _merge_small(groups: Sequence[Group]) -> list[Group]:
    ordered = sorted((one for one in groups if one.people), key=lambda one: (one.people, one.name))
    small = [one for one in ordered if one.people < SMALLEST]
    # One small group would be the whole without the rest, and a few people are too few together, too.
    while small and (len(small) < 2 or sum(one.people for one in small) < SMALLEST):
        if len(small) == len(ordered):
            break
        small.append(ordered[len(small)])
    rest = ordered[len(small) :]
    rest.sort(key=lambda one: (-one.people, one.name))
    if not small:
        return rest
    people, found = sum(one.people for one in small), sum(one.found or 0 for one in small)
    return [*rest, Group(OTHER, people, found)]


def _is_small(group: Group) -> bool:
    found = group.found or 0
    return 0 < found < SMALLEST or 0 < group.people - found < SMALLEST


def _hide_found(groups: list[Group]) -> list[Group]:
    if len(groups) == 1:
        # Everybody together: what the run says anyway.
        return groups
    hidden = [one for one in groups if _is_small(one)]
    others = sorted((one for one in groups if one not in hidden), key=lambda one: one.people)
    # With all of them left out, nothing follows that the numbers of everybody do not say.
    while hidden and others and not _is_safe(hidden):
        hidden.append(others.pop(0))
    return [replace(one, found=None) if one in hidden else one for one in groups]


def _is_safe(hidden: Sequence[Group]) -> bool:
    """Whether each number that is left out could be several ones, when all the others are known."""
    total = sum(one.found or 0 for one in hidden)
    least = [1 if _is_small(one) else 0 for one in hidden]
    most = [one.people - (1 if _is_small(one) else 0) for one in hidden]
    return all(
        min(most[i], total - sum(least) + least[i]) - max(least[i], total - sum(most) + most[i]) + 1
        >= POSSIBLE
        for i in range(len(hidden))
    )


def behind(groups: Sequence[Group]) -> list[Group]:
    """The groups whose share is under four fifths of everybody's. Only from numbers that are shown."""
    shown = [one for one in groups if one.found is not None]
    if len(shown) != len(groups) or not shown:
        # Everybody's share is known from the run, but then these could be counted back.
        shown = [one for one in shown if one.people >= SMALLEST]
    people, found = sum(one.people for one in shown), sum(one.found or 0 for one in shown)
    return [
        one
        for one in shown
        if one.name != OTHER and (one.found or 0) * people * 100 < GAP * found * one.people
    ]
