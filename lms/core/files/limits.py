"""How much is taken: of an archive here, of a file in the settings."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold: entries, bytes unpacked, bytes of one entry, how far it may be packed.

    `total` has to stay below what the child may answer (64 MiB).
    """

    entries: int = 2_000
    total: int = 48 * MIB
    each: int = 16 * MIB
    ratio: int = 200
