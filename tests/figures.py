"""Figures that tests measure against a target. `BUILD_FIGURES` names the file that gets them, a JSON line each.

A test says `figure("kills", killed, "≥ 100")` and asserts what must hold in every size; a target is that of
the long form, `./run soak`, which writes all of them into `build/soak.json`.
"""

from __future__ import annotations

import json
import operator
import os
from dataclasses import asdict, dataclass
from pathlib import Path

RELATIONS = {"=": operator.eq, "≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True)
class Figure:
    """What was measured by which test, and what it should be: `= 0`, `≤ 5`, `≥ 0.9`, or nothing."""

    name: str
    number: float
    target: str
    test: str

    @property
    def met(self) -> bool:
        """Whether the target is met; without a target nothing can be missed."""
        if not self.target:
            return True
        relation, bound = self.target.split(maxsplit=1)
        return bool(RELATIONS[relation](self.number, float(bound.replace(",", ""))))

    def __str__(self) -> str:
        missed = ", MISSED" if os.environ.get("SOAK") and not self.met else ""
        aim = f" (long form: {self.target}{missed})" if self.target else ""
        return f"{self.name}: {self.number:,.6g}{aim}"

    def keep(self) -> None:
        """Append it to the file that `BUILD_FIGURES` names, if it names one."""
        if place := os.environ.get("BUILD_FIGURES"):
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self), ensure_ascii=False) + "\n")


def read(place: Path) -> list[Figure]:
    """The figures of a file."""
    lines = place.read_text("utf-8").splitlines() if place.exists() else []
    return [Figure(**json.loads(line)) for line in lines]
