"""What messaging does when a room below tells of something."""

from __future__ import annotations

from lms.accounts.events import AccountHandled, ComingBack, FactorChanged, SignedIn
from lms.messaging import actions
from lms.messaging.kinds import Kind


def tell_of_sign_in(event: SignedIn) -> None:
    """Whoever is signed in elsewhere learns of one more browser."""
    actions.notify(event.person_id, Kind.SIGNED_IN)


def tell_of_factor(event: FactorChanged) -> None:
    """A second factor came, went or was reset."""
    actions.notify(event.person_id, Kind.FACTOR)


def tell_of_handling(event: AccountHandled) -> None:
    """An administrator did something about the account."""
    actions.notify(event.person_id, Kind.HANDLED)


def tell_of_coming_back(event: ComingBack) -> None:
    """Two people vouch for her; she can stop it."""
    actions.notify(event.person_id, Kind.COMING_BACK)
