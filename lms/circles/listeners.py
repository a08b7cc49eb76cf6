"""What circles do when something happens in rooms below."""

from __future__ import annotations

from lms.accounts.events import KeyPairReplaced
from lms.circles import actions, answering
from lms.privacy.events import PersonErased


def change_keys(event: KeyPairReplaced) -> None:
    """Her circles talk on with new keys."""
    actions.change_keys(event.person_id)


def part(event: PersonErased) -> None:
    """Somebody else leads on; what she has taken goes back into the queue."""
    actions.part(event.person_id)
    answering.part(event.person_id)
