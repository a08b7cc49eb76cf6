"""What goals do when a lower room tells something."""

from __future__ import annotations

from lms.goals import actions
from lms.mentoring.events import PairEnded


def drop_notices(event: PairEnded) -> None:
    """Nobody is led to pages of a pair that has ended."""
    actions.drop_notices(event.match_id)
