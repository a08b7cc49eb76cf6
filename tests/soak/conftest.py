"""Long forms stand on the same instances as the faults."""

from tests.faults.conftest import cluster, instance, seed, sqlite, tell

__all__ = ["cluster", "instance", "seed", "sqlite", "tell"]
