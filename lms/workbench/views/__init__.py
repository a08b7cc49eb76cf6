"""Pages of the workbench: `waiting` for one person at a time, `rounds` for everybody, `places` for mentors."""

from __future__ import annotations

from flask import Blueprint

# Under the address of pairs, as it always was; a round is nobody's business who looks over a shoulder.
bp = Blueprint(
    "workbench", "lms.workbench", url_prefix="/<lang:lang>/pairs", template_folder="templates"
)
ROUND = "/rounds/<run>"
