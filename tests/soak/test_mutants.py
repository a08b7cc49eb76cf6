"""How many small wrong changes to the code that guards, seals and does things once are noticed by its tests."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tell
from tests.soak.equivalent import EQUIVALENT
from tests.soak.mutants import mutants

ROOT = Path(__file__).resolve().parents[2]
TIME = 450
OF_THIS_RUN = {"BUILD_FIGURES", "SOAK", "TEST_DATABASE_URL"}
# A policy is a table that is asked directly; pages, which go through it, are the role matrix's.
ROOMS = (
    "accounts", "assessment", "audit", "certificates", "circles", "cohorts", "goals", "importers", "journal",
    "learning", "meetings", "mentoring", "messaging", "privacy", "programmes", "recognition", "reports",
    "safeguarding", "support", "workbench",
)  # fmt: skip
MODULES: dict[str, list[str]] = {
    "lms/core/once.py": ["tests/core/test_once_rules.py", "tests/core/test_once.py"],
    "lms/core/outbox.py": ["tests/core/test_outbox.py"],
    "lms/core/sealing.py": ["tests/core/test_sealing.py", "-k", "not killed and not hundred"],
    "lms/accounts/vault.py": ["tests/accounts/test_vault.py"],
    **{
        f"lms/{room}/policy.py": ["--noconftest", f"tests/{room}/test_policy.py"]
        for room in ("core", *ROOMS)
    },
}

SMALL = '''
def may(person: int = 1) -> bool:
    """Docstrings stay."""
    if person == 1 and not closed():
        note(person)
        return True
    raise LookupError


RULES = {"own": (may, never), "all": (anyone,)}
'''


def test_each_kind_of_mutant() -> None:
    found = {one.change for one in mutants(SMALL)}
    assert {"Compare swap 0", "BoolOp swap", "UnaryOp drop", "Expr drop", "Raise drop"} <= found
    assert {"If always", "If never", "Return nothing", "Constant other value"} <= found
    assert {"Tuple without 0", "Tuple without 1", "Dict open 0"} <= found
    assert "Dict open 1" not in found
    sound = ast.unparse(ast.parse(SMALL))
    assert all(one.source != sound for one in mutants(SMALL))


def test_every_policy_is_in_the_list() -> None:
    there = {str(one.relative_to(ROOT)) for one in (ROOT / "lms").glob("*/policy.py")}
    # What is public has nothing to guard.
    assert there - set(MODULES) <= {"lms/web/policy.py"}


def test_what_is_no_mistake_is_still_there() -> None:
    for module in {name for name, _, _ in EQUIVALENT}:
        there = {
            (module, one.change, one.what) for one in mutants((ROOT / module).read_text("utf-8"))
        }
        listed = {one for one in EQUIVALENT if one[0] == module}
        assert listed <= there, "the list is closed: take out what is there no more"


@pytest.mark.soak
@pytest.mark.sqlite_only
@pytest.mark.parametrize("module", MODULES)
def test_mutants_are_noticed(module: str, tmp_path: Path, figure: Tell) -> None:
    report = tmp_path / "report.json"
    tries = ["tests.soak.workshop", module, str(TIME), str(report), *MODULES[module]]
    alone = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN}
    done = subprocess.run(
        [sys.executable, "-B", "-m", *tries], cwd=ROOT, env=alone, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(report.read_text("utf-8"))
    tried, survived = found["tried"], found["survivors"]
    figure(f"mutants of {module} tried, of {found['mutants']}", tried, "")
    figure(f"mutants of {module} noticed, share", 1 - len(survived) / max(1, tried), "≥ 0.9")
    assert tried or not found["mutants"]
    assert len(survived) <= tried / 10, "\n".join(map(str, survived))
