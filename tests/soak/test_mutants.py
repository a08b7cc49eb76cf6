"""How many small wrong changes to the code that guards, seals and does things once are noticed by its tests."""

from __future__ import annotations

import ast
import random
import time
from pathlib import Path

import pytest

from tests.conftest import Tell
from tests.soak.mutants import ROOT, Workshop, mutants

TIME = 540
HOUSE = "tests/house/test_role_matrix.py"
MODULES: dict[str, list[str]] = {
    "lms/core/once.py": ["tests/core/test_once.py", "tests/core/test_once_rules.py"],
    "lms/core/outbox.py": ["tests/core/test_outbox.py"],
    "lms/core/sealing.py": ["tests/core/test_sealing.py"],
    "lms/accounts/vault.py": [
        "tests/accounts/test_vault.py",
        "tests/mentoring/test_sealed_talk.py",
    ],
    "lms/core/policy.py": [HOUSE, "tests/accounts/test_step_up.py"],
    "lms/accounts/policy.py": [HOUSE],
    "lms/assessment/policy.py": ["tests/assessment/test_pages.py", HOUSE],
    "lms/audit/policy.py": ["tests/audit", HOUSE],
    "lms/certificates/policy.py": ["tests/certificates/test_certificate_room.py", HOUSE],
    "lms/cohorts/policy.py": ["tests/cohorts/test_coordinating.py", HOUSE],
    "lms/learning/policy.py": ["tests/learning/test_player.py", HOUSE],
    "lms/mentoring/policy.py": ["tests/mentoring/test_access.py", HOUSE],
    "lms/messaging/policy.py": ["tests/messaging/test_notices.py", HOUSE],
    "lms/privacy/policy.py": ["tests/privacy", HOUSE],
    "lms/circles/policy.py": ["tests/circles", HOUSE],
    "lms/goals/policy.py": ["tests/goals", HOUSE],
    "lms/importers/policy.py": ["tests/importers", HOUSE],
    "lms/journal/policy.py": ["tests/journal", HOUSE],
    "lms/meetings/policy.py": ["tests/meetings", HOUSE],
    "lms/programmes/policy.py": ["tests/programmes", HOUSE],
    "lms/recognition/policy.py": ["tests/recognition", HOUSE],
    "lms/reports/policy.py": ["tests/reports", HOUSE],
    "lms/safeguarding/policy.py": ["tests/safeguarding", HOUSE],
    "lms/support/policy.py": ["tests/support", HOUSE],
    "lms/workbench/policy.py": ["tests/workbench", HOUSE],
}

SMALL = '''
def may(person: int = 1) -> bool:
    """Docstrings stay."""
    if person == 1 and not closed():
        note(person)
        return True
    raise LookupError
'''


def test_each_kind_of_mutant() -> None:
    found = {one.change for one in mutants(SMALL)}
    assert {"Compare swap 0", "BoolOp swap", "UnaryOp drop", "Expr drop", "Raise drop"} <= found
    assert {"If always", "If never", "Return nothing", "Constant other value"} <= found
    sound = ast.unparse(ast.parse(SMALL))
    assert all(one.source != sound for one in mutants(SMALL))


def test_every_policy_is_in_the_list() -> None:
    there = {str(one.relative_to(ROOT)) for one in (ROOT / "lms").glob("*/policy.py")}
    # What is public has nothing to guard.
    assert there - set(MODULES) <= {"lms/web/policy.py"}


@pytest.mark.soak
@pytest.mark.parametrize("module", MODULES)
def test_mutants_are_noticed(module: str, tmp_path: Path, figure: Tell) -> None:
    workshop, tests = Workshop(tmp_path / "copy"), MODULES[module]
    began = time.monotonic()
    assert workshop.green(tests), "the sound module must be green"
    each = time.monotonic() - began
    wrong = list(mutants((ROOT / module).read_text("utf-8")))
    # In any order: when there is no time for all, those that were tried stand for the rest.
    random.SystemRandom().shuffle(wrong)
    tried, survived = 0, []
    for mutant in wrong:
        if time.monotonic() - began > TIME - 2 * each:
            break
        tried += 1
        if workshop.survives(module, mutant, tests):
            survived.append(f"{module}:{mutant.line} {mutant.change}")
    figure(f"mutants of {module} tried, of {len(wrong)}", tried, "")
    figure(f"mutants of {module} noticed, share", 1 - len(survived) / max(1, tried), "≥ 0.9")
    assert tried or not wrong
    assert len(survived) <= tried / 10, "\n".join(survived)
