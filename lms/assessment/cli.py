"""Commands of assessment: what staff may do about one person's attempts, always with a reason."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lms.accounts import queries as accounts
from lms.assessment import actions, queries
from lms.assessment.queries import Try
from lms.core.db import transaction

group = AppGroup(
    "assessment", help="Attempts at checks: take one back, give more, count late answers."
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


@group.command("void")
@click.argument("attempt")
@reason_option
def void(attempt: str, reason: str) -> None:
    """Take an attempt back, so that it counts for nothing."""
    with transaction():
        actions.void_attempt(_attempt(attempt), reason)
    click.echo("Done. The learner sees the reason in her history.")


@group.command("accept-late")
@click.argument("attempt")
@reason_option
def accept_late(attempt: str, reason: str) -> None:
    """Count answers that came after the time limit."""
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
@reason_option
def give(handle: str, item: str, attempts: int, time_percent: int, reason: str) -> None:
    """Give a person more attempts, or more time (150 is half as much again), for one check."""
    with transaction():
        person, place = accounts.by_handle(handle), queries.course_of(item)
        if person is None or place is None:
            raise click.ClickException(
                "No such person or check. The check is the last part of its address."
            )
        more = {"attempts": attempts, "time_percent": time_percent}
        actions.give_more(person.id, place[1], reason, **more)
    click.echo("Done. The learner sees the reason before she starts.")
