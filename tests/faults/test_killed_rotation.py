"""`flask keys rotate` is killed before and after each of its commits; what is sealed opens still."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from lms.core import ids, keys, rotation
from lms.core.db import transaction
from lms.core.sealing import CannotOpen, Place, seal, unseal
from tests.conftest import Tell
from tests.faults.instance import ROOT, Instance

pytestmark = pytest.mark.fault
PEOPLE, BATCH = 60, 35
# The command of the product; the number says at which commit it dies, the word on which side of it.
DYING = """
import os, signal, sys
from sqlalchemy import Engine, event
from lms.core import rotation
from wsgi import app
number, side = int(sys.argv[1]), sys.argv[2]
seen = iter(range(1, 1000))
rotation.BATCH = {batch}
def die(*_):
    if next(seen) == number:
        os.kill(os.getpid(), signal.SIGKILL)
if side == "before":
    event.listen(Engine, "commit", die)
else:
    real = rotation.transaction
    class After:
        def __enter__(self): self.inner = real(); return self.inner.__enter__()
        def __exit__(self, *error):
            self.inner.__exit__(*error); die()
    rotation.transaction = After
{planted}
app.test_cli_runner().invoke(args=["keys", "rotate"])
"""
# Planted: the number of the new key is noted first, the data keys follow.
HALF = """
from sqlalchemy import update
from lms.core import sealing
from lms.core.db import db, transaction
wrap_anew = rotation._wrap_anew
def careless(owners, newest):
    with transaction():
        db.session.execute(update(sealing.DataKey).where(sealing.DataKey.owner.in_(owners)).values(kek=newest))
    return wrap_anew(owners, newest)
rotation._wrap_anew = careless
"""


def _sealed(instance: Instance) -> dict[Place, bytes]:
    """A field of each of many people."""
    with instance.inside(), transaction():
        places = [Place("message", "body", ids.public_id(), ids.public_id()) for _ in range(PEOPLE)]
        return {place: seal(place.row, place) for place in places}


def _killed(instance: Instance, number: int, side: str, planted: str = "") -> bool:
    """Rotate in a process of its own. Return whether it was killed."""
    script = DYING.format(batch=BATCH, planted=planted)
    command = [sys.executable, "-c", script, str(number), side]
    done = subprocess.run(command, cwd=ROOT, env=instance.environment, capture_output=True)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode != 0


def _lost(instance: Instance, fields: dict[Place, bytes]) -> int:
    """How many fields do not open with the key files and rows as they lie there."""
    lost = 0
    with instance.inside(), transaction():
        instance.app.extensions["keys"] = keys.load(instance.folder / "keys")
        for place, sealed in fields.items():
            try:
                lost += unseal(sealed, place) != place.row
            except CannotOpen:
                lost += 1
    return lost


def test_rotation_killed_at_every_commit(
    instance: Instance, figure: Tell, size: Callable[[int, int], int]
) -> None:
    fields, kills, lost = _sealed(instance), 0, 0
    for turn in range(size(1, 10)):
        for side in ("before", "after"):
            number = 1
            while _killed(instance, number + turn % 2, side):
                kills, lost, number = kills + 1, lost + _lost(instance, fields), number + 1
    assert kills >= 3, "two batches, killed on both sides"
    figure(f"rotations killed ({instance.engine})", kills, "")
    figure(f"sealed fields lost when a rotation is killed ({instance.engine})", lost, "= 0")
    assert lost == 0
    with instance.inside():
        rotation.rotate()
        newest = rotation.server_keys()[0]
        for key in rotation.server_keys()[1:]:
            rotation.retire(key.number)
    assert newest.used == PEOPLE
    assert _lost(instance, fields) == 0


def test_a_careless_rotation_is_found(sqlite: Instance) -> None:
    fields = _sealed(sqlite)
    assert _killed(sqlite, 1, "after", HALF) or _killed(sqlite, 2, "before", HALF)
    assert _lost(sqlite, fields) > 0
