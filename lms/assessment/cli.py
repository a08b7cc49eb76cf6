"""Commands of assessment: what staff may do about one person's attempts, always with a reason."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lms.accounts import queries as accounts
from lms.assessment import actions, queries
from lms.assessment.queries import Try
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.db import reading, transaction

STAFF = (Role.COORDINATOR, Role.ADMINISTRATOR)
group = AppGroup(
    "assessment", help="Attempts at checks: take one back, give more, count late answers."
)

by_option = click.option(
    "--by", required=True, help="Name for signing in of the member of staff who does this."
)
reason_option = click.option(
    "--reason", required=True, help="What the learner reads in her history."
)


def _attempt(public_id: str) -> Try:
    tries = queries.family(public_id, lock=True)
    found = next((one for one in tries if one.public_id == public_id), None)
    if found is None:
        raise click.ClickException(
            f"There is no attempt {public_id!r}. Look at the address of its page."
        )
    return found


def _note(by: str, person_id: int, about: str) -> None:
    """Leave the line that the learner reads, before anything is looked at or changed."""
    with reading():
        staff = accounts.by_handle(by)
        roles = [role for role in STAFF if staff and staff.id in accounts.holders(role)]
    if staff is None or not roles:
        raise click.ClickException(f"{by!r} is neither coordinator nor administrator")
    audit.saw(Visitor(staff.id, roles[0]), person_id, What.ATTEMPT, about)


def _owner(public_id: str) -> int:
    with reading():
        tries = queries.family(public_id)
    if not tries:
        raise click.ClickException(
            f"There is no attempt {public_id!r}. Look at the address of its page."
        )
    return tries[0].person_id


@group.command("void")
@click.argument("attempt")
@by_option
@reason_option
def void(attempt: str, by: str, reason: str) -> None:
    """Take an attempt back, so that it counts for nothing."""
    _note(by, _owner(attempt), attempt)
    with transaction():
        actions.void_attempt(_attempt(attempt), reason)
    click.echo("Done. The learner sees the reason in her history.")


@group.command("accept-late")
@click.argument("attempt")
@by_option
@reason_option
def accept_late(attempt: str, by: str, reason: str) -> None:
    """Count answers that came after the time limit."""
    _note(by, _owner(attempt), attempt)
    with transaction():
        actions.accept_late(_attempt(attempt), reason)
    click.echo("Done. The attempt is marked anew.")


@group.command("give")
@click.argument("handle")
@click.argument("item")
@click.option("--attempts", type=click.IntRange(0, 100), default=0, help="More attempts.")
@click.option(
    "--time", "time_percent", type=click.IntRange(100, 1000), default=100, help="Percent."
)
@by_option
@reason_option
def give(handle: str, item: str, attempts: int, time_percent: int, by: str, reason: str) -> None:
    """Give a person more attempts, or more time (150 is half as much again), for one check."""
    with reading():
        person, place = accounts.by_handle(handle), queries.course_of(item)
    if person is None or place is None:
        raise click.ClickException(
            "No such person or check. The check is the last part of its address."
        )
    _note(by, person.id, item)
    with transaction():
        more = {"attempts": attempts, "time_percent": time_percent}
        actions.give_more(person.id, place[1], reason, **more)
    click.echo("Done. The learner sees the reason before she starts.")
