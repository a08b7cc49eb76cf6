"""The door plate of backup."""

from __future__ import annotations

from lms.backup import checks
from lms.backup.cli import group, move_database, upgrade
from lms.core.room import Room

ROOM = Room(name="backup", commands=(group, move_database, upgrade), checks=(checks.problems,))
