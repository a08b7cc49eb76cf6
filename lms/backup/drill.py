"""Trying out whether a copy holds what was written, can be put back, and is served by the application."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from pyrage import x25519

from lms.backup import look, restore, sealed, store
from lms.backup.rows import Manifest, differences, measure
from lms.backup.scratch import scratch
from lms.core.clock import now
from lms.core.settings import Settings


class Wrong(Exception):
    """A copy was put back and something is not right. One line a finding."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))


def verify(path: Path, identity: x25519.Identity, *, own_keys: bool = True) -> Manifest:
    """Put a copy into a scratch database and look at it. Raises Damaged or Wrong.

    `own_keys`: whether the key files here are those of the instance that the copy is of.
    """
    with scratch() as app:
        manifest = restore.into_empty(sealed.read(path, identity))
        found = look.record_problems() if own_keys else []
        if found := [*found, *look.problems(app)]:
            raise Wrong(found)
    return manifest


def drill(settings: Settings) -> Manifest:
    """Make a copy for a key that lives as long as this call, and put it back elsewhere. Raises as `verify`.

    What was put back is read from the scratch database and compared with what the copy was made of.
    """
    identity = x25519.Identity.generate()
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=settings.data) as folder:
        aside = replace(settings, backups=Path(folder))
        path, made = store.create(aside, [identity.to_public()])
        back = verify(path, identity)
    if wrong := differences(made, back):
        raise Wrong([f"{name} does not hold the same" for name in wrong])
    store.remember(settings, drilled_at=now().isoformat())
    return made


def contents() -> Manifest:
    """What the database of the present application holds now."""
    with store.snapshot() as connection:
        return measure(connection)
