"""What meetings ask of mentoring and tell it, behind small functions of their own."""

from __future__ import annotations

from datetime import datetime

from lms.accounts.vault import Opener
from lms.mentoring import actions as mentoring
from lms.mentoring.queries import Pair


def agreed(pair: Pair) -> bool:
    """Whether both sides have signed how they want to work."""
    return pair.agreed


def tell_next(pair: Pair, moment: datetime | None) -> None:
    """Let home know when the pair meets next."""
    mentoring.set_next_meeting(pair, moment)


def write_shared_note(pair: Pair, author_id: int, text: str, opener: Opener) -> None:
    """Keep a line that both sides can read, sealed to them."""
    mentoring.write_note(pair, author_id, text, opener, shared=True)
