"""A story: scenes, each so many days ago, told in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lms.core import clock


@dataclass
class Story:
    """What happens, and how many days ago. Told from the oldest to the newest."""

    told_at: datetime
    scenes: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def add(self, days_ago: float, scene: Callable[..., object], *given: Any) -> None:
        """Let something happen so many days ago."""
        self.scenes.append((days_ago, partial(scene, *given)))

    def tell(self) -> None:
        """Let it all happen, each at its moment."""
        for days_ago, scene in sorted(self.scenes, key=lambda pair: -pair[0]):
            with clock.at(self.told_at - timedelta(days=days_ago)):
                scene()
