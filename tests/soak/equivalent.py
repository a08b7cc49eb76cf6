"""Mutants that are no mistakes: nothing that anybody could see would be different. A closed list, with reasons."""

from __future__ import annotations

SLOTS = "slots save memory; what a frozen value is and does stays the same"

# (module, change, what is changed) -> why no test can notice it
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("lms/core/outbox.py", "Constant other value", "slots=True"): SLOTS,
    ("lms/core/sealing.py", "Constant other value", "slots=True"): SLOTS,
    ("lms/accounts/vault.py", "Constant other value", "0"): "1 January 1970, or a second later",
    ("lms/core/policy.py", "Constant other value", "slots=True"): SLOTS,
}
