"""What the journal does when a lower room tells something."""

from __future__ import annotations

from lms.journal import actions
from lms.mentoring.events import PairEnded


def forget_copies(event: PairEnded) -> None:
    """Nothing that was shown in a pair outlives it."""
    actions.forget_copies(event.match_id, event.mentor_id)
