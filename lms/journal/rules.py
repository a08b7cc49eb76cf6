"""What a journal asks its writer. Pure."""

from __future__ import annotations

from datetime import date

PROMPTS = 6


def prompt_of(day: date) -> int:
    """The number of the question for a day: another one each day, the same on every phone."""
    return day.toordinal() % PROMPTS
