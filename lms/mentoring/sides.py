"""What safeguarding wants to know of pairs: who the other side is, for one who is or was a side herself."""

from __future__ import annotations

from lms.mentoring import queries
from lms.safeguarding.others import Other


def other_side(reference: str, person_id: int) -> Other | None:
    """The other side of a pair that has begun, as the person knows it. An offer names nobody to report."""
    found = queries.pair(reference)
    if found is None or found.started_at is None or found.side(person_id) is None:
        return None
    other = found.other(person_id)
    return Other(other, found.name_of(other))
