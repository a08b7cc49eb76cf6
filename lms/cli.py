"""The house's own commands: keys, settings, worker, events, doctor."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import text

from lms.core import events, jobs, outbox, room, rotation
from lms.core import settings as setting_table
from lms.core.db import db, reading, transaction
from lms.core.settings import PREFIX, Settings
from lms.web.outside import sensitive


@click.command("settings")
def settings() -> None:
    """Print every setting with its default and meaning."""
    for name, default, meaning in setting_table.table():
        click.echo(f"{name}\n    {meaning}\n    default: {default or '(empty)'}")


@click.command("events")
@with_appcontext
def who_listens() -> None:
    """Print who listens to which event."""
    for kind, found in sorted(events.listeners().items(), key=lambda pair: pair[0].__name__):
        names = ", ".join(f"{listener.__module__}.{listener.__name__}" for listener in found)
        click.echo(f"{kind.__name__}: {names}")


jobs_group = AppGroup("jobs", help="Work behind the pages.")


@jobs_group.command("work")
def work() -> None:
    """Run the worker until it is stopped."""
    jobs.work(current_app.extensions["huey"])


@jobs_group.command("run-due")
def run_due() -> None:
    """Carry out everything that is due now, then stop."""
    outbox.plan_daily()
    click.echo(f"{outbox.run_due()} done")


@jobs_group.command("retry")
def retry() -> None:
    """Try again what was given up; do this once its cause is mended."""
    with transaction():
        count = outbox.retry_given_up()
    click.echo(f"{count} tried again")


@jobs_group.command("list")
def list_jobs() -> None:
    """List the kinds of work."""
    click.echo("\n".join(outbox.kinds()))


keys_group = AppGroup("keys", help="Server keys that wrap people's data keys.")


@keys_group.command("rotate")
def rotate_keys() -> None:
    """Add a server key and wrap every data key with it. Safe to kill and to run again."""
    done = rotation.rotate()
    if done.added is None:
        click.echo(f"An earlier rotation to kek-{done.newest} is finished now; no key was added.")
    click.echo(f"{done.wrapped} data keys wrapped with kek-{done.newest}")
    if done.damaged:
        click.echo(f"! {done.damaged} data keys do not open with the keys that are here")
        raise SystemExit(1)


@keys_group.command("retire")
@click.argument("number", type=int)
def retire_key(number: int) -> None:
    """Take a server key out of use; refuses while any data key is wrapped with it."""
    try:
        moved = rotation.retire(number)
    except rotation.Refused as why:
        raise click.ClickException(str(why)) from why
    click.echo(f"Retired. The file lies in {moved}; backups made before now need it.")


@keys_group.command("list")
def list_keys() -> None:
    """List server keys and how many data keys each of them wraps."""
    for key in rotation.server_keys():
        click.echo(f"kek-{key.number}  {key.state:8}  {key.used} data keys")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check settings, keys, database, queue and backups. Exit 1 when something needs a person."""
    for line in _policy():
        click.echo(line)
    problems = [*_settings_problems(), *_database_problems(), *rotation.health()]
    problems += room.health()
    for problem in problems:
        click.echo(f"! {problem}")
    if problems:
        raise SystemExit(1)
    click.echo("All is well.")


def _policy() -> list[str]:
    """What the operator decided about the outside, in words."""
    found: Settings = current_app.extensions["settings"]
    hidden, shown = "hidden", "shown"
    checked = "after signing in" if found.public_check == "off" else "open to all"
    return [
        f"policy: {found.policy}",
        f"  course titles in lists: {'neutral' if found.titles_are_neutral else 'full'}",
        f"  marks and organisation: {hidden if found.logos_are_hidden else shown}",
        f"  new roles: {'two of the staff agree' if found.staff_is_checked else 'no further check'}",
        f"  courses and lessons: {'open to all' if found.pages_are_public else 'after signing in'}",
        f"  checking certificates: {checked}",
        f"  answers to: {' '.join(found.trusted_hosts)}",
    ]


def _names_that_tell(found: Settings) -> list[str]:
    outside = {
        "PRODUCT_EN": found.product_en,
        "PRODUCT_RU": found.product_ru,
        "PUBLIC_URL": found.public_url,
        "HOSTS": found.hosts,
        "MAIL_FROM": found.mail_from,
    }
    return [
        f"{PREFIX}{name} says what the site is about: {', '.join(words)}"
        for name, text in outside.items()
        if (words := sensitive(text))
    ]


def _settings_problems() -> list[str]:
    found: Settings = current_app.extensions["settings"]
    problems = []
    if found.mode == "production" and found.data.resolve() in found.keys.resolve().parents:
        problems.append(
            "keys lie inside the data folder: a stolen disk image would open everything"
        )
    if found.keys.stat().st_mode & 0o077:
        problems.append(f"other users can look into {found.keys}: chmod 700")
    if not found.mail_url:
        problems.append("mail is not set: notices are seen in the application only")
    if not found.signatory_en:
        problems.append("nobody signs certificates: set ALONGSIDE_SIGNATORY_EN and _RU")
    return problems + _names_that_tell(found)


def _database_problems() -> list[str]:
    with reading():
        db.session.execute(text("SELECT 1"))
        late, given_up = outbox.health()
    problems = []
    if late:
        problems.append(f"{late} jobs wait for more than five minutes: is the worker running?")
    if given_up:
        problems.append(f"{given_up} jobs were given up: look into the worker's log")
    return problems


COMMANDS: tuple[click.Command, ...] = (settings, who_listens, jobs_group, keys_group, doctor)
