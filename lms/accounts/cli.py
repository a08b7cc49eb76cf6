"""`flask accounts …`: first administrator, roles."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import AppGroup

from lms.accounts import actions, queries
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.core.db import reading, transaction
from lms.core.settings import Settings

group = AppGroup("accounts", help="People and roles.")
STAFF = (Role.COORDINATOR, Role.ADMINISTRATOR)
ROLES = click.Choice([role.value for role in Role])


@group.command("first-admin")
def first_admin() -> None:
    """Print a one-time token, valid for a day, that makes its bearer administrator."""
    with transaction():
        token = actions.make_first_token()
    click.echo(
        "Join or sign in, open /en/first and paste this token. It works once, until tomorrow."
    )
    click.echo(token)


@group.command("grant")
@click.argument("handle")
@click.argument("role", type=ROLES)
@click.option("--agreed", nargs=2, metavar="HANDLE HANDLE", help="Two of the staff, if checked.")
def grant(handle: str, role: str, agreed: tuple[str, str] | None) -> None:
    """Give a role to the person who signs in as HANDLE."""
    settings: Settings = current_app.extensions["settings"]
    with transaction():
        person = _find(handle)
        if settings.staff_is_checked:
            _check_agreed(person, agreed or ())
        actions.grant(person.id, Role(role))
    click.echo(f"{handle} is {role} now.")


@group.command("withdraw")
@click.argument("handle")
@click.argument("role", type=ROLES)
def withdraw(handle: str, role: str) -> None:
    """Take a role away from the person who signs in as HANDLE."""
    with transaction():
        actions.withdraw(_find(handle).id, Role(role))
    click.echo(f"{handle} is not {role} any more.")


@group.command("roles")
@click.argument("role", type=ROLES)
def roles(role: str) -> None:
    """List who holds ROLE."""
    with reading():
        handles = [queries.by_id(person_id).handle for person_id in queries.holders(role)]
    click.echo("\n".join(handles) or f"Nobody is {role}.")


def _check_agreed(person: Person, agreed: Sequence[str]) -> None:
    """Refuse unless two of the staff, none of them the person, have agreed; who is not there yet cannot."""
    staff = {holder for role in STAFF for holder in queries.holders(role)} - {person.id}
    said = {_find(handle).id for handle in agreed}
    if len(said & staff) < min(2, len(staff)):
        raise click.ClickException(
            "this instance checks its staff: name two coordinators or administrators who have agreed, "
            f"neither of them {person.handle}, with --agreed HANDLE HANDLE"
        )


def _find(handle: str) -> Person:
    person = queries.by_handle(handle)
    if person is None:
        raise click.ClickException(f"nobody signs in as {handle!r}")
    return person
