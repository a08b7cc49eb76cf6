"""`flask backup …`, `flask move-database`: copies, putting them back, carrying an instance elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from lms.backup import aftercare, drill, erased, move, renew, restore, sealed, store
from lms.backup.rows import Damaged, Manifest
from lms.core.settings import Settings

group = AppGroup("backup", help="Copies that can be put back.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
IDENTITY = click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret key that `flask backup key` printed.",
)


@contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong in words instead of a trace."""
    try:
        yield
    except (Damaged, sealed.NoRecipient, drill.Wrong) as wrong:
        raise click.ClickException(str(wrong)) from None
    except restore.NotEmpty:
        raise click.ClickException(
            "the database there is not empty, and nothing is ever written over: give an empty one"
        ) from None
    except move.NotCurrent:
        raise click.ClickException("run `flask db upgrade` here first") from None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _tell(manifest: Manifest, began: float) -> None:
    took = time.monotonic() - began
    click.echo(
        f"{manifest.rows} rows of {len(manifest.parts)} tables, state {manifest.revision}, "
        f"{took:.1f} s"
    )


@group.command("key")
def key() -> None:
    """Print a new pair of keys: one opens copies and is kept elsewhere, one seals them."""
    identity, recipient = sealed.make_identity()
    click.echo("Keep this line off this machine, twice. Without it no copy opens:")
    click.echo(f"  {identity}")
    click.echo("Put this line into the settings:")
    click.echo(f"  ALONGSIDE_BACKUP_RECIPIENTS={recipient}")


@group.command("create")
def create() -> None:
    """Make a copy while people work, sealed for the keys in ALONGSIDE_BACKUP_RECIPIENTS."""
    began, settings = time.monotonic(), _settings()
    with _told():
        to = sealed.recipients(settings.backup_recipients)
        path, manifest = store.create(settings, to)
    click.echo(f"{path}, {path.stat().st_size / 1024 / 1024:.1f} MB")
    _tell(manifest, began)


@group.command("verify")
@FILE
@IDENTITY
@click.option("--foreign", is_flag=True, help="The key files here are not those of the instance.")
def verify(file: Path, identity: Path, foreign: bool) -> None:
    """Put FILE into a scratch database, look whether all is there and the application serves it."""
    began = time.monotonic()
    with _told():
        manifest = drill.verify(file, sealed.read_identity(identity), own_keys=not foreign)
    click.echo("Whole, and it can be put back.")
    _tell(manifest, began)


@group.command("restore")
@FILE
@IDENTITY
@click.option(
    "--into-new", is_flag=True, required=True, help="The database of the settings is empty."
)
def put_back(file: Path, identity: Path, into_new: bool) -> None:  # noqa: ARG001 - said, not used
    """Put FILE into the empty database of the settings: all of it, or nothing."""
    began = time.monotonic()
    with _told():
        lines = sealed.read(file, sealed.read_identity(identity))
        erased.take_over(file)
        manifest = restore.into_empty(lines, aftercare.within)
        again = aftercare.afterwards()
    _tell(manifest, began)
    if again:
        click.echo(f"{again} people who were erased since are erased again.")
    click.echo("Everybody is signed out. Next: start the services, then run `flask doctor`.")


@group.command("drill")
def try_out() -> None:
    """Make a copy, put it back elsewhere, compare, and open pages on it. For the doctor's record."""
    began = time.monotonic()
    with _told():
        manifest = drill.drill(_settings())
    click.echo("What was written came back the same, and pages open on it.")
    _tell(manifest, began)


@group.command("prune")
def prune() -> None:
    """Delete copies that are no longer kept: hourly for a day, daily for 14, weekly up to 35."""
    gone = store.prune(_settings().backups)
    click.echo(f"{len(gone)} deleted, {len(store.copies(_settings().backups))} kept")


@click.command("move-database")
@click.argument("url")
@with_appcontext
def move_database(url: str) -> None:
    """Carry everything to the empty database at URL, on the other engine. Nothing here changes."""
    began = time.monotonic()
    with _told():
        manifest = move.to(url)
    click.echo("Every table there holds the same as here.")
    _tell(manifest, began)
    click.echo(f"Next: set ALONGSIDE_DATABASE_URL={url} and start the services.")


@click.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Copy, rehearse, change the tables, look; where that fails, all is as before. Stop the services first."""
    began, settings = time.monotonic(), _settings()
    try:
        with _told():
            to = sealed.recipients(settings.backup_recipients)
            for step in renew.upgrade(settings, to):
                click.echo(step)
    except renew.PutBack as wrong:
        raise click.ClickException(
            f"{wrong}\nThe tables are as they were before: start the release before this one"
        ) from None
    except SQLAlchemyError as error:
        raise click.ClickException(
            f"{type(error).__name__}: {error}\nNothing was changed: start the release before this one"
        ) from None
    click.echo(f"{time.monotonic() - began:.1f} s. Next: start the services, then `flask doctor`.")
