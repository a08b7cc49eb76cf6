"""An upgrade of the tables with a way back: copy, rehearse on the copy, change, look, or put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask, current_app
from pyrage import x25519

from lms.backup import drill, look, restore, sealed, store
from lms.backup.rows import Copy, fill
from lms.core.db import rebuilding
from lms.core.settings import Settings


class PutBack(Exception):
    """The upgrade went through, but the application did not serve it: everything is as it was before."""


def upgrade(settings: Settings, to: list[x25519.Recipient]) -> Iterator[str]:
    """Bring the tables to the state of this release, telling each step. Nobody may write meanwhile.

    A rehearsal on the copy comes first; whatever fails there has changed nothing. The change is one
    transaction. Raises what failed, or PutBack.
    """
    identity = x25519.Identity.generate()
    path, manifest = store.create(settings, [*to, identity.to_public()])
    yield f"copied {manifest.rows} rows of state {manifest.revision or 'none'}: {path.name}"
    drill.verify(path, identity)
    yield "rehearsed on the copy: it upgrades, and pages open on it"
    with rebuilding() as connection:
        restore.migrate(connection, restore.NEWEST)
    yield f"upgraded to {restore.newest()}"
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if found := list(look.outside(app)):
        _put_back(path, identity)
        raise PutBack("\n".join(found))
    yield "pages open on it"


def _put_back(path: Path, identity: x25519.Identity) -> None:
    copy = Copy(sealed.read(path, identity))
    with rebuilding() as connection:
        restore.clear(connection)
        restore.migrate(connection, copy.manifest.revision)
        fill(connection, copy)
