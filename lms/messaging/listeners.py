"""What messaging does when a room below tells of something."""

from __future__ import annotations

from lms.accounts import queries as people
from lms.accounts.events import AccountHandled, ComingBack, FactorChanged, SignedIn
from lms.accounts.roles import Role
from lms.audit.events import WhyAnswered, WhyAsked
from lms.messaging import actions
from lms.messaging.kinds import Kind


def tell_of_question(event: WhyAsked) -> None:
    """Who looked is asked, and so are the administrators: an answer comes even when she has left."""
    asked = {event.actor_id, *people.holders(Role.ADMINISTRATOR)} - {event.person_id}
    for person_id in sorted(asked):
        if people.by_id(person_id).state == "active":
            actions.notify(person_id, Kind.WHY, question=event.question)


def tell_of_answer(event: WhyAnswered) -> None:
    """The person who asked finds the answer under the line."""
    actions.notify(event.person_id, Kind.WHY_ANSWERED)


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
